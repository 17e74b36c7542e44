"""How many requests pods served, and how many of these failed, by the counters that servers export.

Each family is a counter of served requests whose labels say how each ended. What counts as a failure is the server's
fault alone: status 5xx, and of gRPC the codes that OpenTelemetry's conventions call errors of a server
(https://opentelemetry.io/docs/specs/semconv/rpc/grpc/). The series need the labels `namespace` and `pod`, as service
discovery in Kubernetes gives them.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

FAMILIES: Final = {
    # Prometheus' client libraries and most frameworks' middleware; the label has no one name
    "http_requests_total": ('code=~"5.."', 'status=~"5.."', 'status_code=~"5.."'),
    # OpenTelemetry, https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
    "http_server_request_duration_seconds_count": ('http_response_status_code=~"5.."',),
    # Micrometer (Spring Boot), https://docs.spring.io/spring-boot/reference/actuator/metrics.html
    "http_server_requests_seconds_count": ('status=~"5.."',),
    # go-grpc-prometheus and its successors
    "grpc_server_handled_total": ('grpc_code=~"Unknown|DeadlineExceeded|Unimplemented|Internal|Unavailable|DataLoss"',),
    # Istio's sidecar of the server, https://istio.io/latest/docs/reference/config/metrics/
    "istio_requests_total": ('reporter="destination",response_code=~"5.."',),
}
"""Counters, each with what marks its failed requests."""

_ALL: Final = {"istio_requests_total": 'reporter="destination"'}
"""What of a counter is meant at all: Istio counts each request at both ends."""

_LABEL: Final = re.compile(r"[a-z0-9-]+")
"""Names of namespaces are DNS labels; what a recording calls so must mean nothing else to a pattern."""

SERVED: Final = "sum by (namespace, pod) ({counters})"
"""The form of every question here, as `pack.yaml` declares it."""


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


def all_requests(namespaces: Sequence[str], window: str) -> str:
    """Return the question how many requests each pod of some namespaces served."""
    return _sum([(metric, _ALL.get(metric, "")) for metric in FAMILIES], namespaces, window)


def failed_requests(namespaces: Sequence[str], window: str) -> str:
    """Return the question how many of these failed; pods of which none did are not in the answer."""
    marked = [(metric, marks) for metric, several in FAMILIES.items() for marks in several]
    return _sum(marked, namespaces, window)


def _sum(counters: Sequence[tuple[str, str]], namespaces: Sequence[str], window: str) -> str:
    named = "|".join(name for name in namespaces if _LABEL.fullmatch(name))
    where = f'namespace=~"{named}",pod!=""'
    parts = (f"increase({metric}{{{','.join(filter(None, (where, more)))}}}[{window}])" for metric, more in counters)
    return SERVED.format(counters=" or ".join(parts))


def by_pod(requests: Sequence[Mapping[str, Any]], failed: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], Served]:
    """Return what each pod served, by namespace and name, from the answers to both questions."""
    bad = dict(_samples(failed))
    return {pod: Served(number, bad.get(pod, 0.0)) for pod, number in _samples(requests)}


def _samples(answer: Sequence[Mapping[str, Any]]) -> Iterator[tuple[tuple[str, str], float]]:
    for sample in answer:
        labels, value = sample.get("labels") or {}, float(sample.get("value") or 0.0)
        if math.isfinite(value):
            yield (str(labels.get("namespace") or ""), str(labels.get("pod") or "")), value
