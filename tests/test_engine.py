"""The driver: what an analyzer wants after the last round of reading is missing, and not what is not there."""

from diagflow.analyze.api import Case, Finding
from diagflow.engine import MAX_ROUNDS, diagnose
from diagflow.harness.world import World
from diagflow.model import CLUSTER, Outcome
from diagflow.model.diagnosis import Status
from diagflow.rules import Analyzer
from diagflow.rules.analyzer import Input
from tests.analyze.make import NOW, ruleset

RULE = "- {id: TEST-ASK-001, triggers: [{object: node}], action: ask-on}\n"


def ask(case: Case) -> list[Finding]:
    """Ask as often as it is told, one answer after the other."""
    for number in range(int(case.args["times"])):
        if not case.read(f"promql:x{number}").answered:
            return [Finding(CLUSTER, outcome=Outcome.INCONCLUSIVE, detail=f"x{number} could not be read")]
    return [Finding(CLUSTER, outcome=Outcome.NO_MATCH)]


def asked(times: int) -> tuple[Status, list[str]]:
    analyzer = Analyzer("ask-on", "1", "tests.test_engine:ask", (Input("promql:x{number}"),), contained=False)
    rules = ruleset(RULE.replace("ask-on", f'"ask-on --times={times}"'), "", [analyzer])
    answers = {f"x{number}": 1 for number in range(times)}
    world = World({"now": NOW, "answers": answers, "objects": [{"kind": "Node", "name": "worker-1"}]})
    found = diagnose(rules, world, world.incident, bundle=world.bundle()).diagnosis
    return found.status, [missing.detail for missing in found.missing if missing.query.kind == "promql"]


def test_an_analyzer_gets_what_it_asks_for_in_time():
    assert asked(MAX_ROUNDS - 1) == (Status.HEALTHY, [])


def test_what_it_asks_for_too_late_is_missing_and_nothing_is_called_healthy():
    status, missing = asked(MAX_ROUNDS)
    assert status is Status.UNKNOWN
    assert missing == [f"wanted only after {MAX_ROUNDS} rounds of reading"]
