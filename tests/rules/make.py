"""Rules as text, for tests."""

from pathlib import Path
from typing import Any

from diagflow.model import Cause, Role, Text
from diagflow.rules import Condition, Problem, RuleSet
from diagflow.rules.filenames import FileKind
from diagflow.rules.files import Contents, parse
from diagflow.rules.ruleset import merged

PRINTED = """\
    - id: K8S-SCHED-042
      triggers:
        - metric: kube_pod_status_phase
          filter: phase="Pending"
          window: 5m
          threshold: > 15
      dependencies:
        - metric: kube_node_status_condition
          filter: condition="DiskPressure",status="True"
        - metric: container_fs_usage_bytes
          aggregate: max by (node)
      action: "check-scheduler-config --nodes=affected"
"""
"""The example of the design, as it is printed there."""

PACKS = Path(__file__).parents[2] / "src" / "diagflow" / "packs"


def parsed(text: str, kind: FileKind = FileKind.RULES) -> Contents:
    return parse(text.encode(), "rules.yaml", kind)


def problems(text: str, kind: FileKind = FileKind.RULES) -> list[str]:
    return [str(p) for p in parsed(text, kind).problems]


def rule(text: str) -> Any:
    """Return the one rule of a text; `Any`, as tests know what it is made of."""
    contents = parsed(text)
    assert [str(p) for p in contents.problems] == []
    (found,) = contents.rules
    return found


def trigger(condition: str, **more: str) -> Any:
    """Compile one trigger, written as the inside of a flow mapping."""
    found = rule(rule_with(condition, **more)).trigger.conditions[0]
    assert isinstance(found, Condition)
    return found


def rule_with(condition: str, **more: str) -> str:
    lines = [f"  {key}: {value}\n" for key, value in ({"cause": "x.y"} | more).items() if value]
    return "- id: A-B-001\n" + "".join(lines) + f"  triggers: [{{{condition}}}]\n"


def ruleset(text: str, *causes: str, symptoms: tuple[str, ...] = ()) -> RuleSet:
    """Return rules together with causes that have no more than an id."""
    contents = parsed(text)
    known = {name: Cause(name, Text(name, name)) for name in causes}
    known |= {name: Cause(name, Text(name, name), role=Role.SYMPTOM) for name in symptoms}
    own = RuleSet(tuple(contents.rules), contents.causes, contents.analyzers, tuple(contents.problems), contents.places)
    return merged([RuleSet(causes=known), own])


def codes(found: tuple[Problem, ...]) -> set[str]:
    return {p.code for p in found}
