"""A rule on metrics, diagnosed from an incident folder and from the bundle that is made of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.run import diagflow

START = 1_700_000_000
RULE = """
- id: MINE-QUEUE-001
  title: A queue is long
  symptom: kubernetes.container-not-starting
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


def scan(bundle: Path, limit: int) -> dict[str, Any]:
    rules = bundle.parent / "rules"
    rules.mkdir(exist_ok=True)
    (rules / "mine.yaml").write_text(RULE % limit)
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
