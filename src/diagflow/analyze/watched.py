"""The series of a storage by what they are about: who is watched, by which metric."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from diagflow.analyze.changepoint import is_counter, rates
from diagflow.analyze.labels import entity_of_labels
from diagflow.model import Edge, Entity
from diagflow.promql.arrays import Floats
from diagflow.promql.storage import Storage
from diagflow.rules.rule import MetricInput

_WHOLE: Final = ("cluster", "namespace")
_TARGET: Final = ("instance", "job", "endpoint", "prometheus", "service")
"""Labels that say who was scraped: they make a name long, and tell nobody anything."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One series of one entity.

    Attributes:
        entity: what it is about.
        metric: its name, with the labels that the entity does not tell.
        times: seconds, rising.
        values: one for each; of counters how fast they rise.
        service: what the entity is a part of, as the series' labels say; the entity itself, if they say nothing.
    """

    entity: Entity
    metric: str
    times: Floats
    values: Floats
    service: Entity


def watched(storage: Storage) -> Iterator[Watched]:
    """Yield the series that are about something smaller than a namespace, in order; buckets of histograms are none."""
    for name in sorted(storage.tables):
        if name.endswith("_bucket"):
            continue
        table = storage.tables[name]
        for row, labels in enumerate(table.labels.dicts()):
            entity, service = _about(name, labels)
            if entity.kind not in _WHOLE:
                times, values = table.floats.times_of(row) / 1000.0, table.floats.values_of(row)
                if is_counter(name):
                    times, values = rates(times, values)
                yield Watched(entity, _shown(name, labels, (entity, service)), times, values, service)


def _about(name: str, labels: Mapping[str, str]) -> tuple[Entity, Entity]:
    entity = entity_of_labels(labels, MetricInput(name, metric=name))
    service = labels.get("service")
    if not service or name.startswith("kube_"):  # there it is who was scraped
        return entity, entity
    whole = Entity("service", service, labels.get("namespace", ""))
    return (whole if entity.kind in _WHOLE else entity), whole


def _shown(name: str, labels: Mapping[str, str], told: Iterable[Entity]) -> str:
    known = {part for entity in told for part in (entity.name, entity.namespace)}
    rest = [
        f'{label}="{value}"'
        for label, value in labels.items()
        if label != "__name__" and label not in _TARGET and value not in known
    ]
    return f"{name}{{{','.join(rest)}}}" if rest else name


def parts_of(series: Iterable[Watched]) -> list[Edge]:
    """Return which service each entity is a part of, as edges: service -selects-> pod."""
    found = {Edge(one.service, "selects", one.entity) for one in series if one.service != one.entity}
    return sorted(found, key=lambda edge: (str(edge.source), str(edge.target)))
