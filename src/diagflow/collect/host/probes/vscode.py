"""`vscode`: the Go extension of VS Code: its settings, and what its log of the newest session says."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from diagflow.collect.host.jsonc import parse_jsonc
from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.probes.module import upwards
from diagflow.collect.host.stamps import stamp

_EXTENSION: Final = re.compile(r"golang\.go-([0-9]+(?:\.[0-9]+)*).*", re.IGNORECASE)
_TIME: Final = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")
_ERROR: Final = re.compile(r"Error starting language server: (.*)")
_STARTED: Final = "Try to start language server"
_RUNNING: Final = "Running language server"
_DISABLED: Final = "Language server is disabled"
_NOT_FOUND: Final = 'Failed to find the "go" binary'
_MOST_LOG: Final = 4 << 20


def probe(look: Look) -> Any:
    """Look into VS Code's folders of this user, also those of its server in WSL and on remote machines."""
    machine = look.machine
    configs, extensions = list(_configs(machine)), list(_extensions(machine))
    installed = any(machine.files.is_dir(folder) for folder in (*configs, *extensions))
    if not installed:
        return {"installed": False}
    log = _log(machine, configs)
    return {
        "installed": True,
        "extension": _newest(machine, extensions),
        "settings": _settings(machine, configs),
        "log": log,
    }


def _configs(machine: Machine) -> Iterator[str]:
    """Return the folders that hold `User` and `logs`."""
    if machine.windows and machine.env("APPDATA"):
        yield machine.join(machine.env("APPDATA"), "Code")
    elif machine.platform == "darwin" and machine.home:
        yield machine.join(machine.home, "Library", "Application Support", "Code")
    elif machine.home:
        yield machine.join(machine.env("XDG_CONFIG_HOME") or machine.join(machine.home, ".config"), "Code")
        yield machine.join(machine.home, ".vscode-server", "data")


def _extensions(machine: Machine) -> Iterator[str]:
    if machine.home:
        yield machine.join(machine.home, ".vscode", "extensions")
        yield machine.join(machine.home, ".vscode-server", "extensions")


def _newest(machine: Machine, folders: list[str]) -> str | None:
    names = [name for folder in folders for name in machine.files.names(folder)]
    found = [match[1] for name in names if (match := _EXTENSION.fullmatch(name))]
    return max(found, key=lambda v: [int(n) for n in v.split(".")], default=None)


def _settings(machine: Machine, configs: list[str]) -> dict[str, Any]:
    """Return the settings of Go in effect: the workspace's over the machine's over the user's."""
    files = [machine.join(folder, inner, "settings.json") for folder in configs for inner in ("User", "Machine")]
    workspace = upwards(machine, machine.cwd, machine.join(".vscode", "settings.json")) if machine.cwd else None
    found: dict[str, Any] = {}
    for path in [*files, *([workspace] if workspace else [])]:
        data = machine.files.peek(path)
        values = parse_jsonc(data) if data else None
        if isinstance(values, Mapping):
            found |= {k: v for k, v in values.items() if k.startswith(("go.", "gopls")) or k == "http.proxy"}
    return found


def _log(machine: Machine, configs: list[str]) -> dict[str, Any] | None:
    """Read the log of the newest session that has one: their folders are named by their time."""
    for folder in configs:
        logs = machine.join(folder, "logs")
        for session in reversed(machine.files.names(logs)):
            for path in _session(machine, machine.join(logs, session)):
                data = machine.files.peek(path, _MOST_LOG)
                if data:
                    said = read_log(data.decode("utf-8", "replace"), machine.now())
                    return {"path": path, **said}
    return None


def _session(machine: Machine, session: str) -> Iterator[str]:
    """Return the extension's own log of each window; a server has no windows."""
    windows = [
        machine.join(session, n) for n in reversed(machine.files.names(session)) if n.startswith(("window", "ext"))
    ]
    for window in windows:
        inner = machine.join(window, "exthost") if machine.paths.basename(window).startswith("window") else window
        yield machine.join(inner, "golang.go", "Go.log")
        yield machine.join(inner, "golang.Go", "Go.log")


def read_log(text: str, now: datetime) -> dict[str, Any]:
    """Return how often the language server was started and what came of the last start.

    Args:
        text: the log; its times are local ones.
        now: the end of a start of which nothing came.
    """
    start: datetime | None = None
    ended: datetime | None = None
    for line in text.splitlines():
        if _STARTED in line:
            start, ended = _when(line), None
        elif (_RUNNING in line or _ERROR.search(line)) and ended is None:
            ended = _when(line)
    errors = _ERROR.findall(text)
    return {
        "started": text.count(_STARTED),
        "running": text.count(_RUNNING),
        "error": errors[-1].strip() if errors else None,
        "disabled": _DISABLED in text,
        "failed_to_find": _NOT_FOUND in text,
        "last_start": stamp(start),
        "elapsed_seconds": round(((ended or now) - start).total_seconds()) if start else None,
    }


def _when(line: str) -> datetime | None:
    found = _TIME.match(line)
    try:
        return datetime.fromisoformat(found[1]).astimezone(UTC) if found else None
    except (ValueError, OverflowError, OSError):
        return None
