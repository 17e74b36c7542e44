import pytest

from diagflow.analyze.questions import questions
from diagflow.model import Cause, Edge, Edges, Entity, Outcome, Text, Verdict
from diagflow.model.cause import Explains
from tests.analyze.make import matched, pod, rounds, ruleset
from tests.nats import CONCLUSIVE

CAUSES = """
- {id: t.pending, title: pods wait, role: symptom}
- {id: t.disk, title: disk is full, explains: [{what: t.pending, via: [candidate, node]}]}
- {id: t.other, title: something else}
"""
RULES = """
- id: T-X-001
  symptom: t.pending
  triggers: [{object: pod, when: {status.phase: Pending}}]
- id: T-X-002
  refutes: t.disk
  triggers: [{object: node, when: {'status.conditions[].reason': KubeletHasNoDiskPressure}, refutes: conclusive}]
"""


def node(name: str) -> dict[str, object]:
    return {
        "kind": "Node",
        "name": name,
        "status": {"conditions": [{"type": "DiskPressure", "reason": "KubeletHasNoDiskPressure"}]},
    }


NODES = [node("n1"), node("n2")]
ILL = pod(status={"phase": "Pending"}, spec={"nodeName": "n1"})


def test_a_rule_that_refutes_speaks_only_where_its_cause_is_in_question():
    analysis, _ = rounds(ruleset(RULES, CAUSES), {"objects": [ILL, *NODES]})
    refuted = [v for v in analysis.verdicts if v.rule == "T-X-002"]
    assert matched(refuted) == ["node/n1"]
    assert (refuted[0].names, refuted[0].evidence[0].nats, refuted[0].evidence[0].conclusive) == (
        "t.disk",
        -CONCLUSIVE,
        True,
    )


def test_without_a_symptom_nothing_is_in_question_and_nothing_is_read():
    analysis, world = rounds(ruleset(RULES, CAUSES), {"objects": NODES})
    assert [(v.outcome, v.detail) for v in analysis.verdicts if v.rule == "T-X-002"] == [
        (Outcome.NO_MATCH, "t.disk is not in question")
    ]
    assert "objects:nodes" not in map(str, world.asked)


def test_a_cause_that_is_supported_is_in_question_itself():
    supported = (
        RULES.replace("T-X-001", "T-X-003")
        .replace("symptom: t.pending", "cause: t.disk")
        .replace("object: pod, when: {status.phase: Pending}", "object: node, when: {spec.full: yes}")
    )
    full = {**node("n2"), "spec": {"full": "yes"}}
    both = supported.split("- id: T-X-002")[0] + "- id: T-X-002" + RULES.split("- id: T-X-002")[1]
    analysis, _ = rounds(ruleset(both, CAUSES), {"objects": [node("n1"), full]})
    assert matched([v for v in analysis.verdicts if v.rule == "T-X-002"]) == ["node/n2"]


def test_what_cannot_be_read_refutes_nothing_and_says_so():
    analysis, _ = rounds(ruleset(RULES, CAUSES), {"objects": [ILL], "states": {"objects:nodes": "forbidden"}})
    [refuting] = [v for v in analysis.verdicts if v.rule == "T-X-002"]
    assert refuting.outcome is Outcome.INCONCLUSIVE
    assert [str(n.query) for n in refuting.needs] == ["objects:nodes"]


def test_of_too_many_entities_the_first_are_enough(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("diagflow.analyze.questions.MOST_ENTITIES", 4)
    pods = [Entity("pod", f"p{n}", "shop") for n in range(4)]
    edges = [Edge(pod, "node", Entity("node", f"{pod.name}-{side}")) for pod in pods for side in "ab"]
    causes = {"t.disk": Cause("t.disk", Text("disk"), explains=(Explains("t.pending", frozenset({"node"})),))}
    waiting = [Verdict("T-X-001", pod, Outcome.MATCH, names="t.pending") for pod in reversed(pods)]
    asked = questions(waiting, causes, Edges(edges))
    expected = ["node/p0-a", "node/p0-b", "node/p1-a", "node/p1-b", "pod/shop/p0", "pod/shop/p1"]
    assert sorted(map(str, asked.get("t.disk"))) == expected
    assert sorted(map(str, asked.get("t.pending"))) == [str(pod) for pod in pods]
    assert asked.get("t.unknown") == frozenset()
