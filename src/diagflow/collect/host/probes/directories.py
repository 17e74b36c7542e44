"""`directories`: the folders that Go writes to, each tried out."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from typing import Any, Final

from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.pathlist import same
from diagflow.collect.host.synced import synced

_PROGRAMS: Final = ("PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432")


def probe(look: Look) -> Any:
    """Try to write into each; where a folder is not there yet, into the nearest one above it."""
    machine = look.machine
    go_env = look.known("go_env")
    values = go_env.get("values") or look.known("_settings").get("values", {})
    sources = go_env.get("sources") or look.known("_settings").get("sources", {})
    return {name: _folder(machine, path, set_=is_set) for name, path, is_set in _which(machine, values, sources)}


def _which(machine: Machine, values: Mapping[str, str], sources: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    def mine(name: str) -> bool:
        return sources.get(name, "default") not in ("default", "goroot_file")

    temp, from_env = temporary(machine)
    gopath = values.get("GOPATH", "").split(machine.paths.pathsep)[0]
    # From 1.27 on `go env` prints a GOBIN that nobody has set.
    gobin = values.get("GOBIN") or (machine.join(gopath, "bin") if gopath else "")
    return [
        ("gocache", values.get("GOCACHE", ""), mine("GOCACHE")),
        ("gomodcache", values.get("GOMODCACHE", ""), mine("GOMODCACHE")),
        ("gotmpdir", values.get("GOTMPDIR") or temp, mine("GOTMPDIR") and bool(values.get("GOTMPDIR"))),
        ("temp", temp, from_env),
        ("gobin", gobin, mine("GOBIN") and bool(values.get("GOBIN"))),
        ("gopath", gopath, mine("GOPATH")),
        ("cwd", machine.cwd, False),
    ]


def temporary(machine: Machine) -> tuple[str, bool]:
    """Return Go's os.TempDir, and whether the environment names it."""
    if machine.windows:
        named = next((v for n in ("TMP", "TEMP", "USERPROFILE") if (v := machine.env(n))), "")
        return named or machine.env("SYSTEMROOT"), bool(named)
    return machine.env("TMPDIR") or "/tmp", bool(machine.env("TMPDIR"))  # noqa: S108  # that is Go's default


def _folder(machine: Machine, path: str, *, set_: bool) -> dict[str, Any] | None:
    if not path:
        return None
    exists = machine.files.is_dir(path)
    standing = path if exists else _standing(machine, path)
    return {
        "path": path,
        "set": set_,
        "exists": exists,
        **(_tried(machine, standing) if standing else {"writable": False, "error": "no folder above it exists"}),
        "filesystem": machine.native.filesystem(standing) if standing else None,
        "ascii": path.isascii(),
        "program_files": _in_programs(machine, path),
        "synced": synced(machine, path) is not None,
        "mapped": _mapped(machine, path),
    }


def _mapped(machine: Machine, path: str) -> bool | None:
    """Return whether the user has mapped the drive letter of a path to a share, be it there in this session or not."""
    letter = str(machine.paths.splitdrive(path)[0]).rstrip(":").upper()
    if machine.registry is None or len(letter) != 1:
        return None
    try:
        key = machine.registry.key("HKCU", "Network")
    except OSError:
        return None
    return key is not None and letter in (name.upper() for name in key.subkeys)


def _standing(machine: Machine, path: str) -> str | None:
    """Return the nearest folder above that exists; None for a path that is relative or on a drive that is not there."""
    while machine.paths.isabs(path):
        parent = str(machine.paths.dirname(path))
        if parent == path:
            return None
        path = parent
        if machine.files.exists(path):
            return path
    return None


def _tried(machine: Machine, folder: str) -> dict[str, Any]:
    """Make a file and remove it: only that tells, whatever rights are said to be there."""
    found: dict[str, Any] = {"writable": True}
    try:
        local = machine.files.local(folder)
        found["free_bytes"] = shutil.disk_usage(local).free
        found["read_only_mount"] = _read_only(str(local))
        descriptor, name = tempfile.mkstemp(prefix=".diagflow-", dir=local)
        os.close(descriptor)
        os.unlink(name)  # noqa: PTH108  # a name that tempfile made
    except (OSError, ValueError) as e:
        number = getattr(e, "winerror", None) or getattr(e, "errno", None)
        found |= {"writable": False, "error": getattr(e, "strerror", None) or str(e), "errno": number}
    return found


def _read_only(path: str) -> bool | None:
    if not hasattr(os, "statvfs"):
        return None
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def _in_programs(machine: Machine, path: str) -> bool:
    inner = same(path, windows=machine.windows) + machine.paths.sep
    tops = (machine.env(name) for name in _PROGRAMS)
    return machine.windows and any(top and inner.startswith(same(top, windows=True) + "\\") for top in tops)
