"""The failing command: run before our eyes, or known from a saved log."""

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, Final, Protocol

from diagflow.collect.host.binaries import HEAD, machine_of
from diagflow.collect.host.decode import decode
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.stamps import stamp
from diagflow.collect.host.undressed import undressed

FIRST: Final = 256 << 10
LAST: Final = 768 << 10
"""Bytes that are kept of the beginning and of the end of an output: what went wrong stands in either."""

_CHUNK: Final = 1 << 16


class Failing(Protocol):
    """What failed, as far as it is known."""

    def fact(self, machine: Machine) -> dict[str, Any]:
        """Return the fact `command`."""
        ...

    def text(self, machine: Machine) -> tuple[str, bool]:
        """Return what it printed, and whether that is all of it."""
        ...


@dataclass(frozen=True, slots=True)
class SavedLog:
    """A log from a file, in any encoding."""

    path: str
    data: bytes

    def fact(self, machine: Machine) -> dict[str, Any]:  # noqa: ARG002  # a file says nothing of a machine
        """Say that nothing was run."""
        return {"given": "log"}

    def text(self, machine: Machine) -> tuple[str, bool]:
        """Return the text; the page of this machine is tried before the usual ones."""
        pages = machine.native.code_pages()
        text, _ = decode(self.data, pages.oem, pages.ansi)
        return _shortened(undressed(text))


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that was run.

    Attributes:
        argv: the command.
        cwd: where.
        started: when.
        seconds: how long it took.
        rc: its exit status; None when it could not be started.
        output: what it printed on both streams, as it came.
        complete: False when the middle of the output was let go.
        error: why it could not be started.
        exe: the file that was started; the empty string when none was found.
    """

    argv: tuple[str, ...]
    cwd: str
    started: datetime
    seconds: float
    rc: int | None
    output: bytes = b""
    complete: bool = True
    error: str = ""
    exe: str = ""

    def fact(self, machine: Machine) -> dict[str, Any]:
        """Say what was run and how it ended."""
        return {
            "given": "run",
            "argv": list(self.argv),
            "rc": self.rc,
            "cwd": self.cwd,
            "seconds": round(self.seconds, 1),
            "started": stamp(self.started),
            "signal": -self.rc if self.rc is not None and self.rc < 0 else None,
            "error": self.error or None,
            "exe": _exe(machine, self.exe),
        }

    def text(self, machine: Machine) -> tuple[str, bool]:
        """Return what it printed."""
        return machine.text(self.output), self.complete


def run_through(machine: Machine, argv: Sequence[str], out: IO[bytes], err: IO[bytes]) -> Ran:
    """Run the user's command as the shell would, without a time limit; its output passes through as it comes.

    Args:
        machine: where it runs; the environment, the folder and the input are the user's.
        argv: the command; not empty.
        out: where its standard output goes.
        err: where its standard error goes.
    """
    started, begin = machine.now(), time.monotonic()
    exe = resolved(machine, argv[0])
    keep = _Keep()
    try:
        process = subprocess.Popen(  # noqa: S603  # the user's own command
            [exe or argv[0], *argv[1:]], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(machine.environ)
        )
    except (OSError, ValueError) as e:
        words = e.strerror or str(e) if isinstance(e, OSError) else str(e)
        return Ran(tuple(argv), machine.cwd, started, time.monotonic() - begin, None, error=words, exe=exe)
    pumps = [
        threading.Thread(target=_pump, args=(stream, to, keep), daemon=True)
        for stream, to in ((process.stdout, out), (process.stderr, err))
    ]
    for pump in pumps:
        pump.start()
    rc = _ended(process)
    for pump in pumps:
        pump.join(2.0)  # what it started may live on and hold the pipes
    seconds = time.monotonic() - begin
    return Ran(tuple(argv), machine.cwd, started, seconds, rc, keep.data(), keep.complete, exe=exe)


def _ended(process: "subprocess.Popen[bytes]") -> int:
    """Wait for the end; a Ctrl-C reached the command too, which decides itself what to do about it."""
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def resolved(machine: Machine, name: str) -> str:
    """Return the file that a shell would run for a name; the empty string for none."""
    from diagflow.collect.host.pathlist import folder, split_path  # noqa: PLC0415  # a search only where one is needed
    from diagflow.collect.host.search import hits  # noqa: PLC0415

    if machine.paths.dirname(name):
        return name
    stem, ending = machine.paths.splitext(name) if machine.windows else (name, "")
    entries = [
        {"dir": folder(e, windows=machine.windows)} for e in split_path(machine.env("PATH"), windows=machine.windows)
    ]
    found = [h["path"] for h in hits(machine, stem if ending.lower() == ".exe" else name, entries)]
    return str(found[0]) if found else ""


@dataclass(slots=True)
class _Keep:
    """The beginning and the end of an output, from two threads."""

    head: bytearray = field(default_factory=bytearray)
    tail: bytearray = field(default_factory=bytearray)
    complete: bool = True
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, chunk: bytes) -> None:
        with self.lock:
            room = max(0, FIRST - len(self.head))
            self.head += chunk[:room]
            self.tail += chunk[room:]
            if len(self.tail) > LAST:
                del self.tail[: len(self.tail) - LAST]
                self.complete = False

    def data(self) -> bytes:
        with self.lock:
            between = b"" if self.complete else b"\n...\n"
            return bytes(self.head) + between + bytes(self.tail)


def _pump(stream: IO[bytes] | None, to: IO[bytes], keep: _Keep) -> None:
    if stream is None:
        return
    with stream:
        while chunk := os.read(stream.fileno(), _CHUNK):
            keep.add(chunk)
            with suppress(OSError, ValueError):  # nobody reads our output any more: the command goes on
                to.write(chunk)
                to.flush()


def _shortened(text: str) -> tuple[str, bool]:
    if len(text) <= FIRST + LAST:
        return text, True
    return f"{text[:FIRST]}\n...\n{text[-LAST:]}", False


def _exe(machine: Machine, path: str) -> dict[str, Any] | None:
    if not path:
        return None
    status = machine.files.status(path)
    head = machine.files.peek(path, HEAD)
    return {
        "path": path,
        "exists": machine.files.exists(path),
        "size": status.st_size if status else None,
        "machine": machine_of(head) if head else None,
    }
