"""Starts a lab, ends it without leaving anything behind, and says how it is."""

import json
import os
import shutil
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpx2

from lab import addons, cgroups, components, configs, images, names, net, paths, pki, process, space, sysctls
from lab.build import build
from lab.components import Component
from lab.errors import LabError
from lab.kubectl import Kubectl
from lab.paths import Cache, Instance
from lab.process import PidFiles, Process
from lab.wait import answers, until


@dataclass(frozen=True, slots=True)
class Cluster:
    """One lab with the cache that it is started from."""

    cache: Cache
    lab: Instance

    @property
    def kubectl(self) -> Kubectl:
        return Kubectl(self.cache, self.lab)

    @property
    def settings(self) -> dict[str, Any]:
        """What `up` decided: the real node's name, the seed, and how long leases last."""
        try:
            stored: dict[str, Any] = json.loads(self.lab.settings.read_text())
        except FileNotFoundError as error:
            raise LabError(f"lab {self.lab.name!r} is not up; run `python -m lab up`") from error
        return stored

    @property
    def real_node(self) -> str:
        return str(self.settings["node"])

    def join(self) -> Process:
        """Moves this thread into the lab's network; returns the holder of the namespaces."""
        holder = space.require_holder(self.lab)
        space.join_network(holder)
        return holder


def environment(cluster: Cluster) -> dict[str, str]:
    """Returns what a program needs to find the lab: the lab's kubectl comes first on the path."""
    path = f"{cluster.cache.bin}:{os.environ.get('PATH', '')}"
    return {"KUBECONFIG": str(cluster.lab.kubeconfig), "PROMETHEUS_URL": net.PROMETHEUS_URL, "PATH": path}


def up(cluster: Cluster, seed: int, lease: int = paths.LEASE) -> None:
    """Starts a lab unless it is up; one that is broken is put away first.

    `lease` is for how many seconds kwok's nodes are alive without a word: thousands renew theirs less often.

    Raises:
        LabError: a component did not start; the message says which and what it said.
    """
    if is_up(cluster):
        print(f"lab {cluster.lab.name!r} is up already")
        return
    build(cluster.cache)
    down(cluster)
    began = time.monotonic()
    try:
        _start(cluster, {"node": names.node(seed, "lab", "real"), "seed": seed, "lease": lease})
    except BaseException:
        _stop_processes(cluster.lab)  # files stay, for whoever wants to know why
        raise
    print(f"lab {cluster.lab.name!r} is up in {time.monotonic() - began:.0f} s; KUBECONFIG={cluster.lab.kubeconfig}")


def is_up(cluster: Cluster) -> bool:
    """Tells whether every component that was started is still running."""
    pids = PidFiles(cluster.lab.pids)
    running = [pids.load(name) for name in pids.names()]
    complete = {"kubelet", space.HOLDER} <= set(pids.names())
    return complete and all(component and component.alive for component in running)


def _start(cluster: Cluster, settings: dict[str, Any]) -> None:
    lab, node = cluster.lab, settings["node"]
    for folder in (lab.config, lab.node, lab.logs):
        folder.mkdir(parents=True)
    lab.settings.write_text(json.dumps(settings))
    pki.make(lab, node)
    configs.write(lab, node)
    sysctls.save(lab.root / "sysctls.json")
    cgroups.make(lab.cgroup)
    holder = space.open_space(lab)
    space.join_network(holder)
    client = client_of(lab)
    for component in components.control_plane(cluster.cache, lab):
        start_one(lab, holder, component)
        await_ready(lab, component, client, 60)
    rest = components.others(cluster.cache, lab, node)
    for component in rest:
        start_one(lab, holder, component)
    load_images(cluster, holder, images.ALWAYS)
    start_kubelet(cluster, holder)
    addons.apply(cluster.kubectl, node)
    for component in rest:
        await_ready(lab, component, client, 60)
    await_node(cluster, node)
    addons.await_dns(cluster.kubectl)


def start_one(lab: Instance, holder: Process, component: Component) -> None:
    """Starts one component inside; does not wait for it."""
    space.start(lab, holder, component.name, list(component.command), component.env)


def await_ready(lab: Instance, component: Component, client: httpx2.Client, seconds: float) -> None:
    """Waits until a component answers; one without a URL to ask is taken to be ready.

    Raises:
        LabError: it does not answer in time; the message has what it said last.
    """
    if not component.ready:
        return
    try:
        until(lambda: answers(client, component.ready), f"{component.name} to be ready", seconds)
    except LabError as error:
        raise LabError(f"{error}: {space.last_words(lab, component.name)}") from error


def client_of(lab: Instance) -> httpx2.Client:
    """Returns an HTTP client that is the lab's administrator; `Client.get` works inside its network."""
    context = ssl.create_default_context(cafile=str(lab.pki / "ca.crt"))
    context.load_cert_chain(lab.pki / "admin.crt", lab.pki / "admin.key")
    return httpx2.Client(verify=context, timeout=5, trust_env=False)


def load_images(cluster: Cluster, holder: Process, names: Iterable[str]) -> None:
    """Gives the real node images, by the names of their archives."""
    lab = cluster.lab
    until(lab.containerd_socket.is_socket, "containerd's socket", 30)
    for name in names:
        archive = cluster.cache.images / f"{name}.tar"
        command = ["ctr", "--address", lab.containerd_socket, "--namespace", "k8s.io", "images", "import", archive]
        run_in(holder, command)


def run_in(holder: Process, command: list[Any]) -> str:
    """Runs a short command in all namespaces of the lab."""
    from lab.sh import run  # noqa: PLC0415

    return run(space.inside(holder, command))


def start_kubelet(cluster: Cluster, holder: Process) -> None:
    """Starts the kubelet with the configuration that is written."""
    start_one(cluster.lab, holder, components.kubelet(cluster.cache, cluster.lab, cluster.real_node))


def restart_kubelet(cluster: Cluster, settings: dict[str, Any]) -> None:
    """Starts the real kubelet again with other settings, and waits until its node says so."""
    holder = space.require_holder(cluster.lab)
    pids = PidFiles(cluster.lab.pids)
    running = pids.load("kubelet")
    if running:
        process.stop(running)
    configs.kubelet(cluster.lab, settings)
    start_kubelet(cluster, holder)
    wanted = str({**configs.KUBELET_DEFAULTS, **settings}["maxPods"])
    await_node(cluster, cluster.real_node, wanted)


def await_node(cluster: Cluster, node: str, pods: str = "") -> None:
    """Waits until a node is ready, and if asked until it takes this many pods."""
    until(lambda: _is_ready(cluster, node, pods), f"node {node} to be ready", 90, every=0.3)


def _is_ready(cluster: Cluster, node: str, pods: str) -> bool:
    found = [item for item in cluster.kubectl.items("nodes") if item["metadata"]["name"] == node]
    if not found:
        return False
    status = found[0].get("status", {})
    ready = [c["status"] for c in status.get("conditions", []) if c["type"] == "Ready"]
    tainted = any("not-ready" in taint["key"] for taint in found[0]["spec"].get("taints", []))
    return ready == ["True"] and not tainted and (not pods or status["allocatable"]["pods"] == pods)


def down(cluster: Cluster) -> None:
    """Ends a lab, also one that crashed, and removes all that it made outside of the cache.

    Raises:
        LabError: control groups that cannot be removed are left.
    """
    lab = cluster.lab
    _stop_processes(lab)
    sysctls.restore(lab.root / "sysctls.json")
    left = cgroups.remove(lab.cgroup)
    shutil.rmtree(lab.root, ignore_errors=True)
    if left:
        raise LabError(f"control groups are still in use: {', '.join(map(str, left[:3]))}")


def _stop_processes(lab: Instance) -> None:
    """Ends what may want to write something down first, then the holder, and with it all that runs inside."""
    pids = PidFiles(lab.pids)
    for name in ("kubelet", "containerd", *pids.names()):
        running = pids.load(name)
        if running and name != space.HOLDER:
            process.kill(running)
        if name != space.HOLDER:
            pids.forget(name)
    holder = pids.load(space.HOLDER)
    if holder:
        process.kill(holder)
    pids.forget(space.HOLDER)


def status(cluster: Cluster) -> int:
    """Prints how each component is; returns 0 if the lab is up, 1 if not."""
    pids = PidFiles(cluster.lab.pids)
    if not pids.names():
        print(f"lab {cluster.lab.name!r} is not up; start it with `python -m lab up`")
        return 1
    for name in pids.names():
        component = pids.load(name)
        print(f"  {name:20} {f'pid {component.pid}' if component and component.alive else 'NOT RUNNING'}")
    print(f"  KUBECONFIG={cluster.lab.kubeconfig}\n  PROMETHEUS_URL={net.PROMETHEUS_URL}")
    return 0 if is_up(cluster) else 1
