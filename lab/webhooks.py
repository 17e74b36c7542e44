"""The webhook bodies that Alertmanager has posted to the lab."""

import json
import re
from pathlib import Path
from typing import Any

from lab.fault import AlertOf


def newest_number(folder: Path) -> int:
    """Returns the number of the last body that arrived, 0 if none did."""
    return max((_number(path) for path in folder.glob("*.json")), default=0)


def find(folder: Path, wanted: AlertOf, after: int) -> Path | None:
    """Returns the first body after number `after` that reports the alert as firing, None if there is none."""
    for path in sorted(folder.glob(f"*-firing-{wanted.name}.json")):
        if _number(path) > after and _reports(json.loads(path.read_text()), wanted):
            return path
    return None


def _number(path: Path) -> int:
    return int(path.name.partition("-")[0])


def _reports(body: dict[str, Any], wanted: AlertOf) -> bool:
    firing = [alert["labels"] for alert in body["alerts"] if alert["status"] == "firing"]
    return any(_fits(labels, wanted) for labels in firing)


def _fits(labels: dict[str, str], wanted: AlertOf) -> bool:
    return all(re.fullmatch(pattern, labels.get(name, "")) for name, pattern in wanted.labels.items())
