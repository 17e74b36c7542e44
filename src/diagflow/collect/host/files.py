"""Looking at files that nobody vouches for: missing, unreadable, endless, looping, no files at all."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 1 << 20
_RECALL: Final = 0x400000 | 0x1000  # FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS, FILE_ATTRIBUTE_OFFLINE
_MOST_CHUNKS: Final = 256  # of a file that is searched
MOST_NAMES: Final = 20_000  # of one folder; a module cache or a Downloads folder can hold more


def in_the_cloud(status: os.stat_result | None) -> bool:
    """True for a file of OneDrive that is here by its name alone."""
    return bool(getattr(status, "st_file_attributes", 0) & _RECALL)


class Files:
    """The files of a machine. Nothing here follows a path into an exception other than `OSError`.

    `local` turns a path as the machine writes it into one that this process can open: the same path, but for machines
    that tests make up.
    """

    __slots__ = ("_local",)

    def __init__(self, local: Callable[[str], str] = str) -> None:
        self._local = local

    def local(self, path: str) -> Path:
        """Return the path that this process opens.

        Raises:
            OSError: the path cannot be one (it holds a NUL or what no file name can be made of).
        """
        try:
            os.fsencode(self._local(path))
        except UnicodeError as e:
            raise OSError(f"{path!r} is no path of this system") from e
        if "\0" in path or not path:
            raise OSError(f"{path!r} is no path: it is empty or holds a NUL")
        return Path(self._local(path))

    def status(self, path: str, *, follow: bool = True) -> os.stat_result | None:
        """Return what is there; None for nothing, and for what cannot be looked at."""
        try:
            local = self.local(path)
            return local.stat() if follow else local.lstat()
        except (OSError, ValueError):
            return None

    def exists(self, path: str) -> bool:
        """True when something is there, be it a link to nowhere."""
        return self.status(path, follow=False) is not None

    def is_file(self, path: str) -> bool:
        """True for a regular file, also behind links."""
        found = self.status(path)
        return found is not None and stat.S_ISREG(found.st_mode)

    def is_dir(self, path: str) -> bool:
        """True for a folder, also behind links."""
        found = self.status(path)
        return found is not None and stat.S_ISDIR(found.st_mode)

    def read(self, path: str, most: int = MOST_BYTES) -> bytes:
        """Return the first bytes of a regular file.

        Raises:
            OSError: there is none, or it cannot be read; pipes and devices are never opened for long.
        """
        if in_the_cloud(self.status(path)):
            raise OSError(f"{path} is in the cloud: reading it would download it")
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(self.local(path), flags)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(f"{path} is no regular file")
            return file.read(most)

    def peek(self, path: str, most: int = MOST_BYTES) -> bytes | None:
        """Return the first bytes, None where there is nothing to read."""
        try:
            return self.read(path, most)
        except (OSError, ValueError):
            return None

    def find(self, path: str, mark: bytes, most: int) -> bytes | None:
        """Return what follows the first `mark` in a file, with it; None where it is not in there or cannot be read."""
        if not self.is_file(path) or in_the_cloud(self.status(path)):
            return None
        before = b""
        try:
            with self.local(path).open("rb", buffering=0) as file:
                for _ in range(_MOST_CHUNKS):
                    chunk = before + file.read(MOST_BYTES)
                    at = chunk.find(mark)
                    if at >= 0:
                        return chunk[at:] + (file.read(max(0, most - len(chunk) + at)) or b"")
                    if len(chunk) == len(before):
                        return None
                    before = chunk[-len(mark) :]
        except (OSError, ValueError):
            return None
        return None

    def names(self, path: str) -> list[str]:
        """Return the sorted names in a folder; none where it cannot be read."""
        found: list[str] = []
        try:
            with os.scandir(self.local(path)) as entries:
                for entry in entries:
                    found.append(entry.name)
                    if len(found) >= MOST_NAMES:
                        break
        except (OSError, ValueError):
            pass  # what was listed before a folder broke is still true
        return sorted(found)

    def target(self, path: str) -> str | None:
        """Return where a link leads in the end; None for no link and for a loop of links."""
        found = self.status(path, follow=False)
        if found is None or not stat.S_ISLNK(found.st_mode):
            return None
        try:
            return str(self.local(path).resolve(strict=True)).removeprefix("\\\\?\\")
        except (OSError, RuntimeError, ValueError):
            return None
