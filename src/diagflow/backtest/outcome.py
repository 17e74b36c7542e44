"""What a backtest found: rules on recordings, who they fired about, and what could not be told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from diagflow.model import Entity
from diagflow.promql.arrays import Bools, Ints
from diagflow.rules.rule import Position


class Judged(StrEnum):
    """What the labels of a recording say about a rule that fired."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Firing:
    """One time that a rule held about something; all times in milliseconds.

    Attributes:
        pending: since when; None for a rule that knows no pending.
        fired: when it fired; None if it never did.
        until: when it was over; None if it was not at the end of the recording.
        judged: whether that was right, as far as the recording's labels tell.
    """

    pending: int | None
    fired: int | None
    until: int | None
    judged: Judged = Judged.UNKNOWN


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that a rule held about.

    Attributes:
        entity: what it is.
        labels: of the alert; empty for a rule of ours.
        firings: by time.
    """

    entity: Entity
    labels: Mapping[str, str]
    firings: tuple[Firing, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A time of which nothing can be told, in milliseconds, and why."""

    start: int
    end: int
    why: str


@dataclass(slots=True)
class RuleResult:
    """One rule on one recording.

    Attributes:
        rule: its name.
        position: where it is written.
        times: the moments of evaluation; empty where it was not evaluated.
        why_not: why it was not evaluated; empty if it was.
        subjects: what it held about.
        gaps: times of which nothing can be told.
        constant: what was held constant, since a recording has it of one moment only.
        notes: what else should be known.
    """

    rule: str
    position: Position | None
    times: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    why_not: str = ""
    subjects: Sequence[Subject] = ()
    gaps: Sequence[Gap] = ()
    constant: Sequence[str] = ()
    notes: Sequence[str] = ()

    @property
    def fired(self) -> bool:
        """True when it fired about anything."""
        return any(firing.fired is not None for subject in self.subjects for firing in subject.firings)

    @property
    def untold(self) -> str:
        """Why nothing is known of it at any moment; empty if something is."""
        known = np.ones(len(self.times), np.bool_)
        for gap in self.gaps:
            known &= (self.times < gap.start) | (self.times > gap.end)
        if self.why_not or self.subjects or known.any():
            return self.why_not
        return "; ".join(dict.fromkeys(gap.why for gap in self.gaps))


@dataclass(slots=True)
class RecordingResult:
    """All rules on one recording.

    Attributes:
        path: where it is.
        why_not: why nothing could be evaluated on it; empty if something could.
        start: first moment of evaluation.
        end: last one.
        step: milliseconds between them.
        rules: the results, in the order of the rules.
        missed: labelled causes that some rule names, though no such rule fired about them.
        problems: what of the recording could not be used.
    """

    path: str
    why_not: str = ""
    start: int = 0
    end: int = 0
    step: int = 0
    rules: list[RuleResult] = field(default_factory=list)
    missed: Sequence[str] = ()
    problems: Sequence[str] = ()


@dataclass(slots=True)
class Backtest:
    """The whole run.

    Attributes:
        recordings: the results, in the order of the paths.
        unused: rules that have nothing to be tried, each with the reason.
    """

    recordings: list[RecordingResult]
    unused: Sequence[str] = ()

    @property
    def nothing(self) -> bool:
        """True when no rule could be evaluated on any recording."""
        return all(rule.untold for recording in self.recordings for rule in recording.rules)

    def reasons(self) -> Iterator[str]:
        """Yield why recordings and rules could not be evaluated, one line each."""
        for recording in self.recordings:
            if recording.why_not:
                yield f"{recording.path}: {recording.why_not}"
            for rule in recording.rules:
                if rule.untold:
                    where = f" ({rule.position.file}:{rule.position.line})" if rule.position else ""
                    yield f"{recording.path}: {rule.rule}: {rule.untold}{where}"
        yield from self.unused

    def firings(self) -> Iterator[tuple[RecordingResult, RuleResult, Subject, Firing]]:
        """Yield everything that fired."""
        for recording in self.recordings:
            for rule in recording.rules:
                for subject in rule.subjects:
                    for firing in subject.firings:
                        if firing.fired is not None:
                            yield recording, rule, subject, firing


def gaps_of(unknown: Bools, times: Ints, why: str) -> list[Gap]:
    """Return steps of which nothing is known as spans of time."""
    return [Gap(int(times[first]), int(times[last - 1]), why) for first, last in runs_of(unknown)]


def time_at(times: Ints, step: int | None) -> int | None:
    """Return when a step is; None for none, and for one behind the last."""
    return None if step is None or step >= len(times) else int(times[step])


def runs_of(mask: Bools) -> list[tuple[int, int]]:
    """Return the spans in which a mask holds: first step, and the one behind the last."""
    edges = np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))
