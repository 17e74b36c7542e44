"""What fitting learns from: every cause that could have been named as a root, and whether it was one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from diagflow.gate.labels import Labels
from diagflow.gate.reweigh import amount
from diagflow.infer.connect import connected_to
from diagflow.infer.explain import Explained, explain
from diagflow.infer.weigh import Key, Weighed, gather, strongest_by_origin, weigh
from diagflow.model import FITTED, Cause, Entity, Incident, Role, Strength, Topology, Verdict
from diagflow.model.diagnosis import NAMED_FROM


@dataclass(frozen=True, slots=True)
class Sample:
    """A cause with what speaks for it.

    Attributes:
        near: the prior of an alert holds, else that of a scan.
        amounts: whole observations of each strength, for less against, in the order of `Strength`.
        right: it is a true root.
    """

    near: bool
    amounts: tuple[float, ...]
    right: bool


def samples(
    verdicts: Sequence[Verdict],
    causes: Mapping[str, Cause],
    topology: Topology,
    incident: Incident,
    labels: Labels,
) -> Iterator[Sample]:
    """Yield the samples of one diagnosis: one a cause, at the entity where most speaks for it.

    What another named cause explains is no root, whatever it weighs; what a contradiction caps teaches nothing about
    weights; what has nothing to do with the alert is not judged.
    """
    near = connected_to(incident.entities, topology) if incident.near else None
    weighed = [
        weigh(key, group, FITTED.near if near and near(key[1]) else FITTED.scan)
        for key, group in gather(verdicts).items()
    ]
    explained = explain([w for w in weighed if w.confidence >= NAMED_FROM], causes, topology)
    linked = _linked(weighed, explained, near)
    best: dict[str, Weighed] = {}
    for one in weighed:
        if one.key in linked and _can_be_root(one, explained, causes):
            found = best.get(one.id)
            if found is None or one.uncapped > found.uncapped:
                best[one.id] = one
    for one in best.values():
        refs = causes[one.id].refs if one.id in causes else ()
        amounts = _amounts(one)
        yield Sample(bool(near and near(one.entity)), amounts, labels.right(one.id, refs, (one.entity,)))


def _linked(weighed: Iterable[Weighed], explained: Explained, near: Callable[[Entity], bool] | None) -> set[Key]:
    found = {w.key for w in weighed if near is None or near(w.entity)}
    todo = list(found)
    while todo:
        for parent in explained.parents.get(todo.pop(), ()):
            if parent not in found:
                found.add(parent)
                todo.append(parent)
    return found


def _can_be_root(one: Weighed, explained: Explained, causes: Mapping[str, Cause]) -> bool:
    known = causes.get(one.id)
    supported = any(e.nats > 0 for e in one.evidence)
    is_cause = known is None or known.role is Role.CAUSE
    return supported and is_cause and not one.contradicted and not explained.parents.get(one.key)


def _amounts(one: Weighed) -> tuple[float, ...]:
    counted = strongest_by_origin(one.evidence)
    return tuple(sum(amount(e) for e in counted if e.strength is strength) for strength in Strength)
