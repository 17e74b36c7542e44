import shlex

import pytest
import yaml

from diagflow.feedback.blind import ask, unseen
from diagflow.feedback.words import words
from diagflow.model import Query, State
from diagflow.model.diagnosis import Missing
from tests.feedback.samples import unknown_forbidden

EN = words("en")


def gap(query: Query, state: State = State.FORBIDDEN, *, required: bool = True, blocking: bool = False) -> Missing:
    return Missing(query, state, ("R",), required=required, blocking=blocking)


def test_rights_are_one_rule_for_each_group_that_can_be_pasted() -> None:
    rights, check = ask(
        [
            gap(Query.of("objects", "pods")),
            gap(Query.of("objects", "nodes"), blocking=True),
            gap(Query.of("objects", "deployments.apps", namespace="shop")),
        ],
        EN,
    )
    assert yaml.safe_load("\n".join(rights.commands)) == [
        {"apiGroups": [""], "resources": ["nodes", "pods"], "verbs": ["get", "list"]},
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list"]},
    ]
    assert check.commands == (
        "kubectl auth can-i list deployments.apps --namespace shop",
        "kubectl auth can-i list nodes --all-namespaces",
        "kubectl auth can-i list pods --all-namespaces",
    )


def test_names_are_quoted_for_the_shell_and_for_yaml() -> None:
    evil = 'x"], "$(reboot)'
    rights, check = ask([gap(Query.of("objects", evil, namespace="; rm -rf /"))], EN)
    assert yaml.safe_load(rights.commands[0])[0]["resources"] == ['x"], "$(reboot)']
    assert shlex.split(check.commands[0])[-1] == "; rm -rf /"


@pytest.mark.parametrize(
    ("query", "state", "command"),
    [
        (Query.of("objects", "nodes"), State.ERROR, "kubectl get --raw '/readyz?verbose'"),
        (Query.of("log", "shop/cart-0/app"), State.ERROR, "kubectl --namespace shop logs cart-0 --container app"),
        (
            Query.of("log", "shop/cart-0/app", previous="true"),
            State.ABSENT,
            "kubectl --namespace shop logs cart-0 --container app --previous",
        ),
        (
            Query.of("log", "shop/cart-0/app"),
            State.FORBIDDEN,
            '- {apiGroups: [""], resources: ["pods/log"], verbs: [get]}',
        ),
        (Query.of("promql", "up"), State.ABSENT, "diagflow scan --prometheus URL"),
    ],
)
def test_each_gap_ends_with_what_to_do(query: Query, state: State, command: str) -> None:
    assert command in ask([gap(query, state)], EN)[0].commands


def test_what_only_adds_detail_and_what_was_cut_off_asks_for_nothing() -> None:
    assert ask([gap(Query.of("objects", "nodes"), required=False)], EN) == ()
    assert ask([gap(Query.of("objects", "nodes"), State.DATA)], EN) == ()


def test_the_silencing_ones_come_first_and_a_reading_once() -> None:
    twice = [*unknown_forbidden().missing[::-1], gap(Query.of("objects", "nodes"))]
    found = unseen(twice, EN)
    assert [u.blocking for u in found] == [True, True, False, False]
    nodes = next(u for u in found if u.query == "objects:nodes")
    assert nodes.rules == ("K8S-NODE-031", "K8S-SCHED-007", "R")
    assert nodes.what == "list of nodes"


def test_a_cut_off_answer_is_called_so() -> None:
    assert unseen([gap(Query.of("objects", "nodes"), State.DATA)], EN)[0].state == "cut off"


@pytest.mark.parametrize(
    ("query", "state", "shown"),
    [
        (Query.of("fact", "virtualstore"), State.ABSENT, False),
        (Query.of("log", "host/local"), State.ABSENT, False),
        (Query.of("fact", "defender"), State.FORBIDDEN, True),
        (Query.of("fact", "go_env"), State.ERROR, True),
        (Query.of("log", "shop/cart-0/app"), State.ABSENT, True),
    ],
)
def test_what_makes_no_sense_on_a_machine_is_no_gap(query: Query, state: State, shown: bool) -> None:  # noqa: FBT001
    found = gap(query, state)
    assert bool(unseen([found], EN)) is shown
    assert "host" not in "".join(c for steps in ask([found], EN) for c in steps.commands)


def absent(*names: str, blocking: bool = False) -> list[Missing]:
    return [gap(Query.of("objects", name), State.ABSENT, blocking=blocking) for name in names]


def test_many_kinds_that_a_cluster_does_not_have_are_counted_and_nobody_is_sent_to_look_for_them() -> None:
    refused = gap(Query.of("objects", "nodes"))
    found = unseen([*absent("a.x", "b.x", "c.x", "d.x"), refused], EN)
    assert [(one.query, one.idle) for one in found][:2] == [("objects:nodes", False), ("objects:a.x", True)]
    assert all(
        "NAME" not in command for steps in ask(absent("a.x", "b.x", "c.x", "d.x"), EN) for command in steps.commands
    )


def test_a_few_are_named_and_what_silences_the_diagnosis_always() -> None:
    assert not any(one.idle for one in unseen(absent("a.x", "b.x", "c.x"), EN))
    assert not any(one.idle for one in unseen(absent(*"abcdef", blocking=True), EN))
    assert ask(absent("pods", blocking=True), EN)[0].commands == ("diagflow scan --context NAME",)
