"""The report as JUnit XML, which CI systems show: a suite a corpus, a test case a recording."""

from diagflow.feedback.junit import TestCase, junit
from diagflow.gate import phrases
from diagflow.gate.outcome import Outcome
from diagflow.gate.report import Report


def as_junit(report: Report) -> str:
    """Return the report as JUnit XML; what fails there is what makes the gate fail."""
    suites = [
        (name, [_case(report, outcome) for outcome in report.outcomes if outcome.corpus == name])
        for name in dict.fromkeys(outcome.corpus for outcome in report.outcomes)
    ]
    rest = _beside(report)
    if rest:
        suites.append(("baseline", rest))
    return junit("diagflow gate", suites)


def _case(report: Report, outcome: Outcome) -> TestCase:
    found = report.comparison
    losses = {change.key: change for change in found.losses} if found else {}
    lost = losses.get(outcome.key)
    failure = ""
    if outcome.error:
        failure = outcome.error
    elif lost:
        failure = "\n".join([f"got worse: {', '.join(lost.checks)}", *lost.difference, f"look closer: {lost.closer}"])
    elif outcome in report.misleading:
        wrong = phrases.what_is_wrong(outcome)
        failure = "\n".join([f"answered wrongly: {', '.join(outcome.wrong)}", *wrong, f"look closer: {outcome.closer}"])
    known = [f"not as labelled: {', '.join(outcome.wrong)}", *phrases.what_is_wrong(outcome)] if outcome.wrong else []
    return TestCase(outcome.name, outcome.seconds, failure, "\n".join(known))


def _beside(report: Report) -> list[TestCase]:
    """Return what fails and is no recording that ran."""
    found = report.comparison
    if found is None:
        return []
    lines = [(key, "the baseline knows this recording, and it is gone") for key in found.gone]
    lines += [(w.recording, f"its waiver expired on {w.expires} ({w.owner}: {w.reason})") for w in found.expired]
    return [TestCase(name, failure=why) for name, why in lines]
