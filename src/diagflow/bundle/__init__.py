"""Readings of one incident: in memory, on disk, redacted, and imported from what other tools wrote."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from diagflow.bundle.memory import Bundle
from diagflow.bundle.redact import Redactor, new_key

if TYPE_CHECKING:
    from diagflow.bundle.disk import Opened, save
    from diagflow.bundle.open import open_bundle

__all__ = ["Bundle", "Opened", "Redactor", "new_key", "open_bundle", "save"]

_LATER: Final = {"Opened": "disk", "save": "disk", "open_bundle": "open"}
"""What reads or writes files, folders and archives is loaded only for somebody who does."""


def __getattr__(name: str) -> Any:
    """Load what is late; see `_LATER`."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
