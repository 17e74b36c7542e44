"""What became of a command."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended and what it printed.

    Attributes:
        rc: exit status; None when it did not start or was killed for taking too long. Negative: killed by that signal.
        stdout: what it printed, cut off at some megabytes.
        stderr: the same.
        timed_out: it took too long and was killed with its children.
        error: why it could not be started, in the system's words.
        errno: the system's number for that; on Windows the Win32 error.
    """

    rc: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    timed_out: bool = False
    error: str = ""
    errno: int | None = None
