"""The namespaces of a lab: mounts, processes and network of its own, held by one process."""

import ctypes
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from lab import net, process
from lab.errors import LabError
from lab.paths import SOURCE, Instance
from lab.process import PidFiles, Process

HOLDER = "holder"
_CLONE_NEWNET = 0x40000000


def open_space(lab: Instance) -> Process:
    """Starts the process that holds the namespaces, and waits until they are prepared.

    Raises:
        LabError: not permitted, or a mount or device could not be made.
    """
    log = lab.logs / "holder.log"
    lab.node.mkdir(parents=True, exist_ok=True)
    script: list[str | Path] = [sys.executable, SOURCE / "holder.py", lab.node, net.ADDRESS, net.REGISTRY]
    unshare = ["unshare", "--mount", "--pid", "--net", "--fork", "--propagation", "private"]
    holder = process.only_child(process.spawn([*unshare, *script], log))
    PidFiles(lab.pids).save(HOLDER, holder)
    _await_ready(lab, holder, log)
    return holder


def _await_ready(lab: Instance, holder: Process, log: Path) -> None:
    deadline = time.monotonic() + 20
    while not (lab.node / "ready").exists():
        if not holder.alive or time.monotonic() > deadline:
            said = log.read_text().strip().splitlines()[-3:]
            raise LabError(f"the lab's namespaces could not be made: {' / '.join(said) or log}; are you root?")
        time.sleep(0.05)


def holder_of(lab: Instance) -> Process | None:
    """Returns the process that holds the namespaces, None if the lab is not up."""
    holder = PidFiles(lab.pids).load(HOLDER)
    return holder if holder and holder.alive else None


def require_holder(lab: Instance) -> Process:
    """Returns the process that holds the namespaces.

    Raises:
        LabError: the lab is not up.
    """
    holder = holder_of(lab)
    if holder is None:
        raise LabError(f"lab {lab.name!r} is not up; run `python -m lab up`")
    return holder


def inside(holder: Process, command: Sequence[str | Path]) -> list[str]:
    """Returns the command line that runs a command in all namespaces of the lab."""
    enter = ["nsenter", f"--target={holder.pid}", "--mount", "--pid", "--net", "--"]
    return [*enter, *map(str, command)]


def join_network(holder: Process) -> None:
    """Moves this thread, and what it starts from now on, into the lab's network; files stay this machine's.

    Not `ip netns exec`, which mounts /sys anew and hides the control groups.

    Raises:
        LabError: not permitted.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    with Path(f"/proc/{holder.pid}/ns/net").open() as target:
        if libc.setns(target.fileno(), _CLONE_NEWNET):
            reason = os.strerror(ctypes.get_errno())
            raise LabError(f"cannot enter the lab's network: {reason}; run this as root")


def start(lab: Instance, holder: Process, name: str, command: list[str], env: dict[str, str]) -> Process:
    """Starts a component inside and records its pid, as this machine sees it."""
    entering = process.spawn(inside(holder, command), lab.logs / f"{name}.log", env)
    try:
        component = process.only_child(entering)
    except LabError as error:
        raise LabError(f"{name} did not start: {last_words(lab, name)}") from error
    PidFiles(lab.pids).save(name, component)
    return component


def last_words(lab: Instance, name: str) -> str:
    """Returns the last line that a component logged, for a message, with the file to look into."""
    log = lab.logs / f"{name}.log"
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return f"{lines[-1][:400] if lines else 'it said nothing'} (see {log})"
