"""Readings of one incident: in memory, on disk, redacted, and imported from what other tools wrote."""

from typing import TYPE_CHECKING, Any

from diagflow.bundle.disk import Opened, save
from diagflow.bundle.memory import Bundle
from diagflow.bundle.redact import Redactor, new_key

if TYPE_CHECKING:
    from diagflow.bundle.open import open_bundle

__all__ = ["Bundle", "Opened", "Redactor", "new_key", "open_bundle", "save"]


def __getattr__(name: str) -> Any:
    """Load what reads foreign folders, YAML and archives only for somebody who opens one."""
    if name == "open_bundle":
        from diagflow.bundle.open import open_bundle  # noqa: PLC0415  # see above

        return open_bundle
    raise AttributeError(name)
