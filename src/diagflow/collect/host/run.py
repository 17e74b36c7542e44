"""Starts a command and waits for its end, or ends it with all that it has started.

No input, no window, bounded output: what a broken `go` prints without end is not kept.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Final

from diagflow.collect.host.outcome import Outcome

MOST_OUTPUT: Final = 4 << 20
_CHUNK: Final = 1 << 16
_LINGER: Final = 0.5  # seconds for what is still in a pipe after the process has ended (its children may hold it open)


class Runner:
    """Runs commands, from any number of threads."""

    def __init__(self) -> None:
        self._running: set[_Family] = set()

    def __call__(
        self, argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None, cwd: str | None = None
    ) -> Outcome:
        """Run a command to its end, for at most `timeout` seconds."""
        started = time.monotonic()
        try:
            process = _start(argv, env, cwd)
        except OSError as e:
            return Outcome(error=_words(e), errno=getattr(e, "winerror", None) or e.errno)
        except (ValueError, UnicodeError) as e:  # a NUL in an argument, what no name can be made of
            return Outcome(error=str(e))
        family = _Family(process)
        self._running.add(family)
        try:
            return _wait(process, family, started + timeout)
        finally:
            self._running.discard(family)
            family.close()

    def close(self) -> None:
        """End what still runs: whoever asked does not wait any more, and a `go` that hangs would outlive us."""
        for family in list(self._running):
            family.kill()


def _start(argv: Sequence[str], env: Mapping[str, str] | None, cwd: str | None) -> "subprocess.Popen[bytes]":
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    return subprocess.Popen(  # noqa: S603  # programs that a probe names; no shell
        list(argv),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=None if env is None else dict(env),
        cwd=cwd,
        creationflags=flags,
        start_new_session=sys.platform != "win32",
    )


def _wait(process: "subprocess.Popen[bytes]", family: "_Family", end: float) -> Outcome:
    pipes = [_Pipe(process.stdout), _Pipe(process.stderr)]
    for pipe in pipes:
        pipe.join(end - time.monotonic())
    timed_out = False
    try:
        process.wait(max(0.0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        timed_out = True
        family.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LINGER)
    for pipe in pipes:
        pipe.join(_LINGER)
    out, err = (pipe.kept for pipe in pipes)
    return Outcome(None if timed_out else process.returncode, out, err, timed_out=timed_out)


def _words(error: OSError) -> str:
    return error.strerror or str(error)


class _Pipe(threading.Thread):
    """Reads a pipe to its end and keeps the beginning; a daemon, since a grandchild may hold the other end for ever."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        super().__init__(name="diagflow-pipe", daemon=True)
        self._stream = stream
        self._chunks: list[bytes] = []
        self.start()

    @property
    def kept(self) -> bytes:
        """What has come so far."""
        return b"".join(list(self._chunks))[:MOST_OUTPUT]

    def join(self, timeout: float | None = None) -> None:
        """Wait for the end of the pipe."""
        super().join(None if timeout is None else max(0.0, timeout))

    def run(self) -> None:
        """Read on, also past what is kept: a full pipe would stop the program."""
        if self._stream is None:
            return
        size = 0
        with suppress(OSError, ValueError), self._stream as stream:
            while chunk := os.read(stream.fileno(), _CHUNK):
                if size < MOST_OUTPUT:
                    self._chunks.append(chunk)
                size += len(chunk)


class _Family:
    """A process and all that it starts: a process group on POSIX, a job on Windows."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._job: int | None = None
        self._windows = None
        if sys.platform == "win32":
            from diagflow.collect.host import windows  # noqa: PLC0415  # needs the Windows API

            self._windows = windows
            self._job = windows.job_of(process)

    def kill(self) -> None:
        """End them all."""
        if self._windows is not None:
            if self._job is None or not self._windows.end_job(self._job):
                _taskkill(self._process.pid)
        else:
            with suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)
        with suppress(OSError):
            self._process.kill()

    def close(self) -> None:
        """Let go of the job; what still runs in it runs on."""
        if self._windows is not None and self._job is not None:
            self._windows.close_handle(self._job)


def _taskkill(pid: int) -> None:
    with suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(  # noqa: S603  # a number of ours
            ["taskkill", "/T", "/F", "/PID", str(pid)],  # noqa: S607  # it is in System32 wherever that is
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=2,
        )
