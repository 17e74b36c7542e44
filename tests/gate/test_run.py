"""The whole gate on real recordings: what it must let pass, and what it must catch."""

import os
from dataclasses import replace
from datetime import date

import pytest

from diagflow.bundle import Bundle, open_bundle, save
from diagflow.gate import find_recordings, one, run, run_all
from diagflow.gate.baseline import baseline_of
from diagflow.gate.compare import compare
from diagflow.gate.given import Given
from diagflow.gate.outcome import Check, Use
from diagflow.gate.report import report_of
from diagflow.harness.mutants import mutants
from diagflow.infer import inference
from diagflow.infer.weigh import weigh
from diagflow.model import DiagFlowError, Incident, Query, Reading, State
from diagflow.rules import load
from tests.gate.conftest import CORPUS
from tests.gate.make import BROAD, NOW, write

TODAY = date(2026, 1, 31)


def stable(outcomes):
    return [replace(outcome, seconds=0.0) for outcome in outcomes]


@pytest.fixture(scope="module")
def compared(recordings, outcomes, ruleset):
    """Runs some recordings with other rules, and compares with what the real ones said."""
    baseline = baseline_of(outcomes, ruleset, "as it is")

    def run_with(rules, *, names=()):
        some = [r for r in recordings if not names or r.name in names]
        now = run_all(some, rules, jobs=1)
        told = [o for o in outcomes if o.key in {r.key for r in some}]
        return compare(baseline_of(told, ruleset, "as it is") if names else baseline, now, rules, (), TODAY), now

    return run_with


def test_the_lab_s_recordings_are_as_labelled(outcomes):
    seen = [o for o in outcomes if not o.name.startswith("unseen/")]
    assert [(o.key, o.error, o.wrong) for o in seen if o.error or o.wrong] == []
    assert [o.key for o in outcomes if o.misleads] == []
    half = ("registry-timeout+disk-full", "storage-class-missing+unknown-directive+provisioner-silent")
    assert sorted(o.name for o in outcomes if o.said_wrong) == [f"unseen/{name}.zip" for name in half]
    assert all(o.seconds > 0 for o in outcomes)


def test_the_same_rules_pass(compared, ruleset):
    found, _ = compared(ruleset)
    assert found == type(found)()


@pytest.mark.parametrize(
    ("rule", "recording"),
    [
        ("K8S-IMAGE-002", "faults/not-found.zip"),
        ("K8S-RUN-010", "faults/oom-killed.zip"),
        ("K8S-START-040", "faults/secret-missing.zip"),
    ],
)
def test_a_rule_broken_on_purpose_is_caught(compared, ruleset, rule, recording):
    """By the recording of its fault: the rule gone, or with a condition turned round."""
    own = ruleset.rule(rule)
    gone = replace(ruleset, rules=tuple(r for r in ruleset.rules if r.id != rule))
    broken = [replace(ruleset, rules=tuple(m.rule if r.id == rule else r for r in ruleset.rules)) for m in mutants(own)]
    (without, *others) = [compared(rules, names=(recording,))[0] for rules in (gone, *broken)]
    assert [loss.key for loss in without.losses] == [f"corpus/{recording}"]
    assert Check.TOP1 in without.losses[0].checks
    assert without.rules == (f"{rule} is gone",)
    assert sum(one.failed for one in others) >= 2


def test_a_rule_that_is_too_broad_is_caught_on_faulty_and_on_healthy_recordings(compared, tmp_path):
    (tmp_path / "broad.yaml").write_text(BROAD)
    rules = load([tmp_path / "broad.yaml"])
    assert not rules.errors
    found, now = compared(rules)
    lost = {loss.key: loss.checks for loss in found.losses}
    assert found.failed
    assert Check.CLEAN in lost["corpus/faults/oom-killed.zip"]
    assert Check.QUIET in lost["corpus/healthy/soak-15.zip"]
    assert "MY-BROAD-001 is new" in found.rules
    uses = [o.rules["MY-BROAD-001"] for o in now]
    assert all(Use.WRONG in use for o, use in zip(now, uses, strict=True) if o.false)


def test_a_changed_engine_is_caught(compared, ruleset, monkeypatch):
    """A prior that is a few nats off: rules and recordings are the same, and fewer causes are named."""
    monkeypatch.setattr(inference, "weigh", lambda key, group, prior, proven: weigh(key, group, prior - 4.0, proven))
    found, _ = compared(ruleset)
    assert found.failed
    assert len(found.losses) > 10
    assert not found.rules


def test_more_processes_say_the_same(recordings, ruleset):
    several = recordings[::12]
    told = []
    made = run_all(several, ruleset, jobs=2, seeds=1, told=lambda *done: told.append(done))
    here = run_all(several, ruleset, jobs=1, seeds=1)
    assert stable(made) == stable(here)
    assert told == [(n + 1, len(several)) for n in range(len(several))]


def test_runs_with_readings_removed_count_in_calibration_only(recordings, outcomes, ruleset):
    more = run_all(recordings[:6], ruleset, jobs=1, seeds=3)
    bare = [replace(o, predictions=(), unexplained=()) for o in stable(more)]
    assert bare == [replace(o, predictions=(), unexplained=()) for o in stable(outcomes[:6])]
    assert {p.seed for o in more for p in o.predictions} >= {0, 1}
    assert all(p.seed <= 3 for o in more for p in o.predictions)


def test_a_small_corpus_needs_no_process(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert (run.processes(101), run.processes(100_000)) == (2, 4)
    assert run.processes(47) == 1
    assert run.processes(0) == 1
    assert run.processes(100_000) >= 1


def test_labels_never_reach_the_analysis(outcomes, ruleset, tmp_path):
    opened = open_bundle(CORPUS / "faults" / "quota.zip")
    save(opened.bundle, tmp_path / "quota.zip", labels={"healthy": True})
    (now,) = run_all(find_recordings([tmp_path]), ruleset)
    before = next(o for o in outcomes if o.name == "faults/quota.zip")
    assert [(r.id, r.entity, r.confidence) for r in before.roots] == [(r.id, r.entity, r.confidence) for r in now.roots]
    assert before.digest != now.digest
    assert set(now.wrong) == {Check.CLEAN, Check.QUIET}


def test_what_is_false_behind_an_alert_and_in_a_scan_is_listed_once(recordings, tmp_path):
    (tmp_path / "broad.yaml").write_text(BROAD)
    alerted = [r for r in recordings if r.name == "healthy/healthy-pending-rollout.zip"]
    (outcome,) = run_all(alerted, load([tmp_path / "broad.yaml"]), jobs=1)
    assert outcome.false
    assert len(set(outcome.false)) == len(outcome.false)
    assert any(r.in_scan is not None and r.behind_alert for r in outcome.roots)
    assert outcome.closer.startswith("diagflow diagnose ")


@pytest.mark.parametrize("label", ["causes", "forbidden", "ruled_out"])
def test_a_label_of_a_cause_that_there_is_not_makes_it_unusable(ruleset, tmp_path, label):
    write(tmp_path / "a.zip", {"causes": [], label: ["kubernetes.quota-exceedet"]})
    (outcome,) = run_all(find_recordings([tmp_path]), ruleset)
    assert outcome.error == (
        "labels: there is no cause kubernetes.quota-exceedet: did you mean `kubernetes.quota-exceeded`?;"
        " a cause of your own? name its folder with --rules"
    )


@pytest.mark.parametrize("label", ["causes", "forbidden", "ruled_out"])
def test_a_word_that_is_neither_an_id_nor_a_row_makes_it_unusable(ruleset, tmp_path, label):
    """Nothing is ever called so: forbidden, it would hold for ever."""
    write(tmp_path / "a.zip", {"causes": [], label: ["quota-exceeded"]})
    (outcome,) = run_all(find_recordings([tmp_path]), ruleset)
    assert outcome.error.startswith("labels: there is no cause quota-exceeded: did you mean")
    assert "`kubernetes.quota-exceeded`" in outcome.error
    write(tmp_path / "a.zip", {"causes": [], label: ["K8S-99999"]})
    (outcome,) = run_all(find_recordings([tmp_path]), ruleset)
    assert not outcome.error


def die(_):
    os.kill(os.getpid(), 9)


def test_a_process_that_the_system_ended_is_told(recordings, ruleset, monkeypatch):
    """For want of memory, mostly; it is no error of ours."""
    monkeypatch.setattr(run, "_work", die)
    with pytest.raises(DiagFlowError, match=r"a process of the gate was ended .*--jobs 1"):
        run_all(recordings[:2], ruleset, jobs=2)


def test_an_engine_that_fails_names_the_recording(recordings, ruleset, monkeypatch):
    def fails(*_, **__):
        raise ZeroDivisionError("a slip")

    monkeypatch.setattr(one, "diagnose", fails)
    (outcome,) = run_all(recordings[:1], ruleset)
    assert outcome.error.startswith("the engine failed: ZeroDivisionError: a slip; see: diagflow scan --bundle ")
    (outcome,) = run_all(recordings[:1], ruleset, given=Given(("my rules",), "kubernetes,mine"))
    assert outcome.error.endswith(f"{recordings[0].path} --rules 'my rules' --packs kubernetes,mine --debug FILE")
    assert not report_of([outcome], ruleset).passed


def test_a_recording_of_a_machine_is_looked_at_by_the_doctor_and_no_other(outcomes, ruleset, tmp_path):
    assert all(outcome.host is outcome.name.startswith("go/") for outcome in outcomes)
    bundle = Bundle(Incident(now=NOW))
    bundle.add(Reading(Query.of("fact", "go.version"), State.DATA, NOW, {"version": "go1.25"}))
    save(bundle, tmp_path / "a machine.zip", labels={"healthy": True})
    (outcome,) = run_all(find_recordings([tmp_path]), ruleset)
    assert outcome.closer == f"diagflow doctor go --bundle '{tmp_path}/a machine.zip' -v"
    (outcome,) = run_all(find_recordings([tmp_path]), ruleset, given=Given(("mine",), "go"))
    assert (
        outcome.closer == f"diagflow doctor go --bundle '{tmp_path}/a machine.zip' --rules mine -v"
    )  # it has no --packs
