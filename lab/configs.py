"""The configuration files of the lab's components."""

import json
from pathlib import Path
from typing import Any

import yaml

from lab import components, images, net, scrape
from lab.paths import Instance
from lab.sh import run

_SMALL = "00-small"

KUBELET_DEFAULTS: dict[str, Any] = {"maxPods": 60}


def write(lab: Instance, node: str) -> None:
    """Writes all files; a fault may write the kubelet's again."""
    lab.config.mkdir(parents=True, exist_ok=True)
    _yaml(lab.config / "scheduler.yaml", _scheduler(lab))
    (lab.config / "containerd.toml").write_text(_containerd(lab))
    _cni(lab)
    _resolver(lab)
    kubelet(lab, {})
    _yaml(lab.config / "prometheus.yaml", scrape.config(lab, node))
    _yaml(lab.config / "alertmanager.yaml", _alertmanager())
    for port, certificate in ((net.REGISTRY_OPEN, "registry"), (net.REGISTRY_LOGIN, "registry")):
        _registry(lab, port, certificate)
    _registry(lab, net.REGISTRY_OTHER_CERTIFICATE, "registry-other")


def _yaml(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content, sort_keys=False))


def _scheduler(lab: Instance) -> dict[str, Any]:
    connection = {"kubeconfig": str(lab.config / "scheduler.kubeconfig"), "qps": 1000, "burst": 2000}
    return {
        "apiVersion": "kubescheduler.config.k8s.io/v1",
        "kind": "KubeSchedulerConfiguration",
        "leaderElection": {
            "leaderElect": True,
            "leaseDuration": f"{components.LEASE_SECONDS}s",
            "renewDeadline": f"{components.RENEW_SECONDS}s",
        },
        "clientConnection": connection,
    }


def kubelet(lab: Instance, settings: dict[str, Any]) -> None:
    """Writes the kubelet's configuration: the lab's, then what a fault changes."""
    (lab.config / "resolv.conf").write_text(f"nameserver {net.ADDRESS}\n")
    authentication = {
        "anonymous": {"enabled": False},
        "webhook": {"enabled": True},
        "x509": {"clientCAFile": str(lab.pki / "ca.crt")},
    }
    base = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": net.ADDRESS,
        "failCgroupV1": False,
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{lab.cgroup}",
        "failSwapOn": False,
        "containerRuntimeEndpoint": f"unix://{lab.containerd_socket}",
        "authentication": authentication,
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(lab.pki / "kubelet-server.crt"),
        "tlsPrivateKeyFile": str(lab.pki / "kubelet-server.key"),
        "clusterDNS": [net.DNS_SERVICE],
        "clusterDomain": "cluster.local",
        "resolvConf": str(lab.config / "resolv.conf"),
        "volumePluginDir": "/var/lib/kubelet/volumeplugins",
        "readOnlyPort": 0,
        "healthzPort": 0,
        "serializeImagePulls": False,  # a silent registry must not hold up the next fault
        "nodeStatusUpdateFrequency": "5s",
        "syncFrequency": "10s",  # a crash loop shows as such on a pod's next sync only, by default within a minute
        "volumeStatsAggPeriod": "5s",
        # how full this machine's disk happens to be is no part of an experiment
        "evictionHard": {"memory.available": "64Mi", "nodefs.available": "1%", "nodefs.inodesFree": "1%"},
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
    }
    _yaml(lab.config / "kubelet.yaml", {**base, **KUBELET_DEFAULTS, **settings})


def _containerd(lab: Instance) -> str:
    return f"""version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
  address = "{lab.containerd_socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{images.PAUSE}"
  # where root lacks CAP_SYS_RESOURCE nobody can lower oom_score_adj
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "{_snapshotter(lab.node)}"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
        BinaryName = "/usr/sbin/runc"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{lab.config / "cni"}"
"""


def _snapshotter(folder: Path) -> str:
    """An overlay cannot stand on an overlay, which is what a container's own disk is."""
    kind = run(["stat", "-f", "-c", "%T", folder]).strip()
    return "native" if kind == "overlayfs" else "overlayfs"


def _cni(lab: Instance) -> None:
    _network(lab, "10-lab", "cni0", net.PODS)


def small_network(lab: Instance, subnet: str) -> None:
    """Gives pods that are started from now on their addresses from another subnet; the first file by name counts."""
    _network(lab, _SMALL, "cni1", subnet)


def usual_network(lab: Instance) -> None:
    """Undoes `small_network`."""
    (lab.config / "cni" / f"{_SMALL}.conflist").unlink(missing_ok=True)


def _network(lab: Instance, name: str, bridge: str, subnet: str) -> None:
    pods = {"type": "host-local", "ranges": [[{"subnet": subnet}]], "routes": [{"dst": "0.0.0.0/0"}]}
    plugin = {"type": "bridge", "bridge": bridge, "isGateway": True, "hairpinMode": True, "ipam": pods}
    folder = lab.config / "cni"
    folder.mkdir(exist_ok=True)
    conflist = {"cniVersion": "0.4.0", "name": name.partition("-")[2], "plugins": [plugin]}
    (folder / f"{name}.conflist").write_text(json.dumps(conflist))


def _resolver(lab: Instance) -> None:
    """Names of the site, and that there are no others: it must answer, or CoreDNS has nobody to forward to."""
    zone = lab.config / "site.zone"
    head = "@ IN SOA ns.internal. hostmaster.internal. 1 7200 900 1209600 60\n@ IN NS ns.internal.\n"
    names = "".join(f"{name}. IN A {net.ADDRESS}\n" for name in ("ns.internal", net.REGISTRY))
    zone.write_text(f"$ORIGIN .\n$TTL 60\n{head}{names}")
    server = f".:{net.RESOLVER_PORT} {{\n    bind {net.ADDRESS}\n    file {zone} .\n}}\n"
    (lab.config / "resolver.Corefile").write_text(server)


def _alertmanager() -> dict[str, Any]:
    route = {
        "receiver": "lab",
        "group_by": ["alertname", "namespace"],
        "group_wait": "1s",
        "group_interval": "5s",
        "repeat_interval": "1h",
    }
    hook = {"url": net.RECEIVER_URL, "send_resolved": True}
    return {"route": route, "receivers": [{"name": "lab", "webhook_configs": [hook]}]}


def _registry(lab: Instance, port: int, certificate: str) -> None:
    storage = lab.root / "registry" / str(port)
    tls = {"certificate": str(lab.pki / f"{certificate}.crt"), "key": str(lab.pki / f"{certificate}.key")}
    config: dict[str, Any] = {
        "version": "0.1",
        "log": {"level": "warn"},
        "storage": {"filesystem": {"rootdirectory": str(storage)}},
        "http": {"addr": f"{net.ADDRESS}:{port}", "tls": tls},
    }
    if port == net.REGISTRY_LOGIN:
        # the registry makes the file with a password that nobody knows: all that a refusal needs
        config["auth"] = {"htpasswd": {"realm": "registry", "path": str(lab.config / "htpasswd")}}
    _yaml(lab.config / f"registry-{port}.yaml", config)
