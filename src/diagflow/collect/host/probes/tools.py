"""`tools`: what `go install` has put where, and the two tools that editors need."""

import threading
from typing import Any, Final

from diagflow.collect.host.buildinfo import MARK, MOST, parse_build_info
from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.pathlist import same

_EDITORS: Final = ("gopls", "dlv")
_LOW: Final = 5.0  # seconds for a tool to say its version


def probe(look: Look) -> Any:
    """Look into GOBIN or GOPATH/bin, and start gopls and dlv once: only that shows whether they may run."""
    machine = look.machine
    bin_dir = look.known("directories").get("gobin", {}).get("path")
    path = look.known("path")
    fact: dict[str, Any] = {}
    if bin_dir:
        fact = {
            "bin": bin_dir,
            "bin_on_path": _listed(machine, bin_dir, path.get("entries", [])),
            "bin_on_future_path": _listed(machine, bin_dir, path["future"]) if "future" in path else None,
            "names": _programs(machine, bin_dir),
            "cross": _cross(machine, bin_dir),
        }
    return {**fact, **_editors(look, bin_dir)}


def described(look: Look, path: str, argument: str = "version") -> dict[str, Any]:
    """Return what a Go program is, read from its file, and what happens when it is asked for its version."""
    machine = look.machine
    status = machine.files.status(path)
    info = parse_build_info(machine.files.find(path, MARK, MOST) or b"")
    done = look.run([path, argument], most=_LOW)
    return {
        "path": path,
        "size": status.st_size if status else None,
        "version": info.version if info else None,
        "go_version": info.go if info else None,
        "os": info.os if info else None,
        "arch": info.arch if info else None,
        "rc": done.rc,
        "error": done.error or (machine.text(done.stderr[:2000]).strip() if done.rc else None) or None,
        "errno": done.errno,
        "timed_out": done.timed_out,
    }


def _editors(look: Look, bin_dir: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def ask(name: str, path: str) -> None:
        found[name] = described(look, path)

    threads = []
    for name in _EDITORS:
        path = _where(look, name, bin_dir)
        if path is not None:
            threads.append(threading.Thread(target=ask, args=(name, path), daemon=True))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _where(look: Look, name: str, bin_dir: str | None) -> str | None:
    hit = next(iter(look.known("path").get(name, [])), None)
    if hit is not None:
        return str(hit["path"])
    path = look.machine.join(bin_dir, name + (".exe" if look.machine.windows else "")) if bin_dir else ""
    return path if path and look.machine.files.is_file(path) else None


def _listed(machine: Machine, folder: str, entries: list[dict[str, Any]]) -> bool:
    wanted = same(folder, windows=machine.windows)
    return any(same(entry["dir"], windows=machine.windows) == wanted for entry in entries if entry.get("dir"))


def _programs(machine: Machine, folder: str) -> list[str]:
    """Return the programs in a folder, without `.exe`."""
    names = [n for n in machine.files.names(folder) if machine.files.is_file(machine.join(folder, n))]
    return [n[:-4] if n.lower().endswith(".exe") else n for n in names]


def _cross(machine: Machine, folder: str) -> list[dict[str, Any]]:
    """Return the folders of programs for other systems: `go install` makes them where GOOS or GOARCH is set."""
    inner = [machine.join(folder, name) for name in machine.files.names(folder) if "_" in name]
    return [{"dir": path, "names": _programs(machine, path)} for path in inner if machine.files.is_dir(path)]
