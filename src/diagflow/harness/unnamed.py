"""Why a cause that a case expects was not named: how sure the diagnosis is of it, and what it lacks."""

import math
from collections.abc import Sequence
from typing import Final

from diagflow.engine import Result
from diagflow.infer.weigh import probability, strongest_by_origin
from diagflow.model import FITTED, Entity, Evidence, Outcome, Strength
from diagflow.model.diagnosis import NAMED_FROM, Step

_WEAKEST_FIRST: Final = tuple(sorted(Strength, key=lambda one: FITTED.strengths[one]))


def why_unnamed(cause: str, entity: Entity | None, found: Result) -> str:
    """Return what became of a cause that was weighed; the empty string where nothing spoke for it at all."""
    fitting = (s for s in found.diagnosis.path if s.kind == "cause" and s.id == cause)
    step = next((s for s in fitting if entity in (None, s.entity, *s.entities)), None)
    if step is None:
        return ""
    return _below(step, entity or step.entity, found) if step.outcome == "below" else step.text.en


def _below(step: Step, entity: Entity, found: Result) -> str:
    matches = [v for v in found.analysis.verdicts if v.outcome is Outcome.MATCH]
    every = [e for v in matches if v.names == step.id and v.entity == entity for e in v.evidence]
    counted = strongest_by_origin(every)
    confidence = step.confidence or 0.0
    odds = math.log(confidence / (1 - confidence))
    about = "" if entity == step.entity else f" at {entity}"
    seen = ", ".join(f"{'' if e.nats > 0 else 'against it '}`{e.strength}` of {e.origin}" for e in counted)
    said = (
        f"its confidence{about} is {confidence}, and it is named from {NAMED_FROM} up",
        f"seen was {seen or 'nothing that weighs'}",
        _lacking(counted, -odds),
        _in_a_scan(counted, odds, entity),
    )
    return "; ".join(filter(None, said))


def _lacking(counted: Sequence[Evidence], nats: float) -> str:
    """Return which evidence would be enough: one more, or that of a condition said to weigh more."""
    ways = [f"{_from(nats)} of another origin"] if _enough(nats) else []
    stronger = [(one, one.nats + nats) for one in counted if one.nats > 0 and _enough(one.nats + nats)]
    ways += [f"{_from(wanted)} instead of `{one.strength}`" for one, wanted in stronger]
    return f"it lacks {', or '.join(ways)}" if ways else "no one observation more would be enough"


def _enough(nats: float) -> Strength | None:
    return next((strength for strength in _WEAKEST_FIRST if FITTED.strengths[strength] >= nats), None)


def _from(nats: float) -> str:
    return f"`supports: {_enough(nats)}`"


def _in_a_scan(counted: Sequence[Evidence], odds: float, entity: Entity) -> str:
    """Return how sure it would be beside an alert, where a case has none."""
    weight = math.fsum(e.nats for e in counted)
    if abs(odds - weight - FITTED.scan) > abs(odds - weight - FITTED.near):
        return ""
    return (
        f"this is a scan: with an `alert`, or `entities: [{entity}]`, it would be {probability(FITTED.near + weight)}"
    )
