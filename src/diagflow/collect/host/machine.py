"""The machine that is looked at: the one seam between probes and the system.

A probe reads nothing else: no `os.environ`, no `winreg`, no clock. The real one is made by `this_machine`; tests make
others.
"""

import ntpath
import os
import posixpath
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import ModuleType
from typing import Protocol

from diagflow.collect.host.decode import decode
from diagflow.collect.host.files import Files
from diagflow.collect.host.native import Native
from diagflow.collect.host.outcome import Outcome
from diagflow.collect.host.registry import Registry
from diagflow.collect.host.run import Runner


class Run(Protocol):
    """Runs a command to its end."""

    def __call__(
        self, argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None, cwd: str | None = None
    ) -> Outcome:
        """Return what became of it; never raises for what the system did."""
        ...


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine.

    Attributes:
        platform: `windows`, `linux` or `darwin`.
        environ: the environment of this process; names in upper case on Windows.
        cwd: the current folder; empty when it is gone.
        native: what the system says of itself.
        files: its files.
        registry: the registry; None where there is none.
        run: starts commands.
        now: its clock.
    """

    platform: str
    environ: Mapping[str, str]
    cwd: str
    native: Native
    files: Files = field(default_factory=Files)
    registry: Registry | None = None
    run: Run = field(default_factory=Runner)
    now: Callable[[], datetime] = _now

    @property
    def windows(self) -> bool:
        """True on Windows."""
        return self.platform == "windows"

    @property
    def paths(self) -> ModuleType:
        """The functions of `os.path` for the machine's paths."""
        return ntpath if self.windows else posixpath

    def env(self, name: str) -> str:
        """Return a variable of the environment; the empty string when it is not set."""
        return self.environ.get(name, "")

    def join(self, *parts: str) -> str:
        """Join parts of a path as this machine does."""
        return str(self.paths.join(*parts))

    def text(self, data: bytes) -> str:
        """Decode what a program printed."""
        pages = self.native.code_pages()
        return decode(data, pages.oem, pages.ansi)[0]

    def close(self) -> None:
        """End the commands that still run."""
        if isinstance(self.run, Runner):
            self.run.close()

    @property
    def home(self) -> str:
        """The user's folder; the empty string when nothing names one."""
        return self.env("USERPROFILE" if self.windows else "HOME")


def this_machine() -> Machine:
    """Return the machine that we run on."""
    platform = {"win32": "windows", "darwin": "darwin"}.get(sys.platform, "linux")
    files = Files()
    environ = dict(os.environ)
    return Machine(platform, environ, _cwd(), _native(files, environ), files, _registry())


def _cwd() -> str:
    try:
        return os.getcwd()  # noqa: PTH109  # a string in the system's own spelling
    except OSError:
        return ""


def _native(files: Files, environ: Mapping[str, str]) -> Native:
    if sys.platform == "win32":
        from diagflow.collect.host.windows import Windows  # noqa: PLC0415  # needs the Windows API

        return Windows()
    from diagflow.collect.host.posix import Posix  # noqa: PLC0415  # only where it serves

    return Posix(files, environ)


def _registry() -> Registry | None:
    if sys.platform == "win32":
        from diagflow.collect.host.registry import WindowsRegistry  # noqa: PLC0415  # only where it serves

        return WindowsRegistry()
    return None
