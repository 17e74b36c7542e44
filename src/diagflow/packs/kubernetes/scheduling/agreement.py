"""Whether the objects tell the same story as the scheduler's message."""

from collections.abc import Mapping
from typing import Final

from diagflow.packs.kubernetes.scheduling.filters import expected_counts
from diagflow.packs.kubernetes.scheduling.message import Message
from diagflow.packs.kubernetes.scheduling.reasons import Kind
from diagflow.packs.kubernetes.scheduling.table import Table

_GROUP: Final[Mapping[Kind, str]] = {
    Kind.CONDITION: "taint",  # since 1.35 the message does not say which taint
    Kind.NODE_NAME: "affinity",
    Kind.VOLUME_NONE: "volumes",
    Kind.VOLUME_NODE: "volumes",
}
_UNSEEN: Final = frozenset({Kind.OTHER, Kind.DEVICES, Kind.VOLUME_LIMIT, Kind.VOLUME_IN_USE, Kind.GROUP})
"""Reasons whose filters are not evaluated here."""


def differences(message: Message, table: Table) -> list[str]:
    """Return where message and objects disagree, one line each; nothing: they agree.

    A message without counts (a PreFilter plugin refused the pod) says nothing about nodes.
    """
    if message.total is None or any(r.count is None for r in message.reasons):
        return []
    said, seen = _grouped(message.counts()), _grouped(expected_counts(table))
    unseen = sum(said.pop(str(k), 0) for k in _UNSEEN)
    found = []
    if message.total != len(table):
        found.append(f"the scheduler saw {message.total} nodes, now there are {len(table)}")
    for group in sorted(said | seen):
        told, own = said.get(group, 0), seen.get(group, 0)
        if told > own or (told < own and not unseen):
            found.append(f"{group}: {told} by the message, {own} by the objects")
    return found


def unaccounted(message: Message) -> int:
    """Return how many nodes were refused for reasons that are not evaluated here."""
    return sum(r.count or 0 for r in message.reasons if r.kind in _UNSEEN)


def _grouped(counts: Mapping[Kind, int]) -> dict[str, int]:
    groups: dict[str, int] = {}
    for kind, count in counts.items():
        name = _GROUP.get(kind, str(kind))
        groups[name] = groups.get(name, 0) + count
    return groups
