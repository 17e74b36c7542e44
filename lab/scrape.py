"""What the lab's Prometheus scrapes, under the job names that the mixins for Kubernetes, etcd and nodes expect."""

from typing import Any

from lab import net
from lab.paths import SOURCE, Instance

_FILES = {"ca_file": "ca.crt", "cert_file": "admin.crt", "key_file": "admin.key"}
_SLOW = {"scrape_interval": "5s", "scrape_timeout": "4s"}
"""Components have thousands of series, and what they say is summed over minutes."""
_LARGE = (
    "etcd_request_duration_seconds|apiserver_(watch_.+|request_duration_seconds|request_body_size_bytes|response_sizes)"
    "|informer_processing_latency_seconds"
)
"""Histograms that make three quarters of the API server's samples, and that no mixin's alert asks for."""


def config(lab: Instance, node: str) -> dict[str, Any]:
    """Returns Prometheus' configuration for a lab whose real node is called `node`."""
    return {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(SOURCE / "alerts.yaml")],
        "alerting": {"alertmanagers": [_targets(f"127.0.0.1:{net.ALERTMANAGER_PORT}")]},
        "scrape_configs": [
            {"job_name": "prometheus", **_targets(f"127.0.0.1:{net.PROMETHEUS_PORT}")},
            {"job_name": "kube-state-metrics", "honor_labels": True, **_targets(f"127.0.0.1:{net.STATE_METRICS_PORT}")},
            *_kubelet(lab, node),
            *_control_plane(lab),
            _pods(lab),
            {"job_name": "node-exporter", **_SLOW, **_targets(f"127.0.0.1:{net.NODE_EXPORTER_PORT}", node=node)},
        ],
    }


def _kubelet(lab: Instance, node: str) -> list[dict[str, Any]]:
    # the mixin tells the kubelet's endpoints apart by this label
    path = {"source_labels": ["__metrics_path__"], "target_label": "metrics_path"}
    common = {**_https(lab), **_targets(f"{net.ADDRESS}:{net.KUBELET_PORT}", node=node)}
    cadvisor = {"metrics_path": "/metrics/cadvisor", "honor_labels": True}
    one_job = {"target_label": "job", "replacement": "kubelet"}
    return [
        {"job_name": "kubelet", **common, "metrics_path": "/metrics", "relabel_configs": [path]},
        {"job_name": "cadvisor", **common, **cadvisor, "relabel_configs": [path, one_job]},
    ]


def _control_plane(lab: Instance) -> list[dict[str, Any]]:
    # scheduler and controller manager sign a certificate for themselves
    own = {**_https(lab), "tls_config": {**_tls(lab), "insecure_skip_verify": True}}
    dns = _targets(f"{net.DNS_SERVICE}:{net.DNS_METRICS_PORT}", namespace="kube-system")
    drop = {"source_labels": ["__name__"], "action": "drop", "regex": f"({_LARGE})_bucket"}
    return [
        {
            "job_name": "apiserver",
            **_SLOW,
            **_https(lab),
            "metric_relabel_configs": [drop],
            **_targets(f"{net.ADDRESS}:{net.API_PORT}"),
        },
        {"job_name": "kube-scheduler", **_SLOW, **own, **_targets(f"127.0.0.1:{net.SCHEDULER_PORT}")},
        {"job_name": "kube-controller-manager", **_SLOW, **own, **_targets(f"127.0.0.1:{net.CONTROLLER_MANAGER_PORT}")},
        {"job_name": "etcd", **_SLOW, **_targets(net.ETCD_URL.removeprefix("http://"))},
        {"job_name": "kube-dns", **_SLOW, **dns},
    ]


def _pods(lab: Instance) -> dict[str, Any]:
    """Whatever pods with the label `scrape: yes` export, on their first port: they count what they serve in CGI."""
    found = {"role": "pod", "api_server": f"https://{net.ADDRESS}:{net.API_PORT}", "tls_config": _tls(lab)}
    named = {"__meta_kubernetes_namespace": "namespace", "__meta_kubernetes_pod_name": "pod"}
    return {
        "job_name": "pods",
        "metrics_path": "/cgi-bin/metrics",
        "kubernetes_sd_configs": [{**found, "selectors": [{"role": "pod", "label": "scrape=yes"}]}],
        "relabel_configs": [{"source_labels": [meta], "target_label": label} for meta, label in named.items()],
    }


def _https(lab: Instance) -> dict[str, Any]:
    return {"scheme": "https", "tls_config": _tls(lab)}


def _tls(lab: Instance) -> dict[str, str]:
    return {name: str(lab.pki / path) for name, path in _FILES.items()}


def _targets(address: str, **labels: str) -> dict[str, Any]:
    static: dict[str, Any] = {"targets": [address]}
    return {"static_configs": [{**static, "labels": labels} if labels else static]}
