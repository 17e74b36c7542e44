"""A packed folder, `.tar` or `.tar.gz`, unpacked for as long as it is read, when nothing in it can be trusted.

Only plain files are written, below a new folder that only we may read; how much is read of the packed file is limited,
and not what its headers promise.
"""

import errno
import gzip
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

from diagflow.bundle import limits
from diagflow.model import BadInput

SUFFIXES: Final = (".tar", ".tar.gz", ".tgz")
_GZIP: Final = b"\x1f\x8b"
_OVERHEAD: Final = 2 * 1024 * limits.MAX_ENTRIES
"""Bytes of headers and padding that go with so many files."""

_BROKEN: Final = (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, OverflowError)
"""What the standard library raises on damaged files."""

_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Give the folder that a file holds; where all is in one folder, that one.

    Raises:
        BadInput: it is damaged, too large, or a name in it leads elsewhere.
    """
    with TemporaryDirectory(prefix="diagflow-") as made:
        root = Path(made)
        try:
            with path.open("rb") as file:
                _unpack(_Limited(_opened(file), path), root)
        except _BROKEN as e:
            raise BadInput(f"{path}: {_why(e, root)}") from None
        inside = list(root.iterdir())
        if not inside:
            raise BadInput(f"{path}: no file is in it")
        yield inside[0] if len(inside) == 1 and inside[0].is_dir() else root


def _why(error: Exception, root: Path) -> str:
    if isinstance(error, OSError) and error.errno in _FULL:
        return f"there is no room to unpack it below {root.parent}: make room, or name another folder in TMPDIR"
    return f"is damaged or cut off, copy it again: {error}"


def _opened(file: BinaryIO) -> BinaryIO:
    start = file.read(len(_GZIP))
    file.seek(0)
    return gzip.GzipFile(fileobj=file) if start == _GZIP else file  # type: ignore[return-value]


def _unpack(stream: "_Limited", root: Path) -> None:
    with tarfile.open(fileobj=stream, mode="r|") as archive:  # type: ignore[call-overload]  # it only reads
        count = 0
        for member in archive:
            if not member.isreg():
                continue
            count += 1
            if count > limits.MAX_ENTRIES:
                raise stream.too_much()
            try:
                archive.extract(member, root, set_attrs=False, filter="data")
            except tarfile.FilterError as e:
                raise BadInput(f"{stream.path}: a name in it leads out of it: {e}") from None


class _Limited:
    """A file of which no more is read than a folder may have."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self.path = path
        self._file = file
        self._left = limits.MAX_BYTES + _OVERHEAD

    def read(self, size: int) -> bytes:
        """Return the next bytes."""
        body = self._file.read(size)
        self._left -= len(body)
        if self._left < 0:
            raise self.too_much()
        return body

    def too_much(self) -> BadInput:
        """Return what to say of a file that holds too much."""
        return BadInput(
            f"{self.path}: more than {limits.MAX_ENTRIES:,} files or {limits.MAX_BYTES >> 20:,} MiB are in it: "
            "unpack it, and name a smaller folder of it"
        )
