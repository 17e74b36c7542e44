"""Timestamps as they stand in objects, events and logs."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

_RFC3339: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)")


def parsed(value: Any) -> datetime | None:
    """Return a time in UTC; None for what is none. Nanoseconds are cut to microseconds."""
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    match = _RFC3339.fullmatch(value) if isinstance(value, str) else None
    return _from(match) if match else None


def leading(line: str) -> datetime | None:
    """Return the time with which a log line begins, None if it begins otherwise."""
    match = _RFC3339.match(line)
    return _from(match) if match else None


def from_unix(seconds: Any) -> datetime | None:
    """Return a time from seconds since 1970, None for what is none (NaN, text, the year 40,000)."""
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(seconds))
    except (TypeError, ValueError, OverflowError):
        return None


def _from(match: re.Match[str]) -> datetime | None:
    head, fraction, zone = match.groups()
    try:
        time = datetime.fromisoformat(head + (zone if zone != "Z" else "+00:00"))
    except ValueError:
        return None
    return (time + timedelta(microseconds=int((fraction or "0")[:6].ljust(6, "0")))).astimezone(UTC)
