"""Servers that go away in the middle of a run: what came is diagnosed, what did not is said, and the run ends.

A server goes once for all runs that lose it in the same way: each is held until it is as far as it should be by then.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.lab import gate
from tests.lab.conftest import DIAGFLOW, LIVE, Lab, diagnosis_of, placed

pytestmark = LIVE
COMMANDS = ("scan", "diagnose")
TIMEOUT = 20
LIMIT = TIMEOUT + 18
"""Seconds by the clock within which a run with that time-out ends: the rest is for a busy machine with several runs."""
Done = subprocess.CompletedProcess[str]
Ends = dict[tuple[str, str], tuple[Done, float]]
"""What a run said and its seconds, by the moment that it was held at, and its command."""


@pytest.fixture(scope="module")
def fault(lab: Lab) -> Iterator[dict[str, Any]]:
    with placed(lab, "image/not-found", 100) as labels:
        yield labels


@pytest.fixture(scope="module", params=["kill", "freeze"])
def without_apiserver(
    request: pytest.FixtureRequest, lab: Lab, fault: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Ends:
    runs = {(moment, command): _words(fault, command) for moment in ("nothing", "objects:pods") for command in COMMANDS}
    return _interrupted(lab, tmp_path_factory.mktemp("apiserver"), (request.param, "apiserver"), runs)


@pytest.fixture(scope="module", params=["kill", "freeze"])
def without_prometheus(
    request: pytest.FixtureRequest, lab: Lab, fault: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Ends:
    runs = {("nothing", "diagnose"): _words(fault, "diagnose")}
    return _interrupted(lab, tmp_path_factory.mktemp("prometheus"), (request.param, "prometheus"), runs)


def _words(fault: dict[str, Any], command: str) -> tuple[str, ...]:
    return ("scan",) if command == "scan" else ("diagnose", "--alert", fault["alert"])


def _interrupted(lab: Lab, folder: Path, outage: tuple[str, str], runs: dict[tuple[str, str], tuple[str, ...]]) -> Ends:
    """Returns how runs ended during which a component went; puts the component back."""
    with ThreadPoolExecutor(len(runs)) as pool:
        ends = {key: pool.submit(_run, lab, folder, *key, words) for key, words in runs.items()}

        def all_at(step: str) -> None:
            gate.gather(folder, map("-".join, runs), step, lambda: any(end.done() for end in ends.values()))

        all_at("loaded")
        began = time.monotonic()
        gate.let_go(folder, "loaded")
        all_at("moment")
        try:
            gone = lab("outage", *outage)
            held = time.monotonic() - began
            gate.let_go(folder, "moment")
            assert held < TIMEOUT, (
                f"the outage took {held:.0f} s to come, after the runs' own deadline: it showed nothing"
            )
            assert gone.returncode == 0, gone.stderr
            return {key: (done, at - began) for key, (done, at) in ((key, end.result()) for key, end in ends.items())}
        finally:
            back = lab("outage", "end", outage[1])
            assert back.returncode == 0, back.stderr


def _run(lab: Lab, folder: Path, moment: str, command: str, words: tuple[str, ...]) -> tuple[Done, float]:
    """Returns what a run said, and when it ended."""
    inside = (sys.executable, "-m", "tests.lab.interrupted", str(folder), f"{moment}-{command}", moment)
    done = lab("exec", "--", *inside, *words, "-o", "json", "--timeout", str(TIMEOUT))
    return done, time.monotonic()


def _missing(found: dict[str, Any], kind: str) -> dict[str, tuple[str, str]]:
    """Returns what could not be read; a metric that nobody records is no gap."""
    gaps = (m for m in found["missing"] if m["needs"].startswith(kind) and m["state"] != "absent")
    return {m["needs"]: (m["state"], m["detail"]) for m in gaps}


def _named(found: dict[str, Any]) -> set[str]:
    return {cause["id"] for cause in found["causes"]}


@pytest.mark.parametrize("command", COMMANDS)
def test_an_api_server_that_goes_after_the_pods_came(
    without_apiserver: Ends, fault: dict[str, Any], command: str
) -> None:
    done, seconds = without_apiserver["objects:pods", command]
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


@pytest.mark.parametrize("command", COMMANDS)
def test_an_api_server_that_goes_before_anything_came(without_apiserver: Ends, command: str) -> None:
    done, seconds = without_apiserver["nothing", command]
    found = diagnosis_of(done)
    assert (done.returncode, found["status"], found["causes"]) == (3, "unknown", [])
    assert _missing(found, "objects:")["objects:pods"][0] == "error"
    assert seconds < LIMIT


def test_a_prometheus_that_goes_after_it_said_who_it_is(without_prometheus: Ends, fault: dict[str, Any]) -> None:
    ((done, seconds),) = without_prometheus.values()
    found = diagnosis_of(done)
    assert (done.returncode, found["status"]) == (1, "diagnosed")
    assert _named(found) == {fault["causes"][0]["id"]}
    assert not _missing(found, "objects:")
    unanswered = _missing(found, "promql:").values()
    assert {state for state, _ in unanswered} == {"error"}
    for _, detail in unanswered:
        assert "is it up, and is the URL right" in detail or "within the deadline" in detail
    assert seconds < LIMIT


def test_all_is_seen_again_when_all_is_back(lab: Lab, fault: dict[str, Any]) -> None:
    for action in ("kill", "end"):
        for component in ("apiserver", "prometheus"):
            assert lab("outage", action, component).returncode == 0
    done = lab("exec", "--", DIAGFLOW, *_words(fault, "diagnose"), "-o", "json")
    found = diagnosis_of(done)
    assert (done.returncode, _named(found)) == (1, {fault["causes"][0]["id"]})
    assert not _missing(found, "objects:")
