"""The samples that a recording carries: what the lab's Prometheus has of the series that a fault names."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lab import conditions

WINDOW = "30m"
"""How far back samples go: further than the rules look that can fire in a lab that has been up for minutes."""

_FIRST = ("timestamp", "metric", "value")


def asked(selectors: Iterable[str]) -> list[dict[str, Any]]:
    """Returns the series that Prometheus has of some selectors, each with `metric` and `values`, as its API says them.

    Raises:
        LabError: Prometheus did not answer, or refused a selector.
    """
    return [one for selector in selectors for one in conditions.query(f"{selector}[{WINDOW}]")]


def write(folder: Path, series: Sequence[dict[str, Any]]) -> None:
    """Writes `metrics.csv` of an incident folder; nothing where there is no series."""
    if not series:
        return
    labels = sorted({name for one in series for name in one["metric"]} - {"__name__"})
    with (folder / "metrics.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((*_FIRST, *labels))
        for one in series:
            writer.writerows(_rows(one, labels))


def _rows(one: dict[str, Any], labels: list[str]) -> Iterable[tuple[str, ...]]:
    names = tuple(one["metric"].get(label, "") for label in labels)
    return ((str(time), one["metric"]["__name__"], value, *names) for time, value in one["values"])
