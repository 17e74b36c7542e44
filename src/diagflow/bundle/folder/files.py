"""The files of a folder that somebody gave: which of them may be read, and what is in them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from diagflow.bundle import limits
from diagflow.bundle.folder.problem import Problem
from diagflow.model import BadInput

_MAX_FILE: Final = limits.MAX_BYTES // 2
_BYTE_ORDER_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),  # what `kubectl ... > file` writes in Windows PowerShell
    (b"\xfe\xff", "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """One file: where it is, and its path within the folder with slashes."""

    path: Path
    name: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The path within the folder, in parts."""
        return tuple(self.name.split("/"))

    @property
    def suffix(self) -> str:
        """The suffix in lower case."""
        return self.path.suffix.lower()


def files_of(root: Path) -> tuple[list[Found], list[Problem]]:
    """Return the plain files below a folder, in order; a link is followed to a file within the folder only.

    Raises:
        BadInput: there are too many, or too much, or the folder cannot be listed.
    """
    if root.is_file():
        return [Found(root, root.name)], []
    found, problems, size = [], [], 0
    for file in _walk(root):
        problem = _refused(root, file)
        if problem:
            problems.append(Problem(file.name, problem))
            continue
        found.append(file)
        size += file.path.stat().st_size
        if len(found) > limits.MAX_ENTRIES or size > limits.MAX_BYTES:
            raise BadInput(
                f"{root}: more than {limits.MAX_ENTRIES:,} files or {limits.MAX_BYTES >> 20:,} MiB: "
                "name a smaller folder, or one with just the objects and logs of the incident"
            )
    return found, problems


def _walk(root: Path) -> Iterator[Found]:
    def failed(error: OSError) -> None:
        raise BadInput(f"{error.filename}: cannot be listed: {error.strerror}")

    for folder, folders, names in os.walk(root, onerror=failed):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                path = Path(folder, name)
                yield Found(path, path.relative_to(root).as_posix())


def _refused(root: Path, file: Found) -> str:
    """Return why a file is not opened; empty when it may be."""
    try:
        target = file.path.resolve(strict=True)
    except (OSError, RuntimeError):
        return "is a link that leads nowhere; left out"
    if not target.is_relative_to(root.resolve()):
        return "is a link out of the folder; left out"
    if not target.is_file():
        return "is no plain file; left out"
    if target.stat().st_size > _MAX_FILE:
        return f"is larger than {_MAX_FILE >> 20} MiB; left out"
    return ""


def body_of(file: Found) -> bytes:
    """Return the bytes of a file in UTF-8, whatever Unicode it was written in.

    Raises:
        OSError: it cannot be read.
        UnicodeDecodeError: it says that it is UTF-16 and is not.
    """
    body = file.path.read_bytes()
    for mark, encoding in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body.decode(encoding).encode(errors="replace")
    return body
