"""Real faults in a real cluster: Prometheus raises the alert, Alertmanager posts it, DiagFlow names the cause."""

import json
import os
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml
from lab import fault
from tests.lab.conftest import Lab

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(os.environ.get("DIAGFLOW_LAB") != "1", reason="needs the lab: run `make test-lab`"),
]
SEED = os.environ.get("DIAGFLOW_LAB_SEED", "1")
DIAGFLOW = str(Path(sys.executable).with_name("diagflow"))


@pytest.fixture(params=fault.all_names())
def broken(lab: Lab, request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """A fault that is in place: its labels, and under `alert` the webhook body that reported it."""
    done = lab("fault", "run", request.param, "--seed", SEED)
    try:
        assert done.returncode == 0, done.stderr
        yield yaml.safe_load(done.stdout)
    finally:
        cleaned = lab("fault", "clean", request.param)
    assert cleaned.returncode == 0, cleaned.stderr


def test_the_right_cause_is_the_only_root(lab: Lab, broken: dict[str, Any]) -> None:
    done = lab("exec", "--", DIAGFLOW, "diagnose", "--alert", broken["alert"], "-o", "json")
    assert done.returncode == 1, f"exit status {done.returncode}\n{done.stdout}\n{done.stderr}"
    diagnosis = json.loads(done.stdout)
    expected = broken["causes"][0]
    named = [(cause["id"], cause["entities"]) for cause in diagnosis["causes"]]
    first = diagnosis["causes"][0]
    assert first["id"] == expected["id"], named
    assert any(fnmatchcase(entity, expected["entity"]) for entity in first["entities"]), named
    assert [cause["id"] for cause in diagnosis["causes"] if cause["role"] == "root"] == [expected["id"]], named
    assert not {cause["id"] for cause in diagnosis["causes"]} & set(broken["forbidden"]), named
    assert set(broken["ruled_out"]) <= {entry["id"] for entry in diagnosis["ruled_out"]}, diagnosis["ruled_out"]


def test_a_busy_healthy_life_is_left_alone(lab: Lab, tmp_path: Path) -> None:
    minutes = os.environ.get("DIAGFLOW_LAB_SOAK_MINUTES", "3")
    words = ("--minutes", minutes, "--scans", "25", "--seed", SEED, "--folder", str(tmp_path))
    done = lab("soak", *words, "--", DIAGFLOW, "scan", "-o", "json", timeout=600)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
