"""Text and JSON from elsewhere, which may as well be anything else."""

from typing import Any, Final, TypeVar

import msgspec

from diagflow.model.typed import from_json

T = TypeVar("T")

_SHOWN: Final = 300


def decode(body: Any, kind: type[T]) -> T | None:
    """Decode JSON bytes; None when they are no such thing."""
    try:
        return from_json(body, kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def one_line(text: str) -> str:
    """Return untrusted text as one short printable line."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * _SHOWN]).split())
    return words if len(words) <= _SHOWN else words[:_SHOWN] + "…"
