import random

from diagflow.analyze import Runner, analyze
from diagflow.bundle import Bundle
from diagflow.harness.world import World
from tests.analyze.make import NOW, pod, rounds, ruleset, waiting, with_status
from tests.analyze.test_questions import CAUSES, NODES, RULES

MORE = (
    RULES
    + """
- id: T-X-003
  cause: t.other
  triggers:
    - {object: pod, each: container, when: {container.state.waiting.reason: CrashLoopBackOff}}
    - {event: BackOff, message: "container (?P<c>\\\\w+)"}
  dependencies: [{log: panic, supports: weak}, {object: node, when: {'status.conditions[].type': DiskPressure}}]
"""
)


def test_what_a_run_remembers_from_round_to_round_changes_nothing():
    objects = [*NODES, *(pod(f"p{i}", status={"phase": "Pending"}, spec={"nodeName": f"n{i % 3}"}) for i in range(5))]
    events = [{"reason": "BackOff", "on": f"pod/shop/p{i}", "message": "container x"} for i in range(5)]
    rules = ruleset(MORE, CAUSES)
    world = World({"now": NOW, "objects": objects, "events": events})
    bundle, remembering = Bundle(world.incident), Runner(rules)
    for _ in range(4):
        remembered = analyze(rules, bundle, remembering)
        afresh = analyze(rules, bundle, Runner(rules))
        assert (remembered.verdicts, remembered.wants) == (afresh.verdicts, afresh.wants)
        for reading in world.read(remembered.wants, deadline=0):
            bundle.add(reading)
    assert len([v for v in remembered.verdicts if v.outcome == "match"]) > 5


def test_the_order_of_a_list_changes_nothing():
    objects = [
        *NODES,
        *(pod(f"p{i}", status={"phase": "Pending"}, spec={"nodeName": f"n{i % 3}"}) for i in range(12)),
        *(with_status({**waiting("CrashLoopBackOff"), "restartCount": 2}, name=f"c{i}") for i in range(5)),
    ]
    events = [{"reason": "BackOff", "on": f"pod/shop/c{i}", "message": f"container x{i % 2}"} for i in range(5)]
    rules = ruleset(MORE, CAUSES)
    first = rounds(rules, {"objects": objects, "events": events})[0]
    assert len({v.entity for v in first.verdicts}) > 12
    shuffler = random.Random(7)
    for _ in range(5):
        shuffler.shuffle(objects)
        shuffler.shuffle(events)
        again = rounds(rules, {"objects": objects, "events": events})[0]
        assert again.verdicts == first.verdicts
