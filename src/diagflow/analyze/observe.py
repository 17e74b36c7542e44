"""From what was seen to evidence: weight, decay, sentence."""

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from diagflow.analyze.judgement import Hit
from diagflow.model import FITTED, Entity, Evidence, Query, Strength, Text
from diagflow.rules.rule import Combination, Condition, Weight

MOST_TEXT: Final = 300
"""Characters of one value in a sentence; messages of kubelets and log lines can be pages."""


@lru_cache(maxsize=65536)
def written(entity: Entity) -> str:
    """Return `str(entity)`: the same few hundred entities are written by hundreds of rules."""
    return str(entity)


def about(entity: Entity, args: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values for templates: arguments, and what names the entity."""
    named = {"entity": written(entity), "kind": entity.kind, "namespace": entity.namespace, "name": entity.name}
    return {**named, **args}


def shortened(value: Any) -> Any:
    """Return a value that fits into a sentence."""
    return value[: MOST_TEXT - 1] + "…" if isinstance(value, str) and len(value) > MOST_TEXT else value


def fitting(args: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments of which no text is longer than a sentence bears."""
    return {name: shortened(value) for name, value in args.items()}


def nats_of(weight: Weight) -> float:
    """Return the signed weight of a match in nats."""
    return weight.sign * FITTED.strengths[weight.strength]


def decayed(nats: float, half_life: float, time: datetime | None, now: datetime) -> float:
    """Return what evidence of `time` still weighs at `now`; six decimals, so that no processor makes a difference."""
    if not half_life or time is None or not nats:
        return nats
    age = max(0.0, (now - time).total_seconds())
    return round(nats * math.pow(0.5, age / half_life), 6)


def origin_of(condition: Condition, query: Query, entity: Entity) -> str:
    """Return who observed what a match of `condition` at `entity` is."""
    return f"{condition.origin or query.kind}@{written(entity)}"


def observed(
    condition: Condition,
    entity: Entity,
    query: Query,
    now: datetime,
    default: Callable[[], Text],
    *,
    value: Any = None,
    time: datetime | None = None,
    args: Mapping[str, Any] | None = None,
) -> Evidence:
    """Return the evidence that a match of `condition` at `entity` is.

    Args:
        condition: says what it weighs, and in which words.
        entity: what it was seen at; observations of two entities are two observations.
        query: the reading.
        now: the moment of the diagnosis, for the decay.
        default: gives the sentence where the condition has none; it is taken as it is.
        value: what was seen (JSON).
        time: when.
        args: values for the condition's own sentence.
    """
    weight = condition.weight
    text = condition.text.fill(about(entity, fitting(args or {}))) if condition.text else default()
    return Evidence(
        query=query,
        origin=origin_of(condition, query, entity),
        nats=decayed(nats_of(weight), condition.half_life, time, now),
        text=text,
        value=value,
        time=time,
        strength=_strength(weight),
    )


def concluded(combination: Combination, hit: Hit, query: Query, origin: str, default: Text) -> Evidence:
    """Return the evidence that a combination with a weight of its own is."""
    weight, entity = combination.weight, hit.entity
    text = combination.text.fill(about(entity, fitting(hit.args))) if combination.text else default
    return Evidence(query, f"{origin}@{written(entity)}", nats_of(weight), text, strength=_strength(weight))


def _strength(weight: Weight) -> Strength | None:
    return weight.strength if weight.sign else None
