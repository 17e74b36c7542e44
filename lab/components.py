"""The command lines of the lab's components, in the order in which they start."""

import sys
from dataclasses import dataclass, field

from lab import net
from lab.paths import SOURCE, Cache, Instance

LEADERS = ("controller-manager", "scheduler")
"""Those that work only while they hold their lease, and end when they cannot renew it."""
LEASE_SECONDS, RENEW_SECONDS = 30, 25
"""Twice what they have by default: this machine may be busy, and nobody starts again what gave up."""


@dataclass(frozen=True, slots=True)
class Component:
    """One program of the lab."""

    name: str
    command: tuple[str, ...]
    ready: str = ""
    """URL that answers with 200 when it is ready; empty where something else tells."""
    env: dict[str, str] = field(default_factory=dict)


def etcd(cache: Cache, lab: Instance) -> Component:
    client, peer = net.ETCD_URL, net.ETCD_PEER_URL
    flags = {
        "name": "lab",
        "data-dir": lab.root / "etcd",
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": f"lab={peer}",
        "log-level": "warn",
    }
    # one that is full answers, and refuses writes
    ready = f"{client}/health?exclude=NOSPACE"
    return Component("etcd", (_bin(cache, "etcd"), "--unsafe-no-fsync", *_flags(flags)), ready)


def apiserver(cache: Cache, lab: Instance) -> Component:
    pki = lab.pki
    flags = {
        "etcd-servers": net.ETCD_URL,
        "bind-address": "0.0.0.0",  # noqa: S104  # of the lab's own network, which leads nowhere
        "secure-port": net.API_PORT,
        "advertise-address": net.ADDRESS,
        "tls-cert-file": pki / "apiserver.crt",
        "tls-private-key-file": pki / "apiserver.key",
        "client-ca-file": pki / "ca.crt",
        "kubelet-client-certificate": pki / "kubelet-client.crt",
        "kubelet-client-key": pki / "kubelet-client.key",
        "kubelet-preferred-address-types": "InternalIP",
        "service-account-key-file": pki / "sa.pub",
        "service-account-signing-key-file": pki / "sa.key",
        "service-account-issuer": "https://kubernetes.default.svc",
        "requestheader-client-ca-file": pki / "ca.crt",
        # needed because one authority signs everything
        "requestheader-allowed-names": "front-proxy-client",
        "requestheader-username-headers": "X-Remote-User",
        "requestheader-group-headers": "X-Remote-Group",
        "requestheader-extra-headers-prefix": "X-Remote-Extra-",
        "proxy-client-cert-file": pki / "front-proxy.crt",
        "proxy-client-key-file": pki / "front-proxy.key",
        "service-cluster-ip-range": net.SERVICES,
        "authorization-mode": "Node,RBAC",
        "enable-admission-plugins": "NodeRestriction",
        "allow-privileged": "true",
    }
    return Component("apiserver", (_bin(cache, "kube-apiserver"), *_flags(flags)), f"{net.API_URL}/readyz")


def controller_manager(cache: Cache, lab: Instance) -> Component:
    config = lab.config / "controller-manager.kubeconfig"
    flags = {
        "kubeconfig": config,
        "authentication-kubeconfig": config,
        "authorization-kubeconfig": config,
        "bind-address": "127.0.0.1",
        "root-ca-file": lab.pki / "ca.crt",
        "service-account-private-key-file": lab.pki / "sa.key",
        "cluster-signing-cert-file": lab.pki / "ca.crt",
        "cluster-signing-key-file": lab.pki / "ca.key",
        "use-service-account-credentials": "true",
        "leader-elect-lease-duration": f"{LEASE_SECONDS}s",
        "leader-elect-renew-deadline": f"{RENEW_SECONDS}s",
        "node-monitor-grace-period": f"{lab.lease + 10}s",  # Kubernetes' own 50 s for a lease of 40
        "kube-api-qps": 500,
        "kube-api-burst": 1000,
    }
    return Component("controller-manager", (_bin(cache, "kube-controller-manager"), *_flags(flags)))


def scheduler(cache: Cache, lab: Instance) -> Component:
    config = lab.config / "scheduler.kubeconfig"
    flags = {
        "config": lab.config / "scheduler.yaml",
        "bind-address": "127.0.0.1",
        "authentication-kubeconfig": config,
        "authorization-kubeconfig": config,
    }
    return Component("scheduler", (_bin(cache, "kube-scheduler"), *_flags(flags)))


def proxy(cache: Cache, lab: Instance, node: str) -> Component:
    flags = {
        "kubeconfig": lab.config / "proxy.kubeconfig",
        "hostname-override": node,
        "proxy-mode": "iptables",
        # pods share a bridge, whose packets not every kernel shows to iptables: an answer must come back by this node
        "masquerade-all": "true",
        "conntrack-max-per-core": 0,  # a setting of the whole machine
        "metrics-bind-address": f"127.0.0.1:{net.PROXY_PORT}",
        "healthz-bind-address": f"127.0.0.1:{net.PROXY_HEALTH_PORT}",
    }
    ready = f"http://127.0.0.1:{net.PROXY_HEALTH_PORT}/livez"
    return Component("kube-proxy", (_bin(cache, "kube-proxy"), *_flags(flags)), ready)


def resolver(cache: Cache, lab: Instance) -> Component:
    """Plays the resolver of the site, outside of the cluster."""
    return Component("resolver", (_bin(cache, "coredns"), f"-conf={lab.config / 'resolver.Corefile'}"))


def kwok(cache: Cache, lab: Instance) -> Component:
    flags = {
        "kubeconfig": lab.config / "kwok.kubeconfig",
        "config": cache.stages,
        "manage-nodes-with-annotation-selector": "kwok.x-k8s.io/node=fake",
        "node-lease-duration-seconds": lab.lease,
        "server-address": f"127.0.0.1:{net.KWOK_PORT}",
        "cidr": net.KWOK_PODS,
        "node-ip": net.ADDRESS,
    }
    return Component("kwok", (_bin(cache, "kwok"), *_flags(flags)), f"http://127.0.0.1:{net.KWOK_PORT}/healthz")


def state_metrics(cache: Cache, lab: Instance) -> Component:
    flags = {
        "kubeconfig": lab.kubeconfig,
        "host": "127.0.0.1",
        "port": net.STATE_METRICS_PORT,
        "telemetry-host": "127.0.0.1",
        "telemetry-port": net.STATE_TELEMETRY_PORT,
    }
    ready = f"http://127.0.0.1:{net.STATE_METRICS_PORT}/healthz"
    return Component("kube-state-metrics", (_bin(cache, "kube-state-metrics"), *_flags(flags)), ready)


def prometheus(cache: Cache, lab: Instance) -> Component:
    flags = {
        "config.file": lab.config / "prometheus.yaml",
        "storage.tsdb.path": lab.root / "prometheus",
        "web.listen-address": f"127.0.0.1:{net.PROMETHEUS_PORT}",
        # else the name of this machine stands in every alert
        "web.external-url": f"http://prometheus.internal:{net.PROMETHEUS_PORT}",
        "log.level": "warn",
    }
    ready = f"{net.PROMETHEUS_URL}/-/ready"
    return Component("prometheus", (_bin(cache, "prometheus"), *_flags(flags)), ready)


def node_exporter() -> Component:
    address = f"127.0.0.1:{net.NODE_EXPORTER_PORT}"
    # not uname and dmi, which tell what machine this is; the others not named here need hardware or services
    names = (
        "conntrack cpu diskstats filefd filesystem loadavg meminfo netdev netstat pressure sockstat softnet stat time "
        "timex vmstat"
    )
    collectors = [f"--collector.{name}" for name in names.split()]
    command = ("prometheus-node-exporter", "--collector.disable-defaults", *collectors)
    return Component("node-exporter", (*command, f"--web.listen-address={address}"), f"http://{address}/")


def alertmanager(lab: Instance) -> Component:
    flags = {
        "config.file": lab.config / "alertmanager.yaml",
        "storage.path": lab.root / "alertmanager",
        "web.listen-address": f"127.0.0.1:{net.ALERTMANAGER_PORT}",
        "web.external-url": f"http://alertmanager.internal:{net.ALERTMANAGER_PORT}",
        "cluster.listen-address": "",
        "log.level": "warn",
    }
    ready = f"{net.ALERTMANAGER_URL}/-/ready"
    return Component("alertmanager", ("prometheus-alertmanager", *_flags(flags)), ready)


def receiver(lab: Instance) -> Component:
    script = str(SOURCE / "receiver.py")
    command = (sys.executable, script, str(lab.alerts), str(net.RECEIVER_PORT))
    return Component("receiver", command, f"{net.RECEIVER_URL}/ready")


def registry(lab: Instance, port: int) -> Component:
    config = str(lab.config / f"registry-{port}.yaml")
    # it would report its traces to a collector on this machine
    return Component(f"registry-{port}", ("docker-registry", "serve", config), env={"OTEL_TRACES_EXPORTER": "none"})


def containerd(lab: Instance) -> Component:
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "SSL_CERT_FILE": str(lab.pki / "ca.crt")}
    return Component("containerd", ("containerd", "--config", str(lab.config / "containerd.toml")), env=env)


def kubelet(cache: Cache, lab: Instance, node: str) -> Component:
    flags = {
        "config": lab.config / "kubelet.yaml",
        "kubeconfig": lab.config / "kubelet.kubeconfig",
        "hostname-override": node,
        "node-ip": net.ADDRESS,
        "v": 2,
    }
    return Component("kubelet", (_bin(cache, "kubelet"), *_flags(flags)))


def control_plane(cache: Cache, lab: Instance) -> tuple[Component, ...]:
    """Returns what must be up before anything else, in order."""
    return etcd(cache, lab), apiserver(cache, lab)


def others(cache: Cache, lab: Instance, node: str) -> tuple[Component, ...]:
    """Returns what may start at once when the API server answers."""
    ports = (net.REGISTRY_OPEN, net.REGISTRY_LOGIN, net.REGISTRY_OTHER_CERTIFICATE)
    return (
        controller_manager(cache, lab),
        scheduler(cache, lab),
        proxy(cache, lab, node),
        resolver(cache, lab),
        kwok(cache, lab),
        containerd(lab),
        state_metrics(cache, lab),
        node_exporter(),
        receiver(lab),
        alertmanager(lab),
        prometheus(cache, lab),
        *(registry(lab, port) for port in ports),
    )


def everything(cache: Cache, lab: Instance, node: str) -> tuple[Component, ...]:
    """Returns all components of a lab whose real node is called `node`."""
    return *control_plane(cache, lab), *others(cache, lab, node), kubelet(cache, lab, node)


def _bin(cache: Cache, name: str) -> str:
    return str(cache.bin / name)


def _flags(flags: dict[str, object]) -> list[str]:
    return [f"--{name}={value}" for name, value in flags.items()]
