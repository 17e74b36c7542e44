"""Taking secrets out of readings without changing their shape, before anything is stored or analysed."""

from diagflow.bundle.redact.redactor import Redactor, new_key

__all__ = ["Redactor", "new_key"]
