"""The analyzer `check-scheduler-config`: why pods get no node, confirmed from the objects.

It confirms nothing from "Pending" alone: a pod that the scheduler has yet to look at is no fault. For each pod that was
turned down it takes the scheduler's message apart, asks every filter about every node itself, and names the one root.
With `--nodes=affected` (the default) only nodes that were in question for such a pod are written down as candidates.
"""

from collections.abc import Sequence
from typing import Any, Final

from diagflow.analyze.api import Case, Finding
from diagflow.analyze.events import Event, event_of
from diagflow.analyze.narrow import rows
from diagflow.model import CLUSTER, Entity, Outcome, Reading, State
from diagflow.packs.kubernetes.scheduling.findings import findings
from diagflow.packs.kubernetes.scheduling.growth import CLOUD, REFUSALS
from diagflow.packs.kubernetes.scheduling.judge import judge_all
from diagflow.packs.kubernetes.scheduling.patience import SCALE_UP
from diagflow.packs.kubernetes.scheduling.pending import Pending, claim_names
from diagflow.packs.kubernetes.scheduling.standing import Roll, call
from diagflow.packs.kubernetes.scheduling.waiting import told_by_events, turned_down
from diagflow.packs.kubernetes.scheduling.world import World, build

_SAID: Final = ("reason", "involvedObject", "regarding")
_WANTED: Final = frozenset({"FailedScheduling", *SCALE_UP, *REFUSALS, *CLOUD, "ProvisioningFailed", "FailedBinding"})
"""Reasons of events that say something by themselves; "Scheduled" only ends what "FailedScheduling" began."""


def run(case: Case) -> list[Finding]:
    """Say why pods get no node."""
    pods, events = case.read("objects:pods"), _events(case)
    roll = call(pods.data or ()) if pods.readable else Roll()
    waiting = turned_down(roll.waiting, events, case.now) if pods.readable else told_by_events(events, case.now)
    asked = [w for w in waiting if _in_question(w.entity, case.entities)]
    if not asked:
        return [_nothing(pods, roll)]
    world = _world(case, pods, roll, asked)
    return findings(judge_all(asked, world, events, case.now), world, near=case.near)


def _in_question(pod: Entity, entities: Sequence[Entity]) -> bool:
    """True when a rule asked about this pod, or about more than single pods."""
    return pod in entities or any(e.kind != "pod" for e in entities) or not entities


def _nothing(pods: Reading, roll: Roll) -> Finding:
    if not pods.readable:
        detail = f"pods could not be read: {pods.detail or pods.state}"
        return Finding(CLUSTER, outcome=Outcome.INCONCLUSIVE, detail=detail)
    detail = f"the scheduler turned no pod down; {len(roll.waiting)} wait for its first look"
    return Finding(CLUSTER, outcome=Outcome.NO_MATCH, detail=detail)


def _events(case: Case) -> list[Event]:
    reading = case.read("objects:events")
    events = (reading.data or ()) if reading.readable else ()
    told = list(rows(events, *_SAID))
    refused = {_who(about or regarding) for reason, about, regarding in told if reason == "FailedScheduling"}
    return [
        event_of(events[number])
        for number, (reason, about, regarding) in enumerate(told)
        if reason in _WANTED or (reason == "Scheduled" and _who(about or regarding) in refused)
    ]


def _who(about: Any) -> tuple[Any, Any]:
    return (about.get("namespace"), about.get("name")) if isinstance(about, dict) else (None, None)


def _world(case: Case, pods: Reading, roll: Roll, waiting: Sequence[Pending]) -> World:
    nodes = case.read("objects:nodes")
    complete = nodes.answered and pods.answered and bool(nodes.data)
    clocked = nodes.state is not State.ABSENT
    seen, running, roll = (nodes.data or (), pods.data or (), roll) if complete else ((), (), Roll())
    if not any(claim_names(w.entity.name, w.spec) for w in waiting):
        return build(seen, running, roll=roll, complete=complete, clocked=clocked)
    return build(
        seen,
        running,
        roll=roll,
        complete=complete,
        clocked=clocked,
        claims=_whole(case.read("objects:persistentvolumeclaims")),
        volumes=_whole(case.read("objects:persistentvolumes")),
        classes=_whole(case.read("objects:storageclasses")),
    )


def _whole(reading: Reading) -> Any:
    """Return a list that was read completely; None when what is not in it may be there all the same."""
    return (reading.data or ()) if reading.answered else None
