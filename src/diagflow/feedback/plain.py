"""Values as JSON knows them: times, numbers, mappings and lists."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from diagflow.feedback.visible import well_formed


def plain(value: Any) -> Any:
    """Return `value` as what JSON knows: mappings with sorted text keys, lists, text, numbers, true, false, None.

    Raises:
        TypeError: it holds something that JSON does not know.
    """
    return _clean(
        msgspec.to_builtins(value, order="sorted", str_keys=True, builtin_types=(datetime,), enc_hook=_builtin)
    )


def rfc3339(time: datetime) -> str:
    """Write a moment in UTC, with milliseconds only where they are not zero; without a zone it counts as UTC."""
    utc = (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    text = utc.replace(tzinfo=None, microsecond=0).isoformat()  # strftime writes the year 1 as "1"
    milliseconds = utc.microsecond // 1000
    return f"{text}.{milliseconds:03d}Z" if milliseconds else f"{text}Z"


def number(value: float) -> float | str:
    """Return what JSON can hold: numbers that are none as Prometheus writes them."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return value


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, Mapping):
        return {well_formed(str(k)): _clean(v) for k, v in value.items()}
    return [_clean(v) for v in value] if isinstance(value, (list, tuple)) else value


def _builtin(value: Any) -> Any:
    """Turn what only behaves like JSON into it: read-only mappings, lists of projected objects."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(f"a value of type {type(value).__name__} cannot be written as JSON")
