"""Processes that outlive the command that started them, found again by pid and start time."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from lab.errors import LabError

_STATE, _START_TIME = 0, 19  # fields of /proc/PID/stat, counted after the command's closing parenthesis


@dataclass(frozen=True, slots=True)
class Process:
    """A process as it was recorded: a pid alone could belong to somebody else by now."""

    pid: int
    started: int
    """Start time in clock ticks since boot."""

    @property
    def alive(self) -> bool:
        return start_time(self.pid) == self.started


def start_time(pid: int) -> int | None:
    """Returns when a process started (clock ticks since boot), None if there is no such running process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[_STATE] in "ZX" else int(fields[_START_TIME])


def observe(pid: int) -> Process:
    """Describes a running process.

    Raises:
        LabError: it has ended already.
    """
    started = start_time(pid)
    if started is None:
        raise LabError(f"process {pid} ended as soon as it was started")
    return Process(pid, started)


def spawn(command: Sequence[str | Path], log: Path, env: dict[str, str] | None = None) -> int:
    """Starts a command in a session of its own, its output in `log`; returns its pid."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, **(env or {})},
        )
    child.returncode = 0  # it is meant to outlive us: no warning that nobody waited for it
    return child.pid


def only_child(pid: int, seconds: float = 10) -> Process:
    """Returns the one child of a process that enters a pid namespace and waits outside of it.

    Raises:
        LabError: there is none in time.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = _children(pid)
        if found:
            return observe(found[0])
        time.sleep(0.02)
    raise LabError(f"process {pid} started no child within {seconds:.0f} s")


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def stop(process: Process, seconds: float = 10) -> None:
    """Ends a process that is still the recorded one: asks first, then insists."""
    for sign, patience in ((signal.SIGTERM, seconds), (signal.SIGKILL, 5.0)):
        if not process.alive:
            return
        _signal(process.pid, sign)
        _await_end(process, patience)


def kill(process: Process) -> None:
    """Ends a process that is still the recorded one, without asking."""
    if process.alive:
        entered = _nsenter_of(process.pid)
        _signal(process.pid, signal.SIGKILL)
        _wake(entered)
        _await_end(process, 10)


def pause(process: Process) -> None:
    """Stops a process that is still the recorded one where it is, until `resume`."""
    if process.alive:
        _signal(process.pid, signal.SIGSTOP)


def resume(process: Process) -> None:
    """Lets a paused process go on; does nothing to one that runs."""
    if process.alive:
        _signal(process.pid, signal.SIGCONT)
        _wake(_nsenter_of(process.pid))


def _nsenter_of(pid: int) -> int:
    """Returns the nsenter that waits for a process, 0 for none: it stops itself when the process is stopped."""
    try:
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        return parent if Path(f"/proc/{parent}/comm").read_text().strip() == "nsenter" else 0
    except (OSError, ValueError, IndexError):
        return 0


def _wake(pid: int) -> None:
    if pid:
        _signal(pid, signal.SIGCONT)


def _signal(pid: int, sign: signal.Signals) -> None:
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        return


def _await_end(process: Process, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while process.alive and time.monotonic() < deadline:
        _reap(process.pid)
        time.sleep(0.05)


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


@dataclass(frozen=True, slots=True)
class PidFiles:
    """The processes of one lab, one small file each."""

    folder: Path

    def save(self, name: str, process: Process) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{name}.json").write_text(json.dumps(asdict(process)))

    def load(self, name: str) -> Process | None:
        try:
            return Process(**json.loads((self.folder / f"{name}.json").read_text()))
        except (FileNotFoundError, ValueError):
            return None  # never started, or the machine stopped while it was written

    def forget(self, name: str) -> None:
        (self.folder / f"{name}.json").unlink(missing_ok=True)

    def names(self) -> list[str]:
        return sorted(path.stem for path in self.folder.glob("*.json"))
