"""Readings of one incident: in memory, on disk, redacted, and imported from what other tools wrote."""

from diagflow.bundle.disk import Opened, save
from diagflow.bundle.memory import Bundle
from diagflow.bundle.open import open_bundle

__all__ = ["Bundle", "Opened", "open_bundle", "save"]
