"""What pods that are alike have in common about the nodes: which matter most, and which had enough of what."""

from itertools import chain, islice
from typing import Final

from diagflow.packs.kubernetes.scheduling.filters import asked_about_room
from diagflow.packs.kubernetes.scheduling.reasons import Kind
from diagflow.packs.kubernetes.scheduling.roots import Root
from diagflow.packs.kubernetes.scheduling.table import Table
from diagflow.packs.kubernetes.scheduling.world import World

AT_NODES: Final = (Kind.PODS, Kind.CORDON)
"""Roots that are about nodes, not about the pod."""

MOST: Final = 32
"""Candidate nodes that are written down for one pod: those that matter first."""

_ROOM: Final = ((Kind.CPU, "cpu"), (Kind.MEMORY, "memory"))
_ASKED: Final = (Kind.PODS, Kind.CPU, Kind.MEMORY, Kind.RESOURCE)


def candidates(root: Root | None, world: World) -> tuple[str, ...]:
    """Return the nodes in question: first those that are the root, then those that are not well, then all others."""
    blamed = frozenset(root.nodes) if root and root.kind in AT_NODES else frozenset()
    every = world.unwell_first
    in_order = chain((n for n in every if n in blamed), (n for n in every if n not in blamed))
    return tuple(islice(in_order, MOST))


def enough(table: Table, root: Root | None) -> dict[str, str]:
    """Return the resources of which every node of the root has enough, each with one of these nodes.

    A node that an earlier filter refused was never asked about its resources: that it says nothing proves nothing.
    """
    if root is None or root.kind not in _ASKED or not root.nodes:
        return {}
    said = table.said_of(root.nodes)
    return {
        resource: root.nodes[0]
        for kind, resource in _ROOM
        if kind is not root.kind and all(asked_about_room(a.rejections) and kind not in a.kinds for a in said)
    }
