"""Finding a Prometheus among the services of a cluster; the API server's proxy leads to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from diagflow.collect.kubeapi import Api, Refused
from diagflow.collect.kubeobjects import list_objects
from diagflow.collect.promaccess import Door
from diagflow.collect.troubles import WebError
from diagflow.model import Query, State, Want

_FIELDS: Final = frozenset({"spec.ports", "spec.type"})
_ASK: Final = Want(Query.of("objects", "services"), _FIELDS)
_MOST: Final = 5  # services that are tried
_OTHERS: Final = (
    "alertmanager", "operator", "exporter", "pushgateway", "adapter", "state-metrics", "thanos", "kubelet", "webhook",
)  # fmt: skip  # what is called prometheus-something and is none
_NAMES: Final = frozenset({"prometheus", "prometheus-server", "prometheus-k8s", "prometheus-operated"})
_PORT: Final = 9090
_PORT_NAMES: Final = frozenset({"web", "http-web", "http", "https", "https-web", "http-prometheus"})


@dataclass(frozen=True, slots=True, order=True)
class _Candidate:
    doubt: int
    namespace: str
    name: str
    port: str
    scheme: str

    def door(self, api: Api) -> Door:
        """Return the way through the API server's proxy."""
        path = f"/api/v1/namespaces/{self.namespace}/services/{self.scheme}:{self.name}:{self.port}/proxy"
        shown = f"service {self.namespace}/{self.name}:{self.port} (through the API server)"
        return Door(api.web, path, shown, form=False)


def cluster_doors(api: Api, deadline: float) -> list[Door]:
    """Return the ways to services that look like a Prometheus, the likeliest first.

    Raises:
        Refused: services may not be listed, or none looks like one.
    """
    try:
        services = list_objects(api, _ASK, deadline).data
    except WebError as e:
        raise Refused(State.ERROR, f"no Prometheus can be looked for: {e}") from None
    except Refused as e:
        raise Refused(e.state, f"no Prometheus can be looked for: {e}; give --prometheus URL") from None
    found = sorted(c for i in range(len(services)) for c in _candidates(services.plain(i)))
    if not found:
        raise Refused(State.ABSENT, "no service of this cluster looks like a Prometheus; give --prometheus URL")
    return [candidate.door(api) for candidate in found[:_MOST]]


def _candidates(service: Mapping[str, Any]) -> Iterator[_Candidate]:
    """Yield the service as a candidate if it looks like one."""
    meta, spec = service["metadata"], service.get("spec") or {}
    name, labels = meta["name"], meta.get("labels") or {}
    likeness = _likeness(name, labels)
    ports = [p for p in spec.get("ports") or () if p.get("protocol", "TCP") == "TCP"]
    if not likeness or not ports or spec.get("type") == "ExternalName" or _other(name, labels):
        return
    port = max(ports, key=_fit)
    yield _Candidate(-(likeness + _fit(port)), meta["namespace"], name, str(port["port"]), _scheme(port))


def _likeness(name: str, labels: Mapping[str, str]) -> int:
    label = labels.get("app.kubernetes.io/name") or labels.get("app") or labels.get("k8s-app") or ""
    component = labels.get("app.kubernetes.io/component") or labels.get("component") or ""
    return (
        4 * (label == "prometheus" or labels.get("operated-prometheus") == "true")
        + 3 * (name in _NAMES)
        + (component in ("server", "prometheus"))
        + 2 * name.endswith(("-prometheus", "prometheus-server"))
        + ("prometheus" in name)
    ) * ("prometheus" in name or "prometheus" in label)


def _other(name: str, labels: Mapping[str, str]) -> bool:
    words = (name, labels.get("app.kubernetes.io/name") or "", labels.get("app.kubernetes.io/component") or "")
    return any(other in word for other in _OTHERS for word in words)


def _fit(port: Mapping[str, Any]) -> int:
    return 2 * (port.get("port") == _PORT) + (port.get("name") in _PORT_NAMES)


def _scheme(port: Mapping[str, Any]) -> str:
    secure = "https" in (port.get("name") or "") or port.get("appProtocol") == "https" or port.get("port") == 443  # noqa: PLR2004
    return "https" if secure else "http"
