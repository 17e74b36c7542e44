"""Recorded times, told to people: in their own zone, relative to the moment of the diagnosis."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from diagflow.feedback.words import Words
from diagflow.model import Onset

_SHARP = timedelta(minutes=1)
"""An onset known this exactly is one moment to people."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Writes times; no clock is read.

    Attributes:
        now: the moment for which the diagnosis was made (UTC).
        tz: the zone of the reader; None is the system's.
        words: of the reader's language.
    """

    now: datetime
    tz: tzinfo | None
    words: Words

    def moment(self, time: datetime) -> str:
        """Return the time of day, with the date only where it is another day than `now`."""
        local = self._local(time)
        day = "" if local.date() == self._local(self.now).date() else f"{local.date().isoformat()} "
        return day + local.time().isoformat("seconds")

    def full(self) -> str:
        """Return date and time of `now`, with the zone."""
        local = self._local(self.now)
        return f"{local.date().isoformat()} {local.time().isoformat('seconds')} {self.zone()}"

    def zone(self) -> str:
        """Return the zone at `now` as an offset: names of zones are ambiguous, and Windows translates them."""
        offset = self._local(self.now).utcoffset() or timedelta()
        minutes = round(offset.total_seconds() / 60)
        sign = "-" if minutes < 0 else "+"
        hours, rest = divmod(abs(minutes), 60)
        tail = f":{rest:02d}" if rest else ""
        return f"UTC{sign}{hours}{tail}" if minutes else "UTC"

    def onset(self, onset: Onset) -> str:
        """Return when something began, as exactly as it is known; empty for unknown."""
        start, end = onset.earliest, onset.latest
        if start and end:
            return self._between(start, end)
        if end:
            return self.words.since_or_earlier.format(end=self.moment(end))
        return self.words.since_or_later.format(start=self.moment(start)) if start else ""

    def _between(self, start: datetime, end: datetime) -> str:
        if end - start > _SHARP:
            return self.words.between.format(start=self.moment(start), end=self.moment(end))
        span = self.span(self.now - start)
        if not span:
            return self.words.since.format(start=self.moment(start))
        return self.words.since_for.format(start=self.moment(start), span=span)

    def span(self, span: timedelta) -> str:
        """Return a duration in its largest unit, rounded down; empty for none."""
        seconds = int(span.total_seconds())
        for unit, words in ((86400, self.words.days), (3600, self.words.hours), (60, self.words.minutes)):
            if seconds >= unit:
                return words.of(seconds // unit)
        return self.words.seconds.of(seconds) if seconds > 0 else ""

    def _local(self, time: datetime) -> datetime:
        aware = time if time.tzinfo else time.replace(tzinfo=UTC)
        try:
            return aware.astimezone(self.tz)
        except (OverflowError, OSError):  # the year 1 of an unset Go time: no zone reaches before it
            return aware.astimezone(UTC)
