"""How sure we are: log-odds of a prior plus signed evidence, one observation counted once.

Confidence is the probability that this cause at this entity is a true root. Priors and strengths are nats of
log-odds, fitted on recorded incidents (`diagflow.model.weights`). What rests on rules that recordings have not proven
yet is capped.
"""

import math
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Final

from diagflow.model import Entity, Evidence, Onset, Outcome, Verdict
from diagflow.model.entity import in_order

LOWEST: Final = 0.01
HIGHEST: Final = 0.99
CONTRADICTED: Final = 0.49
"""Cap where one observation settles the matter for and another against: never named."""

PROVISIONAL: Final = 0.9
"""Cap of what rests on rules whose false-positive rate is not known to be at most 1 % (docs/gate.md)."""

Key = tuple[str, Entity]
"""A candidate: the id of a cause or symptom, and the entity it is about."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate with everything that was seen for and against it.

    Attributes:
        id: of the cause or symptom.
        entity: what it is about.
        evidence: what counts, strongest first, then what was not counted, then context.
        confidence: 0.01 to 0.99, three decimals, as it is said.
        uncapped: what the evidence alone says.
        provisional: rules for whose sake less is said than that.
        contradicted: conclusive evidence both for and against.
        refuted: conclusive evidence against, none for.
        onset: the narrowest interval that all verdicts agree on.
        args: values for templates, of the first verdict that gives them.
        verdicts: what it was made of.
    """

    id: str
    entity: Entity
    evidence: tuple[Evidence, ...]
    confidence: float
    uncapped: float
    provisional: tuple[str, ...]
    contradicted: bool
    refuted: bool
    onset: Onset
    args: dict[str, object]
    verdicts: tuple[Verdict, ...]

    @property
    def key(self) -> Key:
        """The candidate's id and entity."""
        return self.id, self.entity


def gather(verdicts: Iterable[Verdict]) -> dict[Key, list[Verdict]]:
    """Group the matches by what they name, in a fixed order."""
    groups: dict[Key, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.outcome is Outcome.MATCH and verdict.names:
            groups.setdefault((verdict.names, verdict.entity), []).append(verdict)
    return dict(sorted(groups.items(), key=lambda group: (group[0][0], in_order(group[0][1]))))


def weigh(key: Key, verdicts: list[Verdict], prior: float, proven: Container[str] | None = None) -> Weighed:
    """Add up what the verdicts saw.

    Args:
        key: the candidate.
        verdicts: that name it.
        prior: in nats.
        proven: ids of rules that are not provisional; None when none is.
    """
    every = [e for v in verdicts for e in _hashable(v.evidence)]
    if len(every) > 1:
        every = sorted(set(every), key=_rank)
    counted = strongest_by_origin(every)
    supported = any(e.conclusive and e.nats > 0 for e in counted)
    refuted = any(e.conclusive and e.nats < 0 for e in counted)
    confidence = probability(prior + math.fsum(e.nats for e in counted))
    if supported and refuted:
        confidence = min(confidence, CONTRADICTED)
    said = confidence if proven is None else min(confidence, max(PROVISIONAL, _proven(verdicts, prior, proven)))
    return Weighed(
        id=key[0],
        entity=key[1],
        evidence=tuple(every),
        confidence=said,
        uncapped=confidence,
        provisional=_unproven(verdicts, proven or ()) if said < confidence else (),
        contradicted=supported and refuted,
        refuted=refuted and not supported,
        onset=common_onset(v.onset for v in verdicts),
        args=_args(verdicts),
        verdicts=tuple(verdicts),
    )


def _proven(verdicts: Iterable[Verdict], prior: float, proven: Container[str]) -> float:
    """Return what would be said without the support of provisional rules."""
    kept = [e for v in verdicts for e in v.evidence if e.nats < 0 or v.rule in proven]
    return probability(prior + math.fsum(e.nats for e in strongest_by_origin(kept)))


def _unproven(verdicts: Iterable[Verdict], proven: Container[str]) -> tuple[str, ...]:
    supporting = {v.rule for v in verdicts if any(e.nats > 0 for e in v.evidence)}
    return tuple(sorted(rule for rule in supporting if rule not in proven))


def probability(log_odds: float) -> float:
    """Return the probability of `log_odds` (nats), clamped and rounded to three decimals."""
    raw = 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, log_odds))))
    return round(min(HIGHEST, max(LOWEST, raw)), 3)


def strongest_by_origin(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Keep, of each origin, the strongest observation for and the strongest against.

    A node's status, its event and its kube-state-metrics series say the same thing three times: once is enough. A
    source that says both is kept with both: that is a contradiction to be seen, not to be averaged away.
    """
    best: dict[tuple[str, bool], Evidence] = {}
    for item in evidence:
        slot = (item.origin, item.nats > 0)
        if item.nats and (slot not in best or abs(item.nats) > abs(best[slot].nats)):
            best[slot] = item
    return [best[slot] for slot in sorted(best)]


def common_onset(onsets: Iterable[Onset]) -> Onset:
    """Return the latest `earliest` and the earliest `latest`; where they contradict, the wider reading."""
    known = list(onsets)
    earliest = [o.earliest for o in known if o.earliest]
    latest = [o.latest for o in known if o.latest]
    low, high = max(earliest, default=None), min(latest, default=None)
    if low and high and low > high:
        low = min(earliest)
    return Onset(low, high)


def _hashable(evidence: Iterable[Evidence]) -> Iterable[Evidence]:
    """Evidence carries JSON values: make lists and dicts comparable by their text."""
    for item in evidence:
        if isinstance(item.value, (dict, list)):
            yield Evidence(item.query, item.origin, item.nats, item.text, str(item.value), item.time, item.strength)
        else:
            yield item


def _rank(item: Evidence) -> tuple[float, str, str, str, str]:
    return -abs(item.nats), item.origin, str(item.query), item.text.en, repr(item.value)


def _args(verdicts: Iterable[Verdict]) -> dict[str, object]:
    merged: dict[str, object] = {}
    for verdict in verdicts:
        for name in sorted(verdict.args):
            merged.setdefault(name, verdict.args[name])
    return merged
