"""Writing the files of a bundle so that nobody ever sees half of one.

Everything goes to a neighbour with a name of its own, is forced to the disk, and takes its place in one step at the
end. What a crash leaves behind is that neighbour, which `open_bundle` recognises.
"""

import os
import shutil
import uuid
import zipfile
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from diagflow.bundle import limits
from diagflow.bundle.archive import MANIFEST
from diagflow.model import BadInput

Files = Iterable[tuple[str, bytes]]
PARTIAL: Final = ".partial-"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the first moment of the zip format: an archive does not say when it was made
_MODE: Final = 0o100644 << 16


def write_zip(path: Path, files: Files) -> None:
    """Write one zip file; the same files give the same bytes.

    Raises:
        BadInput: `path` is something else already, or cannot be written.
    """
    if path.exists() and not _is_zip(path):
        raise BadInput(f"{path} exists and is no bundle: choose another name or remove it")
    partial = _partial(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("xb") as file:
            with zipfile.ZipFile(file, "w") as archive:
                for name, body in files:
                    archive.writestr(_info(name), body, _packing(body), 6)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        _sync(path.parent)
    except OSError as e:
        raise BadInput(f"{path} cannot be written: {e.strerror or e}") from None
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def write_folder(path: Path, files: Files) -> None:
    """Write a folder with one file each.

    Raises:
        BadInput: `path` is something else already, or cannot be written.
    """
    if path.exists() and not _is_replaceable(path):
        raise BadInput(f"{path} exists and is no bundle: choose another name or an empty folder")
    partial = _partial(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for name, body in files:
            _write(partial / name, body)
        _swap(partial, path)
        _sync(path.parent)
    except OSError as e:
        raise BadInput(f"{path} cannot be written: {e.strerror or e}") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def is_partial(path: Path) -> bool:
    """True for what a crash left behind."""
    return PARTIAL in path.name or (
        path.is_dir() and (path / "blobs" / "sha256").is_dir() and not (path / MANIFEST).exists()
    )


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name[:80]}{PARTIAL}{uuid.uuid4().hex[:12]}")


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.create_system, info.external_attr = 3, _MODE  # as on Unix, wherever it is written
    return info


def _packing(body: bytes) -> int:
    """Pack, unless it packs so well that a reader would take it for a bomb."""
    packed = len(zlib.compress(body, 6)) - 6 if len(body) > limits.MAX_RATIO else len(body)
    return zipfile.ZIP_DEFLATED if len(body) < limits.MAX_RATIO * packed else zipfile.ZIP_STORED


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    _sync(path.parent)


def _swap(new: Path, path: Path) -> None:
    """Put a folder in the place of another; between the two steps there is none, never a mixed one."""
    old = new.with_name(new.name + "-old")
    if path.exists():
        path.rename(old)
    new.rename(path)
    shutil.rmtree(old, ignore_errors=True)


def _is_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(2) in (b"PK", b"")
    except OSError:
        return False


def _is_replaceable(path: Path) -> bool:
    return path.is_dir() and ((path / MANIFEST).is_file() or not any(path.iterdir()))


def _sync(folder: Path) -> None:
    """Force names to the disk, where the system knows how."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
