"""A component that is away for a while: killed, or frozen so that its connections stay open and nobody answers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2

from lab import cluster as clusters
from lab import components, net, process, space
from lab.cluster import Cluster
from lab.components import Component
from lab.errors import LabError
from lab.process import PidFiles
from lab.wait import until

_FRESH = timedelta(seconds=5)


def kill(cluster: Cluster, name: str) -> None:
    """Ends a component without asking; its connections are reset, new ones are refused.

    Raises:
        LabError: the lab has no such component, or it does not run.
    """
    process.kill(_running(cluster, name))


def freeze(cluster: Cluster, name: str) -> None:
    """Stops a component where it is; the kernel still accepts connections for it. Raises as `kill`."""
    process.pause(_running(cluster, name))


def begin(cluster: Cluster, name: str, how: str | list[str]) -> None:
    """Kills or freezes a component as a fault says, or starts it again with further flags. Raises as `end`."""
    match how:
        case "kill":
            kill(cluster, name)
        case "freeze":
            freeze(cluster, name)
        case list():
            kill(cluster, name)
            one = _component(cluster, name)
            _start(cluster, replace(one, command=(*one.command, *how)))
        case _:
            raise LabError(f"{name}: {how!r} is neither kill nor freeze nor a list of flags")


def undo(cluster: Cluster, name: str, how: str | list[str]) -> None:
    """Takes back what `begin` did, also where it did not come so far. Raises as `end`."""
    running = PidFiles(cluster.lab.pids).load(_component(cluster, name).name)
    if isinstance(how, list) and running:
        process.kill(running)
    end(cluster, name)


def end(cluster: Cluster, name: str) -> None:
    """Brings a component back, whichever way it went, and waits until it answers; the caller has joined the network.

    Raises:
        LabError: the lab has no such component, or it does not come up.
    """
    component = _component(cluster, name)
    was = PidFiles(cluster.lab.pids).load(name)
    if was and was.alive:
        process.resume(was)
        _await(cluster, component)
    else:
        _start(cluster, component)
    _start_those_that_gave_up(cluster, but=name)
    if name in components.LEADERS:
        until(lambda: _leads(cluster, name), f"{name} to hold its lease", 90, every=0.5)
    clusters.await_node(cluster, cluster.real_node)


def _start_those_that_gave_up(cluster: Cluster, but: str) -> None:
    """Who lost its lease while nobody answered has ended itself; a kubelet would start it again."""
    pids = PidFiles(cluster.lab.pids)
    for name in components.LEADERS if but in ("apiserver", "etcd") else ():
        was = pids.load(name)
        if was and not was.alive:
            _start(cluster, _component(cluster, name))


def _leads(cluster: Cluster, name: str) -> bool:
    """Tells whether a component's lease was renewed just now: who was killed leaves an old one behind."""
    leases = [
        one for one in cluster.kubectl.items("leases", "kube-system") if one["metadata"]["name"] == f"kube-{name}"
    ]
    renewed = [datetime.fromisoformat(one["spec"]["renewTime"]) for one in leases if one["spec"].get("renewTime")]
    return any(datetime.now(UTC) - moment < _FRESH for moment in renewed)


def _start(cluster: Cluster, component: Component) -> None:
    clusters.start_one(cluster.lab, space.require_holder(cluster.lab), component)
    _await(cluster, component)
    if component.name == "etcd":
        _disarm()


def _disarm() -> None:
    """Lifts etcd's alarms, which outlive it; one that is right is raised again with the next write."""
    url = f"{net.ETCD_URL}/v3/maintenance/alarm"
    with httpx2.Client(timeout=10, trust_env=False) as client:
        for alarm in client.post(url, json={"action": "GET"}).json().get("alarms", []):
            client.post(url, json={"action": "DEACTIVATE", **alarm}).raise_for_status()


def _await(cluster: Cluster, component: Component) -> None:
    with clusters.client_of(cluster.lab) as client:
        clusters.await_ready(cluster.lab, component, client, 60)


def _running(cluster: Cluster, name: str) -> process.Process:
    component = _component(cluster, name)
    running = PidFiles(cluster.lab.pids).load(component.name)
    if running is None or not running.alive:
        raise LabError(f"{name} does not run; `python -m lab outage end {name}` brings it back")
    return running


def _component(cluster: Cluster, name: str) -> Component:
    known = {one.name: one for one in components.everything(cluster.cache, cluster.lab, cluster.real_node)}
    if name not in known:
        raise LabError(f"the lab has no component {name!r}; it has {', '.join(sorted(known))}")
    return known[name]
