"""What an alert can be about: the entities connected to those that it names."""

from collections import deque
from collections.abc import Callable, Iterable

from diagflow.model import CLUSTER, HOST, Direction, Entity, Topology

MAX_STEPS = 6
"""Longest chain followed: hpa → deployment → replicaset → pod → claim → volume."""


def connected_to(named: Iterable[Entity], topology: Topology) -> Callable[[Entity], bool]:
    """Return a test whether an entity is connected to one of `named`.

    Followed are all relations along (what it depends on) and `owner` against (what it is made of); not the other
    pods of its node, nor the other users of its ConfigMap. An alert about the whole cluster, or about a namespace,
    is connected to all that is in it.
    """
    named = tuple(named)
    if CLUSTER in named or HOST in named:
        return lambda _: True
    spaces = {e.name for e in named if e.kind == "namespace"}
    near = _closure(named, topology)
    return lambda entity: entity in near or (bool(entity.namespace) and entity.namespace in spaces)


def _closure(start: Iterable[Entity], topology: Topology) -> set[Entity]:
    steps = dict.fromkeys(start, 0)
    queue = deque(steps)
    while queue:
        entity = queue.popleft()
        if steps[entity] < MAX_STEPS:
            for other in _one_step(entity, topology):
                if other not in steps:
                    steps[other] = steps[entity] + 1
                    queue.append(other)
    return set(steps)


def _one_step(entity: Entity, topology: Topology) -> Iterable[Entity]:
    for _, other in topology.neighbours(entity, Direction.DEPENDENCIES):
        yield other
    for relation, other in topology.neighbours(entity, Direction.DEPENDENTS):
        if relation == "owner":
            yield other
