"""A recording's time as a bar: where something fired, was pending, or cannot be told."""

from dataclasses import dataclass
from typing import Final

from diagflow.backtest.outcome import RecordingResult, RuleResult, Subject

WIDTH: Final = 40


@dataclass(frozen=True, slots=True)
class Marks:
    """What a bar is made of, one character each."""

    firing: str = "█"
    pending: str = "▒"
    unknown: str = "?"
    quiet: str = "·"

    def __str__(self) -> str:
        return self.firing + self.pending + self.unknown + self.quiet


ASCII: Final = Marks("#", "+", "?", ".")
"""For terminals that lack the others."""


def bar(subject: Subject, rule: RuleResult, recording: RecordingResult, marks: Marks) -> str:
    """Return a bar from the recording's first evaluation to its last; of what falls into one place, the worst."""
    count = (recording.end - recording.start) // recording.step + 1
    cells = [marks.quiet] * min(WIDTH, count)

    def put(start: int, end: int, mark: str) -> None:
        span = recording.end - recording.start + recording.step
        first = (start - recording.start) * len(cells) // span
        last = max(first, -((recording.start - end) * len(cells) // span) - 1)
        for at in range(max(first, 0), min(last + 1, len(cells))):
            cells[at] = mark

    for gap in rule.gaps:
        put(gap.start, gap.end + recording.step, marks.unknown)
    after = recording.end + recording.step
    for firing in subject.firings:
        if firing.pending is not None:
            put(firing.pending, (firing.until or after) if firing.fired is None else firing.fired, marks.pending)
    for firing in subject.firings:
        if firing.fired is not None:
            put(firing.fired, firing.until or after, marks.firing)
    return "".join(cells)
