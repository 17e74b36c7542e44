"""What the benchmarks of a live cluster share: its lab, and what a program takes from its start to its end."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab import cluster as clusters
from lab import crowd, outage, paths
from lab.cluster import Cluster

NAME = "big"
SCAN = (str(Path(sys.executable).with_name("diagflow")), "scan", "--prometheus", "none", "-o", "json")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one program took."""

    wall: float
    cpu: float
    peak: float
    """Resident set in MB."""
    out: bytes
    size: int
    """Bytes of what it printed."""
    status: int

    def __str__(self) -> str:
        return f"{self.wall:6.2f} s by the clock  {self.cpu:6.2f} s CPU  {self.peak:5.0f} MB at most"


def run(command: Sequence[str]) -> Cost:
    """Run a program and measure it alone: `wait4` tells of one child, `getrusage` of the biggest so far."""
    with tempfile.TemporaryFile() as out:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdout=out)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
        return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said, len(said), child.returncode)


def prepared(size: crowd.Size, gather: Callable[[Cluster, crowd.Size], None]) -> Cluster:
    """Return the lab with its crowd; one that is there from before is used again."""
    cluster = Cluster(paths.cache(), paths.instance(NAME))
    clusters.up(cluster, crowd.SEED, crowd.LEASE)
    cluster.join()
    os.environ.update(clusters.environment(cluster))
    if crowd.ready(cluster) < size.pods - size.ill:
        for busy in ("prometheus", "kube-state-metrics"):  # every second 470,000 series: they would be all we measure
            outage.freeze(cluster, busy)
        began = time.perf_counter()
        gather(cluster, size)
        print(f"{size.nodes:,} nodes and {size.pods:,} pods in {time.perf_counter() - began:.0f} s", flush=True)
    return cluster


def load() -> str:
    """Return how busy this machine is, in words."""
    return f"load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; above that the clock lies"
