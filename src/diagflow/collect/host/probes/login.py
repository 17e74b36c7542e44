"""What a new terminal gets (not on Windows, where the registry says it): the environment and aliases of a login shell.

The shell reads its start files without a terminal and without input; what they do to a terminal they cannot do here.
"""

import re
from typing import Any, Final

from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.trouble import Absent

_MARK: Final = "diagflow-mark"
_ASK: Final = (
    f"printf '\\0%s\\0' {_MARK}; env -0; printf '\\0%s\\0' {_MARK}; alias go 2>/dev/null; typeset -f go 2>/dev/null"
)
_START: Final = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
_MOST: Final = 5.0
_INITS: Final = ("systemd", "init", "launchd", "runit", "openrc-init", "s6-svscan", "busybox")
_KEPT: Final = (
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LC_ALL",
    "XDG_RUNTIME_DIR",
    "WSL_DISTRO_NAME",
    "WSL_INTEROP",
)
_PAIR: Final = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$", re.MULTILINE)


def probe(look: Look) -> Any:
    """Ask the user's shell for its variables, and for what it takes `go` for besides programs (`alias`).

    Raises:
        Absent: Windows; a container, where nobody logs in; no shell that can be asked; one that gives no answer.
    """
    machine = look.machine
    if machine.windows:
        raise Absent("the registry says what a new session gets")
    if _container(machine):
        raise Absent("nobody logs in to a container")
    shell = machine.env("SHELL") or "/bin/sh"
    if machine.paths.basename(shell) not in ("bash", "zsh", "sh", "dash", "ksh"):
        raise Absent(f"{shell} is not asked what a new terminal gets: its language is another")
    done = look.run([shell, "-l", "-i", "-c", _ASK], env=_start(machine), cwd=machine.home or "/", most=_MOST)
    parts = done.stdout.split(f"\0{_MARK}\0".encode())
    if len(parts) != 3:  # noqa: PLR2004  # greetings, environment, alias
        raise Absent(f"{shell} did not say what a new terminal gets")
    pairs = (line.decode("utf-8", "surrogateescape").partition("=")[::2] for line in parts[1].split(b"\0") if line)
    meant = parts[2].decode("utf-8", "replace").strip()
    return {"env": dict(pairs), **({"alias": meant} if meant else {})}


def _container(machine: Machine) -> bool:
    """True where the first process is no init: what runs here was started by `docker run` or alike."""
    if machine.platform != "linux":
        return False
    first = (machine.files.peek("/proc/1/comm") or b"").decode("utf-8", "replace").strip()
    return bool(first) and not first.startswith(_INITS)


def _start(machine: Machine) -> dict[str, str]:
    """Return what a session begins with: who it is, /etc/environment, and in WSL the PATH of Windows behind it."""
    kept = {name: machine.env(name) for name in _KEPT if machine.env(name)}
    text = (machine.files.peek("/etc/environment") or b"").decode("utf-8", "surrogateescape")
    system = {name: value.strip().strip("\"'") for name, value in _PAIR.findall(text)}
    windows = [entry for entry in machine.env("PATH").split(":") if re.match(r"/mnt/[a-z]/", entry)]
    path = ":".join([system.get("PATH", _START), *windows])
    return {"TERM": "dumb", **system, **kept, "PATH": path}
