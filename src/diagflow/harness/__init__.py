"""Tests of rules, in YAML beside the rule: a made-up world, and what the rules must say about it.

    selection = find(["K8S-IMAGE-001"])
    report = run_tests(selection)

Format: docs/rules.md, section "Tests".
"""

from collections.abc import Iterator

from diagflow.harness.balance import imbalance
from diagflow.harness.case import TestFile
from diagflow.harness.find import Selection, find
from diagflow.harness.mutants import MutantReport, run_mutants
from diagflow.harness.report import Report, as_json, as_text
from diagflow.harness.run import Result, run_file

__all__ = ["MutantReport", "Report", "Result", "Selection", "TestFile", "as_json", "as_text", "find", "run_tests"]


def run_tests(selection: Selection, *, mutants: bool = False) -> Report:
    """Run what was selected.

    Args:
        selection: the tests.
        mutants: also try mutants of each rule.
    """
    return Report(
        results=[result for tests in selection.tests for result in run_file(tests, selection.ruleset)],
        wrong=selection.wrong,
        lacking=[line for tests in selection.tests for line in imbalance(tests)],
        untested=selection.untested,
        mutants=list(_mutants(selection)) if mutants else None,
    )


def _mutants(selection: Selection) -> Iterator[MutantReport]:
    for tests in selection.tests:
        report = run_mutants(tests, selection.ruleset)
        if report is not None:
            yield report
