"""Durations as Prometheus writes them: `1h30m`, whole units from the biggest to the smallest, in milliseconds."""

import re
from typing import Final

_UNITS: Final = {
    "y": 31_536_000_000,
    "w": 604_800_000,
    "d": 86_400_000,
    "h": 3_600_000,
    "m": 60_000,
    "s": 1000,
    "ms": 1,
}
_PART: Final = re.compile(r"(\d+)([^\d]+)", re.ASCII)
_LIMIT: Final = (1 << 63) // 1_000_000
"""Milliseconds in Go's longest duration."""


def parse_duration(text: str) -> int:
    """Return the milliseconds of a duration (`model.ParseDuration`).

    Raises:
        ValueError: it is none.
    """
    if text == "0":
        return 0
    total, at, rank = 0, 0, -1
    for part in _PART.finditer(text):
        if part.start() != at:
            break
        if part[2] not in _UNITS:
            raise ValueError(f'unknown unit "{part[2]}" in duration "{text}"')
        this = list(_UNITS).index(part[2])
        if this <= rank:
            break
        total, at, rank = total + int(part[1]) * _UNITS[part[2]], part.end(), this
    if not text or at != len(text):
        raise ValueError(f'not a valid duration string: "{text}"')
    if total >= _LIMIT:
        raise ValueError("duration out of range")
    return total


def format_duration(milliseconds: int) -> str:
    """Return a duration as Prometheus prints it: `1h30m`."""
    if milliseconds == 0:
        return "0s"
    rest, parts = abs(milliseconds), []
    for unit, size in _UNITS.items():
        if unit in ("y", "w", "d") and rest % size:  # a year is not written as 365 days and an hour
            continue
        if rest >= size:
            parts.append(f"{rest // size}{unit}")
            rest %= size
    return ("-" if milliseconds < 0 else "") + "".join(parts)
