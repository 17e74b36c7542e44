"""Figures of a corpus, or of all together."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from diagflow.gate.bounds import upper_bound, wilson
from diagflow.gate.outcome import Check, Outcome


@dataclass(frozen=True, slots=True)
class Share:
    """How many recordings of how many; and `by_family`, where each family counts once, with its 95 % interval."""

    count: int
    of: int
    families: int
    by_family: float
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share; 0 of nothing is 0."""
        return self.count / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Rate:
    """How many recordings, and families, something bad happened in, with the 95 % upper bound of its rate."""

    count: int
    of: int
    bad_families: int
    families: int
    bound: float


@dataclass(frozen=True, slots=True)
class Totals:
    """Figures of some recordings.

    Attributes:
        name: of the corpus.
        recordings: all, those that could not be used included.
        unusable: those that could not be used.
        families: of the others.
        healthy: healthy ones.
        faulty: ones with known true causes.
        unknown: ones whose true causes nobody knows.
        top1: the best answer is right.
        top3: one of the first three is.
        suspected: the place is among the first three suspects; of recordings that name only a place.
        false_on_healthy: healthy recordings with a false cause.
        false_on_faulty: faulty recordings with a false cause.
        forbidden: recordings in which a forbidden cause is named, of those that forbid one.
        not_ruled_out: recordings in which something is not ruled out that must be, of those that demand it.
        abstained: faulty recordings in which nothing is named.
        uncertain: healthy recordings that are not called healthy, and in which nothing false is named.
        seconds: quantiles 0.5, 0.95 and 1 of the processor time of a diagnosis.
    """

    name: str
    recordings: int
    unusable: int
    families: int
    healthy: int
    faulty: int
    unknown: int
    top1: Share
    top3: Share
    suspected: Share
    false_on_healthy: Rate
    false_on_faulty: Rate
    forbidden: Rate
    not_ruled_out: Rate
    abstained: int
    uncertain: int
    seconds: tuple[float, float, float]


def totals(name: str, outcomes: Sequence[Outcome]) -> Totals:
    """Return the figures of some recordings."""
    used = [o for o in outcomes if not o.error]
    healthy = [o for o in used if o.healthy]
    faulty = [o for o in used if o.expected]
    return Totals(
        name=name,
        recordings=len(outcomes),
        unusable=len(outcomes) - len(used),
        families=families(used),
        healthy=len(healthy),
        faulty=len(faulty),
        unknown=len(used) - len(healthy) - len(faulty),
        top1=share(used, Check.TOP1),
        top3=share(used, Check.TOP3),
        suspected=share(used, Check.SUSPECT),
        false_on_healthy=rate(healthy, lambda o: bool(o.false)),
        false_on_faulty=rate(faulty, lambda o: bool(o.false)),
        forbidden=rate(_with(used, Check.ALLOWED), lambda o: bool(o.forbidden)),
        not_ruled_out=rate(_with(used, Check.RULED_OUT), lambda o: bool(o.not_ruled_out)),
        abstained=sum(o.abstained for o in faulty),
        uncertain=sum(o.abstained and not o.checks[Check.QUIET] for o in healthy),
        seconds=quantiles([o.seconds for o in used]),
    )


def _with(outcomes: Iterable[Outcome], check: Check) -> list[Outcome]:
    return [o for o in outcomes if check in o.checks]


def families(outcomes: Iterable[Outcome]) -> int:
    """Return how many families there are."""
    return len({o.family for o in outcomes})


def share(outcomes: Iterable[Outcome], check: Check) -> Share:
    """Return how often a check holds; a family's score is the share of its recordings in which it does."""
    scores: dict[str, list[bool]] = {}
    for outcome in _with(outcomes, check):
        scores.setdefault(outcome.family, []).append(outcome.checks[check])
    sum_of_shares, count = math.fsum(sum(held) / len(held) for held in scores.values()), len(scores)
    flat = [one for held in scores.values() for one in held]
    by_family = sum_of_shares / count if count else 0.0
    return Share(sum(flat), len(flat), count, by_family, *wilson(sum_of_shares, count))


def rate(outcomes: Sequence[Outcome], bad: Callable[[Outcome], bool]) -> Rate:
    """Return how often something bad happened; a family in which it did once is one in which it did."""
    hit = [o for o in outcomes if bad(o)]
    bad_families, every = families(hit), families(outcomes)
    return Rate(len(hit), len(outcomes), bad_families, every, upper_bound(bad_families, every))


def quantiles(seconds: Sequence[float]) -> tuple[float, float, float]:
    """Return the median, the 95th percentile and the maximum (nearest rank); zeros of nothing."""
    ordered = sorted(seconds) or [0.0]
    ranks = (max(1, math.ceil(q * len(ordered))) for q in (0.5, 0.95, 1.0))
    median, most, longest = (ordered[rank - 1] for rank in ranks)
    return median, most, longest
