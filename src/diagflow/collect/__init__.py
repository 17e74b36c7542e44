"""Live sources, all behind one `Reader`: Kubernetes, Prometheus; and bundles, which are read the same way.

Importing this package imports no HTTP client: what needs one is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from diagflow.collect.reader import Progress, Reader
from diagflow.collect.recorded import BundleReader

if TYPE_CHECKING:
    from diagflow.collect.alert import ParsedAlert, parse_alert
    from diagflow.collect.connect import live_reader
    from diagflow.collect.kubeauth import Access, NoCluster, find_access
    from diagflow.collect.kubernetes import KubernetesReader
    from diagflow.collect.live import LiveReader
    from diagflow.collect.promaccess import PrometheusOptions, direct_door, options_from
    from diagflow.collect.prometheus import PrometheusReader

__all__ = [
    "Access",
    "BundleReader",
    "KubernetesReader",
    "LiveReader",
    "NoCluster",
    "ParsedAlert",
    "Progress",
    "PrometheusOptions",
    "PrometheusReader",
    "Reader",
    "direct_door",
    "find_access",
    "live_reader",
    "options_from",
    "parse_alert",
]

_LATER = {
    "Access": "kubeauth",
    "KubernetesReader": "kubernetes",
    "LiveReader": "live",
    "NoCluster": "kubeauth",
    "ParsedAlert": "alert",
    "PrometheusOptions": "promaccess",
    "PrometheusReader": "prometheus",
    "direct_door": "promaccess",
    "find_access": "kubeauth",
    "live_reader": "connect",
    "options_from": "promaccess",
    "parse_alert": "alert",
}


def __getattr__(name: str) -> Any:
    """Load what needs an HTTP client, or only one command needs, when it is asked for."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
