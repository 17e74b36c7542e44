"""The files of a scenario, written from outside: texts in any encoding, bytes, links, copies, folders."""

import base64
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lab.errors import LabError
from lab.windows.places import places

_KEYS = {
    "text",
    "encoding",
    "bom",
    "crlf",
    "base64",
    "size",
    "folder",
    "copy",
    "link",
    "read_only",
    "owner",
    "mode",
    "certificate",
}
_BOMS = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


def write(files: Mapping[str, Any], locate: Callable[[str], Path], home: str) -> None:
    """Writes files as a scenario's `files` says; `locate` finds a path of the machine from outside.

    Raises:
        LabError: an unknown key, with the file that has it.
    """
    for name, value in files.items():
        spec = {"text": value} if isinstance(value, str) else value
        if spec is not None and not spec.keys() <= _KEYS:
            raise LabError(
                f"file {name}: unknown {', '.join(sorted(spec.keys() - _KEYS))}; known: {', '.join(sorted(_KEYS))}"
            )
        _put(locate(name.replace("%HOME%", home)), spec, locate, home)


def _put(path: Path, spec: Mapping[str, Any] | None, locate: Callable[[str], Path], home: str) -> None:
    if spec is None:
        _remove(path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if spec.get("folder"):
        path.mkdir(exist_ok=True)
    elif "copy" in spec:
        _copy(locate(spec["copy"].replace("%HOME%", home)), path)
    elif "link" in spec:
        path.unlink(missing_ok=True)
        path.symlink_to(spec["link"])
    elif "certificate" in spec:
        shutil.copyfile(places().certificates / spec["certificate"], path)
    elif spec.keys() & {"text", "base64", "size"}:
        path.unlink(missing_ok=True)
        path.write_bytes(content(spec))
    _rights(path, spec)


def content(spec: Mapping[str, Any]) -> bytes:
    """Returns the bytes that a file's description means."""
    if "base64" in spec:
        return base64.b64decode(spec["base64"])
    if "size" in spec:
        return bytes(spec["size"])
    text: str = spec["text"].replace("\n", "\r\n") if spec.get("crlf") else spec["text"]
    encoding = spec.get("encoding", "utf-8")
    return (_BOMS[encoding] if spec.get("bom") else b"") + text.encode(encoding)


def _copy(source: Path, path: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, path, symlinks=True, dirs_exist_ok=True)
    else:
        shutil.copy2(source, path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _rights(path: Path, spec: Mapping[str, Any]) -> None:
    every = [path, *path.rglob("*")] if path.is_dir() and not path.is_symlink() else [path]
    for one in every:
        if "owner" in spec:
            os.lchown(one, spec["owner"], spec["owner"])
        if spec.get("read_only") and not one.is_symlink():
            one.chmod(one.stat().st_mode & ~0o222)
        if "mode" in spec and one == path:
            one.chmod(int(str(spec["mode"]), 8))
