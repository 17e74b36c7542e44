"""What a fault says by hand: what an exporter of other hardware would have said, and the alert that it would raise."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from diagflow.promql.promqltest.notation import parse_series
from lab.fault import Fault

STEP: Final = 60
"""Seconds between two samples."""


def series(fault: Fault, now: datetime) -> list[dict[str, Any]]:
    """Returns them as Prometheus' API would, each with `metric` and `values`; the last samples are of `now`."""
    read = [parse_series(f"{one['series']} {one['values']}") for one in fault.series]
    return [
        {
            "metric": labels,
            "values": [
                (round(now.timestamp()) - (len(samples) - 1 - number) * STEP, str(sample.value))
                for number, sample in enumerate(samples)
                if sample.value is not None
            ],
        }
        for labels, samples in read
    ]


def alert(folder: Path, fault: Fault, now: datetime) -> None:
    """Writes the alert that the series would raise, as Alertmanager's webhook has it; nothing where none is given."""
    if fault.said_alert:
        labels = {"alertname": fault.said_alert.name, **fault.said_alert.labels}
        body = {
            "version": "4",
            "status": "firing",
            "alerts": [{"status": "firing", "labels": labels, "startsAt": f"{now:%Y-%m-%dT%H:%M:%SZ}"}],
        }
        (folder / "alert.json").write_text(json.dumps(body, indent=4) + "\n")
