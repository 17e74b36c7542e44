"""A component that is away for a while: killed, or frozen so that its connections stay open and nobody answers."""

from lab import cluster as clusters
from lab import components, process, space
from lab.cluster import Cluster
from lab.components import Component
from lab.errors import LabError
from lab.process import PidFiles


def kill(cluster: Cluster, name: str) -> None:
    """Ends a component without asking; its connections are reset, new ones are refused.

    Raises:
        LabError: the lab has no such component, or it does not run.
    """
    process.kill(_running(cluster, name))


def freeze(cluster: Cluster, name: str) -> None:
    """Stops a component where it is; the kernel still accepts connections for it. Raises as `kill`."""
    process.pause(_running(cluster, name))


def end(cluster: Cluster, name: str) -> None:
    """Brings a component back, whichever way it went, and waits until it answers; the caller has joined the network.

    Raises:
        LabError: the lab has no such component, or it does not come up.
    """
    component = _component(cluster, name)
    was = PidFiles(cluster.lab.pids).load(name)
    if was and was.alive:
        process.resume(was)
    else:
        clusters.start_one(cluster.lab, space.require_holder(cluster.lab), component)
    with clusters.client_of(cluster.lab) as client:
        clusters.await_ready(cluster.lab, component, client, 60)
    clusters.await_node(cluster, cluster.real_node)


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
