"""The analyzer `check-ingresses`: whether the Services and ports that an Ingress names are there."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from diagflow.analyze.api import Case, Finding, Observation
from diagflow.model import CLUSTER, Entity, Outcome, Query, State, Strength, Text
from diagflow.packs.kubernetes.network.backends import INGRESSES, Backend, of_ingress
from diagflow.packs.kubernetes.network.endpoints import written
from diagflow.packs.kubernetes.scheduling.world import key, meta, timestamp

Json = Mapping[str, Any]

MISSING: Final = "kubernetes.service-missing"
PORT: Final = "kubernetes.ingress-port-undefined"
SERVICES: Final = "objects:services"

YOUNG: Final = 60.0
"""Seconds in which an Ingress may be there before the Service that is applied with it."""


def run(case: Case) -> list[Finding]:
    """Say which Ingresses name a Service or a port that is not there."""
    services = case.read(SERVICES)
    if not services.answered:
        outcome = Outcome.NO_MATCH if services.state is State.ABSENT else Outcome.INCONCLUSIVE
        return [Finding(CLUSTER, outcome=outcome, detail=f"the Services could not be read: {services.state}")]
    known = {key(service): service for service in services.data or ()}
    asked = set(case.entities)
    found = [
        finding
        for ingress in case.read(INGRESSES).data or ()
        if _entity(ingress) in asked
        for backend in of_ingress(ingress)
        for finding in _judged(ingress, backend, known, case.now)
    ]
    return _once(found) or [Finding(CLUSTER, outcome=Outcome.NO_MATCH, detail="each Ingress leads to a Service")]


def _once(found: list[Finding]) -> list[Finding]:
    """Two Ingresses may name the same Service, and one Ingress two wrong ports: the first stands for all."""
    return list({(f.names, f.entity): f for f in reversed(found)}.values())[::-1]


def _entity(ingress: Json) -> Entity:
    return Entity("ingress", key(ingress)[1], key(ingress)[0])


def _judged(
    ingress: Json, backend: Backend, services: Mapping[tuple[str, str], Json], now: datetime
) -> Iterator[Finding]:
    entity = _entity(ingress)
    made = timestamp(meta(ingress).get("creationTimestamp"))
    is_young = made is not None and (now - made).total_seconds() < YOUNG
    strength = Strength.MODERATE if is_young else Strength.CONCLUSIVE
    service = services.get((entity.namespace, backend.service))
    if service is None:
        yield _missing(entity, backend.service, strength)
    elif not _has_port(service, backend.port):
        yield _undefined(entity, backend, service, strength)


def _has_port(service: Json, port: str | int | None) -> bool:
    """Tell whether a Service has the port; one that stands for a name outside (ExternalName) needs none."""
    spec = service.get("spec") or {}
    if port is None or spec.get("type") == "ExternalName":
        return True
    return any(port == p.get("name" if isinstance(port, str) else "port") for p in spec.get("ports") or ())


def _missing(ingress: Entity, name: str, strength: Strength) -> Finding:
    text = Text(f"{ingress} sends to it, and it does not exist", f"{ingress} 向其发送请求，但它不存在")
    seen = Observation(Query.parse(SERVICES), text, supports=strength)
    entity = Entity("service", name, ingress.namespace)
    return Finding(entity, MISSING, observations=(seen,), args={"user": str(ingress)})


def _undefined(ingress: Entity, backend: Backend, service: Json, strength: Strength) -> Finding:
    ports = (service.get("spec") or {}).get("ports") or ()
    there = written(ports, "port")
    text = Text(
        f"Service {backend.service} has no port {backend.port} (it has {there})",
        f"Service {backend.service} 没有端口 {backend.port}（现有：{there}）",
    )
    seen = Observation(Query.parse(SERVICES), text, supports=strength, value=backend.port)
    args = {"service": backend.service, "port": backend.port, "ports": there}
    return Finding(ingress, PORT, observations=(seen,), args=args)
