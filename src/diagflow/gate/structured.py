"""The report as JSON, `diagflow.gate/v1` (docs/gate.md), and the figures of rules as a file of their own."""

import json
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from diagflow.feedback.visible import escaped
from diagflow.gate.outcome import Outcome, Use
from diagflow.gate.report import Report
from diagflow.gate.rulefigures import LIMIT, RuleFigures

SCHEMA: Final = "diagflow.gate/v1"
FIGURES: Final = "diagflow.rule-figures/v1"


def as_json(report: Report) -> str:
    """Return the report as JSON; only what is called `seconds` differs from run to run."""
    return _text(
        {
            "schema": SCHEMA,
            "passed": report.passed,
            "seeds": report.seeds,
            "overall": msgspec.to_builtins(report.overall),
            "corpora": msgspec.to_builtins(report.corpora),
            "synthetic": msgspec.to_builtins(report.synthetic),
            "calibration": msgspec.to_builtins(report.calibration),
            "said": msgspec.to_builtins(report.said),
            "unexplained": msgspec.to_builtins(report.unexplained),
            "confusion": msgspec.to_builtins(report.confusion),
            "comparison": msgspec.to_builtins(report.comparison),
            "recordings": [_recording(outcome) for outcome in report.outcomes],
            "rules": [_rule(rule) for rule in report.rules],
        }
    )


def _recording(outcome: Outcome) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(outcome)
    for inward in ("lesson", "given"):
        plain.pop(inward)
    plain["fired"] = sorted(rule for rule, use in plain.pop("rules").items() if Use.FIRED in Use(use))
    return {**plain, "key": outcome.key, "wrong": list(outcome.wrong), "closer": outcome.closer}


def _rule(rule: RuleFigures) -> dict[str, Any]:
    return {**msgspec.to_builtins(rule), "provisional": rule.provisional, "idle": list(rule.idle)}


def figures_json(rules: Iterable[RuleFigures]) -> str:
    """Return what says which rules are provisional; one of which nothing is known, or of another digest, is."""
    found = {
        rule.id: {
            "digest": rule.digest,
            "independent": rule.independent,
            "false": rule.false,
            "bound": round(rule.bound, 4),
            "provisional": rule.provisional,
        }
        for rule in rules
        if rule.naming and rule.independent
    }
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(found[key])}" for key in sorted(found))
    return f'{{\n "schema": "{FIGURES}",\n "limit": {LIMIT},\n "rules": {{\n{lines}\n }}\n}}\n'


def _text(value: Any) -> str:
    return escaped(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)) + "\n"
