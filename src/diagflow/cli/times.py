"""Moments and durations as people type them."""

import re
from datetime import UTC, datetime, timedelta

from diagflow.model import BadInput

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d+)(s|m|h|d)")


def parse_duration(text: str, *, option: str) -> timedelta:
    """Read `90s`, `15m`, `1h30m`, `2d`.

    Raises:
        BadInput: it is no duration.
    """
    parts = _DURATION.findall(text)
    if not parts or "".join(n + u for n, u in parts) != text:
        raise BadInput(f"{option} {text!r} is no duration: write 90s, 15m, 1h30m or 2d")
    return timedelta(seconds=sum(int(n) * _UNITS[u] for n, u in parts))


def parse_moment(text: str, *, now: datetime, option: str = "--at") -> datetime:
    """Read an RFC 3339 time with its zone, seconds since 1970, or `-15m` before `now`; returns UTC.

    Raises:
        BadInput: it is none of these, or has no time zone.
    """
    if text.startswith("-"):
        return now - parse_duration(text[1:], option=option)
    if text.isdigit():
        return datetime.fromtimestamp(int(text), UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{option} {text!r} is no time: write 2026-01-31T10:00:00Z, or -15m") from None
    if moment.tzinfo is None:
        raise BadInput(f"{option} {text!r} has no time zone: write {text}Z for UTC, or {text}+08:00")
    return moment.astimezone(UTC)
