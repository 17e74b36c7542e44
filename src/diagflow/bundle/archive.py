"""Reading the files of a stored bundle, a folder or a zip file, when nothing in it can be trusted.

Both give bytes by name, and raise nothing but `BadInput`. A name is used only if a bundle can have it, so that no
name, however it is written, leads out of the bundle.
"""

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Protocol, Self

from diagflow.bundle import limits
from diagflow.model import BadInput

MANIFEST: Final = "manifest.json"
DIAGNOSIS: Final = "diagnosis.json"
LABELS: Final = "labels.json"
_BLOB: Final = re.compile(r"blobs/sha256/[0-9a-f]{2}/[0-9a-f]{62}")
_FOLDER: Final = re.compile(r"blobs/(?:sha256/(?:[0-9a-f]{2}/)?)?")
_END: Final = struct.Struct("<4s4H2LH")  # end of central directory record
_LOCATOR: Final = 20  # size of the 64-bit locator that may stand before it
_NOFOLLOW: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    IndexError,
    KeyError,
)
"""What the standard library raises on damaged zip files."""


class Archive(Protocol):
    """The files of one stored bundle."""

    def has(self, name: str) -> bool:
        """True when there is such a file."""
        ...

    def read(self, name: str, limit: int) -> bytes:
        """Return the bytes of a file.

        Raises:
            BadInput: it is not there, longer than `limit` bytes, or damaged.
        """
        ...


def blob_name(digest: str) -> str:
    """Return the file of a blob: no name of the incident is in it."""
    hexadecimal = digest.removeprefix("sha256:")
    return f"blobs/sha256/{hexadecimal[:2]}/{hexadecimal[2:]}"


def is_member(name: str) -> bool:
    """True when a bundle can have a file of this name."""
    return name in (MANIFEST, DIAGNOSIS, LABELS) or bool(_BLOB.fullmatch(name))


class FolderArchive:
    """A bundle that is a folder. Files that the manifest does not name are never touched."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def has(self, name: str) -> bool:
        """True when there is such a file."""
        return os.path.lexists(self.root / name)

    def read(self, name: str, limit: int) -> bytes:
        """Return the bytes of a file.

        A hard link is as good as a file: package installers make them, and what is in it is checked by its digest.
        """
        if not is_member(name):
            raise BadInput(f"{name[:120]!r} is no file of a bundle")
        self._refuse_links(name)
        try:
            with _opened(self.root / name) as file:
                return _bounded(file, name, limit)
        except OSError as e:
            raise BadInput(f"{name} cannot be read: {e.strerror or e}") from None

    def _refuse_links(self, name: str) -> None:
        path = self.root
        for part in name.split("/"):
            path = path / part
            if path.is_symlink():
                raise BadInput(f"{path.relative_to(self.root).as_posix()} is a link: a bundle holds no links")


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a plain file; no link is followed and no pipe waited for."""
    with os.fdopen(os.open(path, os.O_RDONLY | _NOFOLLOW), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise BadInput(f"{path.name} is no plain file")
        yield file


def _bounded(file: BinaryIO, name: str, limit: int) -> bytes:
    body = file.read(limit + 1)
    if len(body) > limit:
        raise BadInput(f"{name} has more than the {limit:,} bytes that it may have")
    return body


class ZipArchive:
    """A bundle that is one zip file."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            BadInput: it is no zip file, or one that is no bundle.
        """
        self._file = _plain(path)
        try:
            self._zip, self._members = _directory(self._file)
        except BaseException:
            self._file.close()
            raise

    def has(self, name: str) -> bool:
        """True when there is such a file."""
        return name in self._members

    def names(self) -> list[str]:
        """Return all files, sorted."""
        return sorted(self._members)

    def read(self, name: str, limit: int) -> bytes:
        """Return the bytes of a file."""
        if name not in self._members:
            raise BadInput(f"{name[:120]} is missing")
        try:
            with self._zip.open(self._members[name]) as file:
                return _bounded(file, name, limit)  # type: ignore[arg-type]
        except (*_BROKEN, OSError) as e:
            raise BadInput(f"{name} is damaged: {e}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _1: type[BaseException] | None, _2: BaseException | None, _3: TracebackType | None) -> None:
        self._zip.close()
        self._file.close()


def _plain(path: Path) -> BinaryIO:
    try:
        if not path.is_file():
            raise BadInput("it is no plain file")
        return path.open("rb")
    except OSError as e:
        raise BadInput(f"it cannot be read: {e.strerror or e}") from None


def _directory(file: BinaryIO) -> tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]:
    _check_end(file)
    try:
        archive = zipfile.ZipFile(file)
    except (*_BROKEN, OSError) as e:
        raise BadInput(f"its table of contents is damaged: {e}") from None
    return archive, _members(archive.infolist())


def _check_end(file: BinaryIO) -> None:
    """Look at how long the table of contents is before it is read.

    A bundle has no comment and needs no 64-bit format.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END.size - _LOCATOR))
    tail = file.read()
    file.seek(0)
    start = file.read(4)
    if len(tail) < _END.size or tail[-_END.size :][:4] != b"PK\5\6":
        if start[:2] == b"PK":
            raise BadInput("it is cut off or damaged: the end of the file is missing; record or copy it again")
        raise BadInput("it is no bundle: neither a zip file that DiagFlow wrote nor an incident folder")
    _, _, _, _, count, length, _, comment = _END.unpack(tail[-_END.size :])
    if count > limits.MAX_ENTRIES or length > limits.MAX_DIRECTORY:
        raise BadInput(f"it has more than {limits.MAX_ENTRIES:,} files; a bundle never does")
    if comment or tail.startswith(b"PK\6\7"):
        raise BadInput("it is a zip file, but no bundle that DiagFlow wrote")


def _members(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    members: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        if info.orig_filename in members:
            raise BadInput(f"{info.orig_filename[:120]!r} is in it twice")
        if _checked(info):
            members[info.orig_filename] = info
    if sum(i.file_size for i in members.values()) > limits.MAX_BYTES:
        raise BadInput(f"it would unpack to more than {limits.MAX_BYTES >> 20:,} MiB; a bundle never does")
    return members


def _checked(info: zipfile.ZipInfo) -> bool:
    """Return whether it is a file; refuse what no bundle has."""
    name = info.orig_filename
    if _FOLDER.fullmatch(name) and not info.file_size:
        return False  # somebody packed a bundle folder with another program
    if not is_member(name):
        raise BadInput(f"{name[:120]!r} is no file of a bundle")
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise BadInput(f"{name} is a link or a device: a bundle holds plain files only")
    if info.flag_bits & 0x1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadInput(f"{name} is encrypted or packed in a way that bundles are not")
    if info.file_size > limits.MAX_RATIO * max(info.compress_size, 1):
        raise BadInput(f"{name} would grow more than {limits.MAX_RATIO} times when unpacked; a bundle's files never do")
    return True
