"""Which faults are put in place together: drawn by a seed from those that have nothing to do with each other."""

import random
from collections.abc import Iterator, Sequence

from lab.fault import Fault

PATIENCE = 130.0
"""Seconds that a fault may wait before it is one, or a scan before it names it, to be drawn."""
QUICK = 70.0
"""Those that wait no longer than this are drawn among themselves: a group takes as long as its slowest."""

STANDS_ON = frozenset({"containerd", "controller-manager", "etcd"})
"""Without these no other fault can be put in place: its pods are not made, or do not run."""

NEED_NAMES = ("applog/caller-of-", "cascade/")
TAKES_NAMES = "dns/"


def drawable(one: Fault) -> bool:
    """Tells whether a fault can be drawn at all."""
    # a kubelet with other limits refuses or evicts the pods of the others
    takes_all = bool(STANDS_ON & one.components.keys()) or "kubelet" in one.real_node
    return one.is_live and bool(one.labels["causes"]) and max(one.pause, one.scan_after) <= PATIENCE and not takes_all


def related(one: Fault, other: Fault) -> str:
    """Returns why two faults are not put in place together, an empty text if they can be."""
    if one.is_felt_by_others and other.is_felt_by_others:
        return "both change what all of the cluster stands on"
    for caller, resolver in ((one, other), (other, one)):
        if caller.name.startswith(NEED_NAMES) and resolver.name.startswith(TAKES_NAMES):
            return "the caller cannot resolve names without the other's resolver"
    return ""


def groups(faults: Sequence[Fault], seed: int, count: int) -> list[tuple[str, ...]]:
    """Returns `count` pairs and triples in turn, by the seed; none comes twice while another that fits has not."""
    known = [one for one in sorted(faults, key=lambda one: one.name) if drawable(one)]
    slow = [one for one in known if one.pause > QUICK]
    quick = [one for one in known if one.pause <= QUICK]
    share = round(count * len(slow) / len(known))
    return [*_dealt(quick, seed, count - share), *_dealt(slow, seed, share)]


def _dealt(faults: Sequence[Fault], seed: int, count: int) -> Iterator[tuple[str, ...]]:
    chance = random.Random(f"together {seed}")  # noqa: S311  # reproducible, not secret
    hand: list[Fault] = []
    for number in range(count):
        group: list[Fault] = []
        while len(group) < 2 + number % 2:
            if not any(_fits(one, group) for one in hand):
                hand.extend(chance.sample(faults, len(faults)))
            group.append(hand.pop(next(i for i, one in enumerate(hand) if _fits(one, group))))
        yield tuple(one.name for one in group)


def _fits(one: Fault, group: Sequence[Fault]) -> bool:
    return one not in group and not any(related(one, other) for other in group)
