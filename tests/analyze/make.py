"""Rule sets from text, made-up worlds, and the rounds between them."""

from collections.abc import Mapping, Sequence
from typing import Any

from diagflow.analyze import Analysis, Runner, analyze
from diagflow.bundle import Bundle
from diagflow.harness.world import World
from diagflow.model import Entity, Outcome, Verdict
from diagflow.rules import Analyzer, RuleSet
from diagflow.rules.filenames import FileKind
from diagflow.rules.files import parse

NOW = "2026-01-01T00:05:00Z"


def ruleset(rules: str, causes: str = "", analyzers: Sequence[Analyzer] = ()) -> RuleSet:
    read = parse(rules.encode(), "rules.yaml", FileKind.RULES)
    known = parse(causes.encode(), "causes.yaml", FileKind.CAUSES)
    problems = [*read.problems, *known.problems]
    assert not problems, [str(p) for p in problems]
    return RuleSet(tuple(read.rules), known.causes, {a.name: a for a in analyzers})


def rounds(rules: RuleSet, given: Mapping[str, Any], runner: Runner | None = None) -> tuple[Analysis, World]:
    world = World({"now": NOW, **given})
    bundle = Bundle(world.incident)
    runner = runner or Runner(rules)
    analysis = analyze(rules, bundle, runner)
    asked: set[Any] = set()
    for _ in range(6):
        wants = [w for w in analysis.wants if w not in asked]
        if not wants:
            break
        asked.update(wants)
        for reading in world.read(wants, deadline=0):
            bundle.add(reading)
        analysis = analyze(rules, bundle, runner)
    for reading in runner.record(bundle.incident.now):
        bundle.add(reading)
    return analysis, world


def verdicts(rules: str, given: Mapping[str, Any], causes: str = "") -> tuple[Verdict, ...]:
    return rounds(ruleset(rules, causes), given)[0].verdicts


def only(rules: str, given: Mapping[str, Any], causes: str = "") -> Verdict:
    found = verdicts(rules, given, causes)
    assert len(found) == 1, found
    return found[0]


def outcome(rules: str, given: Mapping[str, Any]) -> Outcome:
    return only(rules, given).outcome


def matched(found: Sequence[Verdict]) -> list[str]:
    return [str(v.entity) for v in found if v.outcome is Outcome.MATCH]


def entity(text: str) -> Entity:
    return Entity.parse(text)


def pod(name: str = "cart-0", *, namespace: str = "shop", **rest: Any) -> dict[str, Any]:
    return {"kind": "Pod", "namespace": namespace, "name": name, **rest}


def waiting(reason: str, message: str = "", name: str = "app") -> dict[str, Any]:
    return {"name": name, "state": {"waiting": {"reason": reason, "message": message}}}


def with_status(*statuses: Mapping[str, Any], name: str = "cart-0", **rest: Any) -> dict[str, Any]:
    containers = [{"name": s["name"], "image": f"shop/{s['name']}:1"} for s in statuses]
    return pod(name, spec={"containers": containers}, status={"containerStatuses": list(statuses)}, **rest)


def condition(text: str, *, head: str = "symptom: t.x") -> str:
    """A rule with one trigger, given as lines of YAML."""
    lines = text.strip().splitlines()
    body = "\n".join(["    - " + lines[0], *("      " + line for line in lines[1:])])
    return f"- id: T-X-001\n  {head}\n  triggers:\n{body}\n"
