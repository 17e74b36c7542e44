"""Which cause was named where which was right: a row a true cause, a column a cause that was named as a root."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from diagflow.gate.outcome import Check, Outcome

HEALTHY: Final = "nothing wrong"
"""The row of recordings that are healthy."""

_ELSEWHERE: Final = " elsewhere"


@dataclass(frozen=True, slots=True)
class Other:
    """A cause that was named where it is not right: of the true one at another place, the id and "elsewhere"."""

    named: str
    recordings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """The recordings in which one cause is right; one with several true causes is in the row of each.

    Attributes:
        cause: id of the cause, or the row of the catalogue that the labels name; `HEALTHY`.
        recordings: how many there are.
        right: in how many it is named as a root, at its place; how many are called healthy.
        silent: in how many it is not, and nothing false is named either.
        others: the false roots of these recordings.
    """

    cause: str
    recordings: int
    right: int
    silent: int
    others: tuple[Other, ...] = ()

    @property
    def clear(self) -> bool:
        """True when the right cause is named in each recording, and no other."""
        return self.right == self.recordings and not self.others


def confusion(outcomes: Iterable[Outcome]) -> tuple[Row, ...]:
    """Return the rows by cause; recordings whose causes nobody knows are in none."""
    of: dict[str, list[tuple[Outcome, bool]]] = {}
    for outcome in outcomes:
        if outcome.healthy:
            of.setdefault(HEALTHY, []).append((outcome, outcome.checks.get(Check.QUIET, False)))
        for cause in dict.fromkeys(map(_cause, outcome.expected)):
            of.setdefault(cause, []).append((outcome, cause not in map(_cause, outcome.missed)))
    return tuple(_row(cause, of[cause]) for cause in sorted(of))


def _row(cause: str, found: Sequence[tuple[Outcome, bool]]) -> Row:
    others: dict[str, list[str]] = {}
    for outcome, _ in found:
        for named in sorted({_cause(false) for false in outcome.false}):
            others.setdefault(named + _ELSEWHERE * (named == cause), []).append(outcome.key)
    return Row(
        cause=cause,
        recordings=len(found),
        right=sum(right for _, right in found),
        silent=sum(not right and not outcome.false for outcome, right in found),
        others=tuple(Other(named, tuple(others[named])) for named in sorted(others)),
    )


def _cause(text: str) -> str:
    """Return the cause of `id@entity`."""
    return text.partition("@")[0]
