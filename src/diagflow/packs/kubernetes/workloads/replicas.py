"""The analyzer `check-replicas`: whether a workload that is short of replicas is ill, or just being rolled out.

A rollout, a scale-up and a slow starter are short of replicas too. The bound is that of kubernetes-mixin's alerts
(KubeDeploymentReplicasMismatch and its kin: `for: 15m`), taken from the pods that are not ready where these can be
read. Within it the evidence is strong: named near an alert, silent in a scan. In its first minute it is not even that:
pods that were created a moment ago lack nothing yet.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from diagflow.analyze.api import Case, Finding, Observation
from diagflow.analyze.narrow import rows
from diagflow.model import CLUSTER, Entity, Outcome, Query, Strength, Text
from diagflow.packs.kubernetes.scheduling.pending import owner_of
from diagflow.packs.kubernetes.scheduling.world import condition, key, meta, owner_names, timestamp

Json = Mapping[str, Any]

SYMPTOM: Final = "kubernetes.replicas-missing"
LASTING: Final = 900.0
"""Seconds after which a lack of replicas is no rollout any more (kubernetes-mixin, `for: 15m`)."""

BEGINNING: Final = 60.0
"""Seconds in which a pod is scheduled, pulled and started without anybody minding."""

_OVER: Final = ("Succeeded", "Failed")
_READ: Final = (
    "metadata.namespace",
    "metadata.name",
    "metadata.ownerReferences",
    "metadata.labels",
    "metadata.deletionTimestamp",
    "status.phase",
)
"""What tells whose a pod is; of the others nothing more is read."""
_JUST_NOW: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Where a kind of workload says how many pods it wants and has."""

    query: str
    wanted: Callable[[Json], int]
    ready: Callable[[Json], int]


def _number(part: str, name: str, default: int) -> Callable[[Json], int]:
    """Read a number; anything else in its place (in a file written by hand) is none, and stops no other workload."""

    def read(obj: Json) -> int:
        within = obj.get(part)
        value = within.get(name, default) if isinstance(within, dict) else default
        return value if isinstance(value, int) else 0

    return read


_KINDS: Final = {
    "deployment": _Kind(
        "objects:deployments.apps", _number("spec", "replicas", 1), _number("status", "availableReplicas", 0)
    ),
    "statefulset": _Kind(
        "objects:statefulsets.apps", _number("spec", "replicas", 1), _number("status", "readyReplicas", 0)
    ),
    "daemonset": _Kind(
        "objects:daemonsets.apps",
        _number("status", "desiredNumberScheduled", 0),
        _number("status", "numberAvailable", 0),
    ),
    "replicaset": _Kind(
        "objects:replicasets.apps", _number("spec", "replicas", 1), _number("status", "readyReplicas", 0)
    ),
}


@dataclass(frozen=True, slots=True)
class _Short:
    """A workload with fewer ready pods than it wants; `since` is None where nothing tells since when."""

    entity: Entity
    wanted: int
    ready: int
    since: datetime | None
    judged_by: str


def run(case: Case) -> list[Finding]:
    """Say which of the workloads in question lack replicas."""
    found = [_finding(short, case.now) for short in _short(case)]
    return found or [Finding(CLUSTER, outcome=Outcome.NO_MATCH, detail="each workload has its replicas")]


def _short(case: Case) -> Iterable[_Short]:
    pods = case.read("objects:pods")
    meant = {(e.namespace, f"{e.kind}/{e.name}") for e in case.entities if e.kind in _KINDS}
    own = _by_owner(pods.data or (), meant) if pods.answered and meant else None
    for kind, where in _KINDS.items():
        wanted = {e for e in case.entities if e.kind == kind}
        if not wanted:
            continue
        for obj in case.read(where.query).data or ():
            entity = Entity(kind, key(obj)[1], key(obj)[0])
            if entity in wanted and not _spoken_for(obj, case, kind) and where.ready(obj) < where.wanted(obj):
                yield _judged(entity, obj, where, own)


def _spoken_for(obj: Json, case: Case, kind: str) -> bool:
    """True for the ReplicaSet of a Deployment that is there: the Deployment says it itself."""
    if kind != "replicaset":
        return False
    own = owner_names(obj, "Deployment")
    if not own:
        return False
    there = case.read("objects:deployments.apps")
    return any(key(d)[0] == key(obj)[0] and key(d)[1] in own for d in there.data or ())


def _by_owner(pods: Sequence[Json], meant: Collection[tuple[str, str]]) -> dict[tuple[str, str], list[Json]]:
    """Group the pods that are to run by namespace and `kind/name` of what they belong to, as far as that is meant.

    Pods of a Deployment stand under it and under its ReplicaSet.
    """
    groups: dict[tuple[str, str], list[Json]] = {}
    spaces = {space for space, _ in meant}
    for number, (space, name, owners, labels, deleted, phase) in enumerate(rows(pods, *_READ)):
        if deleted or phase in _OVER or (space or "") not in spaces:
            continue
        owner = owner_of({"name": name, "ownerReferences": owners, "labels": labels})
        for named in {owner, *(f"{str(o.get('kind')).lower()}/{o.get('name')}" for o in owners or ())}:
            if (space or "", named) in meant:
                groups.setdefault((space or "", named), []).append(pods[number])
    return groups


def _judged(entity: Entity, obj: Json, where: _Kind, own: Mapping[tuple[str, str], Sequence[Json]] | None) -> _Short:
    if own is None:
        return _Short(entity, where.wanted(obj), where.ready(obj), None, where.query)
    waiting = [t for p in own.get((entity.namespace, f"{entity.kind}/{entity.name}"), ()) if (t := _unready_since(p))]
    since = min(waiting, default=None) or _said_since(obj)
    return _Short(entity, where.wanted(obj), where.ready(obj), since, "objects:pods" if waiting else where.query)


def _unready_since(pod: Json) -> datetime | None:
    """Return since when a pod is not ready; None for one that is."""
    ready = condition(pod, "Ready")
    if ready.get("status") == "True":
        return None
    return timestamp(ready.get("lastTransitionTime")) or timestamp(meta(pod).get("creationTimestamp"))


def _said_since(obj: Json) -> datetime | None:
    """Return since when a Deployment says that it is not available; where nothing says so, it has just begun."""
    available = condition(obj, "Available")
    said = timestamp(available.get("lastTransitionTime")) if available.get("status") == "False" else None
    return said or _JUST_NOW


def _finding(short: _Short, now: datetime) -> Finding:
    since = short.since if short.since is not None and short.since <= now else None
    text = Text(
        f"{short.ready} of {short.wanted} replicas are ready", f"期望 {short.wanted} 个副本，就绪 {short.ready} 个"
    )
    seen = Observation(
        Query.parse(short.judged_by),
        text,
        supports=_strength(short.since, now),
        value={"ready": short.ready, "wanted": short.wanted},
        time=since,
    )
    args = {"wanted": short.wanted, "ready": short.ready}
    return Finding(short.entity, SYMPTOM, observations=(seen,), args=args, since=since)


def _strength(since: datetime | None, now: datetime) -> Strength:
    """Without pods there is nothing to judge by but the workload's own word, and that is taken."""
    waited = LASTING if since is None else (now - since).total_seconds()
    if waited < BEGINNING:
        return Strength.MODERATE
    return Strength.STRONG if waited < LASTING else Strength.CONCLUSIVE
