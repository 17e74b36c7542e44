"""A rule on metrics, diagnosed from an incident folder and from bundles that hold series."""

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from diagflow.promql import Series, Storage
from tests.cli.run import diagflow
from tests.collect.test_promseries import answering

START = 1_700_000_000
RULE = """
- id: MINE-QUEUE-001
  title: A queue is long
  symptom: kubernetes.pod-not-ready
  triggers:
    - promql: avg_over_time(queue_length[5m])
      threshold: "> %d"
      supports: conclusive
"""


@pytest.fixture
def incident(tmp_path: Path) -> Path:
    rows = [f"{START + 30 * n},queue_length,{n},shop,cart-0\n" for n in range(21)]
    folder = tmp_path / "incident"
    folder.mkdir()
    (folder / "metrics.csv").write_text("timestamp,metric,value,namespace,pod\n" + "".join(rows))
    return folder


def rules_of(root: Path, limit: int) -> Path:
    rules = root / "rules"
    rules.mkdir(exist_ok=True)
    (rules / "mine.yaml").write_text(RULE % limit)
    return rules


def scan(bundle: Path, limit: int) -> dict[str, Any]:
    rules = rules_of(bundle.parent, limit)
    ran = diagflow("scan", "--bundle", bundle, "--rules", rules, "-o", "json")
    assert ran.status in (0, 1, 3), ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def entities(diagnosis: dict[str, Any]) -> list[str]:
    return [symptom["entity"] for symptom in diagnosis["symptoms"]]


def test_a_rule_on_metrics_fires_on_a_folder_and_on_its_bundle(incident: Path) -> None:
    bundle = incident.parent / "incident.zip"
    assert diagflow("import", incident, bundle).status == 0
    found = scan(incident, 5)
    assert entities(found) == ["pod/shop/cart-0"]
    assert scan(bundle, 5) == found
    assert entities(scan(bundle, 15)) == ["pod/shop/cart-0"]
    assert entities(scan(bundle, 16)) == []


def test_what_is_recorded_live_serves_a_changed_rule(tmp_path: Path) -> None:
    """The average of ten minutes is asked live; later a rule asks for that of five, and for the highest value."""
    times = round(time.time() * 1000) - 1_200_000 + 30_000 * np.arange(41)
    labels = {"__name__": "queue_length", "namespace": "shop", "pod": "cart-0"}
    storage = Storage([Series(labels, times, np.arange(41.0))])
    bundle, rules = tmp_path / "incident.zip", rules_of(tmp_path, 100)
    (rules / "mine.yaml").write_text((RULE % 100).replace("[5m]", "[10m]"))
    with answering(storage) as server:
        ran = diagflow("record", bundle, "--prometheus", server.url, "--rules", rules)
    assert ran.status == 0, ran.err
    assert diagflow("replay", bundle, "--rules", rules).status == 0
    assert entities(scan(bundle, 25)) == ["pod/shop/cart-0"]
    (rules / "mine.yaml").write_text(
        (RULE % 100).replace("avg_over_time(queue_length[5m])", "max_over_time(queue_length[15m])")
    )
    asked = json.loads(diagflow("scan", "--bundle", bundle, "--rules", rules, "-o", "json").out)
    (missing,) = [m for m in asked["missing"] if "queue_length" in str(m)]
    assert "does not hold queue_length for all of the time" in str(missing)
    shown = diagflow("promql", "query", "queue_length", "--bundle", bundle)
    assert (shown.status, "40\n" in shown.out or "39\n" in shown.out) == (0, True)
