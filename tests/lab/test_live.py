"""Real faults in a real cluster: Prometheus raises the alert, Alertmanager posts it, DiagFlow names the cause."""

import json
import os
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml
from lab import fault
from tests.lab import sample
from tests.lab.conftest import DIAGFLOW, DRAWN, LIVE, ROOT, SEED, Lab, Stage, diagnosis_of

pytestmark = LIVE


EVERY = {one.name: one for name in fault.all_names() if (one := fault.load(name, int(SEED), "node")).is_live}
QUICK = [name for name, one in EVERY.items() if one.pause <= sample.PATIENCE]
ALWAYS = "scheduling/max-pods"
"""The incident that this project began with."""
DRAWN_NOW = {ALWAYS, *sample.drawn(QUICK, sample.version(ROOT), sample.size(len(QUICK)))}
SAMPLE = sorted(DRAWN_NOW) if sample.is_drawn() else list(EVERY)


def _batches() -> Iterator[tuple[str, ...]]:
    """What may be in place together: whatever others would feel is alone, the rest comes six at a time."""
    alone = [name for name in SAMPLE if EVERY[name].is_felt_by_others]
    yield from ((name,) for name in alone)
    others = iter(sorted(set(SAMPLE) - set(alone), key=lambda name: (EVERY[name].pause, name)))
    while some := tuple(islice(others, 6)):
        yield some


def _is_healthy(name: str) -> bool:
    return name.startswith("healthy/")


_PLACED = [(names, name) for names in _batches() for name in names]
CASES = [pytest.param(names, name, id=name) for names, name in _PLACED if not _is_healthy(name)]
HEALTHY = [pytest.param(names, name, id=name) for names, name in _PLACED if _is_healthy(name)]


@pytest.fixture(autouse=True, scope="module")
def _said() -> None:
    DRAWN.extend(SAMPLE)


def _diagnose(
    lab: Lab, name: str, printed: subprocess.CompletedProcess[str]
) -> tuple[dict[str, Any], int, dict[str, Any]]:
    """Returns the fault's labels, and DiagFlow's exit status and diagnosis: of the alert, or without one of a scan."""
    assert printed.returncode == 0, printed.stderr
    labels = yaml.safe_load(printed.stdout)
    words = ("diagnose", "--alert", labels["alert"]) if labels["alert"] else ("scan", *_scope(name, labels))
    done = lab("exec", "--", DIAGFLOW, *words, "-o", "json")
    return labels, done.returncode, diagnosis_of(done)


def _scope(name: str, labels: dict[str, Any]) -> tuple[str, ...]:
    """Other faults are in place beside it: look at its namespace, unless it is alone."""
    return () if EVERY[name].is_felt_by_others else ("--namespace", labels["namespace"])


@pytest.mark.parametrize(("batch", "name"), CASES)
def test_the_right_cause_is_the_only_root(lab: Lab, stage: Stage, batch: tuple[str, ...], name: str) -> None:
    labels, status, diagnosis = _diagnose(lab, name, stage.place(batch)[name])
    expected = labels["causes"][0]
    named = [(cause["id"], cause["role"], cause["entities"]) for cause in diagnosis["causes"]]
    assert (status, bool(named)) == (1, True), _summary(diagnosis)
    first = diagnosis["causes"][0]
    assert first["id"] == expected["id"], named
    assert any(fnmatchcase(entity, expected["entity"]) for entity in first["entities"]), named
    assert [cause["id"] for cause in diagnosis["causes"] if cause["role"] == "root"] == [expected["id"]], named
    assert not {cause["id"] for cause in diagnosis["causes"]} & set(labels["forbidden"]), named
    assert set(labels["ruled_out"]) <= {entry["id"] for entry in diagnosis["ruled_out"]}, _summary(diagnosis)


def test_of_faults_that_are_in_place_together_a_scan_names_the_roots_and_nothing_else(lab: Lab, stage: Stage) -> None:
    stage.clear()
    stage.names = sample.together([EVERY[name] for name in SAMPLE])  # to be cleared also if it ends in the middle
    # names of its own: the namespaces of the others may still be ending
    done = lab("fault", "together", *stage.names, "--seed", str(int(SEED) + 300), timeout=400)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    stage.names = ()


def _summary(diagnosis: dict[str, Any]) -> str:
    """What a failed test should show of a long diagnosis."""
    kept = ("status", "symptoms", "candidates", "suspects", "ruled_out", "missing")
    return json.dumps({key: diagnosis.get(key) for key in kept}, indent=1)[:4000]


@pytest.mark.parametrize(("batch", "name"), HEALTHY)
def test_an_alert_about_nothing_names_nothing(lab: Lab, stage: Stage, batch: tuple[str, ...], name: str) -> None:
    _, status, diagnosis = _diagnose(lab, name, stage.place(batch)[name])
    assert diagnosis["causes"] == []
    assert status == 3  # an alert without a cause: it could not tell


def test_a_busy_healthy_life_is_left_alone(lab: Lab, stage: Stage, tmp_path: Path) -> None:
    stage.clear()
    minutes = os.environ.get("DIAGFLOW_LAB_SOAK_MINUTES", "3")
    words = ("--minutes", minutes, "--scans", "25", "--seed", SEED, "--folder", str(tmp_path))
    done = lab("soak", *words, "--", DIAGFLOW, "scan", "-o", "json", timeout=600)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
