"""What only the system itself can say: a protocol, so that tests can say it for systems that are not here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Process:
    """A running program."""

    pid: int
    parent: int
    name: str
    started: datetime | None = None


@dataclass(frozen=True, slots=True)
class CodePages:
    """The code pages of a Windows machine, None where unknown."""

    oem: int | None = None
    ansi: int | None = None
    output: int | None = None


class Native(Protocol):
    """The system; whatever it cannot say is None."""

    def version(self) -> tuple[str | None, int | None]:
        """Return the version for people, and the build number (Windows)."""
        ...

    def arch(self) -> str | None:
        """Return the architecture of the machine as Go names it."""
        ...

    def process_arch(self) -> str | None:
        """Return the architecture of this process as Go names it."""
        ...

    def elevated(self) -> bool | None:
        """True for an administrator's or root's process."""
        ...

    def code_pages(self) -> CodePages:
        """Return the code pages."""
        ...

    def language(self) -> str | None:
        """Return the language of the user interface, such as `zh-CN`."""
        ...

    def memory(self) -> int | None:
        """Return the bytes of memory that there are."""
        ...

    def filesystem(self, path: str) -> str | None:
        """Return the type of the file system that holds `path` (`NTFS`, `ext4`, `9p`)."""
        ...

    def remote(self, path: str) -> bool | None:
        """True when `path` is on another machine or a mapped drive."""
        ...

    def ancestors(self) -> list[Process]:
        """Return our parent, its parent, and so on."""
        ...

    def raw_environment(self) -> list[tuple[str, str]]:
        """Return the environment as it was handed to this process, doubles included."""
        ...

    def wine(self) -> bool:
        """True when this Windows is Wine."""
        ...
