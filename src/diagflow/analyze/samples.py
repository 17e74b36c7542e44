"""The samples of a metric condition in words for its author: what each is about, and which made the condition hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from diagflow.analyze.judgement import Judgement
from diagflow.analyze.labels import entity_of_labels
from diagflow.analyze.metrics import MetricSource, passes, shown
from diagflow.analyze.observe import origin_of
from diagflow.model import Entity, Reading
from diagflow.rules.rule import Condition, MetricInput

MOST_SAMPLES: Final = 3
"""Samples that are shown of many."""


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
            yield f"the answer is {self.reading.state}"
        for entity, sample in found[:MOST_SAMPLES]:
            yield f"value {_sample(sample)}, about {entity}{self._alone(entity, asked)}"

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
