"""An incident folder whose alert no rule explains: suspects, also in a recording and its replay."""

import json
import math
from pathlib import Path

import pytest

from tests.cli.run import diagflow

NOW = 1_700_007_200
BEGAN = NOW - 300
ALERT = {
    "version": "4",
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "SlowShop", "service": "shop"},
            "startsAt": "2023-11-15T00:08:20Z",
        }
    ],
}


def folder(root: Path, after: float) -> Path:
    """Write two hours of two services; the cart's latency changes when the alert begins."""
    rows = ["timestamp,metric,value,service"]
    for time in range(NOW - 7200, NOW + 1, 60):
        waver = 1 + 0.02 * math.sin(time)
        slow = after if time >= BEGAN else 0.05
        rows += [f"{time},latency,{slow * waver:.6f},cart", f"{time},latency,{0.2 * waver:.6f},shop"]
    root.mkdir()
    (root / "metrics.csv").write_text("\n".join(rows) + "\n")
    (root / "alert.json").write_text(json.dumps(ALERT))
    edge = {"from": "service/shop", "to": "service/cart", "relation": "calls"}
    (root / "topology.json").write_text(json.dumps([edge]))
    return root


@pytest.fixture
def ill(tmp_path: Path) -> Path:
    return folder(tmp_path / "ill", 0.8)


def test_the_callee_that_changed_is_suspected(ill):
    ran = diagflow("diagnose", "--bundle", ill, "-o", "json")
    found = json.loads(ran.out)
    assert (ran.status, found["status"], found["causes"]) == (3, "suspects", [])
    (one,) = found["suspects"]
    assert one["entity"] == "service/cart"
    assert 0 < one["score"] < 0.5
    assert one["why"][0].startswith("latency: 0.05")
    assert "service/cart" in diagflow("diagnose", "--bundle", ill).out.splitlines()[0]


def test_a_recording_says_it_again(ill, tmp_path):
    first = diagflow("diagnose", "--bundle", ill, "-o", "json", "--record", tmp_path / "kept.zip")
    again = diagflow("replay", tmp_path / "kept.zip", "-o", "json")
    assert first.status == 3
    assert json.loads(again.out)["suspects"] == json.loads(first.out)["suspects"] != []


def test_nobody_is_suspected_where_nothing_changed_nor_by_a_scan(ill, tmp_path):
    calm = diagflow("diagnose", "--bundle", folder(tmp_path / "calm", 0.05), "-o", "json")
    assert (calm.status, json.loads(calm.out)["status"]) == (3, "unknown")
    assert json.loads(diagflow("scan", "--bundle", ill, "-o", "json").out)["suspects"] == []
