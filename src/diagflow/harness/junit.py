"""The result of a test run as JUnit XML: a suite a rule, a test case a case."""

from collections.abc import Iterator
from itertools import groupby

from diagflow.feedback.junit import TestCase, junit
from diagflow.harness.report import ENOUGH, Report, covered, killed, untried
from diagflow.harness.run import Result


def as_junit(report: Report) -> str:
    """Return the report as JUnit XML; what fails there is what makes the run fail."""
    suites = [(rule, [_case(r) for r in results]) for rule, results in groupby(report.results, key=lambda r: r.rule)]
    if rest := list(_beside(report)):
        suites.append(("tests of rules", rest))
    return junit("diagflow rules test", suites)


def _case(result: Result) -> TestCase:
    lines = [*result.differences, f"at {result.file}:{result.line}", *result.why] if not result.passed else []
    return TestCase(result.case, result.seconds, "\n".join(lines))


def _beside(report: Report) -> Iterator[TestCase]:
    """Yield what fails and is no case that ran, and what was asked for beside the cases."""
    for name, failures in (
        ("test files that cannot be used", report.wrong),
        ("rules that lack a case", report.lacking),
        ("rules without tests", [f"{rule}: write {rule}.test.yaml beside it" for rule in report.untested]),
    ):
        if failures:
            yield TestCase(name, failure="\n".join(failures))
    if report.mutants is not None:
        lines = [killed(report)]
        lines += [f"{m.rule}: {what}" for m in report.mutants for what in m.survived]
        lines += [f"not mutated: {line}" for m in report.mutants for line in untried(m)]
        text = "\n".join(lines)
        yield TestCase("mutants", failure=text) if report.killed < ENOUGH else TestCase("mutants", out=text)
    if report.coverage is not None:
        unreached = [f"{one.rule}: {what}" for one in report.coverage for what in one.unreached]
        yield TestCase("coverage", out="\n".join([covered(report), *unreached]))
