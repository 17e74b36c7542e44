"""The analyzer check-releases: what it asks, and what it says of the answers."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from diagflow.analyze.api import Finding
from diagflow.analyze.case import Ask, LiveCase
from diagflow.model import Entity, Outcome, Query, Reading, State, Strength
from diagflow.packs.kubernetes.workloads.releases import run
from diagflow.packs.kubernetes.workloads.served import ALL, FAILED, PROBES, question
from tests.packs.kubernetes.scheduling_make import NOW, Json, ago

CART = Entity("deployment", "cart", "shop")
Answers = Mapping[str, Mapping[str, float | str]]
"""By window, then by `POD` (its requests) and `POD!` (those of them that failed)."""


def replicaset(name: str, seconds: float, owner: str = "cart") -> Json:
    return {
        "metadata": {
            "namespace": "shop",
            "name": name,
            "creationTimestamp": ago(seconds),
            "ownerReferences": [{"kind": "Deployment", "name": owner, "controller": True}],
        },
        "spec": {"template": {"spec": {"containers": [{"image": f"registry/{name}"}]}}},
    }


def pod(name: str, seconds: float = 300, status: str = "True") -> Json:
    """A pod that has been ready, or not, for so long."""
    ready = {"type": "Ready", "status": status, "lastTransitionTime": ago(seconds)}
    return {"metadata": {"namespace": "shop", "name": name}, "status": {"conditions": [ready]}}


SETS = [replicaset("cart-old", 9000), replicaset("cart-new", 600)]
PODS = [pod("cart-new-a"), pod("cart-new-b"), pod("cart-new-c", 299), pod("cart-old-a", 8000)]
"""Of the last but one, the probes were told to wait until a moment ago."""


def which(pod: str) -> str:
    return FAILED if pod.endswith("!") else ALL


class Asked:
    """What was asked of Prometheus, and what it answers."""

    def __init__(
        self,
        answers: Answers,
        sets: list[Json] | None = None,
        state: State = State.DATA,
        pods: list[Json] | None = None,
        unread: Sequence[str] = ("5m", "1h"),
    ) -> None:
        self.answers = answers
        self.objects = {"replicasets.apps": SETS if sets is None else sets, "pods": PODS if pods is None else pods}
        self.state, self.unread = state, unread
        self.windows: list[str] = []

    def __call__(self, query: Query) -> Reading:
        if query.kind == "objects":
            return Reading(query, State.DATA, NOW, self.objects[query.target])
        window = "1h" if "[1h]" in query.target else "5m"
        self.windows += [window]
        found = self.answers.get(window, {}).items()
        samples: list[dict[str, Any]] = [
            {"labels": {"namespace": "shop", "pod": pod.rstrip("!"), "served": which(pod)}, "value": value}
            for pod, value in found
        ]
        state = self.state if window in self.unread else State.DATA
        return Reading(query, state, NOW, samples if state is State.DATA else None)

    def run(self, *entities: Entity) -> list[Finding]:
        return run(LiveCase(Ask(NOW, False, entities or (CART,), {}), self))


BESIDE: Answers = {
    "5m": {
        "cart-new-a": 150,
        "cart-new-b": 50,
        "cart-new-a!": 30,
        "cart-old-a": 1000,
        "cart-old-a!": 5,
        "cart-new-c": 500,
        "cart-new-c!": 500,
    }
}


def test_both_versions_of_one_moment_are_told_and_the_hour_is_not_asked():
    asked = Asked(BESIDE)
    (found,) = asked.run()
    assert found.observations[0].text.en == (
        "in 5 minutes cart-new failed 15 % of 200 requests; the version before it at the same time 0.5 % of 1000"
    )
    assert found.observations[0].supports is Strength.CONCLUSIVE
    assert found.observations[1].text.en == "cart-new was created at 00:00:00 UTC and is ready"
    assert (found.entity, found.args["images"]) == (CART, "registry/cart-new")
    assert set(asked.windows) == {"5m"}


def test_an_hour_ago_is_strong_evidence():
    now = {"cart-new-a": 200, "cart-new-a!": 30}
    (found,) = Asked({"5m": now, "1h": {**now, "cart-old-a": 1000, "cart-old-a!": 5}}).run()
    assert found.observations[0].supports is Strength.STRONG
    assert "the version before it in the hour before 0.5 % of 1000" in found.observations[0].text.en


def test_a_version_whose_pods_are_gone_served_at_another_time():
    (found,) = Asked(BESIDE, pods=PODS[:-1]).run()
    assert not found.names


def test_one_bad_pod_of_three_is_no_bad_version():
    three = {"cart-new-a": 200, "cart-new-a!": 100, "cart-new-b": 200, "cart-old-a": 1000}
    pods = [*PODS, pod("cart-new-d")]
    assert Asked({"5m": {**three, "cart-new-d": 0}}, pods=pods).run()[0].names  # who serves nothing says nothing
    assert not Asked({"5m": {**three, "cart-new-d": 200}}, pods=pods).run()[0].names
    assert Asked({"5m": {**three, "cart-new-d": 200, "cart-new-d!": 11}}, pods=pods).run()[0].names


@pytest.mark.parametrize(("life", "named"), [(0.9 * 30, True), (0.89 * 30, False)])
def test_who_served_well_at_first_met_something_else(life: float, *, named: bool):
    now = {"cart-new-a": 200, "cart-new-a!": 30}
    old = {"cart-old-a": 1000}
    (found,) = Asked({"5m": now, "1h": {"cart-new-a": 200, "cart-new-a!": life, **old}}).run()
    assert bool(found.names) is named


def test_who_served_a_tenth_of_the_new_one_or_less_had_hardly_more_than_probes():
    now = {"cart-new-a": 2000, "cart-new-a!": 1000}
    assert Asked({"5m": {**now, "cart-old-a": 200}}).run()[0].names
    assert not Asked({"5m": {**now, "cart-old-a": 199}}).run()[0].names


@pytest.mark.parametrize(
    ("part", "value", "named"),
    [
        ("cart-new-a!", 10.1, True),  # just over 5 % of 200
        ("cart-new-a!", 10.0, False),
        ("cart-old-a!", 9.9, True),  # just under 1 % of 1000
        ("cart-old-a!", 10.0, False),
        ("cart-old-a!", "NaN", False),
        ("cart-new-a!", "NaN", False),
        ("cart-old-a", 66.0, False),  # 66 requests of which 15 % are under ten
    ],
)
def test_bounds(part: str, value: float | str, *, named: bool):
    changed = {"5m": {**BESIDE["5m"], "cart-old-a!": 0.0, part: value}}
    assert [f.names for f in Asked(changed).run()] == (["kubernetes.bad-release"] if named else [""])


def test_ten_failures_are_the_least():
    few = {"cart-new-a": 40, "cart-old-a": 1000}
    assert Asked({"5m": {**few, "cart-new-a!": 10}}).run()[0].names
    assert not Asked({"5m": {**few, "cart-new-a!": 9.9}}).run()[0].names


def test_pods_of_a_deployment_whose_name_begins_alike_are_others():
    sets = [*SETS, replicaset("cart-new-worker-1", 9000, owner="cart-new-worker")]
    more = {"5m": {**BESIDE["5m"], "cart-new-worker-1-a": 100000, "cart-new-worker-1-a!": 0}}
    assert "failed 15 % of 200 requests" in Asked(more, sets).run()[0].observations[0].text.en


def test_the_third_version_is_measured_by_all_before_it():
    sets = [*SETS, replicaset("cart-older", 90000)]
    pods = [*PODS, pod("cart-older-a")]
    (found,) = Asked({"5m": {**BESIDE["5m"], "cart-older-a": 1000, "cart-older-a!": 100}}, sets, pods=pods).run()
    assert found.outcome is Outcome.NO_MATCH


@pytest.mark.parametrize(("state", "outcome"), [(State.ERROR, Outcome.INCONCLUSIVE), (State.ABSENT, Outcome.NO_MATCH)])
def test_without_an_answer_it_says_so(state: State, outcome: Outcome):
    (found,) = Asked(BESIDE, state=state).run()
    assert found.outcome is outcome


def test_without_the_hour_nobody_knows_how_the_version_before_it_served():
    now = {"5m": {"cart-new-a": 200, "cart-new-a!": 30}}
    (found,) = Asked(now, state=State.ERROR, unread=["1h"]).run()
    assert found.outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("asked", "probe"),
    [
        *((path, True) for path in ("/healthz", "/actuator/health/readiness", "/-/ready", "/api/ping", "live")),
        ("grpc.health.v1.Health", True),
        *((path, False) for path in ("/shipping", "/deliveries", "/already", "/orders/{id}", "shop.Cart", "")),
    ],
)
def test_probes_are_told_by_whole_parts_of_a_path(asked: str, *, probe: bool):
    assert bool(re.fullmatch(PROBES, asked)) is probe


def test_what_is_no_name_of_a_namespace_is_no_part_of_a_question():
    assert 'namespace=~"shop|web-2"' in question(["shop", 'x"} or up{a="', ".*", "web-2"], "5m")


@pytest.mark.parametrize("new", [pod("cart-new-a", 299), pod("cart-new-a", 600, "False"), pod("cart-newer-a")])
def test_nothing_is_asked_where_no_new_version_has_been_ready_for_some_time(new: Json):
    asked = Asked(BESIDE, pods=[new, PODS[-1]])
    assert asked.run()[0].outcome is Outcome.NO_MATCH
    assert asked.windows == []
