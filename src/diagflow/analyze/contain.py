"""Runs the analyzer of another distribution in a child process that cannot hurt us.

What it cannot do: hold us up longer than the deadline, use more memory than the limit (Linux), end or break this
process, change a reading, see an environment variable, or write into what we print. What it can do: whatever a program
of this user can do otherwise. It is no sandbox against malice: files and network are not blocked.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from diagflow.analyze.answer import Answer
from diagflow.analyze.case import Ask, Read, Undeclared
from diagflow.analyze.handed import checked, one_line, undeclared
from diagflow.analyze.wire import (
    BadFrame,
    FromChild,
    WireReading,
    ask_to_wire,
    finding_from_wire,
    from_child,
    reading_to_wire,
    receive,
    send,
)
from diagflow.model import BadInput, Query
from diagflow.rules.analyzer import Analyzer


@dataclass(frozen=True, slots=True)
class Limits:
    """What an analyzer of another distribution may use.

    Attributes:
        seconds: for one call; the time in which we look up what it reads does not count.
        start: seconds to start the process, and again to import the analyzer.
        memory: bytes of address space (Linux only).
    """

    seconds: float = 2.0
    start: float = 10.0
    memory: int = 1 << 30


DEFAULT: Final = Limits()

_KEPT: Final = ("SYSTEMROOT", "HOME", "APPDATA", "PYTHONPATH")
"""What the interpreter needs to start, and to find the packages that we found."""


class _Ended(Exception):  # noqa: N818  # caught here
    """The child is not there any more."""


class Child:
    """One analyzer in one process, kept from call to call; a new one is started after it was killed."""

    def __init__(self, analyzer: Analyzer, limits: Limits | None = None) -> None:
        self._analyzer = analyzer
        self._limits = limits or DEFAULT
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = ""
        self._left = 0.0
        self._overrun = False

    def run(self, ask: Ask, read: Read) -> Answer:
        """Run it once; whatever happens in there, this returns within the limits."""
        try:
            if self._process is None:
                fault = self._start()
                if fault:
                    return self._fault(fault)
            return self._call(ask, read)
        except _Ended:
            return self._fault(self._end(), killed=True)
        except (BadFrame, BadInput) as e:
            self.close()
            return self._fault(one_line(str(e)), killed=True)
        except (TypeError, ValueError) as e:
            return self._fault(one_line(str(e)))

    def close(self) -> None:
        """End the child, and whatever it has started."""
        process, self._process = self._process, None
        if process is not None:
            _kill(process)
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""

    def _fault(self, what: str, *, killed: bool = False) -> Answer:
        return Answer(fault=f"analyzer {self._analyzer.name} of pack {self._analyzer.pack}: {what}", killed=killed)

    def _start(self) -> str:
        """Start the process and load the analyzer; return why that failed."""
        self._folder = tempfile.mkdtemp(prefix="diagflow-")
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
            [sys.executable, *_flags(), "-m", "diagflow.analyze.child", self._analyzer.run, str(self._limits.memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            env=_environment(),
            start_new_session=sys.platform != "win32",
        )
        for _ in ("started", "loaded"):
            self._left = self._limits.start
            answer = self._exchange(None)
            if answer.fault:
                self.close()
                return one_line(answer.fault)
        return ""

    def _call(self, ask: Ask, read: Read) -> Answer:
        self._left = self._limits.seconds
        answer = self._exchange(ask_to_wire(ask))
        wanted: Query | None = None
        refused: Query | None = None
        while answer.read:
            query = Query.parse(answer.read)
            reply = WireReading(answer.read, "not-yet")
            try:
                reading = read(query)
                wanted = wanted or (query if reading is None else None)
                reply = reply if reading is None else reading_to_wire(reading)
            except Undeclared:
                refused = refused or query
                reply = WireReading(answer.read, "undeclared")
            answer = self._exchange(reply)
        # Once it was refused a reading its call is over, even if it caught what ended it and went on.
        if refused is not None:
            return Answer(fault=undeclared(self._analyzer, refused))
        if wanted is not None:
            return Answer(wanted=wanted)
        return self._said(answer)

    def _said(self, answer: FromChild) -> Answer:
        if answer.fault or answer.findings is None:
            return self._fault(one_line(answer.fault or "gives no answer"), killed=answer.exhausted)
        findings = [finding_from_wire(f) for f in answer.findings]
        return Answer(findings=checked(findings, self._analyzer))

    def _exchange(self, frame: Any) -> FromChild:
        """Send a frame (None: nothing) and wait for the next one.

        Raises:
            _Ended: the child ended, or was killed because it took too long.
            BadFrame: what came is no answer.
        """
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise _Ended
        with self._deadline(process):
            try:
                if frame is not None:
                    send(process.stdin, frame)  # type: ignore[arg-type]
                body = receive(process.stdout)  # type: ignore[arg-type]
            except (OSError, ValueError):
                raise _Ended from None
        if body is None or self._overrun:
            raise _Ended
        return from_child(body)

    @contextmanager
    def _deadline(self, process: "subprocess.Popen[bytes]") -> Iterator[None]:
        """Kill the process when its time is used up: every wait for it then ends, on every system."""

        def overrun() -> None:
            self._overrun = True
            _kill(process)

        timer = threading.Timer(max(0.0, self._left), overrun)
        timer.daemon = True
        started = time.monotonic()
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self._left -= time.monotonic() - started

    def _end(self) -> str:
        """Say how the child ended, and clear up."""
        process, overrun = self._process, self._overrun
        self._overrun = False
        status = process.wait() if process is not None else 0
        self.close()
        if overrun:
            return f"killed after {self._limits.seconds:g} s"
        return (
            f"its process was ended by {_signal(-status)}"
            if status < 0
            else f"its process ended by itself (status {status})"
        )


def _flags() -> list[str]:
    """As the parent looks for packages, so does the child; never in its working folder."""
    return ["-P", *(["-s"] if sys.flags.no_user_site else [])]


def _environment() -> dict[str, str]:
    """No variable of ours, so no secret; one hash seed, so that a loop over a set gives the same twice."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
