import contextlib
from collections.abc import Sequence
from typing import Any

import pytest

from diagflow.analyze import Runner, analyze
from diagflow.analyze.api import Case, Finding, Observation
from diagflow.bundle import Bundle
from diagflow.harness.world import World
from diagflow.model import Entity, Outcome, Query, Reading, State, Strength, Text, Verdict
from diagflow.model.topology import Direction, Edge
from diagflow.rules import Analyzer, RuleSet
from diagflow.rules.analyzer import Input
from tests.analyze.make import NOW, entity, pod, rounds, ruleset
from tests.nats import CONCLUSIVE

RULE = """
- id: T-X-001
  action: look --hard=yes
  triggers: [{object: pod, when: {status.phase: Pending}}]
"""
INPUTS = (
    Input("objects:pods", ("spec.priority",)),
    Input("objects:nodes", ("spec.taints",)),
    Input("log:{namespace}/{pod}/{container}"),
)
ILL = pod(status={"phase": "Pending"}, spec={"priority": 7})


def confirms(case: Case) -> list[Finding]:
    reading = case.read("objects:pods")
    seen = Observation(reading.query, Text("seen"), supports=Strength.CONCLUSIVE, value=reading.data[0]["spec"])
    edge = Edge(case.entities[0], "candidate", Entity("node", "n9"))
    return [Finding(case.entities[0], "t.cause", observations=(seen,), args=dict(case.args), edges=(edge,))]


def reads_in_turn(case: Case) -> list[Finding]:
    for name in ("objects:pods", "objects:nodes", "log:shop/cart-0/app", "log:shop/cart-0/b"):
        case.read(name)
    return [Finding(case.entities[0], outcome=Outcome.NO_MATCH)]


def reads_undeclared(case: Case) -> list[Finding]:
    case.read("objects:secrets")
    return []


def catches_everything(case: Case) -> list[Finding]:
    with contextlib.suppress(BaseException):
        case.read("log:shop/cart-0/app")
    return [Finding(case.entities[0], "t.cause")]


def catches_undeclared(case: Case) -> list[Finding]:
    with contextlib.suppress(BaseException):
        case.read("objects:secrets")
    return [Finding(case.entities[0], "t.cause")]


def names_something_else(case: Case) -> list[Finding]:
    return [Finding(case.entities[0], "t.undeclared")]


def returns_nonsense(_: Case) -> Any:
    return {"a": 1}


def breaks(_: Case) -> list[Finding]:
    raise ZeroDivisionError("a\nb")


def could_not_tell(case: Case) -> list[Finding]:
    nodes = case.read("objects:nodes")
    return [Finding(case.entities[0], "t.cause", Outcome.INCONCLUSIVE, detail=f"nodes are {nodes.state}")]


def analyzer(function: Any) -> Analyzer:
    run = f"{__name__}:{function.__name__}"
    return Analyzer("look", "1", run, INPUTS, names=("t.cause",), pack="p", contained=False)


def asked(function: Any, given: dict[str, Any] | None = None) -> tuple[Sequence[Verdict], set[str]]:
    analysis, world = rounds(ruleset(RULE, analyzers=[analyzer(function)]), given or {"objects": [ILL]})
    return [v for v in analysis.verdicts if v.analyzer], {str(q) for q in world.asked}


def test_an_analyzer_confirms_what_a_rule_asks():
    [found], _ = asked(confirms)
    assert (found.rule, found.analyzer, found.names, str(found.entity)) == (
        "T-X-001",
        "look",
        "t.cause",
        "pod/shop/cart-0",
    )
    assert (found.evidence[0].nats, found.evidence[0].conclusive, found.args) == (CONCLUSIVE, True, {"hard": "yes"})


def test_it_gets_the_fields_that_it_declares_and_no_others():
    [found], _ = asked(confirms)
    assert found.evidence[0].value == {"priority": 7}  # and not the nodeName that the topology keeps


def test_edges_that_it_derives_are_in_the_topology():
    rules = ruleset(RULE, analyzers=[analyzer(confirms)])
    analysis, _ = rounds(rules, {"objects": [ILL]})
    assert ("candidate", Entity("node", "n9")) in analysis.topology.neighbours(
        entity("pod/shop/cart-0"), Direction.DEPENDENCIES
    )


def test_it_runs_only_where_its_rule_matched():
    found, questions = asked(reads_in_turn, {"objects": [pod(status={"phase": "Running"})]})
    assert found == []
    assert questions == {"objects:pods"}


def test_it_runs_again_until_it_has_read_what_it_wants():
    [found], questions = asked(reads_in_turn)
    assert found.outcome is Outcome.NO_MATCH
    assert {"objects:nodes", "log:shop/cart-0/app", "log:shop/cart-0/b"} <= questions


def test_what_it_may_read_without_variables_is_wanted_at_once():
    rules = ruleset(RULE, analyzers=[analyzer(reads_in_turn)])
    _, world = rounds(rules, {"objects": [ILL]})
    bundle = Bundle(world.incident)
    for want in analyze(rules, bundle, Runner(rules)).wants:
        bundle.add(next(iter(world.read([want], deadline=0))))
    assert [str(w.query) for w in analyze(rules, bundle, Runner(rules)).wants] == ["objects:nodes"]


@pytest.mark.parametrize("function", [reads_undeclared, catches_undeclared])
def test_reading_what_is_not_declared_is_an_error_that_names_it(function: Any):
    [found], questions = asked(function)
    assert (found.outcome, str(found.entity)) == (Outcome.ERROR, "cluster/local")
    assert "look of pack p reads objects:secrets" in found.detail
    assert "objects:secrets" not in questions


def test_an_analyzer_that_catches_everything_goes_not_on_without_its_reading():
    rules = ruleset(RULE, analyzers=[analyzer(catches_everything)])
    _, world = rounds(rules, {"objects": [ILL]})
    bundle = Bundle(world.incident)
    for reading in world.read(analyze(rules, bundle, Runner(rules)).wants, deadline=0):
        bundle.add(reading)
    analysis = analyze(rules, bundle, Runner(rules))
    assert [v.outcome for v in analysis.verdicts if v.analyzer] == [Outcome.INCONCLUSIVE]
    assert "log:shop/cart-0/app" in [str(w.query) for w in analysis.wants]


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (names_something_else, "it names t.undeclared"),
        (returns_nonsense, "must return a list"),
        (breaks, "ZeroDivisionError: a b"),
    ],
)
def test_whatever_goes_wrong_in_it_is_its_verdict(function: Any, said: str):
    [found], _ = asked(function)
    assert found.outcome is Outcome.ERROR
    assert said in found.detail


def test_what_it_could_not_read_is_what_it_needs():
    [found], _ = asked(could_not_tell, {"objects": [ILL], "states": {"objects:nodes": "forbidden"}})
    assert (found.outcome, found.detail) == (Outcome.INCONCLUSIVE, "nodes are forbidden")
    assert [str(n.query) for n in found.needs] == ["objects:nodes"]


def test_two_rules_with_the_same_question_ask_once():
    two = ruleset(RULE + RULE.replace("T-X-001", "T-X-002"), analyzers=[analyzer(confirms)])
    analysis, _ = rounds(two, {"objects": [ILL]})
    assert [v.rule for v in analysis.verdicts if v.analyzer] == ["T-X-001"]


def test_an_end_that_was_recorded_is_replayed_and_not_tried_again():
    rules: RuleSet = ruleset(RULE, analyzers=[analyzer(confirms)])
    _, world = rounds(rules, {"objects": [ILL]})
    bundle = Bundle(world.incident)
    for reading in world.read(analyze(rules, bundle, Runner(rules)).wants, deadline=0):
        bundle.add(reading)
    death = Query.of("analyzer", "look", hard="yes")
    bundle.add(Reading(death, State.ERROR, world.incident.now, detail="killed after 2 s"))
    [found] = [v for v in analyze(rules, bundle, Runner(rules)).verdicts if v.analyzer]
    assert (found.outcome, found.detail) == (Outcome.ERROR, "killed after 2 s")


CALLS: list[str] = []


def counts(case: Case) -> list[Finding]:
    CALLS.append(str(case.read("objects:nodes").state))
    return could_not_tell(case)


def test_it_is_not_asked_again_while_it_would_read_the_same():
    rules = ruleset(RULE, analyzers=[analyzer(counts)])
    runner = Runner(rules)
    world = World({"now": NOW, "objects": [ILL], "states": {"objects:nodes": "forbidden"}})
    bundle = Bundle(world.incident)
    for _ in range(2):
        for reading in world.read(analyze(rules, bundle, Runner(rules)).wants, deadline=0):
            bundle.add(reading)
    CALLS.clear()
    first = analyze(rules, bundle, runner)
    bundle.add(Reading(Query.of("objects", "services"), State.EMPTY, world.incident.now))
    assert analyze(rules, bundle, runner).verdicts == first.verdicts
    assert CALLS == ["forbidden"]
    bundle.add(Reading(Query.of("objects", "nodes"), State.EMPTY, world.incident.now))
    [found] = [v for v in analyze(rules, bundle, runner).verdicts if v.analyzer]
    assert (CALLS, found.detail) == (["forbidden", "empty"], "nodes are empty")
