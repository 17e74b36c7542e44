from typing import Any

import pytest

from diagflow.model import Onset, Outcome
from tests.analyze.make import condition, matched, only, outcome, pod, verdicts

RULE = condition('event: BackOff\n"on": pod\nmessage: "restarting failed container (?P<container>[a-z]+)"')


def event(message: str = "restarting failed container app", on: str = "pod/shop/cart-0", **rest: Any) -> dict[str, Any]:
    return {"reason": "BackOff", "on": on, "message": message, **rest}


def test_an_event_is_about_its_object_and_groups_are_arguments():
    found = only(RULE, {"events": [event()], "objects": [pod()]})
    assert (found.outcome, str(found.entity), found.args["container"]) == (Outcome.MATCH, "pod/shop/cart-0", "app")
    assert found.evidence[0].text.en == "event BackOff about pod/shop/cart-0: restarting failed container app"


@pytest.mark.parametrize(
    "other",
    [event("something else"), event(on="node/n"), {**event(), "reason": "Killing"}, event(last="2025-12-31T22:00:00Z")],
)
def test_other_messages_objects_reasons_and_times_do_not_match(other: dict[str, Any]):
    assert outcome(RULE, {"events": [other], "objects": [pod()]}) is Outcome.NO_MATCH


def test_no_events_at_all_and_no_right_to_read_them():
    assert outcome(RULE, {}) is Outcome.NO_MATCH
    assert outcome(RULE, {"states": {"objects:events": "forbidden"}}) is Outcome.INCONCLUSIVE


def test_how_long_ago_is_the_rules_choice():
    rule = condition("event: BackOff\nwithin: 5m")
    assert outcome(rule, {"events": [event(last="2026-01-01T00:00:00Z")]}) is Outcome.MATCH
    assert outcome(rule, {"events": [event(last="2025-12-31T23:59:59Z")]}) is Outcome.NO_MATCH


def test_counts_add_up_over_events_about_one_object():
    rule = condition("event: BackOff\nmin-count: 5")
    assert outcome(rule, {"events": [event(count=2), event("other", count=3)]}) is Outcome.MATCH
    assert outcome(rule, {"events": [event(count=2), event(count=2, on="pod/shop/b")]}) is Outcome.NO_MATCH


def test_an_event_about_a_pod_that_is_gone_is_stale():
    rules = RULE + condition("object: pod\nwhen: {status.phase: Unseen}").replace("T-X-001", "T-X-002")
    assert matched(verdicts(rules, {"events": [event()]})) == []
    assert matched(verdicts(rules, {"events": [event()], "objects": [pod()]})) == ["pod/shop/cart-0"]
    # A pod of the same name that is another one: a StatefulSet made it anew.
    reborn = {"events": [event()], "objects": [pod(uid="new")]}
    old = {"involvedObject": {"kind": "Pod", "namespace": "shop", "name": "cart-0", "uid": "old"}}
    reborn["events"] = [{**old, "reason": "BackOff", "message": "restarting failed container app"}]
    assert matched(verdicts(rules, reborn)) == []


def test_nobody_knows_whether_a_pod_is_gone_whose_list_was_cut_off():
    rules = RULE + condition("object: pod\nwhen: {status.phase: Unseen}").replace("T-X-001", "T-X-002")
    given = {"events": [event()], "states": {"objects:pods": "cut-off"}}
    assert matched(verdicts(rules, given)) == ["pod/shop/cart-0"]


def test_it_began_before_the_first_event():
    found = only(
        RULE, {"events": [event(first="2026-01-01T00:01:00Z", last="2026-01-01T00:04:00Z")], "objects": [pod()]}
    )
    assert (found.onset.earliest, str(found.onset.latest)) == (None, "2026-01-01 00:01:00+00:00")
    assert str(found.evidence[0].time) == "2026-01-01 00:04:00+00:00"


def test_conditions_see_the_event_in_the_form_of_core_v1():
    rule = condition("event: X\nwhere: event.involvedObject.name == 'n' && event.message == 'm'")
    new = {"reason": "X", "note": "m", "regarding": {"kind": "Node", "name": "n"}, "eventTime": "2026-01-01T00:04:00Z"}
    assert str(only(rule, {"events": [new]}).entity) == "node/n"


def test_the_same_report_in_two_events_is_one_piece_of_evidence_per_wording():
    events = [event(last=f"2026-01-01T00:0{i}:00Z") for i in range(4)]
    found = only(RULE, {"events": events, "objects": [pod()]})
    assert [str(e.time) for e in found.evidence] == ["2026-01-01 00:03:00+00:00"]
    assert found.onset == Onset(None, found.onset.latest)
