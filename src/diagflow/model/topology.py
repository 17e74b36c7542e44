"""How entities hang together: directed, named relations between them."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from diagflow.model.entity import Entity, in_order

CALLS: Final = "calls"
"""The one relation that may lead in a circle: A calls B, which calls A."""


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """`source` depends on, belongs to or runs on `target`: pod -owner-> replicaset, pod -node-> node.

    Relations in use: owner, node, candidate, claim, volume, class, config, secret, account, namespace, quota,
    selects (service, pdb, network policy -> pod), scales (hpa -> workload), backend (ingress, webhook, API service ->
    service), role (role binding -> role), driver (volume, storage class -> CSI driver), calls.
    """

    source: Entity
    relation: str
    target: Entity


class Direction(StrEnum):
    """Which way `explains` goes over the edges, seen from the cause."""

    DEPENDENTS = "dependents"  # against the edges: the cause at a node explains its pods
    DEPENDENCIES = "dependencies"  # along the edges: the cause at a pod explains its owner


class Topology(Protocol):
    """Edges on demand; an implementation looks them up in readings."""

    def neighbours(self, entity: Entity, direction: Direction) -> Iterable[tuple[str, Entity]]:
        """Yield (relation, entity) one step along (`dependencies`) or against (`dependents`) the edges."""
        ...


class Edges:
    """A topology made of a fixed set of edges."""

    __slots__ = ("_against", "_along")

    def __init__(self, edges: Iterable[Edge]) -> None:
        self._along: dict[Entity, set[tuple[str, Entity]]] = {}
        self._against: dict[Entity, set[tuple[str, Entity]]] = {}
        for edge in edges:
            self._along.setdefault(edge.source, set()).add((edge.relation, edge.target))
            self._against.setdefault(edge.target, set()).add((edge.relation, edge.source))

    def neighbours(self, entity: Entity, direction: Direction) -> Iterable[tuple[str, Entity]]:
        """Yield (relation, entity) one step along or against the edges, in order."""
        side = self._along if direction is Direction.DEPENDENCIES else self._against
        return sorted(side.get(entity, ()), key=steps_in_order)


def steps_in_order(step: tuple[str, Entity]) -> tuple[str, tuple[str, ...]]:
    """Return the key that sorts steps by relation, then entity."""
    return step[0], in_order(step[1])


def reach(
    topology: Topology, start: Entity, relations: frozenset[str], direction: Direction, *, depth: int = 4
) -> dict[Entity, int]:
    """Return the entities within `depth` steps of `start` over `relations` only, with their distance."""
    seen = {start: 0}
    queue = deque([start])
    while queue:
        entity = queue.popleft()
        if seen[entity] == depth:
            continue
        for relation, other in topology.neighbours(entity, direction):
            if relation in relations and other not in seen:
                seen[other] = seen[entity] + 1
                queue.append(other)
    return seen
