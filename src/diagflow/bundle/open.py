"""The one way into what somebody recorded, whatever it is."""

from pathlib import Path

from diagflow.bundle.disk import Opened, open_stored
from diagflow.model import BadInput


def open_bundle(path: str | Path) -> Opened:
    """Open a bundle (a folder or a single file).

    Raises:
        BadInput: it cannot be used; one line says what, where and what to do.
    """
    found = Path(path)
    if not found.exists():
        raise BadInput(f"{path}: there is no such file or folder")
    return open_stored(found)
