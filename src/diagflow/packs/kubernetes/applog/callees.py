"""The analyzer `find-callees`: of which Services a container speaks in the last words before it ended.

It relates the pod to the Services (`calls`), so that a Service without endpoints becomes the root, and the pod that
gives up because of it the consequence; to the pods behind a Service of which none is ready; and to what should make
them, where there are none. Such a pod is unready to somebody's harm: a symptom also where nobody asks.

With `--unknown=named` it also names the Services that are not there: those whose name the DNS does not know, as the log
says, and which are in no complete list.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

import re2

from diagflow.analyze.api import Case, Finding, Observation
from diagflow.analyze.containers import containers_of
from diagflow.analyze.logs import has_log, has_previous, last_lines, matters
from diagflow.model import CLUSTER, Edge, Entity, Outcome, Query, Strength, Text
from diagflow.packs.kubernetes.network import harm as harms
from diagflow.packs.kubernetes.scheduling.world import condition, key, meta

Json = Mapping[str, Any]

TAIL: Final = "50"
LAST: Final = 20
"""As in the rules K8S-LOG-*, whose readings these are."""

MOST_TEXT: Final = 300
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
MISSING: Final = "kubernetes.service-missing"
_MAKERS: Final = {"replicaset": "objects:replicasets.apps", "statefulset": "objects:statefulsets.apps"}
_NAME: Final = r"(?P<host>[A-Za-z0-9][A-Za-z0-9.-]{0,252})"
_UNKNOWN: Final = tuple(
    re2.compile(p)
    for p in (
        rf"lookup {_NAME}(?: on \S+)?: no such host",
        rf"getaddrinfo ENOTFOUND {_NAME}",
        rf"host name \"{_NAME}\" to address: (?:Name|No address)",
        rf"Failed to resolve '{_NAME}' \(\[Errno -[25]\]",
        rf"Could not resolve host: {_NAME}",
        rf"bad address '{_NAME}(?::\d+)?'",
        rf"host not found in upstream \"{_NAME}",
        rf"UnknownHostException: {_NAME}(?:: (?:\S+: )?Name|\s*$)",
        rf"server host '{_NAME}' \(-[25]\)",
        rf"getaddrinfo for {_NAME} failed: Name",
    )
)
"""A name that does not resolve, as in K8S-LOG-003 and K8S-LOG-016."""
_TELEMETRY: Final = re2.compile(
    r"(?i)\b(?:otel|otlp|opentelemetry|export|exporter|zipkin|jaeger|sentry|statsd|datadog|fluentd)\b"
)

_NAMING: Final = ("lookup ", "ENOTFOUND ", "EAI_AGAIN ", "ost ", "ost: ", "://", "@", '"', "'")
"""What stands before a host name; a bare word between blanks is one only with a port."""


@dataclass(slots=True)
class _Services:
    """All Services, by what a log may call them."""

    by_name: set[Entity] = field(default_factory=set)
    by_address: dict[str, Entity] = field(default_factory=dict)
    selectors: dict[Entity, Json] = field(default_factory=dict)

    def unknown(self, host: str, namespace: str) -> Entity | None:
        """Return the Service that a name without dots, or one under `svc`, means, and that is not there."""
        labels = host.lower().rstrip(".").split(".")
        if len(labels) > 1 and "svc" not in labels[2:]:
            return None  # it may be anybody's
        meant = _meant(labels, namespace)
        return meant if meant and meant not in self.by_name else None

    def called(self, host: str, namespace: str) -> Entity | None:
        """Return the Service that a host name or address means to a pod of a namespace; None if it is none.

        NAME, NAME.NAMESPACE, NAME.NAMESPACE.svc and the full name all mean it, also behind a pod's name.
        https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
        """
        if host in self.by_address:
            return self.by_address[host]
        meant = _meant(host.lower().rstrip(".").split("."), namespace)
        return meant if meant in self.by_name else None


def _meant(labels: Sequence[str], namespace: str) -> Entity | None:
    if "svc" in labels[2:]:
        labels = labels[: labels.index("svc", 2)][-2:]
    name, *more = labels
    return Entity("service", name, more[0] if more else namespace) if len(more) <= 1 else None


def run(case: Case) -> list[Finding]:
    """Relate each pod to the Services that the last words of its containers name."""
    listed = case.read("objects:services")
    services = _gather(listed.data or ())
    wanted = set(case.entities)
    every = case.read("objects:pods").data or ()
    pods = {e: p for p in every if (e := _entity(p)) in wanted}
    found = []
    for pod in sorted(pods):
        callees = _callees(case, pod, pods[pod], services)
        unready = {service: _unready_behind(service, services, every) for service in callees}
        behind = {_entity(p) for pods_of in unready.values() for p in pods_of}
        makers = {m for service in callees for m in _makers(case, service, services, every)}
        found.append(_finding(pod, [*callees, *sorted(behind - {pod}), *sorted(makers)]))
        harm = Text(f"pod {pod.name} ends that calls it", f"调用它的 Pod {pod.name} 因此退出")
        found += [
            f for service, of in unready.items() for f in harms.unready(service, of, harm, case.now) if f.entity != pod
        ]
    if listed.answered and case.args.get("unknown") == "named":
        found += [f for pod in sorted(pods) for f in _missing(case, pod, pods[pod], services)]
    said = [f for f in found if f.edges or f.observations]
    return said or [Finding(CLUSTER, outcome=Outcome.NO_MATCH, detail="no Service is named")]


def _unready_behind(service: Entity, services: _Services, pods: Sequence[Json]) -> list[Json]:
    """Return the pods behind a Service of which none is ready; none where one is, for that one answers."""
    behind = _behind(service, services, pods)
    return [] if any(condition(p, "Ready").get("status") == "True" for p in behind) else behind


def _behind(service: Entity, services: _Services, pods: Sequence[Json]) -> list[Json]:
    selector = services.selectors[service]
    return [p for p in pods if key(p)[0] == service.namespace and selector and _selected(meta(p), selector)]


def _makers(case: Case, service: Entity, services: _Services, pods: Sequence[Json]) -> Iterator[Entity]:
    """Yield what wants to make pods that the Service selects, where there is not one of them."""
    selector = services.selectors[service]
    if not selector or _behind(service, services, pods):
        return
    for kind, query in _MAKERS.items():
        for maker in case.read(query).data or ():
            spec = maker.get("spec") or {}
            here = key(maker)[0] == service.namespace and spec.get("replicas") != 0
            if here and _selected(meta(spec.get("template") or {}), selector):
                yield Entity(kind, key(maker)[1], service.namespace)


def _selected(metadata: Json, selector: Json) -> bool:
    labels = metadata.get("labels") or {}
    return all(labels.get(name) == value for name, value in selector.items())


def _entity(pod: Json) -> Entity:
    namespace, name = key(pod)
    return Entity("pod", name, namespace)


def _finding(pod: Entity, callees: Sequence[Entity]) -> Finding:
    edges = tuple(Edge(pod, "calls", service) for service in callees)
    named = ", ".join(str(service) for service in callees)
    return Finding(pod, outcome=Outcome.NO_MATCH, edges=edges, detail=f"its log names {named}")


def _missing(case: Case, pod: Entity, obj: Json, services: _Services) -> Iterator[Finding]:
    for query, text in _logs(case, pod, obj):
        for host, line in unknown_hosts(text):
            service = services.unknown(host, pod.namespace)
            if service:
                log = Text(f"the log of pod {pod.name} says: {line}", f"Pod {pod.name} 的日志：{line}")
                none = Text(f"there is no Service {service.name}", f"没有名为 {service.name} 的 Service")
                seen = (
                    Observation(query, log, supports=Strength.STRONG, origin="log", value=line),
                    Observation(Query.parse("objects:services"), none, supports=Strength.MODERATE),
                )
                args = {"user": str(pod)}
                yield Finding(service, MISSING, observations=seen, args=args, edges=(Edge(pod, "calls", service),))


def unknown_hosts(text: str) -> Iterator[tuple[str, str]]:
    """Yield the names that the DNS does not know, each with the line that says so."""
    ours = (line.strip() for line in text.splitlines() if not _TELEMETRY.search(line))
    for line in ours:
        found = next((m for p in _UNKNOWN if (m := p.search(line))), None)
        if found:
            yield found["host"], line[:MOST_TEXT]


def _gather(services: Sequence[Json]) -> _Services:
    found = _Services()
    for service in services:
        namespace, name = key(service)
        entity = Entity("service", name, namespace)
        found.by_name.add(entity)
        spec = service.get("spec") or {}
        found.selectors[entity] = spec.get("selector") or {}
        addresses = {spec.get("clusterIP"), *(spec.get("clusterIPs") or ())}
        found.by_address.update((str(a), entity) for a in addresses if a and a != "None")
    return found


def _callees(case: Case, pod: Entity, obj: Json, services: _Services) -> list[Entity]:
    named = (services.called(host, pod.namespace) for _, text in _logs(case, pod, obj) for host in hosts(text))
    return sorted({service for service in named if service})


def _logs(case: Case, pod: Entity, obj: Json) -> Iterator[tuple[Query, str]]:
    for container in containers_of(obj):
        if matters(container):
            target = f"{pod.namespace}/{pod.name}/{container['name']}"
            if has_log(container):
                query = Query.of("log", target, tail=TAIL)
                yield query, _words(case, query)
            if has_previous(container):
                query = Query.of("log", target, tail=TAIL, previous="true")
                yield query, _words(case, query)


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
