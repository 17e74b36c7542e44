"""The result of a test run, for people and for programs."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from diagflow.harness.coverage import Coverage, Unreached
from diagflow.harness.mutants import MutantReport
from diagflow.harness.run import Result

ENOUGH: Final = 0.9
"""Share of the mutants that the tests must notice."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came out of a run.

    Attributes:
        results: of every case.
        wrong: test files that cannot be used.
        lacking: what the tests of some rules lack.
        untested: ids of rules without tests.
        mutants: of every rule, when they were tried.
        coverage: of every rule, when it was asked for.
        elsewhere: errors in rules that are not tested here, and not used; they fail nothing.
    """

    results: Sequence[Result]
    wrong: Sequence[str] = ()
    lacking: Sequence[str] = ()
    untested: Sequence[str] = ()
    mutants: Sequence[MutantReport] | None = None
    coverage: Sequence[Coverage] | None = None
    elsewhere: Sequence[str] = ()

    @property
    def passed(self) -> bool:
        """True when nothing failed, nothing is wrong and nothing is missing."""
        return not (self.wrong or self.lacking or self.untested or any(not r.passed for r in self.results))

    @property
    def killed(self) -> float:
        """The share of mutants that some test noticed, from 0 to 1; 1 without any."""
        tried = self.mutants or ()
        total = sum(m.total for m in tried)
        return 1 - sum(len(m.survived) for m in tried) / total if total else 1.0

    @property
    def branches(self) -> tuple[int, int]:
        """How many branches of conditions the tests reached, and how many there are."""
        found = self.coverage or ()
        return sum(c.reached for c in found), sum(c.branches for c in found)

    @property
    def green(self) -> bool:
        """True when all passed, and the tests notice enough mutants."""
        return self.passed and self.killed >= ENOUGH


def as_text(report: Report) -> str:
    """Return the report for people: only what is not well, then one line that counts."""
    return "\n".join([*_lines(report), ""])


def _lines(report: Report) -> Iterator[str]:
    if report.elsewhere:
        more = f" (and {len(report.elsewhere) - 1} more: diagflow rules lint)" if len(report.elsewhere) > 1 else ""
        yield f"NOT USED  a rule that is not tested here has an error: {report.elsewhere[0]}{more}"
    for result in report.results:
        if not result.passed:
            yield f"FAILED {result.rule} / {result.case}  ({result.file}:{result.line})"
            yield from (f"  {line}" for line in result.differences)
            yield from (f"  | {line}" for line in result.why)
    yield from (f"WRONG  {line}" for line in report.wrong)
    yield from (f"LACKS  {line}" for line in report.lacking)
    yield from (f"NO TESTS  {rule}: write {rule}.test.yaml beside it" for rule in report.untested)
    for mutant in report.mutants or ():
        yield from (f"SURVIVED {mutant.rule}: {what}" for what in mutant.survived)
        yield from (f"NOT MUTATED {line}" for line in untried(mutant))
    for covered in report.coverage or ():
        yield from (f"UNREACHED {covered.rule}: {one}  ({_place(one)})" for one in covered.unreached)
    yield _last_line(report)


def _place(unreached: Unreached) -> str:
    at = unreached.position
    return f"{at.file}:{at.line}" if at else "no file"


def _last_line(report: Report) -> str:
    failed = sum(1 for r in report.results if not r.passed)
    said = [f"{len(report.results) - failed} passed", f"{failed} failed"]
    if report.wrong:
        said.append(f"{len(report.wrong)} test files are wrong")
    if report.lacking:
        said.append(f"{len(report.lacking)} rules lack a case")
    if report.untested:
        said.append(f"{len(report.untested)} rules have no tests")
    if report.mutants is not None:
        said.append(killed(report))
    if report.coverage is not None:
        said.append(covered(report))
    return ", ".join(said)


def killed(report: Report) -> str:
    """Return how many mutants were noticed, in words."""
    tried = report.mutants or ()
    total = sum(m.total for m in tried)
    failing = any(not r.passed for r in report.results)
    if failing and not total:
        return "mutants: not run while tests fail"
    dead = total - sum(len(m.survived) for m in tried)
    rest = ", those of rules whose tests fail not run" if failing else ""
    return f"{dead} of {total} mutants killed ({report.killed:.1%}{rest})"


def untried(mutant: MutantReport) -> Iterator[str]:
    """Yield what was not made wrong in a rule, and why."""
    for expression in mutant.untried:
        yield f"{mutant.rule}: what is in `{expression}`: no case has series for it, and an answer is of one expression"


def covered(report: Report) -> str:
    """Return how many branches were reached, in words."""
    reached, branches = report.branches
    return f"{reached} of {branches} branches reached ({reached / branches if branches else 1:.1%})"


def as_json(report: Report) -> str:
    """Return the report as JSON, keys sorted."""
    return json.dumps(_plain(report), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def as_json_line(report: Report) -> str:
    """Return the report as JSON in one line: of many runs, each is one."""
    return json.dumps(_plain(report), sort_keys=True, ensure_ascii=False) + "\n"


def _plain(report: Report) -> dict[str, Any]:
    found: dict[str, Any] = {
        "passed": report.passed,
        "results": [
            {
                "file": r.file,
                "rule": r.rule,
                "case": r.case,
                "line": r.line,
                "passed": r.passed,
                "differences": list(r.differences),
                "why": list(r.why),
            }
            for r in report.results
        ],
        "wrong": list(report.wrong),
        "lacking": list(report.lacking),
        "untested": list(report.untested),
        "elsewhere": list(report.elsewhere),
    }
    if report.mutants is not None:
        found["mutants"] = {
            "killed": round(report.killed, 4),
            "rules": [
                {"rule": m.rule, "total": m.total, "survived": list(m.survived), "untried": list(m.untried)}
                for m in report.mutants
            ],
        }
    if report.coverage is not None:
        found["coverage"] = dict(zip(("reached", "branches"), report.branches, strict=True))
        found["coverage"]["rules"] = [_plain_coverage(one) for one in report.coverage]
    return found


def _plain_coverage(covered: Coverage) -> dict[str, Any]:
    return {
        "rule": covered.rule,
        "reached": covered.reached,
        "branches": covered.branches,
        "unreached": [
            {
                "condition": one.part.what,
                "operand": one.part.operand,
                "never": list(one.values),
                "file": one.position.file if one.position else "",
                "line": one.position.line if one.position else 0,
            }
            for one in covered.unreached
        ],
    }
