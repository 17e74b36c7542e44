"""What sends requests to Services: Ingresses, webhooks and aggregated APIs, as their specs name them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from diagflow.analyze.api import Case
from diagflow.model import Entity
from diagflow.packs.kubernetes.scheduling.world import key

Json = Mapping[str, Any]

INGRESSES: Final = "objects:ingresses.networking.k8s.io"
API_SERVICES: Final = "objects:apiservices.apiregistration.k8s.io"
WEBHOOKS: Final = {
    "validatingwebhookconfiguration": "objects:validatingwebhookconfigurations.admissionregistration.k8s.io",
    "mutatingwebhookconfiguration": "objects:mutatingwebhookconfigurations.admissionregistration.k8s.io",
}

_IN_ANNOTATION: Final = "use-annotation"
"""Port name by which the AWS Load Balancer Controller says that the backend is an action in an annotation, no Service.

https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#actions
"""


@dataclass(frozen=True, slots=True)
class Backend:
    """One Service, and one of its ports by name or number, that an Ingress names."""

    service: str
    port: str | int | None


def of_ingress(ingress: Json) -> Sequence[Backend]:
    """Return the Services that an Ingress sends to, each once, in the order of its rules."""
    spec = ingress.get("spec") or {}
    paths = (p for r in spec.get("rules") or () for p in (r.get("http") or {}).get("paths") or ())
    named = [spec.get("defaultBackend"), *(path.get("backend") for path in paths)]
    found = (_backend((backend or {}).get("service") or {}) for backend in named)
    return list(dict.fromkeys(b for b in found if b.service and b.port != _IN_ANNOTATION))


def _backend(service: Json) -> Backend:
    port = service.get("port") or {}
    return Backend(str(service.get("name") or ""), port.get("name") or port.get("number"))


def service_of(reference: Any) -> Entity | None:
    """Return the Service that a webhook or an API service names; None where it names none (a URL, a local API)."""
    if not isinstance(reference, Mapping) or not reference.get("name"):
        return None
    return Entity("service", str(reference["name"]), str(reference.get("namespace") or ""))


def senders(case: Case) -> Mapping[Entity, Entity]:
    """Return for each Service that something sends to one that does, as far as the lists could be read."""
    return dict(_senders(case))


def _senders(case: Case) -> Iterator[tuple[Entity, Entity]]:
    for ingress in case.read(INGRESSES).data or ():
        space, name = key(ingress)
        for backend in of_ingress(ingress):
            yield Entity("service", backend.service, space), Entity("ingress", name, space)
    for api in case.read(API_SERVICES).data or ():
        service = service_of((api.get("spec") or {}).get("service"))
        if service:
            yield service, Entity("apiservice", key(api)[1])
    for kind, query in WEBHOOKS.items():
        for configuration in case.read(query).data or ():
            for webhook in configuration.get("webhooks") or ():
                service = service_of((webhook.get("clientConfig") or {}).get("service"))
                if service:
                    yield service, Entity(kind, key(configuration)[1])
