"""Logs of nodes in a recording: what the machine's kernel said while a fault was in place, or what one would say."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lab import sh
from lab.cluster import Cluster
from lab.runner import Run


def write(folder: Path, logs: Mapping[str, str]) -> None:
    """Writes the logs of nodes into an incident folder."""
    for node, text in logs.items():
        target = folder / "logs" / "node" / f"{node}.log"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def of_kernel(cluster: Cluster, run: Run) -> dict[str, str]:
    """Returns the real node's log where a fault asks for it: what the kernel has said since, nothing that was before.

    Raises:
        LabError: the kernel's log cannot be read here.
    """
    if not run.fault.kernel_log:
        return {}
    since = datetime.now(UTC) - timedelta(seconds=run.seconds)
    return {cluster.real_node: sh.run(["dmesg", "--time-format", "iso", "--since", f"{since:%Y-%m-%d %H:%M:%S}"])}
