"""A hundred queries as the rules, alerts and dashboards of the Kubernetes mixin ask them."""

_CPU = 'container_cpu_usage_seconds_total{job="kubelet", metrics_path="/metrics/cadvisor", image!=""}'
_MEMORY = 'container_memory_working_set_bytes{job="kubelet", metrics_path="/metrics/cadvisor", image!=""}'
_INFO = 'max by (cluster, namespace, pod, node) (kube_pod_info{node!=""})'
_OWNER = f"group_left(node) topk by (cluster, namespace, pod) (1, {_INFO})"
_API = "apiserver_request_sli_duration_seconds"
_REQUESTS = "kube_pod_container_resource_requests"
_LIMITS = "kube_pod_container_resource_limits"


def _container() -> list[str]:
    found = [
        f"sum by (cluster, namespace, pod, container) (rate({_CPU}[5m])) * on (cluster, namespace, pod) {_OWNER}",
        f"sum by (cluster, namespace, pod, container) (irate({_CPU}[5m]))",
        f"sum by (namespace) (rate({_CPU}[5m]))",
        f'sum(rate({_CPU}[5m])) / sum(kube_node_status_allocatable{{resource="cpu"}})',
        f"topk(10, sum by (namespace, pod) (rate({_CPU}[5m])))",
        f'sum by (container) (rate({_CPU[:-1]}, namespace="ns-3"}}[5m]))',
        f"quantile(0.95, sum by (pod) (rate({_CPU}[10m])))",
        f"{_MEMORY} * on (cluster, namespace, pod) {_OWNER}",
        f"sum by (namespace) ({_MEMORY})",
        f"max by (namespace, pod) (max_over_time({_MEMORY}[10m]))",
        f'avg_over_time({_MEMORY[:-1]}, namespace=~"ns-1.*"}}[15m])',
    ]
    for name in ("container_memory_rss", "container_memory_cache"):
        found.append(f'sum by (namespace, pod) ({name}{{job="kubelet", image!=""}})')
        found.append(f'sum({name}{{namespace="ns-7", container!=""}}) by (container)')
    throttled = "container_cpu_cfs_throttled_periods_total", "container_cpu_cfs_periods_total"
    of = "by (cluster, container, pod, namespace)"
    found.append(
        f'sum {of} (increase({throttled[0]}{{container!=""}}[5m])) / sum {of} (increase({throttled[1]}[5m])) > 25 / 100'
    )
    found.append(f"sum(increase({throttled[0]}[5m])) / sum(increase({throttled[1]}[5m]))")
    for name in ("receive_bytes_total", "transmit_bytes_total", "receive_packets_dropped_total"):
        metric = f'container_network_{name}{{job="kubelet", namespace!=""}}'
        found.append(f"sum by (namespace) (irate({metric}[4m]))")
        found.append(f"sort_desc(sum by (pod) (rate({metric}[5m])))")
        found.append(f'sum(rate({metric[:-1]}, namespace=~"ns-2|ns-3"}}[5m]))')
    return found


def _resources() -> list[str]:
    on = "on (namespace, pod, cluster) group_left()"
    alive = 'max by (namespace, pod, cluster) (kube_pod_status_phase{phase=~"Pending|Running"} == 1)'
    found = []
    for resource in ("cpu", "memory"):
        for metric in (_REQUESTS, _LIMITS):
            of = f'{metric}{{resource="{resource}", job="kube-state-metrics"}}'
            found.append(f"{of} * {on} {alive}")
            inner = f"sum by (namespace, pod, cluster) (max by (namespace, pod, container, cluster) ({of}))"
            found.append(f"sum by (namespace, cluster) ({inner} * {on} {alive})")
            found.append(f"sum({of}) by (node)")
        allocatable = f'kube_node_status_allocatable{{resource="{resource}"}}'
        found.append(f'sum({_REQUESTS}{{resource="{resource}"}}) / sum({allocatable})')
        found.append(f'sum({_REQUESTS}{{resource="{resource}"}}) - (sum({allocatable}) - max({allocatable})) > 0')
        found.append(f'sum by (node) ({_REQUESTS}{{resource="{resource}"}}) / on (node) sum by (node) ({allocatable})')
    return found


def _workloads() -> list[str]:
    owner = 'kube_pod_owner{job="kube-state-metrics", owner_kind="ReplicaSet"}'
    workload = f'label_replace({owner}, "workload", "$1", "owner_name", "(.*)-rs")'
    waiting = 'max by (namespace, pod, cluster) (kube_pod_status_phase{phase=~"Pending|Unknown|Failed"})'
    owners = 'max by (namespace, pod, owner_kind, cluster) (kube_pod_owner{owner_kind!="Job"})'
    group = "on (namespace, pod, cluster) group_left(owner_kind) topk by (namespace, pod, cluster)"
    short = "kube_deployment_spec_replicas > kube_deployment_status_replicas_available"
    return [
        workload,
        f"max by (cluster, namespace, workload, pod) ({workload})",
        f"sum by (namespace, pod, cluster) ({waiting} * {group} (1, {owners})) > 0",
        short,
        "kube_deployment_status_observed_generation != kube_deployment_metadata_generation",
        f"({short}) and (changes(kube_deployment_status_replicas_updated[10m]) == 0)",
        "increase(kube_pod_container_status_restarts_total[10m]) > 0",
        "sum by (namespace) (changes(kube_pod_container_status_restarts_total[15m]))",
        "sum by (phase) (kube_pod_status_phase == 1)",
        'count by (node) (kube_pod_info{node!=""})',
        "count(kube_pod_info) by (namespace) > 20",
        'sum(min_over_time(kube_pod_status_phase{phase="Pending"}[5m])) > 15',
        'max_over_time(kube_pod_status_phase{phase="Failed"}[1h]) > 0',
        'max_over_time(kube_pod_status_phase{phase="Pending"}[5m:1m]) >= 1',
        "max by (namespace) (resets(kube_pod_container_status_restarts_total[1h]))",
    ]


def _nodes() -> list[str]:
    running = '(kube_pod_status_phase{phase="Running"} == 1)'
    on = "on (namespace, pod, cluster) group_left(node) topk by (namespace, pod, cluster)"
    room = 'max by (cluster, node) (kube_node_status_capacity{resource="pods"} != 1)'
    free = "(node_memory_MemFree_bytes + node_memory_Cached_bytes + node_memory_Buffers_bytes)"
    filling = "predict_linear(node_filesystem_avail_bytes[6h], 4 * 60 * 60) < 0"
    cpu = 'node_cpu_seconds_total{job="node-exporter", mode!~"idle|iowait|steal"}'
    return [
        'kube_node_status_condition{condition="Ready", status="true"} == 0',
        'sum(changes(kube_node_status_condition{status="true", condition="Ready"}[15m])) by (cluster, node) > 2',
        'kube_node_status_condition{condition!="Ready", status="true"} == 1',
        f"count by (cluster, node) ({running} * {on} (1, kube_pod_info)) / {room} > 0.95",
        f"sum by (instance) (rate({cpu}[5m]))",
        f"avg by (instance) (sum by (instance, cpu) (rate({cpu}[2m])))",
        '1 - avg(rate(node_cpu_seconds_total{mode=~"idle|iowait|steal"}[5m]))',
        'count by (cluster) (sum by (cluster, instance, cpu) (node_cpu_seconds_total{mode="idle"}))',
        "1 - sum(node_memory_MemAvailable_bytes) / sum(node_memory_MemTotal_bytes)",
        f"{free} / node_memory_MemTotal_bytes",
        f"node_filesystem_avail_bytes / node_filesystem_size_bytes * 100 < 40 and {filling}",
        "predict_linear(node_filesystem_avail_bytes[1h], 86400) < 0",
        "rate(node_disk_io_time_seconds_total[1m])",
        "sum by (instance) (rate(node_network_receive_bytes_total[5m]))",
        'node_load1 / count without (cpu, mode) (node_cpu_seconds_total{mode="idle"})',
        'absent(up{job="kube-controller-manager"})',
        "sum by (job) (up)",
        "count by (job) (up == 0)",
        "avg_over_time(up[1h]) < 0.9",
        "stddev by (job) (node_load1)",
    ]


def _apiserver() -> list[str]:
    bucket = f'{_API}_bucket{{job="apiserver", verb=~"LIST|GET"}}'
    writes = 'verb=~"POST|PUT|PATCH|DELETE"'
    found = [
        f"histogram_quantile(0.99, sum by (cluster, le, resource) (rate({bucket}[5m]))) > 0",
        f"histogram_quantile(0.99, sum by (le) (rate({_API}_bucket{{{writes}}}[5m])))",
        f"histogram_quantile(0.5, sum by (instance, verb, le) (rate({_API}_bucket[5m])))",
        f'histogram_quantile(0.9, rate({_API}_bucket{{resource="pods"}}[10m]))',
        f"sum by (cluster, verb, scope, le) (increase({_API}_bucket[1h]))",
        f"sum by (le) (rate({_API}_bucket[1h]))",
        f"sum(rate({_API}_sum[5m])) by (instance) / sum(rate({_API}_count[5m])) by (instance)",
        'sum by (cluster, code, resource) (rate(apiserver_request_total{job="apiserver", verb=~"LIST|GET"}[5m]))',
        f"sum by (code) (rate(apiserver_request_total{{{writes}}}[5m]))",
        'sum(rate(apiserver_request_total{code=~"5.."}[5m])) / sum(rate(apiserver_request_total[5m]))',
        "sum by (verb) (increase(apiserver_request_total[1h]))",
        "topk(5, sum by (resource, verb) (rate(apiserver_request_total[5m])))",
    ]
    for window in ("5m", "30m", "1h", "2h"):
        slow = f'sum(rate({_API}_count{{{writes}}}[{window}])) - sum(rate({_API}_bucket{{{writes}, le="1"}}[{window}]))'
        errors = f'sum(rate(apiserver_request_total{{{writes}, code=~"5.."}}[{window}]))'
        found.append(f"(({slow}) + {errors}) / sum(rate(apiserver_request_total{{{writes}}}[{window}]))")
    worker = "rate(kubelet_pod_worker_duration_seconds_bucket[5m])"
    found += [
        "sum by (instance, operation_type) (rate(kubelet_runtime_operations_total[5m]))",
        "histogram_quantile(0.99, sum by (instance, le) (rate(kubelet_pod_worker_duration_seconds_bucket[5m])))",
        f"histogram_quantile(0.99, sum by (le) ({worker})) * on () group_left() vector(1)",
        f"histogram_quantile(0.5, {worker})",
        "avg_over_time(node_load1[30m]) / 4 > 0.9",
    ]
    return found


QUERIES = [*_container(), *_resources(), *_workloads(), *_nodes(), *_apiserver()]
