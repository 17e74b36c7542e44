"""What is known about each rule from all recordings, and which rules are provisional."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from diagflow.gate.bounds import upper_bound
from diagflow.gate.outcome import Outcome, Use
from diagflow.rules import Effect, Rule, RuleSet

LIMIT: Final = 0.01
"""A rule is provisional until the bound of its false-positive rate is at most this: 0 of 299 families."""

_NAMING: Final = (Effect.SUPPORTS, Effect.ASKS)
"""Effects of rules that can make a root."""


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """One rule over all recordings.

    Attributes:
        id: of the rule.
        digest: of the rule.
        fired: recordings in which it matched.
        right: in which it supported a true cause, or spoke against one that is to be ruled out.
        wrong: in which it supported a false root, or spoke against a true cause.
        faint: healthy recordings in which it supported a cause, too weakly to be named.
        occurs: corpora in which its inputs are.
        ran: corpora in which it could be judged.
        independent: families in which it ran and a match would have been false.
        false: of those, families in which it supported a false root.
        bound: 95 % upper bound of its false-positive rate.
        naming: it can make a root; what cannot is never provisional.
        own: it is of `--rules`, not of an installed pack.
    """

    id: str
    digest: str
    fired: int
    right: int
    wrong: int
    faint: int
    occurs: tuple[str, ...]
    ran: tuple[str, ...]
    independent: int
    false: int
    bound: float
    naming: bool
    own: bool = False

    @property
    def provisional(self) -> bool:
        """True until enough independent recordings say that it is not too broad."""
        return self.naming and self.bound > LIMIT

    @property
    def idle(self) -> tuple[str, ...]:
        """The corpora in which its inputs are and in which it could not be judged."""
        return tuple(corpus for corpus in self.occurs if corpus not in self.ran)


def rule_figures(ruleset: RuleSet, outcomes: Sequence[Outcome]) -> tuple[RuleFigures, ...]:
    """Return the figures of all rules, by id."""
    used = [o for o in outcomes if not o.error]
    return tuple(_figures(rule, used) for rule in sorted(ruleset.rules, key=lambda r: r.id))


def _figures(rule: Rule, outcomes: Iterable[Outcome]) -> RuleFigures:
    uses = [(o, o.rules.get(rule.id, Use(0))) for o in outcomes]
    judged = [(o, use) for o, use in uses if Use.JUDGEABLE in use and Use.RAN in use]
    independent = len({o.family for o, _ in judged})
    false = len({o.family for o, use in judged if Use.WRONG in use})
    return RuleFigures(
        id=rule.id,
        digest=rule.digest,
        fired=_count(uses, Use.FIRED),
        right=_count(uses, Use.RIGHT),
        wrong=_count(uses, Use.WRONG),
        faint=_count(uses, Use.FAINT),
        occurs=_corpora(uses, Use.OCCURS),
        ran=_corpora(uses, Use.RAN),
        independent=independent,
        false=false,
        bound=upper_bound(false, independent),
        naming=rule.effect in _NAMING,
        own=not rule.pack,
    )


def _count(uses: Iterable[tuple[Outcome, Use]], flag: Use) -> int:
    return sum(flag in use for _, use in uses)


def _corpora(uses: Iterable[tuple[Outcome, Use]], flag: Use) -> tuple[str, ...]:
    return tuple(sorted({o.corpus for o, use in uses if flag in use}))
