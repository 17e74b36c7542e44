"""Moments and durations as people type them."""

import re
from datetime import UTC, datetime, timedelta

from diagflow.model import BadInput

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST = 100 * 365 * 86400
_FIRST_YEAR, _LAST_YEAR = 1970, 9000
_SHOWN = 60  # characters of a wrong text that a message repeats
_DURATION = re.compile(r"(\d+)(s|m|h|d)")


def parse_duration(text: str, *, option: str) -> timedelta:
    """Read `90s`, `15m`, `1h30m`, `2d`.

    Raises:
        BadInput: it is no duration.
    """
    parts = _DURATION.findall(text)
    if not parts or "".join(n + u for n, u in parts) != text:
        raise BadInput(f"{option} {_short(text)} is no duration: write 90s, 15m, 1h30m or 2d")
    seconds = sum(float(n) * _UNITS[u] for n, u in parts)  # float: any number of digits, where int stops at 4300
    if seconds > _LONGEST:
        raise BadInput(f"{option} {_short(text)} is longer than 100 years: write 90s, 15m, 1h30m or 2d")
    return timedelta(seconds=seconds)


def parse_moment(text: str, *, now: datetime, option: str = "--at") -> datetime:
    """Read an RFC 3339 time with its zone, seconds since 1970, or `-15m` before `now`; returns UTC.

    Raises:
        BadInput: it is none of these, or has no time zone.
    """
    try:
        if text.startswith("-"):
            return now - parse_duration(text[1:], option=option)
        moment = datetime.fromtimestamp(int(text), UTC) if text.isdecimal() else datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise BadInput(f"{option} {text!r} has no time zone: write {text}Z for UTC, or {text}+08:00")
        return _plausible(moment.astimezone(UTC))
    except (ValueError, OverflowError, OSError):  # the last two: a moment before the year 1 or after 9999
        raise BadInput(f"{option} {_short(text)} is no time: write 2026-01-31T10:00:00Z, or -15m") from None


def _plausible(moment: datetime) -> datetime:
    """Windows reach back and ahead of a moment, so it keeps away from both ends of what a datetime holds."""
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError
    return moment


def _short(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
