"""Addresses and ports inside a lab's network namespace.

The namespace is new and holds nothing else, so these are free by construction, and two labs do not meet.
"""

ADDRESS = "10.123.0.1"
"""The node's address; on a device that leads nowhere."""
SERVICES = "10.96.0.0/16"
API_SERVICE = "10.96.0.1"
DNS_SERVICE = "10.96.0.10"
PODS = "10.244.0.0/24"
KWOK_PODS = "10.128.0.0/10"

API_PORT = 6443
API_URL = f"https://{ADDRESS}:{API_PORT}"
ETCD_URL = "http://127.0.0.1:2379"
ETCD_PEER_URL = "http://127.0.0.1:2380"
KUBELET_PORT = 10250
PROXY_PORT = 10249
PROXY_HEALTH_PORT = 10256
CONTROLLER_MANAGER_PORT = 10257
SCHEDULER_PORT = 10259
NODE_EXPORTER_PORT = 9100
KWOK_PORT = 10247
STATE_METRICS_PORT = 8080
STATE_TELEMETRY_PORT = 8081
PROMETHEUS_PORT = 9090
PROMETHEUS_URL = f"http://127.0.0.1:{PROMETHEUS_PORT}"
ALERTMANAGER_PORT = 9093
ALERTMANAGER_URL = f"http://127.0.0.1:{ALERTMANAGER_PORT}"
RECEIVER_PORT = 9094
RECEIVER_URL = f"http://127.0.0.1:{RECEIVER_PORT}"

DNS_METRICS_PORT = 9153
RESOLVER_PORT = 53
"""Of the resolver that the node asks, and that CoreDNS forwards to."""

REGISTRY = "registry.internal"
"""The registries' host; /etc/hosts of the node knows it."""
REGISTRY_OPEN = 5000
REGISTRY_LOGIN = 5001
REGISTRY_OTHER_CERTIFICATE = 5002
REGISTRY_SILENT = 5003
"""Nobody listens there; a fault drops its packets."""
