"""An analyzer of a stranger may do what it likes: it gets its verdict, and nothing else changes."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from diagflow.analyze import Runner
from diagflow.analyze.contain import Limits
from diagflow.engine import Result, diagnose
from diagflow.feedback import to_wire
from diagflow.harness.world import World
from diagflow.model import Outcome, Query, Verdict
from diagflow.rules import Analyzer, RuleSet
from diagflow.rules.analyzer import Input
from tests.analyze.make import NOW, pod, ruleset

HERE = Path(__file__).parent / "hostile"
RULES = """
- id: OURS-POD-001
  cause: ours.pending
  triggers: [{object: pod, when: {status.phase: Pending}, supports: conclusive}]
"""
CAUSES = "- {id: ours.pending, title: 'pod {name} waits'}\n"
THEIRS = """
- id: THEIRS-POD-001
  action: hostile
  triggers: [{object: pod, when: {status.phase: Pending}}]
"""
GIVEN: dict[str, Any] = {
    "now": NOW,
    "objects": [pod("a", status={"phase": "Pending"}), pod("b", status={"phase": "Running"})],
    "answers": {"up": "NaN"},
}
QUICK = Limits(seconds=1.0, start=20.0)
PATIENT = Limits(seconds=20.0, start=20.0)


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    monkeypatch.setenv("SLACK_TOKEN", "secret")


def with_hostile(run: str) -> RuleSet:
    inputs = (Input("objects:pods", ("status.phase",)), Input("promql:up"))
    return ruleset(RULES + THEIRS, CAUSES, [Analyzer("hostile", "1", run, inputs, names=("theirs.x",), pack="theirs")])


def diagnosed(rules: RuleSet, limits: Limits) -> Result:
    world = World(GIVEN)
    return diagnose(rules, world, world.incident, runner=Runner(rules, limits))


def verdict(name: str, limits: Limits = PATIENT) -> Verdict:
    [found] = [v for v in diagnosed(with_hostile(f"hostile_pack:{name}"), limits).analysis.verdicts if v.analyzer]
    return found


def without_theirs(result: Result) -> dict[str, Any]:
    """The diagnosis without what names the rule itself, and without the digest of the bundle, which keeps its end."""
    wire = json.loads(json.dumps(to_wire(result.diagnosis)))
    wire["path"] = [step for step in wire["path"] if not step["id"].startswith("THEIRS")]
    wire["digests"]["rules"].pop("THEIRS-POD-001", None)
    wire["digests"].pop("bundle")
    return dict(wire)


BENIGN = ("changes_its_inputs", "makes_noise")
FATAL = {
    "endless": "killed after 1 s",
    "sleeps": "killed after 1 s",
    "backtracks": "killed after 1 s",
    "reads_for_ever": "killed after 1 s",
    "exits": "ended by itself (status 0)",
    "crashes": "ended by SIGSEGV",
    "hangs_up": "ended by itself",
    "answers_too_much": "at most 16,777,216 are read",
    "devours": "ran out of memory",
    "leaves": "SystemExit",
    "leaves_a_thread": "SystemExit",
    "recurses": "RecursionError",
    "raises": "ValueError: a b",
    "recurses_in_c": "",
    "talks_to_us": "",
    "reads_what_is_not_declared": "reads objects:secrets, which its pack does not declare",
    "names_what_is_not_declared": "names kubernetes.node-pod-capacity",
}
LINUX_ONLY = ("devours", "crashes")


@pytest.mark.parametrize("name", [*FATAL, *BENIGN])
def test_whatever_it_does_it_gets_its_verdict_and_nothing_else_changes(name: str, capfd: pytest.CaptureFixture[str]):
    if name in LINUX_ONLY and sys.platform != "linux":
        pytest.skip("memory limits and signals are Linux's")
    before = without_theirs(diagnosed(ruleset(RULES, CAUSES), QUICK))
    said = FATAL.get(name, "")
    result = diagnosed(with_hostile(f"hostile_pack:{name}"), QUICK if "killed" in said else PATIENT)
    after = without_theirs(result)
    assert json.dumps(after, sort_keys=True) == json.dumps(before, sort_keys=True)
    assert [cause["id"] for cause in after["causes"]] == ["ours.pending"]
    assert capfd.readouterr() == ("", "")
    [found] = [v for v in result.analysis.verdicts if v.analyzer]
    if name in FATAL:
        assert (found.outcome, str(found.entity)) == (Outcome.ERROR, "cluster/local")
        assert said in found.detail
        assert found.detail.startswith("analyzer hostile of pack theirs")
        assert "\n" not in found.detail
    else:
        assert (found.outcome, str(found.entity)) == (Outcome.NO_MATCH, "pod/shop/a")


def test_it_costs_its_deadline_once_and_not_once_a_round():
    started = time.monotonic()
    verdict("endless", QUICK)
    assert time.monotonic() - started < 12  # start of the process included, on a busy machine


def test_its_end_is_recorded_and_a_replay_does_not_try_it_again():
    rules = with_hostile("hostile_pack:endless")
    first = diagnosed(rules, QUICK)
    reading = first.bundle.get(Query.of("analyzer", "hostile"))
    assert (reading.state, reading.detail) == ("error", "analyzer hostile of pack theirs: killed after 1 s")
    harmless = with_hostile("hostile_pack:makes_noise")
    world = World(GIVEN)
    again = diagnose(harmless, world, world.incident, bundle=first.bundle, runner=Runner(harmless, PATIENT))
    assert [v.detail for v in again.analysis.verdicts if v.analyzer] == [reading.detail]


def test_a_module_that_is_not_there_or_hangs_or_lacks_the_function():
    slow_start = Limits(seconds=1.0, start=3.0)
    for run, said in (
        ("hostile_import:run", "killed after"),
        ("no_such_module:run", "ModuleNotFoundError"),
        ("hostile_pack:no_such_function", "AttributeError"),
    ):
        limits = slow_start if "import" in run else PATIENT
        [found] = [v for v in diagnosed(with_hostile(run), limits).analysis.verdicts if v.analyzer]
        assert found.outcome is Outcome.ERROR
        assert said in found.detail


def test_it_sees_no_variable_of_ours():
    seen = verdict("sees_the_environment").detail.split(",")
    assert "SLACK_TOKEN" not in seen
    assert set(seen) <= {
        "HOME",
        "LC_ALL",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONHASHSEED",
        "PYTHONPATH",
        "LC_CTYPE",
        "SYSTEMROOT",
        "APPDATA",
    }


def test_one_process_serves_all_calls_of_a_run():
    rules = with_hostile("hostile_pack:counts_its_calls")
    runner = Runner(rules, PATIENT)
    worlds = [World(GIVEN), World(GIVEN)]
    found = [diagnose(rules, w, w.incident, runner=runner).analysis.verdicts for w in worlds]
    # Called when its rule has matched, and again when what it reads is there; the next run starts afresh.
    assert [v.detail for verdicts in found for v in verdicts if v.analyzer] == ["2", "2"]


def test_readings_arrive_as_they_are_not_a_number_included():
    assert verdict("sees_not_a_number").detail == "nan"


def test_no_process_and_no_folder_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name in ("endless", "makes_noise", "exits"):
        verdict(name, QUICK if name == "endless" else PATIENT)
    assert list(tmp_path.iterdir()) == []
