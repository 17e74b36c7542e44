"""Times and ages as kubectl prints them: RFC 1123 with a zone, and how long ago in two units.

https://github.com/kubernetes/apimachinery/blob/master/pkg/util/duration/duration.go
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

_RFC1123Z: Final = "%d %b %Y %H:%M:%S %z"
_UNITS: Final = {"y": 365 * 86_400, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_AGE: Final = re.compile(r"(?:(\d{1,6})y)?(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?")
_REPEATED: Final = re.compile(r"(\S+) \(x(\d{1,9}) over (\S+)\)")


def time_of(text: str) -> str:
    """Return `Thu, 27 Feb 2025 07:30:28 +0100` as RFC 3339 in UTC; empty for what is no time."""
    _, _, rest = text.strip().partition(", ")  # the day of the week, which says nothing new
    try:
        return written(datetime.strptime(rest, _RFC1123Z))  # noqa: DTZ007  # %z is in the format
    except (ValueError, OverflowError):
        return ""


def written(moment: datetime) -> str:
    """Return a moment as the API server writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def age_of(text: str) -> timedelta | None:
    """Return an age such as `6m40s`, `5h43m`, `44d` or `2y10d`; None for `<unknown>` and what is no age."""
    found = _AGE.fullmatch(text.strip())
    if not found or not any(found.groups()):
        return None
    return timedelta(seconds=sum(int(n) * _UNITS[unit] for n, unit in zip(found.groups(), _UNITS, strict=True) if n))


def before(now: datetime | None, age: timedelta | None) -> str:
    """Return when that was, as precisely as the age says it; empty where either is not known."""
    if now is None or age is None:
        return ""
    try:
        return written(now - age)
    except OverflowError:
        return ""


def repeated(text: str) -> tuple[str, int, str]:
    """Return last seen, how often, and first seen of `5m11s (x5 over 6m39s)`, or of a plain age."""
    found = _REPEATED.fullmatch(text.strip())
    return (found[1], int(found[2]), found[3]) if found else (text.strip(), 1, text.strip())
