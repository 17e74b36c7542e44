"""What a pod asks of a node: the sum that the scheduler calculates.

https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers: the larger of
the containers with all sidecars, and of each init container with the sidecars started before it; plus the overhead.
Requests of the pod as a whole (since 1.34 by default) stand instead of those of its containers.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from diagflow.packs.kubernetes.scheduling.quantity import amount
from diagflow.packs.kubernetes.scheduling.selectors import Json

Amounts = dict[str, int]
Port = tuple[str, str, int]
"""Address, protocol and number of a host port."""

_POD_LEVEL: Final = ("cpu", "memory")
_ANY: Final = "0.0.0.0"  # noqa: S104  # what an unset hostIP means


Parts = tuple[tuple[str, Any], ...]


def _add(total: Amounts, more: Mapping[str, int]) -> None:
    for name, value in more.items():
        total[name] = total.get(name, 0) + value


def _raise_to(total: Amounts, least: Amounts) -> None:
    for name, value in least.items():
        total[name] = max(total.get(name, 0), value)


def pod_requests(spec: Json) -> Amounts:
    """Return what a pod asks for, by resource; CPU in thousandths of a core, all else in whole units."""
    total: Amounts = {}
    for container in spec.get("containers") or ():
        _add(total, _amounts(container))
    if spec.get("initContainers"):
        _with_init_containers(total, spec["initContainers"])
    if spec.get("resources"):
        total.update(_of_the_pod(spec["resources"]))
    if spec.get("overhead"):
        _add(total, {k: amount(k, v) for k, v in spec["overhead"].items()})
    return {k: v for k, v in total.items() if v}


def _of_the_pod(resources: Json) -> Amounts:
    whole = resources.get("requests") or {}
    return {k: amount(k, v) for k, v in whole.items() if k in _POD_LEVEL or k.startswith("hugepages-")}


def _amounts(container: Json) -> Mapping[str, int]:
    resources = container.get("resources") or {}
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    return _read(tuple(requests.items()), tuple(limits.items()))


@lru_cache(maxsize=4096)
def _read(requests: Parts, limits: Parts) -> Mapping[str, int]:
    """Return requests as numbers (shared: not to be changed); the API server fills a missing one with the limit."""
    return {name: amount(name, value) for name, value in (*limits, *requests)}


def _with_init_containers(total: Amounts, containers: Iterable[Json]) -> None:
    sidecars: Amounts = {}
    peak: Amounts = {}
    for container in containers:
        own = _amounts(container)
        if container.get("restartPolicy") == "Always":
            _add(sidecars, own)
            _add(total, own)
            _raise_to(peak, sidecars)
        else:
            running = dict(sidecars)
            _add(running, own)
            _raise_to(peak, running)
    _raise_to(total, peak)


def host_ports(spec: Json) -> frozenset[Port]:
    """Return the host ports that a pod takes; with the host's network the API server names them in `hostPort`."""
    ports = [p for c in spec.get("containers") or () for p in c.get("ports") or () if p.get("hostPort")]
    return frozenset(map(_port, ports)) if ports else _NONE


_NONE: Final[frozenset[Port]] = frozenset()


def _port(port: Json) -> Port:
    return str(port.get("hostIP") or _ANY), str(port.get("protocol") or "TCP"), int(port["hostPort"])


def ports_conflict(wanted: Iterable[Port], taken: Iterable[Port]) -> tuple[Port, ...]:
    """Return the wanted ports that are taken; an address of all interfaces conflicts with each one."""
    used = tuple(taken)
    return tuple(w for w in wanted if any(w[1:] == t[1:] and (w[0] == t[0] or _ANY in (w[0], t[0])) for t in used))
