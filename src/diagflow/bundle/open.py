"""The one way into what somebody recorded, whatever it is."""

from datetime import datetime
from pathlib import Path
from typing import Final

from diagflow.bundle.disk import Opened, is_stored, open_stored
from diagflow.bundle.folder import is_single_file, open_folder
from diagflow.bundle.unpack import SUFFIXES, unpacked
from diagflow.model import BadInput

_PACKED: Final = (".gz", ".xz", ".zst", ".bz2", ".7z", ".rar")


def open_bundle(path: str | Path, *, at: datetime | None = None, key: bytes | None = None) -> Opened:
    """Open a bundle (a folder or a single file), an incident folder, packed or not, or a file with objects.

    Args:
        path: what to open.
        at: for which moment to diagnose an incident folder (UTC); a bundle has its own.
        key: for the tokens that take the place of secrets in an incident folder; default: a random one.

    Raises:
        BadInput: it cannot be used; one line says what, where and what to do.
    """
    found = Path(path)
    try:
        if not found.exists():
            raise BadInput(f"{path}: there is no such file or folder")
    except (OSError, ValueError) as e:
        raise BadInput(f"{path!r}: no file can have this name: {e}") from None
    if found.is_file() and found.name.lower().endswith(SUFFIXES):
        return _packed(found, at, key)
    if is_single_file(found) or not is_stored(found):
        return open_folder(found, at=at, key=key)
    if found.name.lower().endswith(_PACKED):
        raise BadInput(f"{path}: unpack it first (tar xf {found.name}) and name the folder")
    return open_stored(found)


def _packed(path: Path, at: datetime | None, key: bytes | None) -> Opened:
    with unpacked(path) as folder:
        if is_stored(folder):
            raise BadInput(f"{path}: a bundle is in it: unpack it first (tar xf {path.name}) and name its folder")
        try:
            return open_folder(folder, at=at, key=key)
        except BadInput as e:
            raise BadInput(str(e).replace(str(folder), str(path))) from None
