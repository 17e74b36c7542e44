"""The samples of a metric condition in words for its author: what each is about, and which made the condition hold."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from diagflow.analyze.judgement import Judgement
from diagflow.analyze.labels import entity_of_labels
from diagflow.analyze.metrics import MetricSource, passes, shown
from diagflow.analyze.observe import origin_of
from diagflow.model import Entity, Reading, State
from diagflow.rules.rule import Condition, MetricInput

MOST_SAMPLES: Final = 3
"""Samples that are shown of many."""

_CANNOT: Final = "the expression cannot be evaluated: "
"""What details of our own evaluation begin with."""


@dataclass(frozen=True, slots=True)
class Samples:
    """A metric condition, and the answer to its expression."""

    condition: Condition
    wanted: MetricInput
    source: MetricSource
    reading: Reading

    def holding(self, judged: Judgement) -> str:
        """Return the samples that are the evidence of a judgement."""
        origins = {e.origin for hit in judged.hits for e in hit.evidence if e.query == self.reading.query}
        found = [
            f"{_sample(sample)}, about {entity}"
            for entity, sample in self._all()
            if passes(sample["value"], self.wanted.threshold)
            and origin_of(self.condition, self.reading.query, entity) in origins
        ]
        more = [f"and {len(found) - MOST_SAMPLES} more"] if len(found) > MOST_SAMPLES else []
        return "; ".join([*found[:MOST_SAMPLES], *more])

    def seen(self, asked: Entity) -> Iterator[str]:
        """Yield what the first samples say, those about the entity that was asked about before all others."""
        found = sorted(self._all(), key=lambda one: one[0] != asked)
        if not found:
            yield self._no_answer()
        for entity, sample in found[:MOST_SAMPLES]:
            yield f"value {_sample(sample)}, about {entity}{self._alone(entity, asked)}"

    def nearest(self) -> tuple[float, Entity] | None:
        """Return the entity whose sample comes nearest to the threshold, and how far that is off."""
        limit = self.wanted.threshold.value if self.wanted.threshold else 0.0
        off = [(abs(sample["value"] - limit), entity) for entity, sample in self._all()]
        return min((one for one in off if not math.isnan(one[0])), default=None)

    def _no_answer(self) -> str:
        if self.reading.state is not State.ERROR:
            return f"the answer is {self.reading.state}"
        return f"cannot be evaluated: {self.reading.detail.removeprefix(_CANNOT)}"

    def _all(self) -> Iterator[tuple[Entity, Any]]:
        for sample in self.reading.data or () if self.reading.readable else ():
            yield entity_of_labels(sample["labels"], self.wanted), sample

    def _alone(self, entity: Entity, asked: Entity) -> str:
        """A sample that does not speak for what is in its entity lacks a label that others have, or should have."""
        if entity == asked or self.source.stands(entity):
            return ""
        return f" and nothing in it: the condition is about {' or '.join(sorted(self.source.spoken))}"


def _sample(sample: Any) -> str:
    labels = ", ".join(f"{k}={v}" for k, v in sorted(sample["labels"].items()))
    return f"{shown(sample['value'])}{f' at {labels}' if labels else ''}"
