"""`diagflow rules test`: the tests that stand beside the rules."""

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from diagflow.cli import options as o

if TYPE_CHECKING:
    from diagflow.harness import Report


class Form(StrEnum):
    """Forms of the result."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"


def rules_test(
    meant: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RULE|PATH]...", help="Rules by id, or files and folders. Default: all."),
    ] = None,
    *,
    pack: Annotated[str | None, typer.Option("--pack", help="Only this installed pack.")] = None,
    mutants: Annotated[
        bool, typer.Option("--mutants", help="Also make each rule wrong in every way: do its tests notice?")
    ] = False,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Also tell which conditions no test saw to hold, or to fail.")
    ] = False,
    output: Annotated[Form, typer.Option("-o", "--output", help="Form of the result.")] = Form.TEXT,
    out: o.Out = None,
) -> None:
    """Test rules: each against the made-up world in its `RULE.test.yaml`.

    Exit status 0 when all is as expected, 1 when something differs or a rule has no tests, 2 for bad usage.

    Examples:
      diagflow rules test

      diagflow rules test K8S-SCHED-042 --mutants

      diagflow rules test my-rules/ --coverage

      diagflow rules test my-rules/ -o junit --out report.xml
    """
    from diagflow.feedback.output import put, readable
    from diagflow.harness import find, run_tests

    report = run_tests(find(meant or (), pack), mutants=mutants, coverage=coverage)
    if output is Form.TEXT and out is None:
        readable()
        sys.stdout.write(shown(report, output))
    else:
        put(shown(report, output), out)
    raise typer.Exit(0 if report.green else 1)


def shown(report: "Report", form: Form) -> str:
    """Return a report in one form."""
    if form is Form.JUNIT:
        from diagflow.harness.junit import as_junit

        return as_junit(report)
    from diagflow.harness import as_json, as_text

    return as_json(report) if form is Form.JSON else as_text(report)
