"""Readings of one incident: in memory, on disk, redacted, and imported from what other tools wrote."""

from diagflow.bundle.disk import Opened, save
from diagflow.bundle.memory import Bundle
from diagflow.bundle.open import open_bundle
from diagflow.bundle.redact import Redactor, new_key

__all__ = ["Bundle", "Opened", "Redactor", "new_key", "open_bundle", "save"]
