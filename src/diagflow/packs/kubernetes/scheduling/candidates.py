"""What pods that are alike have in common about the nodes: which matter most, and which had enough of what."""

from collections.abc import Mapping
from typing import Final

from diagflow.packs.kubernetes.scheduling.filters import Table, asked_about_room
from diagflow.packs.kubernetes.scheduling.reasons import Kind
from diagflow.packs.kubernetes.scheduling.roots import Root
from diagflow.packs.kubernetes.scheduling.world import World

AT_NODES: Final = (Kind.PODS, Kind.CORDON)
"""Roots that are about nodes, not about the pod."""

MOST: Final = 32
"""Candidate nodes that are written down for one pod: those that matter first."""

_ROOM: Final = ((Kind.CPU, "cpu"), (Kind.MEMORY, "memory"))
_ASKED: Final = (Kind.PODS, Kind.CPU, Kind.MEMORY, Kind.RESOURCE)


def candidates(table: Table, root: Root | None, world: World) -> tuple[str, ...]:
    """Return the nodes in question: first those that are the root, then those that are not well, then all others."""
    blamed = frozenset(root.nodes) if root and root.kind in AT_NODES else frozenset()

    def dull(name: str) -> tuple[bool, bool, str]:
        return name not in blamed, _well(world.nodes[name].conditions), name

    return tuple(sorted(table, key=dull)[:MOST])


def _well(conditions: Mapping[str, str]) -> bool:
    return all(status == ("True" if kind == "Ready" else "False") for kind, status in conditions.items())


def enough(table: Table, root: Root | None) -> dict[str, str]:
    """Return the resources of which every node of the root has enough, each with one of these nodes.

    A node that an earlier filter refused was never asked about its resources: that it says nothing proves nothing.
    """
    if root is None or root.kind not in _ASKED or not root.nodes:
        return {}
    return {
        resource: root.nodes[0]
        for kind, resource in _ROOM
        if kind is not root.kind and all(_had_enough(table, name, kind) for name in root.nodes)
    }


def _had_enough(table: Table, name: str, kind: Kind) -> bool:
    return asked_about_room(table[name]) and all(r.kind is not kind for r in table[name])
