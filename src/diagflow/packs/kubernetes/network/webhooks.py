"""The analyzer `check-webhooks`: which webhook configuration refuses requests because nobody answers its calls.

The API server names the webhook, not the configuration that it stands in, and says it only to who made the request:
a ReplicaSet keeps the refusal as a condition, other controllers write events.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import re2

from diagflow.analyze.api import Case, Finding, Observation
from diagflow.analyze.events import event_of
from diagflow.analyze.narrow import rows
from diagflow.model import CLUSTER, Edge, Entity, Outcome, Query, Strength, Text
from diagflow.packs.kubernetes.network import harm
from diagflow.packs.kubernetes.network.backends import WEBHOOKS, service_of
from diagflow.packs.kubernetes.network.endpoints import gather
from diagflow.packs.kubernetes.scheduling.world import condition, key, meta, timestamp

Json = Mapping[str, Any]

FAILING: Final = "kubernetes.webhook-failing"
MISSING: Final = "kubernetes.service-missing"

LASTING: Final = 60.0
"""Seconds after which a failing call is no restart of the webhook's pod any more."""
RECENT: Final = 360.0
"""Seconds after which an event tells nothing of now: controllers try again within 5 minutes or so."""

_SAID: Final = re2.compile(r'failed calling webhook "([^"]+)"(?:: (?:failed to call webhook: )?(.*))?')
_EVENTS: Final = "objects:events"
_SETS: Final = "objects:replicasets.apps"
_SERVICES: Final = "objects:services"
_PODS: Final = "objects:pods"


@dataclass(frozen=True, slots=True)
class _Webhook:
    """One webhook whose failing calls refuse requests (failurePolicy Fail)."""

    configuration: Entity
    name: str
    service: Entity | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A request that was refused because a webhook could not be called."""

    webhook: str
    problem: str
    about: Entity
    query: str
    since: datetime | None
    lasts: bool


def run(case: Case) -> list[Finding]:
    """Say which webhooks fail."""
    webhooks = list(_webhooks(case))
    refusals = [*_kept(case), *_told(case)]
    failing = [w for w in webhooks if any(r.webhook == w.name for r in refusals)]
    found = [_failing(w, [r for r in refusals if r.webhook == w.name]) for w in failing]
    found += _unserved(case, webhooks)
    found += _without_pods(case, failing)
    once = {(f.names, f.entity): f for f in reversed(found)}
    return list(once.values()) or [Finding(CLUSTER, outcome=Outcome.NO_MATCH, detail="no webhook is known to fail")]


def _webhooks(case: Case) -> Iterator[_Webhook]:
    for kind, query in WEBHOOKS.items():
        for configuration in case.read(query).data or ():
            entity = Entity(kind, key(configuration)[1])
            since = timestamp(meta(configuration).get("creationTimestamp"))
            for webhook in configuration.get("webhooks") or ():
                if webhook.get("failurePolicy") != "Ignore":
                    service = service_of((webhook.get("clientConfig") or {}).get("service"))
                    yield _Webhook(entity, str(webhook.get("name") or ""), service, since)


def _kept(case: Case) -> Iterator[_Refusal]:
    for one in case.read(_SETS).data or ():
        failure = condition(one, "ReplicaFailure")
        since = timestamp(failure.get("lastTransitionTime"))
        about = Entity("replicaset", key(one)[1], key(one)[0])
        lasts = since is not None and (case.now - since).total_seconds() >= LASTING
        yield from _refusal(str(failure.get("message") or ""), about, _SETS, since, lasts=lasts)


def _told(case: Case) -> Iterator[_Refusal]:
    events = case.read(_EVENTS).data or ()
    for number, (reason,) in enumerate(rows(events, "reason")):
        if reason != "FailedCreate":
            continue
        event = event_of(events[number])
        if event.last is None or (case.now - event.last).total_seconds() > RECENT:
            continue
        lasts = event.first is not None and (event.last - event.first).total_seconds() >= LASTING
        yield from _refusal(event.message, event.entity, _EVENTS, event.first, lasts=lasts)


def _refusal(message: str, about: Entity, query: str, since: datetime | None, *, lasts: bool) -> Iterator[_Refusal]:
    said = _SAID.search(message)
    if said:
        yield _Refusal(said.group(1), said.group(2) or "no further details available", about, query, since, lasts)


def _failing(webhook: _Webhook, refusals: list[_Refusal]) -> Finding:
    best = max(refusals, key=lambda r: r.lasts)
    text = Text(
        f"a request about {best.about} was refused: webhook {webhook.name} cannot be called: {best.problem}",
        f"关于 {best.about} 的请求被拒绝：无法调用 webhook {webhook.name}：{best.problem}",
    )
    strength = Strength.CONCLUSIVE if best.lasts else Strength.STRONG
    seen = Observation(Query.parse(best.query), text, supports=strength, time=best.since)
    return Finding(
        webhook.configuration,
        FAILING,
        observations=(seen,),
        args={"webhook": webhook.name, "problem": best.problem},
        edges=tuple(sorted({Edge(r.about, "calls", webhook.configuration) for r in refusals})),
        since=min((r.since for r in refusals if r.since), default=None),
    )


def _unserved(case: Case, webhooks: list[_Webhook]) -> Iterator[Finding]:
    """The Service of a webhook that refuses what it is not asked about does not exist."""
    services = case.read(_SERVICES)
    if not services.answered:
        return
    known = {key(service) for service in services.data or ()}
    for webhook in webhooks:
        service = webhook.service
        if service is None or (service.namespace, service.name) in known:
            continue
        young = webhook.since is not None and (case.now - webhook.since).total_seconds() < LASTING
        user = webhook.configuration
        text = Text(
            f"webhook {webhook.name} of {user} is to be called there, and it does not exist",
            f"{user} 的 webhook {webhook.name} 要调用它，但它不存在",
        )
        strength = Strength.MODERATE if young else Strength.CONCLUSIVE
        seen = Observation(Query.parse(_SERVICES), text, supports=strength)
        yield Finding(service, MISSING, observations=(seen,), args={"user": str(user)})


def _without_pods(case: Case, failing: list[_Webhook]) -> Iterator[Finding]:
    """The pods behind a webhook that fails are why, where none of them is ready."""
    if not failing:
        return
    pods = gather(case.read(_PODS).data or ())
    selectors = {key(s): (s.get("spec") or {}).get("selector") or {} for s in case.read(_SERVICES).data or ()}
    for webhook in failing:
        service = webhook.service
        if service is not None:
            behind = pods.selected(service.namespace, selectors.get((service.namespace, service.name), {}))
            text = Text(f"webhook {webhook.name} cannot be called", f"webhook {webhook.name} 无法调用")
            yield from harm.unready(service, behind, text, case.now)
