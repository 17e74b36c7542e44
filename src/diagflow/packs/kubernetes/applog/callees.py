"""The analyzer `find-callees`: of which Services a container speaks in the last words before it ended.

It names nothing. It relates the pod to the Services (`calls`), so that a Service without endpoints becomes the root,
and the pod that gives up because of it the consequence.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

import re2

from diagflow.analyze.api import Case, Finding
from diagflow.analyze.containers import containers_of
from diagflow.analyze.logs import has_log, has_previous, last_lines, matters
from diagflow.model import CLUSTER, Edge, Entity, Outcome, Query
from diagflow.packs.kubernetes.scheduling.world import key

Json = Mapping[str, Any]

TAIL: Final = "50"
LAST: Final = 20
"""As in the rules K8S-LOG-*, whose readings these are."""

MOST_WORDS: Final = 2000
"""Host names looked at in one log."""

_FAILURE: Final = (
    r"(?i)refused|timed? ?out|unreachable|no route|no such host|not known|resol|ENOTFOUND|EAI_AGAIN"
    r"|failed|error|denied|exception|certificate"
)
_HOST: Final = (
    r"(?P<before>lookup |ENOTFOUND |EAI_AGAIN |[Hh]ost:? |://|@|[\"'(=/ \[])"
    r"(?P<host>[A-Za-z0-9][A-Za-z0-9.-]{0,252})(?P<port>:\d+)?"
)
_NAMING: Final = ("lookup ", "ENOTFOUND ", "EAI_AGAIN ", "ost ", "ost: ", "://", "@", '"', "'")
"""What stands before a host name; a bare word between blanks is one only with a port."""


@dataclass(slots=True)
class _Services:
    """All Services, by what a log may call them."""

    by_name: set[Entity] = field(default_factory=set)
    by_address: dict[str, Entity] = field(default_factory=dict)

    def called(self, host: str, namespace: str) -> Entity | None:
        """Return the Service that a host name or address means to a pod of a namespace; None if it is none.

        NAME, NAME.NAMESPACE, NAME.NAMESPACE.svc and the full name all mean it, also behind a pod's name.
        https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
        """
        if host in self.by_address:
            return self.by_address[host]
        labels = host.lower().rstrip(".").split(".")
        if "svc" in labels[2:]:
            labels = labels[: labels.index("svc", 2)][-2:]
        meant = Entity("service", labels[0], labels[1] if len(labels) > 1 else namespace)
        return meant if len(labels) <= 2 and meant in self.by_name else None  # noqa: PLR2004  # name and namespace


def run(case: Case) -> list[Finding]:
    """Relate each pod to the Services that the last words of its containers name."""
    services = _gather(case.read("objects:services").data or ())
    wanted = set(case.entities)
    pods = {e: p for p in case.read("objects:pods").data or () if (e := _entity(p)) in wanted}
    found = [_finding(pod, _callees(case, pod, pods[pod], services)) for pod in sorted(pods)]
    return [f for f in found if f.edges] or [Finding(CLUSTER, outcome=Outcome.NO_MATCH, detail="no Service is named")]


def _entity(pod: Json) -> Entity:
    namespace, name = key(pod)
    return Entity("pod", name, namespace)


def _finding(pod: Entity, callees: Sequence[Entity]) -> Finding:
    edges = tuple(Edge(pod, "calls", service) for service in callees)
    named = ", ".join(str(service) for service in callees)
    return Finding(pod, outcome=Outcome.NO_MATCH, edges=edges, detail=f"its log names {named}")


def _gather(services: Sequence[Json]) -> _Services:
    found = _Services()
    for service in services:
        namespace, name = key(service)
        entity = Entity("service", name, namespace)
        found.by_name.add(entity)
        spec = service.get("spec") or {}
        addresses = {spec.get("clusterIP"), *(spec.get("clusterIPs") or ())}
        found.by_address.update((str(a), entity) for a in addresses if a and a != "None")
    return found


def _callees(case: Case, pod: Entity, obj: Json, services: _Services) -> list[Entity]:
    named = (services.called(host, pod.namespace) for text in _logs(case, pod, obj) for host in hosts(text))
    return sorted({service for service in named if service})


def _logs(case: Case, pod: Entity, obj: Json) -> Iterator[str]:
    for container in containers_of(obj):
        if matters(container):
            target = f"{pod.namespace}/{pod.name}/{container['name']}"
            if has_log(container):
                yield _words(case, Query.of("log", target, tail=TAIL))
            if has_previous(container):
                yield _words(case, Query.of("log", target, tail=TAIL, previous="true"))


def _words(case: Case, query: Query) -> str:
    text = case.read(query).data
    return last_lines(text, LAST) if isinstance(text, str) else ""


def hosts(text: str) -> Iterator[str]:
    """Yield what may be a host in the lines that tell of a failure."""
    tells, named = re2.compile(_FAILURE).search, re2.compile(_HOST).finditer
    words = (word for line in text.splitlines() if tells(line) for word in named(line))
    for word in islice(words, MOST_WORDS):
        host = word["host"].rstrip(".-")
        if word["port"] or word["before"].endswith(_NAMING) or "." in host:
            yield host
