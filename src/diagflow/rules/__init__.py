"""Rules: YAML files, checked with the place of every mistake, compiled, ready to run.

    ruleset = load_packs()            # installed packs; load(paths=["my-rules/"]) adds one's own
    for problem in ruleset.problems:  # file:line:col: rule ID: what is wrong, what would be right
        print(problem)

The format is docs/rules.md. No file, whatever is in it, makes these functions raise.
"""

from diagflow.rules.analyzer import Analyzer
from diagflow.rules.cel import MISSING, Activation, Cel, CelError, Program
from diagflow.rules.loading import load, load_packs, load_paths
from diagflow.rules.problem import Problem, Severity
from diagflow.rules.rule import (
    Action,
    ChangeInput,
    Combination,
    Condition,
    Effect,
    EventInput,
    FactInput,
    HostLogInput,
    Input,
    LogInput,
    MetricInput,
    NodeLogInput,
    ObjectInput,
    Position,
    Related,
    Rule,
    Threshold,
    Weight,
)
from diagflow.rules.ruleset import RuleSet

__all__ = [
    "MISSING",
    "Action",
    "Activation",
    "Analyzer",
    "Cel",
    "CelError",
    "ChangeInput",
    "Combination",
    "Condition",
    "Effect",
    "EventInput",
    "FactInput",
    "HostLogInput",
    "Input",
    "LogInput",
    "MetricInput",
    "NodeLogInput",
    "ObjectInput",
    "Position",
    "Problem",
    "Program",
    "Related",
    "Rule",
    "RuleSet",
    "Severity",
    "Threshold",
    "Weight",
    "load",
    "load_packs",
    "load_paths",
]
