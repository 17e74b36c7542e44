"""The metrics of a made-up Kubernetes cluster: 50,000 series, six hours, a sample each 30 s."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from diagflow.promql import Series

STEP = 30_000
END = 1_767_225_600_000  # 2026-01-01T00:00:00Z
CLUSTER = {"cluster": "c1"}
BOUNDS = ("0.005", "0.025", "0.05", "0.1", "0.2", "0.4", "0.6", "0.8", "1", "1.5", "2", "5", "10", "30", "60", "+Inf")
PHASES = ("Running", "Pending", "Failed", "Succeeded", "Unknown")


@dataclass(slots=True)
class Cluster:
    """Series by target: each target is scraped at its own moment."""

    hours: float = 6
    nodes: int = 100
    pods: int = 1500
    seed: int = 7
    rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)

    def times(self) -> np.ndarray:
        """Timestamps of one target."""
        count = int(self.hours * 3_600_000 / STEP)
        return END - STEP * np.arange(count, 0, -1, dtype=np.int64) + int(self.rng.integers(0, STEP))

    def series(self) -> Iterator[Series]:
        """Yield all series."""
        yield from self._kubelets()
        yield from self._state()
        yield from self._apiservers()
        yield from self._node_exporters()

    def _counter(self, labels: dict[str, str], times: np.ndarray, rate: float = 1.0) -> Series:
        steps = self.rng.random(len(times)) * rate * 60
        values = np.cumsum(steps)
        if self.rng.random() < 0.02:
            at = int(self.rng.integers(1, len(times)))
            values[at:] -= values[at]
        return Series({**CLUSTER, **labels}, times, values)

    def _gauge(self, labels: dict[str, str], times: np.ndarray, size: float = 1.0) -> Series:
        return Series({**CLUSTER, **labels}, times, size * (1 + 0.1 * self.rng.standard_normal(len(times))))

    def _constant(self, labels: dict[str, str], times: np.ndarray, value: float = 1.0) -> Series:
        return Series({**CLUSTER, **labels}, times, np.full(len(times), float(value)))

    def _pods_of(self, node: int) -> Iterator[tuple[int, dict[str, str]]]:
        for pod in range(node, self.pods, self.nodes):
            app = pod % 150
            yield pod, {"namespace": f"ns-{app % 30}", "pod": f"app-{app}-{pod:06x}"}

    def _kubelets(self) -> Iterator[Series]:
        for node in range(self.nodes):
            times = self.times()
            kubelet = {"job": "kubelet", "instance": f"10.0.{node}.1:10250", "node": f"node-{node}"}
            cadvisor = {**kubelet, "metrics_path": "/metrics/cadvisor"}
            yield self._constant({"__name__": "up", **cadvisor}, times)
            for _, pod in self._pods_of(node):
                yield from self._containers({**cadvisor, **pod}, times)
            for operation in ("create_container", "start_container", "remove_container", "list_containers"):
                name = {"operation_type": operation, **kubelet, "metrics_path": "/metrics"}
                yield self._counter({"__name__": "kubelet_runtime_operations_total", **name}, times)
            for le in BOUNDS:
                name = {"__name__": "kubelet_pod_worker_duration_seconds_bucket", "operation_type": "sync", "le": le}
                yield self._counter({**name, **kubelet, "metrics_path": "/metrics"}, times, 1 + BOUNDS.index(le))

    def _containers(self, labels: dict[str, str], times: np.ndarray) -> Iterator[Series]:
        for container in ("app", "sidecar"):
            named = {**labels, "container": container, "image": f"registry/{container}:1"}
            for name in ("cpu_usage_seconds_total", "cpu_cfs_periods_total", "cpu_cfs_throttled_periods_total"):
                yield self._counter({"__name__": f"container_{name}", **named}, times, 0.2)
            for name in ("memory_working_set_bytes", "memory_rss", "memory_cache"):
                yield self._gauge({"__name__": f"container_{name}", **named}, times, 1e8)
        for name in ("receive_bytes_total", "transmit_bytes_total", "receive_packets_dropped_total"):
            yield self._counter({"__name__": f"container_network_{name}", "interface": "eth0", **labels}, times, 1e4)

    def _state(self) -> Iterator[Series]:
        times = self.times()
        own = {"job": "kube-state-metrics", "instance": "10.1.0.9:8080"}
        yield self._constant({"__name__": "up", **own}, times)
        for node in range(self.nodes):
            yield from self._node_state({**own, "node": f"node-{node}"}, times)
            for number, pod in self._pods_of(node):
                yield from self._pod_state({**own, **pod}, number, f"node-{node}", times)
        for app in range(150):
            labels = {**own, "namespace": f"ns-{app % 30}", "deployment": f"app-{app}"}
            for name in ("spec_replicas", "status_replicas_available", "status_replicas_updated"):
                yield self._constant({"__name__": f"kube_deployment_{name}", **labels}, times, 10)
            generation = {"__name__": "kube_deployment_status_observed_generation", **labels}
            yield self._constant(generation, times, 3)
            yield self._constant({**generation, "__name__": "kube_deployment_metadata_generation"}, times, 3)

    def _node_state(self, labels: dict[str, str], times: np.ndarray) -> Iterator[Series]:
        for resource, unit, value in (("cpu", "core", 32), ("memory", "byte", 1.2e11), ("pods", "integer", 110)):
            named = {**labels, "resource": resource, "unit": unit}
            yield self._constant({"__name__": "kube_node_status_allocatable", **named}, times, value)
            yield self._constant({"__name__": "kube_node_status_capacity", **named}, times, value)
        for condition in ("Ready", "DiskPressure", "MemoryPressure", "PIDPressure"):
            for status in ("true", "false", "unknown"):
                value = float((condition == "Ready") == (status == "true") and status != "unknown")
                named = {"__name__": "kube_node_status_condition", "condition": condition, "status": status, **labels}
                yield self._constant(named, times, value)

    def _pod_state(self, labels: dict[str, str], number: int, node: str, times: np.ndarray) -> Iterator[Series]:
        app = number % 150
        yield self._constant({"__name__": "kube_pod_info", "node": node, "host_ip": node, **labels}, times)
        owner = {"owner_kind": "ReplicaSet", "owner_name": f"app-{app}-rs", "created_by_kind": "ReplicaSet"}
        yield self._constant({"__name__": "kube_pod_owner", **owner, **labels}, times)
        for phase in PHASES:
            value = float(phase == ("Pending" if number % 97 == 0 else "Running"))
            yield self._constant({"__name__": "kube_pod_status_phase", "phase": phase, **labels}, times, value)
        for container in ("app", "sidecar"):
            named = {**labels, "container": container}
            for resource, unit, value in (("cpu", "core", 0.25), ("memory", "byte", 2.5e8)):
                request = {"resource": resource, "unit": unit, "node": node, **named}
                yield self._constant({"__name__": "kube_pod_container_resource_requests", **request}, times, value)
                yield self._constant({"__name__": "kube_pod_container_resource_limits", **request}, times, 2 * value)
            yield self._counter({"__name__": "kube_pod_container_status_restarts_total", **named}, times, 1e-4)

    def _apiservers(self) -> Iterator[Series]:
        for server in range(3):
            times = self.times()
            own = {"job": "apiserver", "instance": f"10.2.0.{server}:6443"}
            yield self._constant({"__name__": "up", **own}, times)
            for resource in ("pods", "nodes", "configmaps", "secrets", "leases", "events", "deployments", "services"):
                for verb in ("GET", "LIST", "WATCH", "POST", "PUT", "PATCH", "DELETE"):
                    request = {**own, "resource": resource, "verb": verb, "scope": "namespace", "group": ""}
                    for code in ("200", "404", "500"):
                        yield self._counter({"__name__": "apiserver_request_total", "code": code, **request}, times)
                    yield from self._buckets("apiserver_request_sli_duration_seconds", request, times)

    def _buckets(self, name: str, labels: dict[str, str], times: np.ndarray) -> Iterator[Series]:
        each = np.cumsum(np.cumsum(self.rng.poisson(2, (len(BOUNDS), len(times))), axis=0), axis=1).astype(float)
        for number, le in enumerate(BOUNDS):
            yield Series({**CLUSTER, "__name__": f"{name}_bucket", "le": le, **labels}, times, each[number])
        yield Series({**CLUSTER, "__name__": f"{name}_count", **labels}, times, each[-1])
        yield Series({**CLUSTER, "__name__": f"{name}_sum", **labels}, times, each[-1] * 0.3)

    def _node_exporters(self) -> Iterator[Series]:
        for node in range(self.nodes):
            times = self.times()
            own = {"job": "node-exporter", "instance": f"node-{node}"}
            yield self._constant({"__name__": "up", **own}, times)
            for cpu in range(4):
                for mode in ("idle", "user", "system", "iowait", "steal"):
                    named = {"__name__": "node_cpu_seconds_total", "cpu": str(cpu), "mode": mode, **own}
                    yield self._counter(named, times, 0.2)
            for name in ("MemTotal_bytes", "MemAvailable_bytes", "MemFree_bytes", "Buffers_bytes", "Cached_bytes"):
                yield self._gauge({"__name__": f"node_memory_{name}", **own}, times, 1e10)
            for device in ("sda", "sdb"):
                disk = {"device": device, **own}
                yield self._counter({"__name__": "node_disk_io_time_seconds_total", **disk}, times, 0.5)
                mount = {"mountpoint": f"/{device}", "fstype": "ext4", **disk}
                yield self._gauge({"__name__": "node_filesystem_avail_bytes", **mount}, times, 1e10)
                yield self._gauge({"__name__": "node_filesystem_size_bytes", **mount}, times, 2e10)
            for name in ("receive_bytes_total", "transmit_bytes_total"):
                yield self._counter({"__name__": f"node_network_{name}", "device": "eth0", **own}, times, 1e5)
            yield self._gauge({"__name__": "node_load1", **own}, times, 3)
