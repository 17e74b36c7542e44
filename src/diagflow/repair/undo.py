"""The script that puts everything back, with byte-exact copies beside it; written before anything is changed."""

import shlex
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from diagflow.repair.change import Change, Refused
from diagflow.repair.files import FileChange
from diagflow.repair.registry import KEY, Value, VariableChange


def write_undo(changes: Sequence[Change], folder: Path, now: datetime, *, windows: bool) -> Path:
    """Write the script and the copies into a new folder and return the script.

    Args:
        changes: what will be done.
        folder: where undo folders are kept.
        now: names the new one.
        windows: a script for cmd and the registry, else for sh.

    Raises:
        Refused: nothing can be written there, so nothing will be changed either.
    """
    try:
        home = _new_folder(folder, now)
        script = home / ("undo.cmd" if windows else "undo.sh")
        lines = [line for number, change in enumerate(changes) for line in _lines(change, number, home, windows)]
        script.write_bytes(_script(lines, windows=windows))
        script.chmod(0o700)
    except OSError as e:
        raise Refused(f"nothing was changed: no undo script can be written below {folder}: {e.strerror or e}") from None
    return script


def _new_folder(folder: Path, now: datetime) -> Path:
    name = now.strftime("%Y%m%d-%H%M%S")
    for number in range(100):
        home = folder / (f"{name}-{number}" if number else name)
        if not home.exists():
            home.mkdir(parents=True, mode=0o700)
            return home
    raise FileExistsError(None, "a hundred undo scripts of this second are there")


def _lines(change: Change, number: int, home: Path, windows: bool) -> Iterable[str]:  # noqa: FBT001  # a private helper
    if isinstance(change, FileChange):
        return _file(change, number, home, windows=windows)
    if isinstance(change, VariableChange):
        name = f"{number}.reg"
        (home / name).write_bytes(registry_file([(change.name, change.before)]))
        return [f'reg import "%~dp0{name}"']
    return []


def _file(change: FileChange, number: int, home: Path, *, windows: bool) -> Iterable[str]:
    target = str(change.path.resolve())
    if change.before is None:
        yield f'del "{_percent(target)}"' if windows else f"rm -f {shlex.quote(target)}"
        return
    copy = home / f"{number}.{change.path.name}"
    copy.write_bytes(change.before)
    if windows:
        yield f'copy /y /b "%~dp0{_percent(copy.name)}" "{_percent(target)}"'
    else:
        yield f'cp -- "$here"/{shlex.quote(copy.name)} {shlex.quote(target)}'


def _percent(path: str) -> str:
    return path.replace("%", "%%")


def _script(lines: Sequence[str], *, windows: bool) -> bytes:
    if windows:
        return "\r\n".join(["@echo off", "chcp 65001 >nul", *reversed(lines), ""]).encode()
    return "\n".join(["#!/bin/sh", "set -eu", 'here=$(cd "$(dirname "$0")" && pwd)', *reversed(lines), ""]).encode()


def registry_file(values: Iterable[tuple[str, Value | None]]) -> bytes:
    """Return a .reg file: strings as their bytes, so that no character is lost; None removes a value."""
    lines = ["Windows Registry Editor Version 5.00", "", f"[HKEY_CURRENT_USER\\{KEY}]"]
    for name, value in values:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'"{quoted}"={_hex(value) if value else "-"}')
    return "\r\n".join(["", *lines, "", ""])[2:].encode("utf-16")


def _hex(value: Value) -> str:
    data = (value.data + "\0").encode("utf-16-le", "surrogatepass")
    return f"hex({value.kind}):" + ",".join(f"{byte:02x}" for byte in data)
