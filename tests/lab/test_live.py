"""Real faults in a real cluster: Prometheus raises the alert, Alertmanager posts it, DiagFlow names the cause."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


FAULTS = [name for name in fault.all_names() if not name.startswith("healthy/")]
HEALTHY = [name for name in fault.all_names() if name.startswith("healthy/")]


@contextmanager
def _in_place(lab: Lab, name: str) -> Iterator[dict[str, Any]]:
    """Puts a fault in place; yields its labels, and under `alert` the webhook body that reported it."""
    done = lab("fault", "run", name, "--seed", SEED)
    try:
        assert done.returncode == 0, done.stderr
        yield yaml.safe_load(done.stdout)
    finally:
        cleaned = lab("fault", "clean", name)
    assert cleaned.returncode == 0, cleaned.stderr


def _diagnose(lab: Lab, alert: str) -> tuple[int, dict[str, Any]]:
    done = lab("exec", "--", DIAGFLOW, "diagnose", "--alert", alert, "-o", "json")
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        pytest.fail(f"no diagnosis, exit status {done.returncode}\n{done.stdout}\n{done.stderr}")


@pytest.fixture(params=FAULTS)
def broken(lab: Lab, request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    with _in_place(lab, request.param) as labels:
        yield labels


def test_the_right_cause_is_the_only_root(lab: Lab, broken: dict[str, Any]) -> None:
    status, diagnosis = _diagnose(lab, broken["alert"])
    expected = broken["causes"][0]
    named = [(cause["id"], cause["entities"]) for cause in diagnosis["causes"]]
    assert (status, bool(named)) == (1, True), diagnosis
    first = diagnosis["causes"][0]
    assert first["id"] == expected["id"], named
    assert any(fnmatchcase(entity, expected["entity"]) for entity in first["entities"]), named
    assert [cause["id"] for cause in diagnosis["causes"] if cause["role"] == "root"] == [expected["id"]], named
    assert not {cause["id"] for cause in diagnosis["causes"]} & set(broken["forbidden"]), named
    assert set(broken["ruled_out"]) <= {entry["id"] for entry in diagnosis["ruled_out"]}, diagnosis["ruled_out"]


@pytest.mark.parametrize("name", HEALTHY)
def test_an_alert_about_nothing_names_nothing(lab: Lab, name: str) -> None:
    with _in_place(lab, name) as labels:
        status, diagnosis = _diagnose(lab, labels["alert"])
    assert diagnosis["causes"] == []
    assert status == 3  # an alert without a cause: it could not tell


def test_a_busy_healthy_life_is_left_alone(lab: Lab, tmp_path: Path) -> None:
    minutes = os.environ.get("DIAGFLOW_LAB_SOAK_MINUTES", "3")
    words = ("--minutes", minutes, "--scans", "25", "--seed", SEED, "--folder", str(tmp_path))
    done = lab("soak", *words, "--", DIAGFLOW, "scan", "-o", "json", timeout=600)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
