"""Where the lab keeps its files: one cache for all instances, one directory for each instance."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

LEASE = 40
"""Seconds that a lease of a node lasts, unless a lab says otherwise."""
SOURCE = Path(__file__).resolve().parent


def cache_home() -> Path:
    """Returns the lab's directory under XDG_CACHE_HOME (default `~/.cache`)."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "diagflow-lab"


@dataclass(frozen=True, slots=True)
class Cache:
    """What is built once and used by every instance."""

    root: Path

    @property
    def bin(self) -> Path:
        return self.root / "bin"

    @property
    def images(self) -> Path:
        return self.root / "images"

    @property
    def stamps(self) -> Path:
        return self.root / "stamps"

    @property
    def stages(self) -> Path:
        return self.root / "kwok-stages.yaml"


@dataclass(frozen=True, slots=True)
class Instance:
    """The files of one lab; `name` keeps labs on one machine apart."""

    name: str
    root: Path

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def pids(self) -> Path:
        return self.root / "pids"

    @property
    def pki(self) -> Path:
        return self.root / "pki"

    @property
    def config(self) -> Path:
        return self.root / "config"

    @property
    def node(self) -> Path:
        """What stands under /var and /run for the real kubelet."""
        return self.root / "node"

    @property
    def alerts(self) -> Path:
        """The webhook bodies that Alertmanager posted, oldest first by name."""
        return self.root / "alerts"

    @property
    def runs(self) -> Path:
        """The faults that are in place, one file each."""
        return self.root / "runs"

    @property
    def settings(self) -> Path:
        """What was decided when the lab was started."""
        return self.root / "settings.json"

    @property
    def lease(self) -> int:
        """Seconds that a lease of one of kwok's nodes lasts."""
        return int(json.loads(self.settings.read_text()).get("lease", LEASE))

    @property
    def kubeconfig(self) -> Path:
        return self.config / "admin.kubeconfig"

    @property
    def containerd_socket(self) -> Path:
        return self.node / "containerd.sock"

    @property
    def cgroup(self) -> str:
        """The name of the cgroup below which the kubelet keeps its pods."""
        return f"diagflow-lab-{self.name}"


def cache() -> Cache:
    """Returns the cache of this user."""
    return Cache(cache_home())


def instance(name: str) -> Instance:
    """Returns the files of the lab called `name`."""
    return Instance(name, cache_home() / "instances" / name)
