"""Faults that are in place together: which are drawn, in which order they come, and how a scan of them is judged."""

from itertools import combinations

import pytest
from lab import draw, fault, together
from lab.fault import Fault

EVERY = [fault.load(name, 7, "worker-0a0b") for name in fault.all_names()]
BY_NAME = {one.name: one for one in EVERY}
CAUSES = [{"id": "a.quota", "entity": "resourcequota/x/q"}, {"id": "a.image", "entity": "pod/y/web-*"}]


def diagnosis(*roots: tuple[str, str], consequence: tuple[str, str] = ("a.other", "pod/z/1")):
    entries = [*((*root, "root") for root in roots), (*consequence, "consequence")]
    return {"causes": [{"id": name, "entities": [entity], "role": role} for name, entity, role in entries]}


def test_of_several_faults_each_must_be_a_root_at_its_entity_and_nothing_else():
    quota, image = ("a.quota", "resourcequota/x/q"), ("a.image", "pod/y/web-1")
    assert together.judge(CAUSES, diagnosis(quota, image)).right
    assert together.judge(CAUSES, diagnosis(quota)).missed == ("a.image at pod/y/web-*",)
    elsewhere = together.judge(CAUSES, diagnosis(quota, image, ("a.quota", "resourcequota/z/q")))
    assert elsewhere.invented == ("a.quota at resourcequota/z/q",)
    folded = together.judge(CAUSES, diagnosis(quota, consequence=image))
    assert not folded.right
    assert str(folded) == "missed a.image at pod/y/web-*"


def test_what_one_fault_forbids_may_be_the_cause_of_another():
    labels = together.labels_of([BY_NAME["container/secret-missing"], BY_NAME["container/configmap-missing"]])
    assert [cause["id"] for cause in labels["causes"]] == ["kubernetes.secret-missing", "kubernetes.config-map-missing"]
    assert labels["forbidden"] == []
    alone = together.labels_of([BY_NAME["container/secret-missing"], BY_NAME["image/unauthorized"]])
    assert "kubernetes.config-map-missing" in alone["forbidden"]


def test_what_others_feel_comes_after_them():
    first, last = together.in_turn([BY_NAME["scheduling/cordoned"], BY_NAME["container/secret-missing"]])
    assert ([one.name for one in first], [one.name for one in last]) == (
        ["container/secret-missing"],
        ["scheduling/cordoned"],
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_groups_follow_from_the_seed_and_leave_no_fault_out(seed):
    groups = draw.groups(EVERY, seed, 60)
    assert groups == draw.groups(list(reversed(EVERY)), seed, 60)
    assert groups != draw.groups(EVERY, seed + 1, 60)
    assert {len(group) for group in groups} == {2, 3}
    assert {name for group in groups for name in group} == {one.name for one in EVERY if draw.drawable(one)}


def test_groups_hold_only_faults_that_have_nothing_to_do_with_each_other():
    for group in draw.groups(EVERY, 1, 100):
        members: list[Fault] = [BY_NAME[name] for name in group]
        assert len(set(group)) == len(group)
        assert [draw.related(one, other) for one, other in combinations(members, 2)] == [""] * (
            len(group) * (len(group) - 1) // 2
        )


def test_faults_that_take_away_what_another_needs_are_related():
    assert draw.related(BY_NAME["scheduling/cordoned"], BY_NAME["scheduling/node-selector"])
    assert draw.related(BY_NAME["dns/unknown-directive"], BY_NAME["applog/caller-of-empty-service"])
    assert not draw.related(BY_NAME["scheduling/cordoned"], BY_NAME["scheduling/quota"])
    assert not draw.drawable(BY_NAME["healthy/rollout"])
    assert not draw.drawable(BY_NAME["node/runtime-down"])
    assert not draw.drawable(BY_NAME["scheduling/max-pods"])
    assert not draw.drawable(BY_NAME["controlplane/nobody-controls"])
    assert draw.drawable(BY_NAME["controlplane/no-placement"])
