"""The Debian packages that the lab needs: installs those that are missing, and says so."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lab.errors import LabError
from lab.sh import run

PACKAGES = {
    "containerd": "the container runtime of the real kubelet",
    "runc": "runs the containers",
    "containernetworking-plugins": "connects the pods",
    "busybox-static": "the content of the lab's images",
    "prometheus-alertmanager": "sends the alerts",
    "prometheus-node-exporter": "measures the real node",
    "docker-registry": "registries that refuse images",
    "iproute2": "makes network devices",
    "iptables": "drops packets",
    "openssl": "makes certificates",
    "chromium": "shows the page, in the tests that look at it",
    "util-linux": "makes namespaces",
    "mount": "makes mounts",
}
_POLICY = Path("/usr/sbin/policy-rc.d")


def missing(packages: Mapping[str, str] = PACKAGES) -> list[str]:
    """Returns the packages that are not installed, sorted."""
    return sorted(name for name in packages if not _installed(name))


def install(packages: Mapping[str, str] = PACKAGES) -> None:
    """Installs what is missing of the packages (name and reason), without starting any service of it.

    Raises:
        LabError: not root, or apt-get failed.
    """
    names = missing(packages)
    if not names:
        return
    if os.geteuid() != 0:
        raise LabError(f"not installed: {', '.join(names)}; run `sudo apt-get install {' '.join(names)}`")
    for name in names:
        print(f"  installing {name}: {packages[name]}", flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with _services_stay_off():
        run(["apt-get", "update", "-qq"], env=env, timeout=600)
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *names], env=env, timeout=1200)


def _installed(name: str) -> bool:
    try:
        return run(["dpkg-query", "-W", "-f", "${db:Status-Status}", name]) == "installed"
    except LabError:
        return False


@contextmanager
def _services_stay_off() -> Iterator[None]:
    """The packages bring services that would listen on this machine: none of them may start."""
    ours = not _POLICY.exists()
    if ours:
        _POLICY.write_text("#!/bin/sh\nexit 101\n")
        _POLICY.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            _POLICY.unlink()
