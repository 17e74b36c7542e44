"""When a line of a node's log was written, in the forms that dmesg, journald and syslog give it.

    [  123.456789] text                               dmesg: seconds since boot
    <4>[  123.456789][  T12] text                     /dev/kmsg, printk.caller
    [Fri Nov 27 02:10:43 2026] text                   dmesg -T
    Nov 27 02:10:43 worker-1 kernel: text             syslog, journalctl
    2026-11-27T02:10:43+0000 worker-1 kernel: text    journalctl -o short-iso, dmesg --time-format iso

Only the last names a moment; of the others it is known how long before other lines of the log they were written.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH: Final = f"({'|'.join(_MONTHS)})"
_TIME: Final = r"(\d\d):(\d\d):(\d\d)"
_BOOT: Final = re.compile(r"(?:<\d+>)?\[\s*(\d+\.\d+)\]")
_CTIME: Final = re.compile(rf"(?:<\d+>)?\[[A-Z][a-z]{{2}} {_MONTH}\s+(\d+) {_TIME} (\d{{4}})\]")
_SHORT: Final = re.compile(rf"(?:<\d+>)?{_MONTH}\s+(\d+) {_TIME}")
_ISO: Final = re.compile(rf"(\d{{4}})-(\d\d)-(\d\d)[T ]{_TIME}(?:[.,]\d+)?(Z|([+-])(\d\d):?(\d\d))")

_DAY: Final = 86_400.0
_YEAR: Final = 366 * _DAY
_LEAP: Final = 2000  # of dates without a year: one that has a 29th of February


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a line was written.

    Attributes:
        clock: what the seconds count from: those of two clocks cannot be compared.
        seconds: on that clock.
        time: the moment (UTC), where the line names one.
    """

    clock: str
    seconds: float
    time: datetime | None = None

    def before(self, later: "Stamp") -> float | None:
        """Return how many seconds this was before `later`, None where nobody can tell."""
        if self.clock != later.clock:
            return None
        seconds = later.seconds - self.seconds
        return seconds + _YEAR if self.clock == "short" and seconds < -_YEAR / 2 else seconds


def stamp(line: str) -> Stamp | None:
    """Return when a line says that it was written, None where it says nothing of it."""
    for pattern, read in _FORMS:
        match = pattern.match(line)
        if match:
            return read(match)
    return None


def _boot(match: re.Match[str]) -> Stamp | None:
    return Stamp("boot", float(match[1]))


def _ctime(match: re.Match[str]) -> Stamp | None:
    month, day, hour, minute, second, year = match.groups()
    return _naive("date", int(year), month, day, hour, minute, second)


def _short(match: re.Match[str]) -> Stamp | None:
    return _naive("short", _LEAP, *match.groups())


def _naive(clock: str, year: int, month: str, *rest: str) -> Stamp | None:
    """A date of a zone that nobody names; all lines of one log are of the same."""
    time = _moment(year, _MONTHS.index(month) + 1, *map(int, rest))
    return Stamp(clock, time.timestamp()) if time else None


def _iso(match: re.Match[str]) -> Stamp | None:
    *parts, zone, sign, hours, minutes = match.groups()
    away = timedelta(hours=int(hours), minutes=int(minutes)) if zone != "Z" else timedelta()
    local = _moment(*map(int, parts))
    if local is None:
        return None
    time = local + away if sign == "-" else local - away
    return Stamp("utc", time.timestamp(), time)


def _moment(*parts: int) -> datetime | None:
    """Return a moment (UTC) from year, month, day, hour, minute and second; None where there is no such."""
    year, month, day, hour, minute, second = parts
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Stamp | None]], ...]] = (
    (_BOOT, _boot),
    (_ISO, _iso),
    (_SHORT, _short),
    (_CTIME, _ctime),
)
