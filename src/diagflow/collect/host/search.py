"""What a shell would run for a name: all hits along PATH, in order."""

import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from diagflow.collect.host.binaries import HEAD, machine_of
from diagflow.collect.host.goroot import root_of, version_of
from diagflow.collect.host.machine import Machine

_ALIAS: Final = 0x8000001B  # IO_REPARSE_TAG_APPEXECLINK
_EXTENSIONS: Final = ".COM;.EXE;.BAT;.CMD"
_SCRIPTS: Final = (".bat", ".cmd", ".ps1", ".vbs", ".js")
_SHIM: Final = re.compile(r'^path\s*=\s*"?([^"\r\n]+)', re.MULTILINE)
_MOST_SHIM: Final = 4096


def extensions(machine: Machine, shell: str) -> list[str]:
    """Return what is appended to a name, in order; the empty string where a name is run as it is."""
    if not machine.windows:
        return [""]
    listed = [e.strip().lower() for e in (machine.env("PATHEXT") or _EXTENSIONS).split(";") if e.strip()]
    if shell in ("bash", "sh", "zsh"):
        return ["", ".exe"]
    return [".ps1", *listed] if shell in ("powershell", "pwsh") else listed


def hits(machine: Machine, name: str, entries: Sequence[dict[str, Any]], shell: str = "") -> list[dict[str, Any]]:
    """Return every file that the name could mean, as `docs/facts.md` says.

    Args:
        machine: whose files.
        name: without extension.
        entries: those of `path.entries`.
        shell: which shell is asked; it decides which extensions count.
    """
    found: list[dict[str, Any]] = []
    seen: set[str] = set()  # a folder that stands there twice holds nothing new
    for entry in entries:
        folder = entry.get("dir")
        if not folder or entry.get("relative") or folder in seen or not _there(machine, entry):
            continue
        seen.add(folder)
        place: dict[str, Any] = {"dir": folder}
        place |= {k: entry[k] for k in ("index", "layer") if k in entry}
        paths = _files(machine, str(folder), name, extensions(machine, shell))
        found += [{"path": path, **place, **described(machine, path)} for path in paths]
    return found


def _there(machine: Machine, entry: Mapping[str, Any]) -> bool:
    """True for a folder that exists: one look instead of one for each name and extension."""
    known = entry.get("exists")
    return machine.files.is_dir(str(entry["dir"])) if known is None else bool(known)


def _files(machine: Machine, folder: str, name: str, endings: Sequence[str]) -> Iterator[str]:
    for ending in endings:
        path = machine.join(folder, name + ending)
        if _runs(machine, path):
            yield path


def _runs(machine: Machine, path: str) -> bool:
    found = machine.files.status(path)
    if found is None:  # an alias of the Store cannot be opened, but it is what the shell finds
        return machine.windows and machine.files.exists(path)
    if not stat.S_ISREG(found.st_mode):
        return False
    return machine.windows or os.access(machine.files.local(path), os.X_OK)


def described(machine: Machine, path: str) -> dict[str, Any]:
    """Return what a program file is: size, kind, target, machine, and the Go tree that it stands in."""
    head = machine.files.peek(path, HEAD)
    status = machine.files.status(path)
    size = status.st_size if status else 0
    kind = _kind(machine, path, head, size)
    target = _shim(machine, path) or (machine.files.target(path) if kind == "symlink" else None)
    root = root_of(machine, target or path)
    version = version_of(machine, root) if root else None
    return {
        "size": size,
        "kind": kind,
        "target": target,
        "machine": machine_of(head) or "other" if head else None,
        "root": root,
        "version": version,
    }


def _kind(machine: Machine, path: str, head: bytes | None, size: int) -> str:
    link = machine.files.status(path, follow=False)
    tag = getattr(link, "st_reparse_tag", 0)
    if tag == _ALIAS:
        return "alias"
    if link is not None and stat.S_ISLNK(link.st_mode):
        return "symlink"
    if size == 0:
        return "empty"
    if path.lower().endswith(_SCRIPTS) if machine.windows else head is not None and machine_of(head) is None:
        return "script"
    return "file"


def _shim(machine: Machine, path: str) -> str | None:
    """Return where a shim of scoop leads: it says so in a file beside it."""
    if not machine.windows:
        return None
    data = machine.files.peek(machine.paths.splitext(path)[0] + ".shim", _MOST_SHIM)
    found = _SHIM.search(data.decode("utf-8", "replace")) if data else None
    return found[1].strip() if found else None
