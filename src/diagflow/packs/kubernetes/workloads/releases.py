"""The analyzer `check-releases`: does the new version of a Deployment fail requests that the one before it served?

A version that does not start, crashes or never gets ready has causes of its own; what this one looks at runs, has been
ready for as long as is looked at, and answers wrongly, which no object tells: while a pod is not ready, its 503 go to
nobody but its probes. The measure of a new version is the one before it: at the same moment, from the same callers and
with the same dependencies, where both serve (a rolling update, a canary); else in the hour before. One that fails as
the old one does is not to blame.

Where only the hour before tells, something else may have broken since; so the new version must have failed from its
start on, and the evidence is strong, not conclusive. A rollback is not seen: its ReplicaSet is an old one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from diagflow.analyze.api import Case, Finding, Observation
from diagflow.analyze.narrow import rows
from diagflow.model import CLUSTER, Entity, Outcome, Query, Strength, Text
from diagflow.packs.kubernetes.controllers.lists import unreadable
from diagflow.packs.kubernetes.scheduling.world import condition, key, meta, owner_names, timestamp
from diagflow.packs.kubernetes.workloads.served import Served, by_pod, question

Json = Mapping[str, Any]

BAD: Final = "kubernetes.bad-release"
REPLICASETS: Final = "objects:replicasets.apps"
PODS: Final = "objects:pods"

FAILS: Final = 0.05
"""The share of failed requests that takes a version back: Argo Rollouts' documented analysis asks for 95 % success
(https://argo-rollouts.readthedocs.io/en/stable/features/analysis/)."""

SERVES: Final = 0.01
"""The share that a version may fail: Flagger asks for 99 % success (https://docs.flagger.app/usage/metrics)."""

ENOUGH: Final = 10.0
"""Failed requests below which it is chance: as many must have failed of the new version, and would have of the old."""

_ALL_ALONG: Final = 0.9
"""The part of its present share that a version must have failed over all its life: not a good half and a bad one."""

_COMPARABLE: Final = 0.1
"""The part of the new version's requests that the old one must have served."""

RECENT, HOUR = "5m", "1h"
_STEADY: Final = timedelta(minutes=5)
"""For how long a pod must have been ready that its requests of the last five minutes count."""

Name = tuple[str, str]
"""A namespace and what is called so in it."""


@dataclass(frozen=True, slots=True)
class _Version:
    """A ReplicaSet of a Deployment."""

    entity: Entity
    created: datetime
    images: tuple[str, ...]

    @property
    def name(self) -> Name:
        """What its pods' names begin with."""
        return self.entity.namespace, self.entity.name


@dataclass(frozen=True, slots=True)
class _Release:
    """The rollout of a Deployment: its newest ReplicaSet, and those before it."""

    deployment: Entity
    new: _Version
    old: tuple[_Version, ...]
    steady: tuple[Name, ...] = ()
    """The pods of the new version that have been ready for some time."""
    beside: tuple[Name, ...] = ()
    """Those of the versions before it."""


class _Requests:
    """What the versions of some Deployments served; each question is asked when it matters."""

    def __init__(self, case: Case, namespaces: Sequence[str]) -> None:
        self._case = case
        self._namespaces = namespaces

    def question(self, window: str) -> Query:
        """Return what is asked about some time."""
        return Query.of("promql", question(self._namespaces, window))

    def unread(self, window: str) -> Finding | None:
        """Return what there is to say where Prometheus gave no answer."""
        return unreadable(self._case.read(self.question(window)))

    def of_each(self, pods: Iterable[Name]) -> list[Served]:
        """Return what each of some pods served just now, without those that served nothing."""
        served = (self._recent.get(pod, Served()) for pod in pods)
        return [one for one in served if one.requests]

    def in_an_hour(self, *versions: _Version) -> Served:
        """Return what versions served: those of their pods that are gone too, which still bear their names."""
        return sum((self._hour.get(version.name, Served()) for version in versions), Served())

    @cached_property
    def _recent(self) -> Mapping[Name, Served]:
        """What each pod served."""
        return by_pod(self._case.read(self.question(RECENT)).data or ())

    @cached_property
    def _hour(self) -> Mapping[Name, Served]:
        """What each ReplicaSet served."""
        sums: dict[Name, Served] = {}
        for (space, pod), served in by_pod(self._case.read(self.question(HOUR)).data or ()).items():
            version = space, _owner(pod)
            sums[version] = sums.get(version, Served()) + served
        return sums


def run(case: Case) -> list[Finding]:
    """Say which of the Deployments that were rolled out have a new version that fails."""
    sets, pods = case.read(REPLICASETS), case.read(PODS)
    if unread := unreadable(sets, pods):
        return [unread]
    asked = [entity for entity in case.entities if entity.kind == "deployment"]
    steady = _steady(pods.data or (), case.now)
    placed = (_placed(release, steady) for release in _releases(sets.data or (), asked))
    releases = [release for release in placed if release.steady]
    if not releases:
        return [_nothing("no new version has been ready for five minutes")]
    requests = _Requests(case, sorted({release.deployment.namespace for release in releases}))
    if unread := requests.unread(RECENT):
        return [unread]
    found = [f for release in releases if (f := _judged(release, requests)) is not None]
    return found or [_nothing("no new version fails what the one before it served")]


def _nothing(detail: str) -> Finding:
    return Finding(CLUSTER, outcome=Outcome.NO_MATCH, detail=detail)


def _owner(pod: str) -> str:
    """Return the name of the ReplicaSet that made a pod of this name."""
    return pod.rpartition("-")[0]


def _steady(pods: Sequence[Json], now: datetime) -> Mapping[Name, Sequence[Name]]:
    """Return the pods that have been ready for some time, by their ReplicaSet."""
    found: dict[Name, list[Name]] = {}
    for space, name, conditions in rows(pods, "metadata.namespace", "metadata.name", "status.conditions"):
        ready = condition({"status": {"conditions": conditions}}, "Ready")
        since = timestamp(ready.get("lastTransitionTime"))
        if ready.get("status") == "True" and since is not None and now - since >= _STEADY:
            found.setdefault((space or "", _owner(name)), []).append((space or "", name))
    return found


def _placed(release: _Release, steady: Mapping[Name, Sequence[Name]]) -> _Release:
    beside = (pod for version in release.old for pod in steady.get(version.name, ()))
    return replace(release, steady=tuple(steady.get(release.new.name, ())), beside=tuple(beside))


def _releases(sets: Sequence[Json], asked: Sequence[Entity]) -> Iterator[_Release]:
    versions: dict[Entity, list[_Version]] = {entity: [] for entity in asked}
    for replicaset in sets:
        version = _version(replicaset)
        if version is not None:
            for deployment in versions.keys() & _deployments(replicaset):
                versions[deployment].append(version)
    for deployment, several in versions.items():
        ranked = sorted(several, key=lambda version: (version.created, version.entity))
        if len(ranked) > 1:
            yield _Release(deployment, ranked[-1], tuple(ranked[:-1]))


def _deployments(replicaset: Json) -> set[Entity]:
    return {Entity("deployment", name, key(replicaset)[0]) for name in owner_names(replicaset, "Deployment")}


def _version(replicaset: Json) -> _Version | None:
    space, name = key(replicaset)
    created = timestamp(meta(replicaset).get("creationTimestamp"))
    pod = ((replicaset.get("spec") or {}).get("template") or {}).get("spec") or {}
    images = tuple(str(container.get("image")) for container in pod.get("containers") or ())
    return _Version(Entity("replicaset", name, space), created, images) if created else None


def _judged(release: _Release, requests: _Requests) -> Finding | None:
    pods = requests.of_each(release.steady)
    now, beside = sum(pods, Served()), sum(requests.of_each(release.beside), Served())
    failing = [pod for pod in pods if pod.share > FAILS]
    # a bad node, or a pod that holds a broken connection, is no bad version
    if now.failed < ENOUGH or now.share <= FAILS or 2 * len(failing) < len(pods):
        return None
    if _tells(beside, now):
        return _finding(release, requests, now, beside, RECENT) if beside.share < SERVES else None
    if unread := requests.unread(HOUR):
        return unread
    life, before = requests.in_an_hour(release.new), requests.in_an_hour(*release.old)
    failed_from_the_start = life.share >= _ALL_ALONG * now.share
    served_well = _tells(before, now) and before.share < SERVES
    return _finding(release, requests, now, before, HOUR) if failed_from_the_start and served_well else None


def _tells(old: Served, new: Served) -> bool:
    """True where the old version served so many requests that its failures would show, did it fail as the new one.

    Not where it served next to nothing but its probes, which not every counter tells from callers.
    """
    return old.requests * new.share >= ENOUGH and old.requests >= new.requests * _COMPARABLE


def _finding(release: _Release, requests: _Requests, now: Served, old: Served, window: str) -> Finding:
    side_by_side = window == RECENT
    share, count, before, of = _percent(now.share), round(now.requests), _percent(old.share), round(old.requests)
    name = release.new.entity.name
    when, told = ("at the same time", "同一时间") if side_by_side else ("in the hour before", "此前一小时内")
    failing = Observation(
        requests.question(RECENT),
        Text(
            f"in 5 minutes {name} failed {share} of {count} requests; the version before it {when} {before} of {of}",
            f"5 分钟内 {name} 的 {count} 个请求失败 {share}；{told}上一版本的 {of} 个请求失败 {before}",
        ),
        supports=Strength.CONCLUSIVE if side_by_side else Strength.STRONG,
        origin="metric",
        value={"new": round(now.share, 3), "old": round(old.share, 3)},
    )
    made = release.new.created
    rolled_out = Observation(
        Query.parse(REPLICASETS),
        Text(
            f"{name} was created at {made:%H:%M:%S} UTC and is ready",
            f"{name} 创建于 {made:%H:%M:%S} UTC，已就绪",
        ),
        origin="change",
        time=made,
    )
    args = {"replicaset": name, "share": share, "images": ", ".join(release.new.images), "before": before}
    return Finding(release.deployment, BAD, observations=(failing, rolled_out), args=args, since=made)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= FAILS else f"{100 * share:.1f} %"
