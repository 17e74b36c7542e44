"""Alert and recording rules as those of the Kubernetes mixin ask: joins, rates, burn rates, predictions, `absent`.

Written for this project, over the series of `bench._alertseries`; the mixin's own text is not in here.
"""

from collections.abc import Iterator
from typing import Any

_KSM = 'job="kube-state-metrics"'
_ON_POD = "on (cluster, namespace, pod)"
_API = "apiserver_request_sli_duration_seconds"
_WINDOWS = ("5m", "30m", "1h", "2h", "6h")


def recorded() -> list[dict[str, Any]]:
    """Return recording rules, some of which read others."""
    found: list[dict[str, Any]] = [
        {"record": "cluster:up:sum", "expr": "sum by (cluster, job) (up)"},
        {
            "record": "namespace_pod:memory:sum",
            "expr": 'sum by (cluster, namespace, pod) (container_memory_working_set_bytes{container!=""})',
        },
        {"record": "namespace:memory:sum", "expr": "sum by (cluster, namespace) (namespace_pod:memory:sum)"},
        {"record": "node:cpu:ratio", "expr": _cpu(), "labels": {"kind": "node"}},
    ]
    for window in _WINDOWS:
        errors = f'sum by (cluster) (rate(apiserver_request_total{{code=~"5.."}}[{window}]))'
        total = f"sum by (cluster) (rate(apiserver_request_total[{window}]))"
        found.append({"record": f"apiserver:burnrate{window}", "expr": f"{errors} / {total}"})
    buckets = f"sum by (cluster, verb, le) (rate({_API}_bucket[5m]))"
    found.append({"record": "verb:latency:p99", "expr": f"histogram_quantile(0.99, {buckets})"})
    return found


def _cpu() -> str:
    return '1 - avg by (cluster, instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))'


def alerts() -> list[dict[str, Any]]:
    """Return alerts; names may repeat, as those of burn rates do."""
    return [*_pods(), *_workloads(), *_nodes(), *_resources(), *_control_plane(), *_burn_rates()]


def _alert(name: str, expr: str, hold: str = "", severity: str = "warning", **more: Any) -> dict[str, Any]:
    labels = {"severity": severity, **more.pop("labels", {})}
    return {"alert": name, "expr": expr, **({"for": hold} if hold else {}), "labels": labels, **more}


def _pods() -> Iterator[dict[str, Any]]:
    waiting = f'kube_pod_container_status_waiting_reason{{reason="CrashLoopBackOff", {_KSM}}}'
    yield _alert("PodCrashLooping", f"max_over_time({waiting}[5m]) >= 1", "15m")
    not_running = f'max by (namespace, pod, cluster) (kube_pod_status_phase{{{_KSM}, phase=~"Pending|Unknown|Failed"}})'
    owner = 'max by (namespace, pod, owner_kind, cluster) (kube_pod_owner{owner_kind!="Job"})'
    join = "on (namespace, pod, cluster) group_left (owner_kind) topk by (namespace, pod, cluster) (1, "
    yield _alert("PodNotReady", f"sum by (namespace, pod, cluster) ({not_running} * {join}{owner})) > 0", "15m")
    reasons = f"sum by (namespace, pod, container, cluster) (kube_pod_container_status_waiting_reason{{{_KSM}}}) > 0"
    yield _alert("ContainerWaiting", reasons, "1h")
    restarts = "increase(kube_pod_container_status_restarts_total[10m])"
    yield _alert("PodRestarts", f"{restarts} > 1", labels={"container_of": "{{ $labels.pod }}"})
    yield _alert("PodRestartsKept", f"{restarts} > 1", keep_firing_for="10m")
    yield _alert("PodRestartsMuch", f"sum by (namespace) ({restarts}) > 3", "5m", keep_firing_for="7m")
    yield _alert("PodsPending", 'sum(min_over_time(kube_pod_status_phase{phase="Pending"}[5m])) > 1', "5m")
    yield _alert("PodMany", 'count by (node) (kube_pod_info{node!=""}) > 3', "2m")
    yield _alert("PodGone", "kube_pod_info offset 10m unless kube_pod_info", "3m")


def _workloads() -> Iterator[dict[str, Any]]:
    short = "kube_deployment_spec_replicas > kube_deployment_status_replicas_available"
    stuck = "changes(kube_deployment_status_replicas_updated[10m]) == 0"
    yield _alert("DeploymentShort", f"({short}) and ({stuck})", "15m")
    behind = "kube_deployment_status_observed_generation != kube_deployment_metadata_generation"
    yield _alert("DeploymentGeneration", behind, "15m")
    stalled = 'kube_deployment_status_condition{condition="Progressing", status="false"} != 0'
    yield _alert("DeploymentStuck", stalled, "15m")
    for name in ("replicas_ready", "replicas_current"):
        yield _alert(f"StatefulSet_{name}", f"kube_statefulset_status_{name} != kube_statefulset_replicas", "10m")
    desired = "kube_daemonset_status_desired_number_scheduled"
    yield _alert(
        "DaemonSetStuck",
        f"((kube_daemonset_status_current_number_scheduled != {desired})"
        " or (kube_daemonset_status_number_misscheduled != 0)"
        f" or (kube_daemonset_status_number_available != {desired}))"
        " and (changes(kube_daemonset_status_number_available[5m]) == 0)",
        "15m",
    )
    yield _alert("DaemonSetMissing", f"{desired} - kube_daemonset_status_current_number_scheduled > 0", "10m")
    yield _alert("DaemonSetMisplaced", "kube_daemonset_status_number_misscheduled > 0", "15m")
    running = "kube_job_status_start_time and kube_job_status_active > 0"
    yield _alert("JobSlow", f"time() - max by (namespace, job_name, cluster) ({running}) > 3600")
    yield _alert("JobFailed", "kube_job_failed > 0", "15m")
    hpa = "kube_horizontalpodautoscaler"
    off = f"({hpa}_status_desired_replicas != {hpa}_status_current_replicas)"
    room = f"({hpa}_status_current_replicas > {hpa}_spec_min_replicas)"
    still = f"changes({hpa}_status_current_replicas[15m]) == 0"
    yield _alert("HpaReplicas", f"{off} and {room} and {still}", "15m")
    yield _alert("HpaAtMost", f"{hpa}_status_current_replicas == {hpa}_spec_max_replicas", "15m")
    yield _alert("DisruptionLimit", "kube_pdb_status_current_healthy < kube_pdb_status_desired_healthy", "15m")


def _nodes() -> Iterator[dict[str, Any]]:
    ready = 'kube_node_status_condition{condition="Ready", status="true"}'
    yield _alert("NodeNotReady", f"{ready} == 0", "15m")
    yield _alert("NodeNotReadyAtOnce", f"{ready} == 0", severity="critical")
    yield _alert("NodeFlapping", f"sum by (cluster, node) (changes({ready}[15m])) > 2", "15m", keep_firing_for="5m")
    pressure = 'kube_node_status_condition{condition!="Ready", status="true"} == 1'
    yield _alert("NodePressure", pressure, "10m", labels={"which": "{{$labels.condition}}", "of": "{{ $labels.none }}"})
    taint = 'kube_node_spec_taint{key="node.kubernetes.io/unreachable", effect="NoSchedule"}'
    yield _alert(
        "NodeUnreachable", f"({taint} unless ignoring (key, value) {taint.replace('unreachable', 'drain')}) == 1"
    )
    placed = '(kube_pod_status_phase{phase="Running"} == 1) * on (namespace, pod, cluster) group_left (node)'
    room = 'max by (cluster, node) (kube_node_status_capacity{resource="pods"} != 1)'
    many = 'topk by (namespace, pod, cluster) (1, max by (namespace, pod, node, cluster) (kube_pod_info{node!=""}))'
    yield _alert("NodeTooManyPods", f"count by (cluster, node) ({placed} {many}) / {room} > 0.02", "15m")
    avail, size = "node_filesystem_avail_bytes", "node_filesystem_size_bytes"
    yield _alert("DiskFilling", f"{avail} / {size} * 100 < 40 and predict_linear({avail}[1h], 4 * 3600) < 0", "10m")
    yield _alert("DiskLow", f"{avail} / {size} * 100 < 15", "5m", severity="critical")
    yield _alert("DiskGrows", f"deriv({avail}[30m]) < -1e6", "5m")
    yield _alert("MemoryHigh", "100 - (node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes * 100) > 90", "5m")
    yield _alert("CpuHigh", "node:cpu:ratio > 0.8", "5m", labels={"ratio": "above 0.8"})
    yield _alert("LoadHigh", 'node_load1 / count without (cpu, mode) (node_cpu_seconds_total{mode="idle"}) > 2', "5m")
    yield _alert(
        "ClockOff", "abs(node_timex_offset_seconds) > 0.05 and deriv(node_timex_offset_seconds[5m]) >= 0", "5m"
    )
    rate = "rate(node_network_receive_errs_total[2m])"
    yield _alert("NetworkErrors", f"{rate} / rate(node_network_receive_packets_total[2m]) > 0.01", "5m")


def _resources() -> Iterator[dict[str, Any]]:
    for resource in ("cpu", "memory"):
        asked = f'sum by (cluster) (kube_pod_container_resource_requests{{resource="{resource}"}})'
        there = f'kube_node_status_allocatable{{resource="{resource}"}}'
        left = f"sum by (cluster) ({there}) - max by (cluster) ({there})"
        name = resource.capitalize()
        yield _alert(f"{name}Overcommit", f"{asked} - ({left}) > 0 and ({left}) > 0", "10m")
    quota = 'kube_resourcequota{type="used"} / ignoring (instance, job, type) (kube_resourcequota{type="hard"} > 0)'
    yield _alert("QuotaAlmostFull", f"{quota} > 0.9 < 1", "15m", severity="info")
    yield _alert("QuotaFull", f"{quota} == 1", "15m", severity="info")
    yield _alert("QuotaOver", f"{quota} > 1", "15m")
    throttled = "sum by (container, pod, namespace) (increase(container_cpu_cfs_throttled_periods_total[5m]))"
    periods = "sum by (container, pod, namespace) (increase(container_cpu_cfs_periods_total[5m]))"
    yield _alert("CpuThrottled", f"{throttled} / {periods} > 25 / 100", "15m", severity="info")
    limit = 'sum by (cluster, namespace, pod) (kube_pod_container_resource_limits{resource="memory"})'
    yield _alert("MemoryAtLimit", f"namespace_pod:memory:sum / {_ON_POD} {limit} > 0.9", "5m")
    yield _alert("NamespaceMemory", "topk(1, namespace:memory:sum) > 3e8", "5m")
    free = "kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes"
    yield _alert("VolumeFull", f"({free} < 0.1) and kubelet_volume_stats_used_bytes > 0", "1m", severity="critical")
    soon = "predict_linear(kubelet_volume_stats_available_bytes[1h], 4 * 24 * 3600) < 0"
    yield _alert("VolumeFilling", f"({free} < 0.5) and {soon}", "30m")


def _control_plane() -> Iterator[dict[str, Any]]:
    yield _alert("TargetDown", "100 * (count by (job) (up == 0) / count by (job) (up)) > 10", "10m")
    yield _alert("TargetFlaps", "avg_over_time(up[30m]) < 0.9", labels={"value": "{{ $value }}"})
    for job in ("apiserver", "kube-scheduler", "kube-controller-manager"):
        yield _alert("ComponentDown", f'absent(up{{job="{job}"}} == 1)', "15m", severity="critical", labels={"of": job})
    versions = "count by (cluster) (count by (git_version, cluster) (kubernetes_build_info)) > 1"
    yield _alert("Versions", versions, "15m")
    client = "sum by (cluster, instance) (rate(rest_client_requests_total"
    yield _alert("ClientErrors", f'({client}{{code=~"5.."}}[5m])) / {client}[5m]))) > 0.01', "15m")
    certificates = "apiserver_client_certificate_expiration_seconds"
    expires = f"histogram_quantile(0.01, sum by (cluster, le) (rate({certificates}_bucket[5m])))"
    yield _alert(
        "CertificateExpires", f"sum by (cluster) ({certificates}_count) > 0 and on (cluster) {expires} < 604800"
    )
    yield _alert("ApiSlow", "verb:latency:p99 > 1", "5m")
    yield _alert("ApiRefuses", "sum(rate(apiserver_request_terminations_total[10m])) > 0.2", "5m")
    pleg = "histogram_quantile(0.99, sum by (node, le) (rate(kubelet_pleg_relist_duration_seconds_bucket[5m]))) > 0.9"
    yield _alert("PlegSlow", pleg, "5m")
    yield _alert("TargetsFew", 'sum(cluster:up:sum) < 9 and on () count(ALERTS{alertname="NodeNotReadyAtOnce"}) > 0')
    yield _alert("ManyFiring", 'count(ALERTS{alertstate="firing", alertname!="ManyFiring"}) > 3', "2m")


def _burn_rates() -> Iterator[dict[str, Any]]:
    for long, short, factor, hold, severity in (
        ("1h", "5m", 14.4, "2m", "critical"),
        ("6h", "30m", 6, "15m", "critical"),
        ("2h", "1h", 3, "1h", "warning"),
        ("6h", "2h", 1, "3h", "warning"),
    ):
        budget = f"({factor} * 0.01)"
        expr = f"apiserver:burnrate{long} > {budget} and on (cluster) apiserver:burnrate{short} > {budget}"
        yield _alert("ApiBudgetBurns", expr, hold, severity, labels={"long": long, "short": short})


def rule_file(*, most: int = 0) -> dict[str, Any]:
    """Return a rule file of Prometheus; with `most`, so many alerts, made by varying the constants of these.

    Those are without the two that read `ALERTS`: the mixin has none that do.
    """
    found = alerts()
    if most:
        found = [one for one in found if "ALERTS" not in one["expr"]]
        found = [*found, *(_varied(one, number) for number in range(1, 1 + most // len(found)) for one in found)][:most]
    return {"groups": [{"name": "recorded", "rules": recorded()}, {"name": "alerts", "rules": found}]}


def _varied(alert: dict[str, Any], number: int) -> dict[str, Any]:
    """Return an alert with another name, another constant and another `for`."""
    text, sign, limit = alert["expr"].rpartition(" > ")
    changed = (
        f"{text}{sign}({limit}) * {1 + number / 10}" if sign and limit.replace(".", "").isdigit() else alert["expr"]
    )
    hold = {"for": f"{int(alert['for'][:-1]) + number}{alert['for'][-1]}"} if "for" in alert else {}
    return {**alert, "alert": f"{alert['alert']}{number}", "expr": changed, **hold}
