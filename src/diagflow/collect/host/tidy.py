"""A value as a bundle can hold it: JSON, bounded, nothing left that says nothing."""

from collections.abc import Mapping
from typing import Any, Final

MOST_ENTRIES: Final = 200
MOST_TEXT: Final = 32 << 10


def tidy(value: Any) -> Any:
    """Return `value` with long lists and strings cut, and without keys whose value is None (could not be read)."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return {text(str(k)): tidy(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [tidy(v) for v in value[:MOST_ENTRIES]]
    return value


def text(value: str) -> str:
    """Return a string that every encoding of JSON can hold: bytes that are no text become replacement characters."""
    return (
        value[:MOST_TEXT].encode("utf-8", "replace" if _lone(value) else "surrogateescape").decode("utf-8", "replace")
    )


def _lone(value: str) -> bool:
    """True when half a UTF-16 pair is in it, which Windows allows and UTF-8 cannot hold."""
    return any("\ud800" <= c <= "\udfff" and not "\udc80" <= c <= "\udcff" for c in value)
