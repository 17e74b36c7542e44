"""The first process of a lab's namespaces: prepares mounts and network, reaps, and takes all with it when it ends.

Run by `unshare`, as a file. It is process 1 of a pid namespace: when it is killed the kernel ends every process of
the lab, and with the last of them go the mounts, the network devices and the firewall rules.
"""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

_BIND = {  # what the node's programs expect under /var, from the lab's own directory
    "kubelet": "/var/lib/kubelet",
    "containerd": "/var/lib/containerd",
    "cni": "/var/lib/cni",
    "pods": "/var/log/pods",
    "containers": "/var/log/containers",
}
_DISKS = {"bytes": "size=16m", "inodes": "size=16m,nr_inodes=64"}
"""Small file systems under /run/disks, for volumes that faults fill."""
_SYSTEM = ("/bin", "/dev", "/etc", "/lib", "/lib64", "/proc", "/sbin", "/sys", "/usr")


def main() -> None:
    """Prepares the namespaces, says so in a file, and waits."""
    node, address, host = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    _mounts(node, address, host)
    _network(address)
    (node / "ready").touch()
    _reap()


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


def _mounts(node: Path, address: str, host: str) -> None:
    _detach_others(node)
    _run("mount", "-t", "proc", "proc", "/proc")
    for folder in ("/run", "/var/lib", "/var/log"):
        _run("mount", "-t", "tmpfs", "tmpfs", folder)
    for name, target in _BIND.items():
        (node / name).mkdir(parents=True, exist_ok=True)
        Path(target).mkdir(parents=True)
        _run("mount", "--bind", str(node / name), target)
    Path("/run/containerd").mkdir()
    # the kubelet's cAdvisor looks there whatever its settings say, and knows no container's name without it
    Path("/run/containerd/containerd.sock").symlink_to(node / "containerd.sock")
    for name, limit in _DISKS.items():
        Path("/run/disks", name).mkdir(parents=True)
        _run("mount", "-t", "tmpfs", "-o", limit, "tmpfs", f"/run/disks/{name}")
    hosts = node / "hosts"
    # nobody answers for names here: Prometheus would start 10 s later, having asked in vain what this machine is called
    hosts.write_text(f"127.0.0.1 localhost {socket.gethostname()}\n{address} {host}\n")
    _run("mount", "--bind", str(hosts), "/etc/hosts")
    _run("mount", "--make-rshared", "/")  # so that volumes mounted by the kubelet reach the containers


def _detach_others(node: Path) -> None:
    """Detaches what this machine has mounted and the lab does not need: the kubelet would report it as its disks."""
    needed = (node, Path(sys.prefix), Path(sys.base_prefix), Path(__file__), *map(Path, _SYSTEM))
    for line in Path("/proc/self/mounts").read_text().splitlines()[::-1]:
        point = Path(line.split()[1])
        if not any(point.is_relative_to(path) or path.is_relative_to(point) for path in needed):
            _run("umount", "--lazy", str(point))


def _network(address: str) -> None:
    ip = "ip"
    _run(ip, "link", "set", "lo", "up")
    # a pair, because not every kernel has dummy devices
    _run(ip, "link", "add", "node0", "type", "veth", "peer", "name", "node0p")
    _run(ip, "addr", "add", f"{address}/24", "dev", "node0")
    _run(ip, "link", "set", "node0p", "up")
    _run(ip, "link", "set", "node0", "up")
    _run(ip, "route", "add", "default", "dev", "node0")


def _reap() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD, signal.SIGTERM})
    while signal.sigwait({signal.SIGCHLD, signal.SIGTERM}) == signal.SIGCHLD:
        _reap_all()


def _reap_all() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


if __name__ == "__main__":
    main()
