"""The series that the rules of `bench._alerts` look at, on a grid, with all that goes wrong with real ones.

Made from a seed: gaps, series that end with a stale marker and come back, counters that are reset, NaN, values that
cross every threshold now and then.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from diagflow.promql import STALE_NAN, Series

START = 1_767_225_600_000  # 2026-01-01T00:00:00Z
Labels = Mapping[str, str]
_LES = ("0.005", "0.1", "0.5", "1", "5", "30", "+Inf")


@dataclass(slots=True)
class AlertSeries:
    """A small cluster: `steps` scrapes of `step` milliseconds.

    Attributes:
        quiet: the share of series in which nothing happens.
    """

    steps: int = 480
    step: int = 60_000
    nodes: int = 3
    pods: int = 8
    seed: int = 1
    quiet: float = 0.5
    rng: np.random.Generator = field(init=False)
    times: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)
        self.times = START + self.step * np.arange(self.steps, dtype=np.int64)

    def series(self) -> list[Series]:
        """Return all series."""
        return [*self._targets(), *self._pod_state(), *self._workloads(), *self._node_state(), *self._api()]

    def _one(self, name: str, labels: Labels, values: np.ndarray) -> Series:
        """Return a series, in some of which scrapes are missing or that ends and comes back."""
        times = self.times
        fate = self.rng.random()
        if fate > self.quiet + (1 - self.quiet) * 0.6:
            there = self._gaps(values)
            times, values = times[there], values[there]
        return Series({"__name__": name, "cluster": "c1", **labels}, times, values.astype(np.float64))

    def _gaps(self, values: np.ndarray) -> np.ndarray:
        there = self.rng.random(self.steps) > 0.02
        at, length = int(self.rng.integers(2, self.steps - 4)), int(self.rng.integers(1, self.steps // 6 + 2))
        if self.rng.random() < 0.5:
            values[at] = STALE_NAN
            there[at] = True
        there[at + 1 : at + length] = False
        there[0] = True
        return there

    def _flips(self, usual: float, other: float, rate: float = 0.004) -> np.ndarray:
        """Return a value that is another one for some time, now and then."""
        values = np.full(self.steps, float(usual))
        if self.rng.random() < self.quiet:
            return values
        for at in np.flatnonzero(self.rng.random(self.steps) < rate):
            values[at : at + int(self.rng.integers(1, 45))] = other
        return values

    def _walk(self, least: float, most: float) -> np.ndarray:
        """Return a value that wanders between two others; some of it is no number."""
        steps = np.cumsum(self.rng.standard_normal(self.steps)) / math.sqrt(self.steps)
        shape = np.abs(np.sin(steps * 3 + self.rng.random() * 6))
        values = least + (most - least) * shape
        values[self.rng.random(self.steps) < 0.003] = math.nan
        return values

    def _counter(self, rate: float) -> np.ndarray:
        """Return a counter that rises at a rate (a second) that changes, and may be reset."""
        factor = 0.1 + 2 * np.abs(np.sin(np.linspace(self.rng.random() * 6, 12 * self.rng.random(), self.steps)))
        values = np.cumsum(np.round(self.rng.random(self.steps) * factor * rate * self.step / 1000, 3))
        if self.rng.random() > self.quiet:
            at = int(self.rng.integers(1, self.steps))
            values[at:] -= values[at]
        return values

    def _targets(self) -> Iterator[Series]:
        jobs = ("apiserver", "kube-scheduler", "kubelet", "node-exporter", "kube-state-metrics")
        for job in jobs:
            for number in range(2):
                yield self._one("up", {"job": job, "instance": f"{job}-{number}"}, self._flips(1, 0, 0.006))
        for number in range(2):
            build = {"git_version": f"v1.3{number}", "instance": f"a-{number}"}
            yield self._one("kubernetes_build_info", build, self._flips(1, 1))

    def _pod_state(self) -> Iterator[Series]:
        own = {"job": "kube-state-metrics", "instance": "ksm"}
        for number in range(self.pods):
            pod = {**own, "namespace": f"ns-{number % 3}", "pod": f"app-{number}"}
            node = f"node-{number % self.nodes}"
            yield self._one("kube_pod_info", {**pod, "node": node}, self._flips(1, 1))
            kind = "Job" if number % 5 == 4 else "ReplicaSet"
            yield self._one("kube_pod_owner", {**pod, "owner_kind": kind, "owner_name": "x"}, self._flips(1, 1))
            pending = self._flips(0, 1, 0.008)
            for phase in ("Pending", "Running", "Failed"):
                values = pending if phase == "Pending" else 1 - pending if phase == "Running" else np.zeros(self.steps)
                yield self._one("kube_pod_status_phase", {**pod, "phase": phase}, values.copy())
            for container in ("app", "side"):
                yield from self._container({**pod, "container": container}, node)

    def _container(self, labels: Labels, node: str) -> Iterator[Series]:
        reason = {**labels, "reason": "CrashLoopBackOff"}
        yield self._one("kube_pod_container_status_waiting_reason", reason, self._flips(0, 1))
        yield self._one("kube_pod_container_status_restarts_total", labels, np.floor(self._counter(0.002)))
        for resource, size in (("cpu", 0.4), ("memory", 1e8)):
            named = {**labels, "resource": resource, "node": node}
            yield self._one("kube_pod_container_resource_requests", named, self._flips(size, 30 * size))
            yield self._one("kube_pod_container_resource_limits", named, self._flips(size, size))
        yield self._one("container_memory_working_set_bytes", labels, self._walk(1e7, 1.1e8))
        yield self._one("container_cpu_cfs_periods_total", labels, self._counter(10))
        yield self._one("container_cpu_cfs_throttled_periods_total", labels, self._counter(2))

    def _workloads(self) -> Iterator[Series]:
        named = {
            "deployment": {
                "spec_replicas": (3, 3), "status_replicas_available": (3, 1), "status_replicas_updated": (3, 2),
                "status_observed_generation": (5, 4), "metadata_generation": (5, 5),
            },
            "statefulset": {"status_replicas_ready": (2, 1), "status_replicas_current": (2, 3), "replicas": (2, 2)},
            "daemonset": {
                "status_desired_number_scheduled": (3, 3), "status_current_number_scheduled": (3, 2),
                "status_number_misscheduled": (0, 1), "status_number_available": (3, 1),
            },
            "horizontalpodautoscaler": {
                "status_desired_replicas": (2, 5), "status_current_replicas": (2, 5), "spec_min_replicas": (1, 1),
                "spec_max_replicas": (5, 5),
            },
            "pdb": {"status_current_healthy": (3, 1), "status_desired_healthy": (2, 2)},
        }  # fmt: skip
        for kind, metrics in named.items():
            for number in range(3):
                labels = {"namespace": f"ns-{number}", kind: f"{kind}-{number}", "job": "kube-state-metrics"}
                for name, (usual, other) in metrics.items():
                    yield self._one(f"kube_{kind}_{name}", labels, self._flips(usual, other, 0.006))
        for number in range(3):
            labels = {"namespace": f"ns-{number}", "deployment": f"deployment-{number}", "condition": "Progressing"}
            yield self._one("kube_deployment_status_condition", {**labels, "status": "false"}, self._flips(0, 1))
            job = {"namespace": f"ns-{number}", "job_name": f"job-{number}"}
            yield self._one("kube_job_status_start_time", job, np.full(self.steps, START / 1000))
            yield self._one("kube_job_status_active", job, self._flips(1, 0))
            yield self._one("kube_job_failed", job, self._flips(0, 1))
            quota = {"namespace": f"ns-{number}", "resource": "pods"}
            yield self._one("kube_resourcequota", {**quota, "type": "used"}, np.round(self._walk(7, 11.4)))
            yield self._one("kube_resourcequota", {**quota, "type": "hard"}, self._flips(10, 10))
            claim = {"namespace": f"ns-{number}", "persistentvolumeclaim": f"data-{number}"}
            for name, low, high in (("available", 0, 1e9), ("used", 1e8, 1e9), ("capacity", 1e9, 1e9)):
                yield self._one(f"kubelet_volume_stats_{name}_bytes", claim, self._walk(low, high))

    def _node_state(self) -> Iterator[Series]:
        for number in range(self.nodes):
            node = {"node": f"node-{number}", "job": "kube-state-metrics"}
            for condition in ("Ready", "DiskPressure", "MemoryPressure"):
                values = self._flips(float(condition == "Ready"), float(condition != "Ready"), 0.008)
                named = {**node, "condition": condition, "status": "true"}
                yield self._one("kube_node_status_condition", named, values)
            for resource, size in (("cpu", 8), ("memory", 2e9), ("pods", 110)):
                named = {**node, "resource": resource}
                yield self._one("kube_node_status_allocatable", named, self._flips(size, size))
                yield self._one("kube_node_status_capacity", named, self._flips(size, size))
            taint = {**node, "key": "node.kubernetes.io/unreachable", "effect": "NoSchedule"}
            yield self._one("kube_node_spec_taint", taint, self._flips(0, 1))
            yield from self._exporter({"instance": f"node-{number}", "job": "node-exporter"})
            for le in _LES:
                named = {"node": f"node-{number}", "le": le}
                yield self._one("kubelet_pleg_relist_duration_seconds_bucket", named, self._counter(_LES.index(le) + 1))

    def _exporter(self, own: Labels) -> Iterator[Series]:
        for cpu in ("0", "1"):
            for mode in ("idle", "user"):
                yield self._one("node_cpu_seconds_total", {**own, "cpu": cpu, "mode": mode}, self._counter(0.6))
        yield self._one("node_memory_MemTotal_bytes", own, np.full(self.steps, 1e10))
        yield self._one("node_memory_MemAvailable_bytes", own, self._walk(1e8, 5e9))
        for device in ("sda", "sdb"):
            named = {**own, "device": device}
            yield self._one("node_filesystem_avail_bytes", named, self._walk(1e8, 1.5e10))
            yield self._one("node_filesystem_size_bytes", named, np.full(self.steps, 2e10))
            yield self._one("node_network_receive_errs_total", named, self._counter(0.5))
            yield self._one("node_network_receive_packets_total", named, self._counter(20))
        yield self._one("node_load1", own, self._walk(0.1, 9))
        yield self._one("node_timex_offset_seconds", own, self._walk(-0.1, 0.1))

    def _api(self) -> Iterator[Series]:
        for number in range(2):
            own = {"job": "apiserver", "instance": f"apiserver-{number}"}
            for verb in ("GET", "POST", "WATCH"):
                for code, rate in (("200", 4), ("500", 0.4)):
                    labels = {**own, "verb": verb, "code": code}
                    yield self._one("apiserver_request_total", labels, self._counter(rate))
                for at, le in enumerate(_LES):
                    labels = {**own, "verb": verb, "le": le}
                    yield self._one("apiserver_request_sli_duration_seconds_bucket", labels, self._counter(at + 1))
            yield self._one("apiserver_request_terminations_total", own, self._counter(0.3))
            for code, rate in (("200", 3), ("503", 0.1)):
                yield self._one("rest_client_requests_total", {**own, "code": code}, self._counter(rate))
            for at, le in enumerate(("86400", "604800", "2592000", "+Inf")):
                name = "apiserver_client_certificate_expiration_seconds"
                yield self._one(f"{name}_bucket", {**own, "le": le}, self._counter(0.1 * at + 0.02))
            yield self._one(f"{name}_count", own, self._counter(0.3))
