"""Recordings: an incident folder of a fault, with the labels that say what is right."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from lab import metrics, nodelogs, runner, snapshot, synthetic
from lab.cluster import Cluster
from lab.gobuild import KUBERNETES


def record(cluster: Cluster, name: str, seed: int, folder: Path) -> None:
    """Puts a fault in place, writes the incident folder with its labels, and takes the fault away.

    Raises:
        LabError: the fault did not show, or the folder holds something already.
    """
    snapshot.require_empty(folder)
    try:
        run = runner.run(cluster, name, seed)
        snapshot.take(cluster, folder, run.alert)
        now = datetime.now(UTC)
        metrics.write(folder, [*metrics.asked(run.fault.metrics), *synthetic.series(run.fault, now)])
        synthetic.alert(folder, run.fault, now)
        nodelogs.write(folder, {**run.fault.node_logs, **nodelogs.of_kernel(cluster, run)})
        family = f"lab fault {run.fault.name}, seed {seed}"
        source = f"{family}, {run.fault.description}"
        labels(folder, run.fault.labels, source, family=family, synthetic=run.fault.synthetic)
        print(f"{run.fault.name}: shown in {run.seconds:.0f} s, written to {folder}", flush=True)
    finally:
        runner.clean(cluster, name)


def labels(folder: Path, right: dict[str, Any], source: str, *, family: str = "", synthetic: str = "") -> None:
    """Writes a recording's labels.yaml; `family` is what counts once: a fault with its seed, a soak with its seed.

    `synthetic` says what of it was written by hand.
    """
    content = {
        "healthy": not right.get("causes"),
        "causes": right.get("causes", []),
        "forbidden": right.get("forbidden", []),
        "ruled_out": right.get("ruled_out", []),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "source": f"{source} Kubernetes {KUBERNETES}.",
    }
    content |= {key: text for key, text in (("family", family), ("synthetic", synthetic)) if text}
    (folder / "labels.yaml").write_text(yaml.safe_dump(content, sort_keys=False, width=120))
