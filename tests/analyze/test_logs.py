from typing import Any

import pytest

from diagflow.analyze.logs import has_log, has_previous, last_lines, line_at, matters
from diagflow.model import Outcome
from tests.analyze.make import condition, matched, only, outcome, pod, rounds, ruleset, verdicts, waiting, with_status

HEAD = "- id: T-X-001\n  symptom: t.x\n  triggers:\n"

RULE = condition("log: 'panic: (?P<what>.*)'\ntail: 50")
CRASHED = {
    "name": "app",
    "restartCount": 3,
    "state": {"waiting": {"reason": "CrashLoopBackOff"}},
    "lastState": {"terminated": {"exitCode": 2}},
}


def asked(rule: str, given: dict[str, Any]) -> list[str]:
    return sorted(str(q) for q in rounds(ruleset(rule), given)[1].asked if q.kind == "log")


def test_the_line_that_matches_is_the_evidence():
    logs = {"shop/cart-0/app.previous": "start\n2026-01-01T00:03:00Z panic: no database\nend\n"}
    found = only(RULE, {"objects": [with_status(CRASHED)], "logs": logs})
    assert (found.outcome, str(found.entity)) == (Outcome.MATCH, "pod/shop/cart-0")
    assert (found.args["what"], found.args["container"]) == ("no database", "app")
    assert found.evidence[0].value == "2026-01-01T00:03:00Z panic: no database"
    assert str(found.evidence[0].time) == "2026-01-01 00:03:00+00:00"
    assert found.evidence[0].origin == "log@pod/shop/cart-0"


def test_a_long_line_is_cut():
    found = only(RULE, {"objects": [with_status(CRASHED)], "logs": {"shop/cart-0/app": "panic: " + "x" * 1000}})
    assert len(found.evidence[0].value) == 300


def test_anchors_are_at_lines():
    rule = condition("log: '^boom$'")
    assert (
        outcome(rule, {"objects": [with_status(CRASHED)], "logs": {"shop/cart-0/app": "a\nboom\nb"}}) is Outcome.MATCH
    )
    assert (
        outcome(rule, {"objects": [with_status(CRASHED)], "logs": {"shop/cart-0/app": "no boom"}}) is Outcome.NO_MATCH
    )


def test_only_containers_that_matter_are_read_and_previous_ones_too():
    fine = {"name": "side", "state": {"running": {}}}
    given = {"objects": [with_status(CRASHED, fine), with_status(fine, name="b")]}
    assert asked(RULE, given) == [
        "log:shop/cart-0/app#previous=true&tail=50",
        "log:shop/cart-0/app#tail=50",
    ]


def test_a_container_that_never_ran_has_no_log():
    given = {"objects": [with_status(waiting("ErrImagePull"))]}
    assert asked(RULE, given) == []
    assert outcome(RULE, given) is Outcome.NO_MATCH


@pytest.mark.parametrize(
    ("previous", "logs"),
    [("true", ["log:shop/cart-0/app#previous=true&tail=200"]), ("false", ["log:shop/cart-0/app#tail=200"])],
)
def test_a_rule_may_want_one_run_only(previous: str, logs: list[str]):
    assert asked(condition(f"log: x\nprevious: {previous}"), {"objects": [with_status(CRASHED)]}) == logs


def test_a_rule_may_pick_other_pods():
    rule = condition("log: x\nof: {when: {container.state.running.startedAt: '2026-01-01T00:00:00Z'}}")
    running = {"name": "app", "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}
    given = {"objects": [with_status(CRASHED), with_status(running, name="b")]}
    assert asked(rule, given) == ["log:shop/b/app#tail=200"]


def test_logs_are_not_read_where_another_trigger_says_no():
    rule = """
- id: T-X-001
  symptom: t.x
  triggers:
    - log: panic
    - {object: pod, when: {status.phase: Running}}
"""
    given = {"objects": [with_status(CRASHED)], "states": {}}
    assert asked(rule, given) == []
    assert outcome(rule, given) is Outcome.NO_MATCH


PICKY = "    - log: panic\n      of: {when: {container.state.waiting.reason: CrashLoopBackOff}}\n"


def test_only_pods_that_a_log_picks_are_looked_at_for_its_sake():
    rule = HEAD + "    - {object: pod, where: object.metadata.name != 'x'}\n" + PICKY
    given = {"objects": [with_status(CRASHED), pod("b")], "logs": {"shop/cart-0/app": "panic"}}
    assert matched(verdicts(rule, given)) == ["pod/shop/cart-0"]
    assert outcome(rule, {"objects": [pod("b")]}) is Outcome.NO_MATCH
    assert outcome(rule, {"states": {"objects:pods": "forbidden"}}) is Outcome.INCONCLUSIVE


def test_a_log_beside_another_kind_names_no_pods():
    node = {"kind": "Node", "name": "n1", "spec": {"unschedulable": True}}
    rule = HEAD + "    - {object: node, when: {spec.unschedulable: true}}\n" + PICKY
    crashed = with_status(CRASHED)
    crashed["spec"]["nodeName"] = "n1"
    assert matched(verdicts(rule, {"objects": [node, crashed], "logs": {"shop/cart-0/app": "panic"}})) == []


def test_the_log_of_another_pod_limits_nothing():
    rule = (
        HEAD
        + "    - {object: pod, when: {status.phase: Pending}, extract: {other: \"'b'\"}}\n"
        + (PICKY + "      entity: pod/shop/{other}\n")
    )
    pending = [pod(name, status={"phase": "Pending"}) for name in ("a", "c")]
    given = {"objects": [*pending, with_status(CRASHED, name="b")], "logs": {"shop/b/app": "panic"}}
    assert matched(verdicts(rule, given)) == ["pod/shop/a", "pod/shop/c"]


def test_a_log_that_could_not_be_read_leaves_it_open():
    given = {"objects": [with_status(CRASHED)], "states": {"log:shop/cart-0/app": "forbidden"}}
    found = only(RULE, given)
    assert (found.outcome, str(found.entity)) == (Outcome.INCONCLUSIVE, "pod/shop/cart-0")


def test_pods_that_could_not_be_listed_leave_it_open():
    assert outcome(RULE, {"states": {"objects:pods": "forbidden"}}) is Outcome.INCONCLUSIVE


def test_which_containers_matter():
    assert matters(CRASHED)
    assert matters({"state": {"terminated": {"exitCode": 1}}})
    assert not matters({"state": {"terminated": {"exitCode": 0}}})
    assert not matters({"state": {"running": {}}})
    assert not matters({})
    assert (has_log(CRASHED), has_previous(CRASHED)) == (True, True)
    assert (has_log({"state": {"waiting": {}}}), has_previous({"restartCount": 0})) == (False, False)


def test_the_line_at_a_position():
    assert [line_at("ab\n cd \nef", i) for i in (0, 2, 4, 9)] == ["ab", "ab", "cd", "ef"]
    assert line_at("", 0) == ""


def test_a_rule_about_logs_alone_reads_at_most_a_hundred_pods():
    pods = [with_status(CRASHED, name=f"p{i:03}") for i in range(150)]
    assert len(asked(condition("log: x\nprevious: 'false'"), {"objects": pods})) == 100
    assert outcome(condition("log: x"), {"objects": [pod()]}) is Outcome.NO_MATCH


STACK = "refused\n" + "\tat frame\n" * 30 + "\n" + "a\nb\n"


@pytest.mark.parametrize(
    ("last", "text", "kept"),
    [
        (1, "a\nb\n", "b\n"),
        (2, "a\nb", "a\nb"),
        (9, "a\nb\n", "a\nb\n"),
        (1, "a\n  b\n\n\tc\n", "a\n  b\n\n\tc\n"),
        (3, STACK, STACK),
        (2, STACK, "a\nb\n"),
        (1, "", ""),
    ],
)
def test_a_line_that_begins_with_a_blank_belongs_to_the_one_before(last: int, text: str, kept: str):
    assert last_lines(text, last) == kept


@pytest.mark.parametrize(("last", "said"), [(3, Outcome.MATCH), (2, Outcome.NO_MATCH)])
def test_a_rule_may_want_the_last_words_only(last: int, said: Outcome):
    given = {"objects": [with_status(CRASHED)], "logs": {"shop/cart-0/app": STACK}}
    assert outcome(condition(f"log: refused\nlast: {last}"), given) is said
