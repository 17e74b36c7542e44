"""How many requests pods served, and how many of these failed, by the counters that servers export.

Each family is a counter of served requests whose labels say how each ended. What counts as a failure is the server's
fault alone: status 5xx, and of gRPC the codes that OpenTelemetry's conventions call errors of a server
(https://opentelemetry.io/docs/specs/semconv/rpc/grpc/). What probes ask is left out, as far as a label tells it: a
server that is not ready says so with 503. The series need the labels `namespace` and `pod`, as service discovery in
Kubernetes gives them.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

PROBES: Final = (
    "(?i)(.*[/._-])?(health[a-z]*|livez?|liveness|metrics|ping|probe|prometheus|readyz?|readiness)([/._-].*)?"
)
"""Whole parts of paths, and of names of gRPC services, that probes and scrapes ask for."""


@dataclass(frozen=True, slots=True)
class _Counter:
    """A counter of served requests.

    Attributes:
        metric: its name.
        outcomes: labels of which one says how a request ended; a series that has none of them tells nothing.
        fails: what they say of one that failed.
        paths: labels of which one may say what was asked.
        meant: a matcher of all that counts.
    """

    metric: str
    outcomes: tuple[str, ...]
    fails: str = "5.."
    paths: tuple[str, ...] = ()
    meant: str = ""

    def requests(self, where: str) -> Iterator[str]:
        """Selectors of all requests that count."""
        return (self._selector(f'{outcome}!=""', where) for outcome in self.outcomes)

    def failures(self, where: str) -> Iterator[str]:
        """Selectors of those that failed."""
        return (self._selector(f'{outcome}=~"{self.fails}"', where) for outcome in self.outcomes)

    def _selector(self, *matchers: str) -> str:
        no_probes = (f'{label}!~"{PROBES}"' for label in self.paths)
        return f"{self.metric}{{{','.join(filter(None, (*matchers, self.meant, *no_probes)))}}}"


COUNTERS: Final = (
    # Prometheus' client libraries and most frameworks' middleware; the labels have no one name. `endpoint` is none of
    # them: prometheus-operator calls the scraped port so, and renames what the program has under that name.
    _Counter(
        "http_requests_total",
        ("code", "status", "status_code"),
        paths=("exported_endpoint", "handler", "path", "route", "uri", "url"),
    ),
    # OpenTelemetry, https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
    _Counter(
        "http_server_request_duration_seconds_count", ("http_response_status_code",), paths=("http_route", "url_path")
    ),
    # Micrometer (Spring Boot), https://docs.spring.io/spring-boot/reference/actuator/metrics.html
    _Counter("http_server_requests_seconds_count", ("status",), paths=("uri",)),
    # go-grpc-prometheus and its successors
    _Counter(
        "grpc_server_handled_total",
        ("grpc_code",),
        "Unknown|DeadlineExceeded|Unimplemented|Internal|Unavailable|DataLoss",
        paths=("grpc_service",),
    ),
    # Istio's sidecars count each request at both ends, https://istio.io/latest/docs/reference/config/metrics/
    _Counter("istio_requests_total", ("response_code",), meant='reporter="destination"'),
)

_LABEL: Final = re.compile(r"[a-z0-9-]+")
"""Names of namespaces are DNS labels; what a recording calls so must mean nothing else to a pattern."""

_SUM: Final = 'label_replace(sum by (namespace, pod) ({counters}), "served", "{which}", "", "")'
ALL, FAILED = "all", "failed"
"""What the label `served` of an answer tells apart: one question, as each takes a round of reading."""


@dataclass(frozen=True, slots=True)
class Served:
    """Requests of some pods in some time; not whole numbers, as `increase` extrapolates."""

    requests: float = 0.0
    failed: float = 0.0

    @property
    def share(self) -> float:
        """The part that failed, 0 to 1; 0 of none."""
        return self.failed / self.requests if self.requests else 0.0

    def __add__(self, other: "Served") -> "Served":
        return Served(self.requests + other.requests, self.failed + other.failed)


def question(namespaces: Sequence[str], window: str) -> str:
    """Return the question how many requests each pod of some namespaces served, and how many of these failed.

    Pods of which none did may be missing among those that failed.
    """
    named = "|".join(name for name in namespaces if _LABEL.fullmatch(name))
    where = f'namespace=~"{named}",pod!=""'
    every = [selector for one in COUNTERS for selector in one.requests(where)]
    failed = [selector for one in COUNTERS for selector in one.failures(where)]
    return " or ".join(
        _SUM.format(counters=" or ".join(f"increase({selector}[{window}])" for selector in selectors), which=which)
        for which, selectors in ((ALL, every), (FAILED, failed))
    )


def by_pod(answer: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], Served]:
    """Return what each pod served, by namespace and name; nothing of one whose numbers are none."""
    bad = dict(_samples(answer, FAILED))
    every = ((pod, Served(number, bad.get(pod, 0.0))) for pod, number in _samples(answer, ALL))
    return {pod: one for pod, one in every if math.isfinite(one.requests) and math.isfinite(one.failed)}


def _samples(answer: Sequence[Mapping[str, Any]], which: str) -> Iterator[tuple[tuple[str, str], float]]:
    for sample in answer:
        labels, value = sample.get("labels") or {}, float(sample.get("value") or 0.0)
        if labels.get("served") == which:
            yield (str(labels.get("namespace") or ""), str(labels.get("pod") or "")), value
