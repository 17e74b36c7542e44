"""What a condition says about one entity, and how `all`, `any` and `not` put that together.

Three-valued: a condition holds, does not hold, or cannot be told, because what it needs was not read or an expression
failed. What cannot be told never becomes a match, neither alone nor under `not`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from diagflow.model import Entity, Evidence, Need, Onset, Outcome, Reading, State

MOST_HITS: Final = 64
"""Ways in which one condition holds about one entity (containers, samples) that are told apart."""

_UNKNOWN: Final = Onset()


@dataclass(frozen=True, slots=True)
class Hit:
    """One way in which a condition holds.

    Attributes:
        entity: what it was seen at.
        evidence: what was seen.
        args: values for texts and for templates of entities.
        onset: when it began.
        container: the container it was seen in; hits in different containers are not joined.
    """

    entity: Entity
    evidence: tuple[Evidence, ...] = ()
    args: Mapping[str, Any] = field(default_factory=dict)
    onset: Onset = _UNKNOWN
    container: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a condition says about one entity: `hits` only where it holds, `needs` and `detail` where it cannot tell."""

    outcome: Outcome
    hits: tuple[Hit, ...] = ()
    needs: tuple[Need, ...] = ()
    detail: str = ""

    @property
    def holds(self) -> bool:
        """True when the condition holds."""
        return self.outcome is Outcome.MATCH

    @property
    def fails(self) -> bool:
        """True when the condition certainly does not hold."""
        return self.outcome is Outcome.NO_MATCH


NO: Final = Judgement(Outcome.NO_MATCH)

_AGAINST: Final = (Outcome.ERROR, Outcome.INCONCLUSIVE, Outcome.SKIPPED)
"""What cannot be told, the worst first: of several, the first of these is said."""


def unread(reading: Reading) -> Judgement:
    """Say what an incomplete reading tells: nothing, and why."""
    if reading.state is State.ABSENT:
        outcome, detail = Outcome.SKIPPED, reading.detail
    else:
        outcome, detail = Outcome.INCONCLUSIVE, reading.detail or ("cut off" if reading.readable else "")
    return Judgement(outcome, needs=(Need(reading.query, reading.state, detail),))


def silence(reading: Reading) -> Judgement:
    """Say what it means that something is not in a reading: it is not there, if the reading is complete."""
    return NO if reading.answered else unread(reading)


def failed(detail: str) -> Judgement:
    """Say that an expression failed."""
    return Judgement(Outcome.ERROR, detail=detail)


def every(parts: Sequence[Judgement]) -> Judgement:
    """Put together `all`: it fails where one part fails, and holds where all hold in the same container."""
    if any(p.fails for p in parts):
        return NO
    if not all(p.holds for p in parts):
        return _worst(parts)
    hits: tuple[Hit, ...] = parts[0].hits if parts else ()
    for part in parts[1:]:
        hits = joined(hits, part.hits)
    return Judgement(Outcome.MATCH, hits, _needs(parts)) if hits else NO


def some(parts: Sequence[Judgement]) -> Judgement:
    """Put together `any`: it holds where one part holds, and fails where all fail."""
    hits = tuple(hit for p in parts if p.holds for hit in p.hits)
    if hits:
        return Judgement(Outcome.MATCH, hits[:MOST_HITS], _needs(parts))
    return NO if all(p.fails for p in parts) else _worst(parts)


def _worst(parts: Iterable[Judgement]) -> Judgement:
    parts = tuple(parts)
    outcome = next(o for o in _AGAINST if any(p.outcome is o for p in parts))
    told = [p for p in parts if p.outcome is outcome]
    return Judgement(outcome, needs=_needs(told), detail=next((p.detail for p in told if p.detail), ""))


def _needs(parts: Iterable[Judgement]) -> tuple[Need, ...]:
    return tuple(dict.fromkeys(need for p in parts for need in p.needs))


def joined(left: Sequence[Hit], right: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return the pairs that were not seen in two different containers, each as one hit about the left entity."""
    pairs = (
        _pair(a, b) for a in left for b in right if not (a.container and b.container and a.container != b.container)
    )
    return tuple(hit for hit, _ in zip(pairs, range(MOST_HITS), strict=False))


def _pair(a: Hit, b: Hit) -> Hit:
    evidence = a.evidence + tuple(e for e in b.evidence if e not in a.evidence)
    return Hit(a.entity, evidence, {**b.args, **a.args}, later(a.onset, b.onset), a.container or b.container)


def later(a: Onset, b: Onset) -> Onset:
    """Return when both had begun: the later one, as far as it is known."""
    return Onset(_of(max, a.earliest, b.earliest), _of(max, a.latest, b.latest))


def sooner(a: Onset, b: Onset) -> Onset:
    """Return when the first of both had begun."""
    return Onset(_of(min, a.earliest, b.earliest), _of(min, a.latest, b.latest))


def _of(pick: Any, a: Any, b: Any) -> Any:
    return pick(a, b) if a is not None and b is not None else (a if b is None else b)
