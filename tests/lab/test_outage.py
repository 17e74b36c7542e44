"""Servers that go away in the middle of a run: what came is diagnosed, what did not is said, and the run ends."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.lab.conftest import DIAGFLOW, LIVE, NAME, Lab, diagnosis_of, placed

pytestmark = LIVE
TIMEOUT = 8
LIMIT = TIMEOUT + 12
"""Seconds by the clock within which a run with that time-out ends: the rest starts Python on a busy machine."""
Done = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def fault(lab: Lab) -> Iterator[dict[str, Any]]:
    with placed(lab, "image/not-found", 100) as labels:
        yield labels


def _interrupted(lab: Lab, moment: str, action: str, component: str, *words: str) -> tuple[Done, float]:
    """Returns what a run said during which the component went, and its seconds; puts the component back."""
    inside = (sys.executable, "-m", "tests.lab.interrupted", moment, action, component, NAME)
    began = time.monotonic()
    try:
        done = lab("exec", "--", *inside, *words, "-o", "json", "--timeout", str(TIMEOUT))
        return done, time.monotonic() - began
    finally:
        back = lab("outage", "end", component)
        assert back.returncode == 0, back.stderr


def _missing(found: dict[str, Any], kind: str) -> dict[str, tuple[str, str]]:
    return {m["needs"]: (m["state"], m["detail"]) for m in found["missing"] if m["needs"].startswith(kind)}


def _named(found: dict[str, Any]) -> set[str]:
    return {cause["id"] for cause in found["causes"]}


def _words(fault: dict[str, Any], command: str) -> tuple[str, ...]:
    return ("scan",) if command == "scan" else ("diagnose", "--alert", fault["alert"])


@pytest.mark.parametrize("command", ["scan", "diagnose"])
@pytest.mark.parametrize("action", ["kill", "freeze"])
def test_an_api_server_that_goes_after_the_pods_came(
    lab: Lab, fault: dict[str, Any], action: str, command: str
) -> None:
    done, seconds = _interrupted(lab, "objects:pods", action, "apiserver", *_words(fault, command))
    found = diagnosis_of(done)
    assert (done.returncode, found["status"]) == (1, "diagnosed")
    assert _named(found) == {fault["causes"][0]["id"]}
    lists = _missing(found, "objects:")
    assert "objects:pods" not in lists
    assert "objects:events" in lists
    assert {state for state, _ in lists.values()} == {"error"}
    for _, detail in lists.values():
        assert "is the API server up" in detail or "within the deadline" in detail
    assert seconds < LIMIT


@pytest.mark.parametrize("command", ["scan", "diagnose"])
@pytest.mark.parametrize("action", ["kill", "freeze"])
def test_an_api_server_that_goes_before_anything_came(
    lab: Lab, fault: dict[str, Any], action: str, command: str
) -> None:
    done, seconds = _interrupted(lab, "nothing", action, "apiserver", *_words(fault, command))
    found = diagnosis_of(done)
    assert (done.returncode, found["status"], found["causes"]) == (3, "unknown", [])
    assert _missing(found, "objects:")["objects:pods"][0] == "error"
    assert seconds < LIMIT


@pytest.mark.parametrize("action", ["kill", "freeze"])
def test_a_prometheus_that_goes_after_it_said_who_it_is(lab: Lab, fault: dict[str, Any], action: str) -> None:
    done, seconds = _interrupted(lab, "nothing", action, "prometheus", *_words(fault, "diagnose"))
    found = diagnosis_of(done)
    assert (done.returncode, found["status"]) == (1, "diagnosed")
    assert _named(found) == {fault["causes"][0]["id"]}
    assert not _missing(found, "objects:")
    ((state, detail),) = set(_missing(found, "promql:").values())
    assert state == "error"
    assert "is it up, and is the URL right" in detail or "within the deadline" in detail
    assert seconds < LIMIT


def test_all_is_seen_again_when_all_is_back(lab: Lab, fault: dict[str, Any]) -> None:
    for component in ("apiserver", "prometheus"):
        assert lab("outage", "kill", component).returncode == 0
        assert lab("outage", "end", component).returncode == 0
    done = lab("exec", "--", DIAGFLOW, *_words(fault, "diagnose"), "-o", "json")
    found = diagnosis_of(done)
    assert (done.returncode, _named(found)) == (1, {fault["causes"][0]["id"]})
    assert not _missing(found, "objects:")
