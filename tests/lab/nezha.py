"""Two hours of recorded metrics of pods: Nezha's Online Boutique, where its data lies beside the checkout."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tests.promql import samples

from diagflow.promql import Series

FOLDER = Path(__file__).parents[3] / "shared/traces/nezha-onlineboutique/2022-08-22/metric"
_COLUMNS = {
    "CpuUsage(m)": "pod_cpu_usage",
    "MemoryUsage(Mi)": "pod_memory_usage",
    "NetworkReceiveBytes": "pod_network_receive",
    "PodServerLatencyP90(s)": "pod_latency_p90",
    "PodSuccessRate(%)": "pod_success_rate",
    "PodWorkload(Ops)": "pod_workload",
}
NAMES = ("pod_cpu_usage", "pod_network_receive")
"""Metrics whose values are no equals."""
ODD = tuple(name for name in _COLUMNS.values() if name not in NAMES)
LABELS = {"service": ("adservice", "cartservice", "frontend"), "pod": ("adservice-5f6585d649-fnmft",)}


def series() -> list[Series]:
    """The series, or none where there is no such data."""
    return [one for path in sorted(FOLDER.glob("*-*_metric.csv")) for one in _of_pod(path)]


def _of_pod(path: Path) -> Iterator[Series]:
    with path.open(newline="") as file:
        rows = [(int(row["TimeStamp"]) * 1000, row) for row in csv.DictReader(file)]
    some = {time: row for time, row in rows if samples.START <= time < samples.START + samples.LENGTH}
    times = sorted(some)
    pod = path.name.removesuffix("_metric.csv")
    for column, name in _COLUMNS.items():
        there = [time for time in times if some[time][column]]
        labels = {"__name__": name, "pod": pod, "service": pod.split("-")[0]}
        yield Series(labels, np.array(there, np.int64), np.array([float(some[time][column]) for time in there]))
