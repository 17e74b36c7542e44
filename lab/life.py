"""A busy, healthy life: everything in it looks alarming for a moment and is none of anybody's business.

Rollouts of all kinds of workloads, scale-ups, slow starters whose probes fail at first, init containers, pods that take
their time to go, pods that call a Service, jobs that complete or are suspended, cron jobs each minute, elections of
leaders, autoscalers that begin without numbers and then follow a load that comes and goes, a drain that waits for a
disruption budget, a spot node that leaves for good, a spare node that is cordoned.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from threading import Event
from time import sleep
from typing import Any

from lab import addons, images, names, nodes, podmetrics
from lab.cluster import Cluster
from lab.errors import LabError

_SOAK = "soak"
_TURN = 100
"""Seconds of a load, and as many without."""
_SMALL = {"requests": {"cpu": "20m", "memory": "8Mi"}}


def _meta(name: str) -> dict[str, Any]:
    return {"name": name, "labels": {"app": name}}


def _container(*command: str, **rest: Any) -> dict[str, Any]:
    return {"name": "app", "image": images.BUSYBOX, "command": list(command), "resources": _SMALL, **rest}


def deployment(name: str, replicas: int, pod: dict[str, Any]) -> dict[str, Any]:
    """Returns a Deployment whose pods have this spec."""
    template = {"metadata": {"labels": {"app": name}}, "spec": {"terminationGracePeriodSeconds": 1, **pod}}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": _meta(name), "spec": spec}


def service(name: str) -> dict[str, Any]:
    """Returns a Service in front of the pods of a deployment of the same name."""
    spec = {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": 8080}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": _meta(name), "spec": spec}


def slow_pod() -> dict[str, Any]:
    """Returns a pod that prepares for two seconds and listens four seconds later, while its probe asks each second."""
    probe = {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1}
    serve = "sleep 4; cd /tmp; echo ok > index.html; exec httpd -f -p 8080"
    prepare = {**_container("sleep", "2"), "name": "prepare"}
    return {"initContainers": [prepare], "containers": [_container("sh", "-c", serve, readinessProbe=probe)]}


def slow_to_go() -> dict[str, Any]:
    """Returns a pod that hands over for four seconds before it ends."""
    hand_over = {"preStop": {"exec": {"command": ["sleep", "4"]}}}
    return {"terminationGracePeriodSeconds": 15, "containers": [_container("sleep", "86400", lifecycle=hand_over)]}


def caller(service: str) -> dict[str, Any]:
    """Returns a pod that asks a Service each second, says what it hears, and goes on when it hears nothing.

    Without a time-out: with one (`-T`), Debian's static busybox crashes.
    """
    ask = f"wget -q -O /dev/null http://{service}/ && echo answered || echo 'no answer, asking again'"
    return {"containers": [_container("sh", "-c", f"while :; do {ask}; sleep 1; done")]}


def worker() -> dict[str, Any]:
    """Returns a pod that is busy for a hundred seconds, well above what it requests, and idle for the next hundred."""
    work = "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done"
    turn = f"if [ $(($(date +%s) / {_TURN} % 2)) = 0 ]; then {work}; fi; sleep 1"
    return {"containers": [_container("sh", "-c", f"while :; do {turn}; done")]}


def autoscaler(name: str) -> dict[str, Any]:
    """Returns an autoscaler of the deployment of the same name that waits half a minute before it scales down."""
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}
    spec = {
        "scaleTargetRef": target,
        "minReplicas": 1,
        "maxReplicas": 4,
        "metrics": [{"type": "Resource", "resource": cpu}],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 30}},
    }
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": _meta(name), "spec": spec}


def stateful_set(name: str, pod: dict[str, Any]) -> dict[str, Any]:
    """Returns a StatefulSet of three pods that come and go one after the other."""
    made = deployment(name, 3, pod)
    return {**made, "kind": "StatefulSet", "spec": {**made["spec"], "serviceName": name}}


def daemon_set(name: str, pool: str) -> dict[str, Any]:
    """Returns a DaemonSet on the nodes of a pool."""
    made = deployment(name, 1, {"nodeSelector": {"pool": pool}, "containers": [_container("sleep", "86400")]})
    made["spec"].pop("replicas")
    return {**made, "kind": "DaemonSet"}


def cron_job(name: str, *, suspend: bool) -> dict[str, Any]:
    """Returns a CronJob of each minute."""
    template = {"spec": job(name, suspend=False)["spec"]}
    spec = {"schedule": "* * * * *", "suspend": suspend, "concurrencyPolicy": "Forbid", "jobTemplate": template}
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": _meta(name), "spec": spec}


def lease(name: str, holder: str) -> dict[str, Any]:
    """Returns the lease of a leader that has just been elected."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    spec = {"holderIdentity": holder, "leaseDurationSeconds": 15, "acquireTime": now, "renewTime": now}
    return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": name}, "spec": spec}


def job(name: str, *, suspend: bool) -> dict[str, Any]:
    """Returns a Job that takes two seconds, or that waits until somebody lifts its suspension."""
    pod = {"restartPolicy": "Never", "containers": [_container("sleep", "2")]}
    spec = {"suspend": suspend, "ttlSecondsAfterFinished": 30, "template": {"spec": pod}}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": _meta(name), "spec": spec}


def budget(name: str) -> dict[str, Any]:
    """Returns a disruption budget that lets one pod go at a time."""
    spec = {"maxUnavailable": 1, "selector": {"matchLabels": {"app": name}}}
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": name}, "spec": spec}


@dataclass(frozen=True, slots=True)
class Life:
    """The life of one namespace; `step` does the next thing that happens in it."""

    cluster: Cluster
    seed: int
    chance: random.Random
    numbers: "count[int]"
    spots: list[str]
    """Names of the spot nodes so far; the last one is there. A cloud names each anew, and kwok 0.8.0 needs it: a node
    that comes back under its name may be renewed twice at a time, and in time no lease but that one's is."""

    @classmethod
    def of(cls, cluster: Cluster, seed: int) -> "Life":
        chance = random.Random(f"life {seed}")  # noqa: S311  # reproducible, not secret
        return cls(cluster, seed, chance, count(1), [names.node(seed, _SOAK, "spot")])

    def _name(self, role: str) -> str:
        return names.name(self.seed, _SOAK, role)

    @property
    def namespace(self) -> str:
        return self._name("namespace")

    def _node(self, role: str) -> str:
        return names.node(self.seed, _SOAK, role)

    def _nodes(self) -> list[dict[str, Any]]:
        room = {"cpu": 8, "memory": "16Gi", "labels": {"pool": self._name("pool")}}
        spare = {"name": self._node("spare"), **room, "unschedulable": True}
        present = [*map(self._node, "abc"), self.spots[-1]]
        return [*({"name": name, **room} for name in present), spare]

    def begin(self) -> None:
        """Makes what is always there; returns at once, so that the first seconds count too."""
        kubectl = self.cluster.kubectl
        kubectl("create", "namespace", self.namespace)
        podmetrics.begin(self.cluster)
        nodes.make(self.cluster, self._nodes())
        web, slow = self._name("web"), self._name("slow")
        here = {"kubernetes.io/hostname": self.cluster.real_node}
        kubectl.apply(
            [
                deployment(web, 4, {"containers": [_container("sleep", "86400")]}),
                service(web),
                budget(web),
                deployment(slow, 2, {**slow_pod(), "nodeSelector": here}),
                service(slow),
                deployment(self._name("calling"), 2, {**caller(slow), "nodeSelector": here}),
                *self._autoscaled("autoscaled"),
                deployment(self._name("handing over"), 2, {**slow_to_go(), "nodeSelector": here}),
                stateful_set(self._name("stateful"), {**slow_pod(), "nodeSelector": here}),
                daemon_set(self._name("daemon"), self._name("pool")),
                job(self._name("later"), suspend=True),
                cron_job(self._name("each minute"), suspend=False),
                cron_job(self._name("not now"), suspend=True),
            ],
            self.namespace,
        )

    def end(self) -> None:
        """Takes everything away."""
        nodes.dismantle(self.cluster, self.namespace, self._nodes())
        podmetrics.end(self.cluster)

    def go_on(self, stop: Event, trouble: list[str]) -> None:
        """Lives until it is told to stop; a step that could not be done is written down."""
        while not stop.wait(self.chance.uniform(0.5, 4)):
            step = self.chance.choice(self._steps())
            try:
                step()
            except LabError as error:
                trouble.append(f"{step.__name__}: {error}")

    def _steps(self) -> list[Callable[[], None]]:
        return [
            self.roll_out,
            self.restart_slow,
            self.restart_others,
            self.scale,
            self.burst,
            self.autoscale,
            self.restart_metrics,
            self.work,
            self.elect,
            self.drain,
            self.lose_node,
            self.lose_pod,
        ]

    def roll_out(self) -> None:
        """A new version of the deployment that spreads over all nodes."""
        self._kubectl("set", "env", f"deployment/{self._name('web')}", f"RELEASE={next(self.numbers)}")

    def restart_slow(self) -> None:
        """A restart of the slow starters on the real node."""
        self._kubectl("rollout", "restart", f"deployment/{self._name('slow')}")

    def restart_others(self) -> None:
        """A restart of a workload whose pods go slowly, or in order, or are one a node."""
        kind, role = self.chance.choice(
            (
                ("deployment", "handing over"),
                ("deployment", "calling"),
                ("deployment", "autoscaled"),
                ("statefulset", "stateful"),
                ("daemonset", "daemon"),
            )
        )
        self._kubectl("rollout", "restart", f"{kind}/{self._name(role)}")

    def elect(self) -> None:
        """Another replica becomes the leader."""
        holder = f"{self._name('web')}-{next(self.numbers)}"
        self.cluster.kubectl.apply([lease(self._name("leader"), holder)], self.namespace)

    def scale(self) -> None:
        """More or fewer pods."""
        wanted = self.chance.randint(3, 9)
        self._kubectl("scale", f"deployment/{self._name('web')}", f"--replicas={wanted}")

    def burst(self) -> None:
        """A new deployment of twenty pods, and the end of the one before it."""
        number = next(self.numbers)
        pod = {"nodeSelector": {"pool": self._name("pool")}, "containers": [_container("sleep", "86400")]}
        self._kubectl("delete", "deployment", "--selector=burst=yes", "--ignore-not-found", "--wait=false")
        made = deployment(self._name(f"burst {number}"), 20, pod)
        made["metadata"]["labels"]["burst"] = "yes"
        self.cluster.kubectl.apply([made], self.namespace)

    def autoscale(self) -> None:
        """A new deployment with its autoscaler, which knows no numbers yet, and the end of those before them."""
        chosen = ("--selector=autoscaled=yes", "--ignore-not-found", "--wait=false")
        self._kubectl("delete", "deployments,horizontalpodautoscalers", *chosen)
        made = self._autoscaled(f"autoscaled {next(self.numbers)}")
        for item in made:
            item["metadata"]["labels"]["autoscaled"] = "yes"
        self.cluster.kubectl.apply(made, self.namespace)

    def _autoscaled(self, role: str) -> list[dict[str, Any]]:
        name, here = self._name(role), {"kubernetes.io/hostname": self.cluster.real_node}
        return [deployment(name, 1, {**worker(), "nodeSelector": here}), autoscaler(name)]

    def restart_metrics(self) -> None:
        """A new pod of metrics-server, which goes to work before the old one ends."""
        self.cluster.kubectl("rollout", "restart", "deployment/metrics-server", f"--namespace={addons.NAMESPACE}")

    def work(self) -> None:
        """A job that completes."""
        self.cluster.kubectl.apply([job(self._name(f"job {next(self.numbers)}"), suspend=False)], self.namespace)

    def drain(self) -> None:
        """A node is drained, which waits for the disruption budget, and comes back."""
        node = self._node(self.chance.choice("abc"))
        try:
            self._kubectl("drain", node, "--ignore-daemonsets", "--force", "--timeout=20s", "--delete-emptydir-data")
        finally:
            self._kubectl("uncordon", node)

    def lose_node(self) -> None:
        """A spot node is drained, leaves for good, and another one comes later."""
        spot = self.spots[-1]
        try:
            self._kubectl("drain", spot, "--ignore-daemonsets", "--force", "--timeout=30s", "--delete-emptydir-data")
        except LabError:
            self._kubectl("uncordon", spot)
            raise
        self.cluster.kubectl("delete", "node", spot)
        sleep(self.chance.uniform(1, 10))
        self.spots.append(names.node(self.seed, _SOAK, f"spot {len(self.spots)}"))
        nodes.make(self.cluster, [node for node in self._nodes() if node["name"] == self.spots[-1]])

    def lose_pod(self) -> None:
        """Somebody deletes a pod, and its ReplicaSet makes another."""
        pods = self.cluster.kubectl.items("pods", self.namespace)
        if pods:
            lost = self.chance.choice(sorted(pod["metadata"]["name"] for pod in pods))
            self._kubectl("delete", "pod", lost, "--wait=false", "--ignore-not-found")

    def _kubectl(self, *words: str) -> None:
        self.cluster.kubectl(*words, f"--namespace={self.namespace}")
