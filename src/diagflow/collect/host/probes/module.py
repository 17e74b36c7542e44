"""`module`: the module and the workspace of the current folder, as far as Go looks at them."""

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

from diagflow.collect.host.decode import bom
from diagflow.collect.host.gomod import parse_mod
from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.pathlist import same
from diagflow.collect.host.synced import synced
from diagflow.collect.host.trouble import Absent

_RESERVED: Final = frozenset({"con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(1, 10))})
_SKIPPED: Final = frozenset({"vendor", "node_modules", "testdata"})
_MOST_FOLDERS: Final = 2000
_MOST_READ: Final = 1000  # files that are opened; more are only counted
_MOST_SECONDS: Final = 2.0
_HEAD: Final = 64 << 10
_CGO: Final = re.compile(rb'(?m)^\s*(?:import\s+)?"C"\s*$')


def probe(look: Look) -> Any:
    """Look upwards for go.mod and go.work, and through the module for files that Go cannot read.

    Raises:
        Absent: the current folder is gone.
    """
    machine, cwd = look.machine, look.machine.cwd
    if not cwd:
        raise Absent("the current folder does not exist any more")
    values: Mapping[str, str] = look.known("_settings").get("values", {})
    mod, work = upwards(machine, cwd, "go.mod"), _work(machine, values)
    folder = str(machine.paths.dirname(mod)) if mod else cwd
    gopath = values.get("GOPATH", "").split(machine.paths.pathsep)[0]
    fact = {
        "dir": folder,
        "go_mod": _file(machine, mod, used=_mod_used(machine, mod, values)),
        "go_work": _file(machine, work, used=values.get("GO111MODULE") != "off"),
        "go_sum": {"exists": bool(mod) and machine.files.is_file(machine.join(folder, "go.sum"))},
        "vendor": bool(mod) and machine.files.is_dir(machine.join(folder, "vendor")),
        "in_gopath_src": bool(gopath) and _below(machine, cwd, machine.join(gopath, "src")),
        "gopath_go_mod": bool(gopath) and machine.files.is_file(machine.join(gopath, "go.mod")),
        "unc": machine.windows and cwd.startswith(("\\\\", "//")),
        "wsl_share": _wsl_share(machine, cwd),
        "synced": synced(machine, cwd),
        "filesystem": machine.native.filesystem(cwd),
    }
    return {**fact, **(_sources(machine, folder) if mod else {})}


def upwards(machine: Machine, folder: str, name: str) -> str | None:
    """Return the nearest file of that name in a folder or above it."""
    while True:
        path = machine.join(folder, name)
        if machine.files.is_file(path):
            return path
        parent = str(machine.paths.dirname(folder))
        if parent == folder or not parent:
            return None
        folder = parent


def _work(machine: Machine, values: Mapping[str, str]) -> str | None:
    named = values.get("GOWORK", "")
    if named == "off":
        return None
    return named or upwards(machine, machine.cwd, "go.work")


def _mod_used(machine: Machine, path: str | None, values: Mapping[str, str]) -> bool:
    """False where Go ignores a go.mod: module mode is off, or it lies in the root of the folder for temporary files."""
    if path is None or values.get("GO111MODULE") == "off":
        return False
    temp = (machine.env("TMP") or machine.env("TEMP")) if machine.windows else machine.env("TMPDIR") or "/tmp"  # noqa: S108
    folder = same(str(machine.paths.dirname(path)), windows=machine.windows)
    return not temp or same(temp, windows=machine.windows) != folder


def _file(machine: Machine, path: str | None, *, used: bool) -> dict[str, Any]:
    if path is None:
        return {"exists": False, "used": False}
    data = machine.files.peek(path)
    if data is None:
        return {"path": path, "exists": machine.files.exists(path), "used": used}
    lines = parse_mod(data)
    return {
        "path": path,
        "exists": True,
        "bom": bom(data),
        "nul": b"\0" in data,
        "cr": b"\r" in data,
        "module": lines.module,
        "go": lines.go,
        "toolchain": lines.toolchain,
        "valid_go": lines.valid_go,
        "used": used,
    }


def _below(machine: Machine, path: str, folder: str) -> bool:
    inner, outer = (same(p, windows=machine.windows) for p in (path, folder))
    return inner == outer or inner.startswith(outer + machine.paths.sep)


def _wsl_share(machine: Machine, path: str) -> bool:
    """True for a folder of WSL seen from Windows, also through a drive letter that was mapped to it."""
    if not machine.windows:
        return False
    if path[1:2] == ":" and machine.registry is not None:
        try:
            key = machine.registry.key("HKCU", f"Network\\{path[0]}")
        except OSError:
            key = None
        remote = key.value("RemotePath") if key else None
        path = remote.text or "" if remote else path
    return path.replace("/", "\\").lower().startswith(("\\\\wsl$\\", "\\\\wsl.localhost\\"))


def _sources(machine: Machine, folder: str) -> dict[str, Any]:
    bad: list[dict[str, Any]] = []
    reserved: list[str] = []
    cgo: list[str] = []
    nested: list[str] = []
    count = 0
    for path in _go_files(machine, folder):
        if path.endswith(".mod"):
            nested.extend(_named(machine, path))
            continue
        count += 1
        if str(machine.paths.basename(path)).split(".")[0].split("_")[0].lower() in _RESERVED:
            reserved.append(path)
        head = machine.files.peek(path, _HEAD) if count <= _MOST_READ else None
        if head and (b"\0" in head or bom(head).startswith("utf-16")):
            bad.append({"path": path, "bom": bom(head), "nul": b"\0" in head})
        if head and _CGO.search(head):
            cgo.append(path)
    return {"sources": count, "bad_files": bad, "reserved_names": reserved, "cgo": cgo, "nested": nested}


def _named(machine: Machine, path: str) -> Iterator[str]:
    """Yield the name of the module of a go.mod, unless there is none."""
    name = parse_mod(machine.files.peek(path, _HEAD) or b"").module
    if name:
        yield name


def _go_files(machine: Machine, top: str) -> Iterator[str]:
    """Walk through the module for files of Go and for go.mod of modules in its folders; bounded, it may be anything."""
    end = time.monotonic() + _MOST_SECONDS
    todo, looked = [top], 0
    while todo and looked < _MOST_FOLDERS and time.monotonic() < end:
        folder, looked = todo.pop(), looked + 1
        for name in machine.files.names(folder):
            path = machine.join(folder, name)
            if name.endswith(".go") or (name == "go.mod" and folder != top):
                yield path
            elif "." not in name and not name.startswith("_") and name not in _SKIPPED and _real_folder(machine, path):
                todo.append(path)


def _real_folder(machine: Machine, path: str) -> bool:
    """True for a folder that is no link: Go does not follow those, and they may lead in circles."""
    return machine.files.is_dir(path) and machine.files.target(path) is None
