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

PROBES: Final = "(?i)(.*[/._-])?(health[a-z]*|livez?|liveness|metrics|ping|probe|readyz?|readiness)([/._-].*)?"
"""Whole parts of paths, and of names of gRPC services, that probes and scrapes ask for."""


@dataclass(frozen=True, slots=True)
class _Counter:
    """A counter of served requests.

    Attributes:
        metric: its name.
        failed: matchers, each of which marks failed requests.
        paths: labels of which one may say what was asked.
        meant: a matcher of all that counts.
    """

    metric: str
    failed: tuple[str, ...]
    paths: tuple[str, ...] = ()
    meant: str = ""

    @property
    def served(self) -> str:
        """The matchers of all requests that count."""
        return ",".join(filter(None, (self.meant, *(f'{label}!~"{PROBES}"' for label in self.paths))))


COUNTERS: Final = (
    # Prometheus' client libraries and most frameworks' middleware; the labels have no one name
    _Counter(
        "http_requests_total",
        ('code=~"5.."', 'status=~"5.."', 'status_code=~"5.."'),
        ("endpoint", "handler", "path", "route", "uri", "url"),
    ),
    # OpenTelemetry, https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
    _Counter(
        "http_server_request_duration_seconds_count", ('http_response_status_code=~"5.."',), ("http_route", "url_path")
    ),
    # Micrometer (Spring Boot), https://docs.spring.io/spring-boot/reference/actuator/metrics.html
    _Counter("http_server_requests_seconds_count", ('status=~"5.."',), ("uri",)),
    # go-grpc-prometheus and its successors
    _Counter(
        "grpc_server_handled_total",
        ('grpc_code=~"Unknown|DeadlineExceeded|Unimplemented|Internal|Unavailable|DataLoss"',),
        ("grpc_service",),
    ),
    # Istio's sidecars count each request at both ends, https://istio.io/latest/docs/reference/config/metrics/
    _Counter("istio_requests_total", ('response_code=~"5.."',), meant='reporter="destination"'),
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
    every = [(one.metric, one.served) for one in COUNTERS]
    marked = [(one.metric, ",".join(filter(None, (one.served, mark)))) for one in COUNTERS for mark in one.failed]
    return " or ".join(
        _SUM.format(counters=_counters(several, namespaces, window), which=which)
        for which, several in ((ALL, every), (FAILED, marked))
    )


def _counters(counters: Sequence[tuple[str, str]], namespaces: Sequence[str], window: str) -> str:
    named = "|".join(name for name in namespaces if _LABEL.fullmatch(name))
    where = f'namespace=~"{named}",pod!=""'
    parts = (f"increase({metric}{{{','.join(filter(None, (where, more)))}}}[{window}])" for metric, more in counters)
    return " or ".join(parts)


def by_pod(answer: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], Served]:
    """Return what each pod served, by namespace and name."""
    bad = dict(_samples(answer, FAILED))
    return {pod: Served(number, bad.get(pod, 0.0)) for pod, number in _samples(answer, ALL)}


def _samples(answer: Sequence[Mapping[str, Any]], which: str) -> Iterator[tuple[tuple[str, str], float]]:
    for sample in answer:
        labels, value = sample.get("labels") or {}, float(sample.get("value") or 0.0)
        if labels.get("served") == which and math.isfinite(value):
            yield (str(labels.get("namespace") or ""), str(labels.get("pod") or "")), value
