"""Who in a call graph is most likely where it began, when several are unlike themselves.

Trouble travels from a callee to its callers. So an anomaly is looked for along the calls, from where the alert is, and
one that an anomalous callee explains counts less: J. Lin, P. Chen, Z. Zheng, Microscope, ICSOC 2018, and D. Liu et al.,
MicroHECL, ICSE-SEIP 2021, go along anomalous calls until no callee is anomalous, and rank where they end. They decide
at each step; here each step costs a share instead, so that one callee whose metrics are missing, or one that is
anomalous by chance, does not decide alone.
"""

import heapq
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from diagflow.model import Entity

FARTHER: Final = 0.9
"""What remains of an anomaly's weight with each call between it and the alert."""
THROUGH_HEALTHY: Final = 0.5
"""What remains where the calls lead through somebody who is watched and as always."""

Callees = Callable[[Entity], Iterable[Entity]]


def localise(anomalies: Mapping[Entity, float], callees: Callees, alerting: Iterable[Entity]) -> dict[Entity, float]:
    """Return the blame of each anomalous entity that can have caused what the alert is about, the most blamed first.

    Args:
        anomalies: how unlike itself each watched entity is, 0 (as always) to 1; who is not watched is not in it.
        callees: whom an entity calls.
        alerting: where the alert is.
    """
    near = _weights(anomalies, callees, alerting)
    blame = {e: weight * _own(e, anomalies, callees) for e, weight in near.items() if anomalies.get(e, 0.0) > 0}
    return dict(sorted(blame.items(), key=lambda item: (-item[1], str(item[0]))))


def _weights(anomalies: Mapping[Entity, float], callees: Callees, alerting: Iterable[Entity]) -> dict[Entity, float]:
    """Return the weight of each entity that can be reached, over the best way there (Dijkstra, of products)."""
    alerting = frozenset(alerting)
    weights: dict[Entity, float] = {}
    todo = [(-1.0, str(entity), entity) for entity in sorted(alerting)]
    while todo:
        weight, _, entity = heapq.heappop(todo)
        if entity in weights:
            continue
        weights[entity] = -weight
        healthy = entity not in alerting and anomalies.get(entity) == 0
        step = FARTHER * (THROUGH_HEALTHY if healthy else 1.0)
        for callee in callees(entity):
            if callee not in weights:
                heapq.heappush(todo, (weight * step, str(callee), callee))
    return weights


def _own(entity: Entity, anomalies: Mapping[Entity, float], callees: Callees) -> float:
    """Return what of an anomaly no callee explains; who is not watched passes on what lies behind."""
    explained, seen, todo = 0.0, {entity}, list(callees(entity))
    while todo:
        callee = todo.pop()
        if callee in seen:
            continue
        seen.add(callee)
        if callee in anomalies:
            explained = max(explained, anomalies[callee])
        else:
            todo.extend(callees(callee))
    return anomalies[entity] * (1 - explained)
