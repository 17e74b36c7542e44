from typing import Any

import pytest

from diagflow.model import Outcome
from tests.analyze.make import condition, matched, only, outcome, verdicts

ROLLOUT = condition("change: rollout\nwithin: 10m")
CONFIG = condition("change: config\nwhere: change.what.contains('timeout')")


def replicaset(name: str, created: str) -> dict[str, Any]:
    return {
        "kind": "ReplicaSet",
        "namespace": "shop",
        "name": name,
        "created": created,
        "owner": "deployment/shop/cart",
    }


def test_a_change_shortly_before_is_a_match_about_what_changed():
    given = {
        "changes": [
            {"kind": "config", "time": "2026-01-01T00:04:00Z", "entity": "configmap/shop/c", "what": "timeout 1s"}
        ]
    }
    found = only(CONFIG, given)
    assert (found.outcome, str(found.entity)) == (Outcome.MATCH, "configmap/shop/c")
    assert str(found.onset.earliest) == "2026-01-01 00:04:00+00:00"
    given["changes"][0]["what"] = "replicas"
    assert outcome(CONFIG, given) is Outcome.NO_MATCH


@pytest.mark.parametrize(
    ("time", "expected"), [("2025-12-31T23:30:00Z", "no_match"), ("2026-01-01T00:01:00Z", "match")]
)
def test_shortly_before_is_counted_from_the_onset(time: str, expected: str):
    change = {"kind": "rollout", "time": time, "entity": "deployment/shop/cart"}
    assert outcome(ROLLOUT, {"changes": [change], "onset": "2026-01-01T00:02:00Z"}) == expected


def test_a_second_replicaset_is_a_rollout():
    old, new = replicaset("cart-b", "2025-12-01T00:00:00Z"), replicaset("cart-c", "2026-01-01T00:03:00Z")
    assert matched(verdicts(ROLLOUT, {"objects": [old, new]})) == ["deployment/shop/cart"]
    assert outcome(ROLLOUT, {"objects": [new]}) is Outcome.NO_MATCH
    assert outcome(ROLLOUT, {"objects": [old, replicaset("cart-c", "2025-12-02T00:00:00Z")]}) is Outcome.NO_MATCH


def test_changes_that_nobody_can_tell():
    states = {"change:config": "absent"}
    assert outcome(CONFIG, {"states": states}) is Outcome.SKIPPED


def test_a_change_that_cannot_be_read_is_left_out():
    broken: list[Any] = [{"kind": "config"}, {"kind": "config", "time": "x", "entity": "a/b"}]
    assert outcome(CONFIG, {"changes": broken}) is Outcome.NO_MATCH


FACT = condition("fact: go-version\nwhere: fact.minor < 20\nextract: {minor: fact.minor}")


def test_a_fact_is_about_this_machine():
    found = only(FACT, {"facts": {"go-version": {"minor": 19}}})
    assert (found.outcome, str(found.entity), found.args) == (Outcome.MATCH, "host/local", {"minor": 19})


def test_a_fact_that_is_otherwise_or_unknown():
    assert only(FACT, {"facts": {"go-version": {"minor": 21}}}).outcome is Outcome.NO_MATCH
    assert str(only(FACT, {"facts": {"go-version": {"minor": 21}}}).entity) == "host/local"
    assert outcome(FACT, {}) is Outcome.SKIPPED
    assert outcome(FACT, {"states": {"fact:go-version": "error"}}) is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("text", "fact", "en"),
    [
        ("fact: go-version\nwhere: fact.minor < 20", {"minor": 13}, "go-version of this machine: minor is 13"),
        ("fact: go-version\nwhere: 'fact == \"x\"'", "x", "go-version of this machine is x"),
        ("fact: go-version", {"minor": 13}, "go-version of this machine exists"),
        (
            "fact: go-version\nwith: [arch]\nwhere: fact.minor < 20 && facts.arch.name == 'arm'",
            {"minor": 13},
            "go-version of this machine: minor is 13 and facts.arch.name is arm",
        ),
    ],
)
def test_a_fact_without_a_text_says_what_was_read(text: str, fact: Any, en: str):
    found = only(condition(text), {"facts": {"go-version": fact, "arch": {"name": "arm"}}})
    assert found.evidence[0].text.en == en
