"""Conditions on metrics: each sample for which the comparison holds is a match about the entity of its labels."""

import math
import operator
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from diagflow.analyze.judgement import Hit, Judgement, failed, silence
from diagflow.analyze.labels import entity_of_labels
from diagflow.analyze.observe import observed
from diagflow.analyze.scene import Scene
from diagflow.analyze.spoken import spoken_of
from diagflow.analyze.times import from_unix
from diagflow.model import CLUSTER, Entity, Need, Onset, Outcome, Query, Reading, Text
from diagflow.rules.cel import CelError
from diagflow.rules.promql import unheld
from diagflow.rules.rule import Condition, MetricInput, Threshold

_COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}


def passes(value: float, threshold: Threshold | None) -> bool:
    """Compare; without a threshold every number passes, and NaN never does, not even `!=`."""
    return not math.isnan(value) and (threshold is None or _COMPARE[threshold.op](value, threshold.value))


class MetricSource:
    """A condition on the answer to one PromQL expression."""

    __slots__ = ("_condition", "_judged", "_kinds", "_scene", "_spoken", "_wanted")

    def __init__(self, scene: Scene, condition: Condition, wanted: MetricInput) -> None:
        self._scene = scene
        self._condition = condition
        self._wanted = wanted
        self._judged: dict[Entity, Judgement] | None = None
        self._kinds: set[str] = set()
        self._spoken: frozenset[str] | None = None

    @property
    def queries(self) -> Sequence[Query]:
        """The instant query."""
        return (self._wanted.query,)

    @property
    def _reading(self) -> Reading:
        return self._scene.lookup.reading(self._wanted.query)

    def candidates(self, among: Collection[Entity] | None = None) -> Iterable[Entity]:
        """Return the entities with a sample that passes, or that is no number."""
        return sorted(e for e in self._by_entity() if among is None or e in among)

    @property
    def spoken(self) -> frozenset[str]:
        """The kinds that the answer as a whole is about (see `diagflow.analyze.spoken`)."""
        if self._spoken is None:
            self._by_entity()
            self._spoken = spoken_of(self._wanted, self._kinds) if self._kinds else frozenset()
        return self._spoken

    def speaks_of(self, entity: Entity) -> bool:
        """True for entities of a kind that some sample is about, or should be."""
        self._by_entity()
        return entity.kind in self._kinds or self.stands(entity)

    def stands(self, entity: Entity) -> bool:
        """True when a sample about this entity speaks for what is in it, too; one that lost a label does not."""
        return entity.kind in self.spoken

    def rest(self) -> Judgement:
        """Say what it means that no sample passes."""
        return silence(self._reading)

    def about(self, entity: Entity) -> Judgement:
        """Say whether a sample about one entity passes; where no sample names anything, they are about everything."""
        found = self._by_entity()
        whole = found.get(CLUSTER)
        return found.get(entity) or (whole if whole and self.stands(CLUSTER) else self.rest())

    def _by_entity(self) -> Mapping[Entity, Judgement]:
        if self._judged is None:
            self._judged = {}
            reading = self._reading
            for sample in reading.data or () if reading.readable else ():
                self._add(self._judged, sample, reading)
        return self._judged

    def _add(self, judged: dict[Entity, Judgement], sample: Mapping[str, Any], reading: Reading) -> None:
        labels, value = sample.get("labels") or {}, _number(sample.get("value"))
        entity = entity_of_labels(labels, self._wanted)
        self._kinds.add(entity.kind)
        new = self._judge(entity, labels, value, sample, reading)
        if new is None:
            return
        old = judged.get(entity)
        if old is not None and old.holds and new.holds:
            new = Judgement(Outcome.MATCH, old.hits + new.hits)
        if old is None or new.holds:
            judged[entity] = new

    def _judge(
        self, entity: Entity, labels: Mapping[str, str], value: float, sample: Mapping[str, Any], reading: Reading
    ) -> Judgement | None:
        if math.isnan(value):
            need = Need(reading.query, reading.state, f"the value for {entity} is not a number")
            return Judgement(Outcome.INCONCLUSIVE, needs=(need,), detail=need.detail)
        if not passes(value, self._wanted.threshold):
            return None
        args = self._scene.subject(labels=labels, value=value).extracted(self._condition.extract)
        if isinstance(args, CelError):
            return failed(args.message)
        container = str(labels.get("container") or "")
        args = {"value": shown(value), **({"container": container} if container else {}), **args}
        evidence = observed(
            self._condition,
            entity,
            reading.query,
            self._scene.now,
            lambda: self._sentence(entity, value),
            value=_json(value),
            time=from_unix(sample.get("time")),
            args=args,
        )
        return Judgement(Outcome.MATCH, (Hit(entity, (evidence,), args, Onset(), container),))

    def _sentence(self, entity: Entity, value: float) -> Text:
        of_en, of_zh = ("", "") if entity == CLUSTER else (f" of {entity}", f"（{entity}）")
        limit = self._wanted.threshold
        expr, lasting = unheld(self._wanted.expr, limit.op if limit else "")
        against = f" ({limit.op} {shown(limit.value)}{lasting})" if limit else ""
        name = self._wanted.metric if limit is None and self._wanted.metric else expr
        return Text(f"{name}{of_en} is {shown(value)}{against}", f"{name}{of_zh} 为 {shown(value)}{against}")


def shown(value: float) -> str:
    """Return a number for people: no `.0`, no noise of floats."""
    return f"{value:.6g}" if abs(value) < 1e6 or not float(value).is_integer() else str(int(value))  # noqa: PLR2004


def _json(value: float) -> float | str:
    """JSON has no infinity."""
    return value if math.isfinite(value) else str(value)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan
