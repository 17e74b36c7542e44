"""Tests of rules, in YAML beside the rule: a made-up world, and what the rules must say about it.

    selection = find(["K8S-IMAGE-001"])
    report = run_tests(selection)

Format: docs/rules.md, section "Tests".
"""

from collections.abc import Iterator, Mapping

from diagflow.analyze.reached import Seen
from diagflow.harness.balance import imbalance
from diagflow.harness.case import TestFile
from diagflow.harness.coverage import Coverage, coverage_of
from diagflow.harness.find import Selection, find
from diagflow.harness.mutants import MutantReport, run_mutants
from diagflow.harness.report import Report, as_json, as_text
from diagflow.harness.run import Result, run_file
from diagflow.rules import RuleSet

__all__ = ["MutantReport", "Report", "Result", "Selection", "TestFile", "as_json", "as_text", "find", "run_tests"]


def run_tests(selection: Selection, *, mutants: bool = False, coverage: bool = False) -> Report:
    """Run what was selected.

    Args:
        selection: the tests.
        mutants: also try mutants of each rule.
        coverage: also tell which conditions of each rule no test saw to hold, or to fail.
    """
    seen: dict[str, set[Seen]] = {tests.rule: set() for tests in selection.tests} if coverage else {}
    files = selection.tests
    return Report(
        results=[result for tests in files for result in run_file(tests, selection.ruleset, seen.get(tests.rule))],
        wrong=selection.wrong,
        lacking=[line for tests in files for line in imbalance(tests)],
        untested=selection.untested,
        mutants=list(_mutants(selection)) if mutants else None,
        coverage=list(_coverage(selection.ruleset, seen)) if coverage else None,
        elsewhere=selection.elsewhere,
    )


def _coverage(ruleset: RuleSet, seen: Mapping[str, set[Seen]]) -> Iterator[Coverage]:
    for rule_id in sorted(seen):
        if (rule := ruleset.rule(rule_id)) is not None:
            yield coverage_of(rule, seen[rule_id])


def _mutants(selection: Selection) -> Iterator[MutantReport]:
    for tests in selection.tests:
        report = run_mutants(tests, selection.ruleset)
        if report is not None:
            yield report
