"""What keeps one pod (or several that are alike) from every node, and how sure that is."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from diagflow.analyze.events import Event
from diagflow.model import Entity, Strength
from diagflow.packs.kubernetes.scheduling.agreement import differences, unaccounted
from diagflow.packs.kubernetes.scheduling.candidates import candidates, enough
from diagflow.packs.kubernetes.scheduling.claims import BadClaim, Trouble, bad_claims, unprovisioned
from diagflow.packs.kubernetes.scheduling.filters import evaluate
from diagflow.packs.kubernetes.scheduling.growth import Growth, refused_growth
from diagflow.packs.kubernetes.scheduling.hearsay import Undecided, root_of
from diagflow.packs.kubernetes.scheduling.patience import (
    ORDINARY,
    PREEMPTING,
    PROVISIONING,
    SCALING,
    age,
    at_most,
    one_less,
    scaling_up,
)
from diagflow.packs.kubernetes.scheduling.pending import Pending, claim_names
from diagflow.packs.kubernetes.scheduling.reasons import Kind
from diagflow.packs.kubernetes.scheduling.roots import Root, find_root
from diagflow.packs.kubernetes.scheduling.table import Table, details
from diagflow.packs.kubernetes.scheduling.world import World

_TOLD: dict[Kind, Trouble] = {
    Kind.CLAIM_MISSING: Trouble.MISSING,
    Kind.CLAIM_LOST: Trouble.LOST,
    Kind.CLAIM_DELETING: Trouble.DELETING,
    Kind.CLAIM_UNBOUND: Trouble.NOT_PROVISIONED,
}
FAILED = ("ProvisioningFailed", "FailedBinding", "VolumeMismatch")
"""Events of a claim that say why it has no volume."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found about one pod.

    Attributes:
        pod: the pod.
        root: what keeps it from every node; None where that could not be told.
        undecided: what the message makes likely where the nodes could not be read.
        claims: the claims that are the root, if it is about claims.
        table: rejections by node; empty where only the message was there to go by.
        candidates: the nodes in question, those that matter first.
        enough: the resources of which the nodes of the root have enough, each with one of these nodes.
        differences: where message and objects disagree.
        strength: how sure, age and disagreement weighed in.
        seen: how sure it is that the pod is held up at all.
        growth: why no node is added for it, where an autoscaler said so.
    """

    pod: Pending
    root: Root | None = None
    undecided: Undecided | None = None
    claims: tuple[BadClaim, ...] = ()
    table: Table = field(default_factory=Table)
    candidates: tuple[str, ...] = ()
    enough: Mapping[str, str] = field(default_factory=dict)
    differences: tuple[str, ...] = ()
    strength: Strength = Strength.CONCLUSIVE
    seen: Strength = Strength.CONCLUSIVE
    growth: Growth | None = None


def judge_all(pods: Iterable[Pending], world: World, events: Sequence[Event], now: datetime) -> list[Judged]:
    """Judge every pod; those that are alike are looked at once."""
    known: dict[str, Judged] = {}
    growth = refused_growth(events, now)
    found = []
    for pod in pods:
        likeness = _likeness(pod)
        if likeness not in known:
            known[likeness] = _judge(pod, world, events)
        judged = replace(known[likeness], pod=pod, growth=growth.get(pod.entity))
        found.append(_weigh(judged, world, events, now))
    return found


def _likeness(pod: Pending) -> str:
    """Return all that decides about a pod; pods of one ReplicaSet have it in common."""
    keys = ("nodeSelector", "affinity", "tolerations", "topologySpreadConstraints", "volumes")
    parts = [pod.namespace, pod.message.raw, dict(pod.labels), pod.requests, sorted(pod.ports), bool(pod.spec)]
    ephemeral = any(claim_names(pod.entity.name, pod.spec).values())
    parts.extend(pod.spec.get(k) for k in keys)
    return json.dumps([*parts, pod.entity.name if ephemeral else ""], sort_keys=True, default=str)


def _judge(pod: Pending, world: World, events: Sequence[Event]) -> Judged:
    start = Judged(pod)
    claims = _claims(pod, world, events)
    if claims:
        return replace(start, root=Root(_claim_kind(pod), ()), claims=tuple(claims))
    if any(k in _TOLD for k in pod.message.counts()) and world.claims is not None:
        return start  # the claim has been mended since the scheduler spoke
    if not world.complete or not pod.spec:
        return _by_message(start)
    table = evaluate(pod, world)
    root = find_root(pod, table, world)
    if root is None and (stalled := [_with_words(c, events) for c in unprovisioned(pod, world)]):
        return replace(start, root=Root(Kind.CLAIM_UNBOUND, ()), claims=tuple(stalled), table=table)
    judged = replace(
        start,
        root=root,
        table=table,
        candidates=candidates(root, world),
        enough=enough(table, root),
        differences=tuple(differences(pod.message, table)),
    )
    if root is not None and unaccounted(pod.message):
        root = replace(root, strength=at_most(root.strength, Strength.MODERATE))
        return replace(judged, root=root)
    return _with_volumes(judged)


def _claim_kind(pod: Pending) -> Kind:
    return next((k for k in pod.message.counts() if k in _TOLD), Kind.CLAIM_UNBOUND)


def _by_message(start: Judged) -> Judged:
    found = root_of(start.pod.message)
    if isinstance(found, Undecided):
        return replace(start, undecided=found)
    return _with_volumes(replace(start, root=found))


def _with_volumes(judged: Judged) -> Judged:
    """A root about volumes is about the claims behind them."""
    root = judged.root
    if root is None or root.kind not in (Kind.VOLUME_NODE, Kind.VOLUME_NONE):
        return judged
    names = details(judged.table.said_of(root.nodes), root.kind)
    if not names and len(every := list(claim_names(judged.pod.entity.name, judged.pod.spec))) == 1:
        names = every
    claims = tuple(BadClaim(judged.pod.namespace, name, Trouble.NO_VOLUME) for name in names)
    return replace(judged, claims=claims)


def _claims(pod: Pending, world: World, events: Sequence[Event]) -> list[BadClaim]:
    found = bad_claims(pod, world) if world.claims is not None else _told_claims(pod)
    return [_with_words(c, events) for c in found]


def _told_claims(pod: Pending) -> list[BadClaim]:
    """Return the claims that the message names, or the only one there is."""
    names = list(claim_names(pod.entity.name, pod.spec))
    only = names[0] if len(names) == 1 else ""
    told = [(r.detail or only, _TOLD[r.kind]) for r in pod.message.reasons if r.kind in _TOLD]
    return [BadClaim(pod.namespace, name, trouble) for name, trouble in told if name]


def _with_words(claim: BadClaim, events: Sequence[Event]) -> BadClaim:
    return replace(claim, detail=_said_about(claim, events))


def _said_about(claim: BadClaim, events: Sequence[Event]) -> str:
    entity = Entity("persistentvolumeclaim", claim.name, claim.namespace)
    told = [e for e in events if e.entity == entity and e.reason in FAILED and e.last is not None]
    return max(told, key=lambda e: str(e.last)).message if told else ""


def _weigh(judged: Judged, world: World, events: Sequence[Event], now: datetime) -> Judged:
    """Weigh age and disagreement."""
    pod = judged.pod
    waited = age(pod.since, now) if pod.since else ORDINARY
    young = pod.spare or (world.clocked and waited < _patience(judged, events, now))
    seen = Strength.STRONG if young else Strength.CONCLUSIVE
    strength = at_most(judged.root.strength if judged.root else Strength.WEAK, seen)
    if judged.differences:
        strength = at_most(strength, one_less(Strength.CONCLUSIVE))
    return replace(judged, strength=strength, seen=seen)


def _patience(judged: Judged, events: Sequence[Event], now: datetime) -> float:
    if judged.growth is None and scaling_up(events, judged.pod.entity, now):
        return SCALING
    if judged.pod.nominated:
        return PREEMPTING
    if judged.root is not None and judged.root.lasting:
        return 0.0
    if any(c.trouble is Trouble.NOT_PROVISIONED and not c.detail for c in judged.claims):
        return PROVISIONING
    return ORDINARY
