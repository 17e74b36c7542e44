"""Which conditions the tests of a rule saw to hold and not to hold."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from diagflow.analyze.reached import Seen, parts_of
from diagflow.harness import as_json, as_text, find, run_tests
from diagflow.harness.case import read_tests
from diagflow.harness.coverage import coverage_of
from diagflow.harness.run import run_file
from diagflow.rules import RuleSet
from tests.analyze.make import ruleset
from tests.harness.test_run import CAUSES, RULES, TESTS


def pod(name: str = "a", phase: str = "Pending", **more: Any) -> dict[str, Any]:
    return {"kind": "Pod", "namespace": "shop", "name": name, "status": {"phase": phase, **more}}


def event(reason: str, on: str = "pod/shop/a") -> dict[str, Any]:
    return {"reason": reason, "on": on, "message": "m"}


def lacking(tmp_path: Path, rules: RuleSet, *worlds: dict[str, Any], rule: str = "T-X-001") -> list[str]:
    """Return what no test reached, each as `condition: operand +` for never true, `-` for never false."""
    cases = [{"name": str(n), "given": given, "expect": {"status": "unknown"}} for n, given in enumerate(worlds)]
    path = tmp_path / f"{rule}.test.yaml"
    path.write_text(yaml.safe_dump(cases), encoding="utf-8")
    seen: set[Seen] = set()
    run_file(read_tests(path), rules, seen)
    tested = rules.rule(rule)
    assert tested is not None
    found = coverage_of(tested, seen)
    assert found.branches == 2 * len(parts_of(tested))
    signs = ((one, "".join("+" if value else "-" for value in one.values)) for one in found.unreached)
    return [f"{': '.join(filter(None, (one.part.what, one.part.operand)))} {sign}" for one, sign in signs]


def of(*triggers: str, more: str = "") -> RuleSet:
    lines = "".join(f"    - {trigger}\n" for trigger in triggers)
    return ruleset(f"- id: T-X-001\n  cause: t.broken\n  triggers:\n{lines}{more}", CAUSES)


PENDING = "{object: pod, when: {status.phase: [Pending]}}"


def test_one_condition_must_be_seen_to_hold_and_not_to(tmp_path: Path):
    rules = of(PENDING)
    assert lacking(tmp_path, rules, {"objects": [pod()]}) == ["object pod -"]
    assert lacking(tmp_path, rules, {"objects": [pod(phase="Running")]}) == ["object pod +"]
    assert lacking(tmp_path, rules, {"objects": [pod()]}, {"objects": [pod(phase="Running")]}) == []
    assert lacking(tmp_path, rules, {"states": {"objects:pods": "forbidden"}}) == ["object pod +-"]


def test_operands_must_be_seen_too_where_they_are_looked_at(tmp_path: Path):
    where = "object.status.tries > 4 && (object.status.a || object.status.b)"
    rules = of(f"{{object: pod, when: {{status.phase: [Pending]}}, where: {where}}}")
    few, many = {"objects": [pod(tries=1, a=True)]}, {"objects": [pod(tries=5, a=True)]}
    assert lacking(tmp_path, rules, many) == [
        "object pod -",
        "object pod: object.status.tries > 4 -",
        "object pod: object.status.a -",
        "object pod: object.status.b +-",
    ]
    assert lacking(tmp_path, rules, many, few) == ["object pod: object.status.a -", "object pod: object.status.b +-"]
    last = [{"objects": [pod(tries=5, a=False, b=b)]} for b in (True, False)]
    assert lacking(tmp_path, rules, many, few, *last) == []
    assert lacking(tmp_path, rules, many, *last) == ["object pod: object.status.tries > 4 -"]
    # The index says no: then nobody looks at the condition in CEL.
    elsewhere = {"objects": [pod(phase="Running", tries=1)]}
    assert "object pod: object.status.tries > 4 -" in lacking(tmp_path, rules, many, elsewhere)


def test_a_part_of_all_counts_only_where_those_before_it_hold(tmp_path: Path):
    rules = of(PENDING, "{event: Odd, on: pod}")
    both = {"objects": [pod()], "events": [event("Odd")]}
    no_event, no_pod = {"objects": [pod()]}, {"objects": [pod(phase="Running")], "events": [event("Odd")]}
    assert lacking(tmp_path, rules, both) == ["all -", "object pod -", "event Odd -"]
    assert lacking(tmp_path, rules, both, no_pod) == ["event Odd -"]
    assert lacking(tmp_path, rules, both, no_event) == ["object pod -"]
    assert lacking(tmp_path, rules, both, no_event, no_pod) == []
    assert lacking(tmp_path, rules, both, {}) == ["event Odd -"]


def test_each_branch_of_any_and_what_not_negates(tmp_path: Path):
    rules = of(PENDING, "any: [{event: Odd, on: pod}, {event: Rare, on: pod}]\n    - not: {event: Fine}")
    odd = {"objects": [pod()], "events": [event("Odd")]}
    fine = {"objects": [pod()], "events": [event("Odd"), event("Fine")]}
    found = lacking(tmp_path, rules, odd, fine)
    assert found == ["object pod -", "any -", "event Odd -", "event Rare +"]
    rare = {"objects": [pod()], "events": [event("Rare")]}
    none, running = {"objects": [pod()]}, {"objects": [pod(phase="Running")]}
    assert lacking(tmp_path, rules, odd, fine, rare, none, running) == []


def test_dependencies_are_looked_at_where_the_rule_matches(tmp_path: Path):
    rules = of(PENDING, more="  dependencies:\n    - {event: Odd, on: pod}\n    - {metric: load, threshold: > 1}\n")
    ill = {"objects": [pod()], "events": [event("Odd")], "answers": {"sum(load)": 2}}
    well = {"objects": [pod(phase="Running")]}
    assert lacking(tmp_path, rules, ill, well) == ["event Odd -", "sum(load) > 1 -"]
    assert lacking(tmp_path, rules, well) == ["object pod +", "event Odd +-", "sum(load) > 1 +-"]
    assert lacking(tmp_path, rules, ill, well, {"objects": [pod()], "answers": {"sum(load)": 1}}) == []


def test_metrics_hold_or_not_by_their_samples_and_not_where_there_are_none(tmp_path: Path):
    rules = of("{promql: load, threshold: > 1, labels: {pod: pod}}")
    high, low = ({"answers": {"load": [{"pod": "a", "namespace": "shop", "value": v}]}} for v in (2, 1))
    assert lacking(tmp_path, rules, high, {}) == ["load > 1 -"]
    assert lacking(tmp_path, rules, high, low) == []


@pytest.mark.parametrize(
    ("trigger", "given"),
    [
        ("{fact: path, where: fact.long}", lambda value: {"facts": {"path": {"long": value}}}),
        (
            "{event: Odd, where: event.count > 1}",
            lambda value: {"events": [{**event("Odd"), "count": 2 if value else 1}], "objects": [pod()]},
        ),
    ],
)
def test_what_is_evaluated_before_anybody_is_asked_about_it_is_seen_to_fail_too(
    tmp_path: Path, trigger: str, given: Any
):
    rules, operand = of(trigger), trigger.split("where: ")[1].rstrip("}")
    what = "fact path" if "fact" in trigger else "event Odd"
    assert lacking(tmp_path, rules, given(True)) == [f"{what} -", f"{what}: {operand} -"]
    assert lacking(tmp_path, rules, given(False)) == [f"{what} +", f"{what}: {operand} +"]
    assert lacking(tmp_path, rules, given(True), given(False)) == []


def test_a_part_about_the_whole_says_nothing_of_one_about_pods(tmp_path: Path):
    rules = of("{promql: load, threshold: > 1}", "{promql: total, threshold: > 1}")
    both = {"answers": {"load": [{"pod": "a", "namespace": "shop", "value": 2}], "total": 2}}
    assert lacking(tmp_path, rules, both) == ["all -", "load > 1 -", "total > 1 -"]


def test_a_rule_that_refutes_is_looked_at_where_its_cause_is_in_question(tmp_path: Path):
    refutes = f"- id: T-X-002\n  refutes: t.broken\n  triggers:\n    - {PENDING}\n"
    named = "- id: T-X-001\n  cause: t.broken\n  triggers:\n    - {event: Odd, on: pod}\n"
    rules = ruleset(named + refutes, CAUSES)
    pending, running = {"objects": [pod()]}, {"objects": [pod(phase="Running")]}
    assert lacking(tmp_path, rules, pending, running, rule="T-X-002") == ["object pod +-"]
    asked = [{**world, "events": [event("Odd")]} for world in (pending, running)]
    assert lacking(tmp_path, rules, *asked, rule="T-X-002") == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "causes.yaml").write_text(CAUSES, encoding="utf-8")
    (tmp_path / "T-X-001.yaml").write_text(RULES, encoding="utf-8")
    poor = re.sub(r"- name: few tries.*?(?=- name: running)", "", TESTS, flags=re.DOTALL)
    (tmp_path / "T-X-001.test.yaml").write_text(poor, encoding="utf-8")
    return tmp_path


def test_the_report_says_what_and_where_and_counts(folder: Path):
    report = run_tests(find([str(folder)]), coverage=True)
    at = f"  ({folder / 'T-X-001.yaml'}:5)"
    assert as_text(report).splitlines() == [
        f"UNREACHED T-X-001: object pod: `object.status.tries > 4` was never false{at}",
        f"UNREACHED T-X-001: object pod: `!has(object.metadata.deletionTimestamp)` was never false{at}",
        "3 passed, 0 failed, 4 of 6 branches reached (66.7%)",
    ]
    found = json.loads(as_json(report))["coverage"]
    assert (found["reached"], found["branches"], [rule["rule"] for rule in found["rules"]]) == (4, 6, ["T-X-001"])
    assert found["rules"][0]["unreached"][0] == {
        "condition": "object pod",
        "operand": "object.status.tries > 4",
        "never": [False],
        "file": str(folder / "T-X-001.yaml"),
        "line": 5,
    }
    assert report.green


def test_nobody_looks_where_nobody_asks(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("diagflow.harness.run.reached", lambda *_: pytest.fail("looked"))
    report = run_tests(find([str(folder)]))
    assert report.coverage is None
    assert "coverage" not in as_json(report)


def test_no_test_reaches_nothing(folder: Path):
    (folder / "T-X-001.test.yaml").write_text("- {name: a, expect: {verdict: no_match}}\n", encoding="utf-8")
    [covered] = run_tests(find([str(folder)]), coverage=True).coverage or ()
    assert (covered.reached, [str(one) for one in covered.unreached][1:]) == (
        1,
        [
            "object pod: `object.status.tries > 4` was never reached",
            "object pod: `!has(object.metadata.deletionTimestamp)` was never reached",
        ],
    )
