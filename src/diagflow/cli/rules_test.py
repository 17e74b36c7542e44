"""`diagflow rules test`: the tests that stand beside the rules."""

import sys
from enum import StrEnum
from typing import Annotated

import typer


class Form(StrEnum):
    """Forms of the result."""

    TEXT = "text"
    JSON = "json"


ENOUGH = 0.9
"""Share of the mutants that the tests must notice."""


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
    output: Annotated[Form, typer.Option("-o", "--output", help="Form of the result.")] = Form.TEXT,
) -> None:
    """Test rules: each against the made-up world in its `RULE.test.yaml`.

    Exit status 0 when all is as expected, 1 when something differs or a rule has no tests, 2 for bad usage.

    Examples:
      diagflow rules test

      diagflow rules test K8S-SCHED-042 --mutants

      diagflow rules test my-rules/
    """
    from diagflow.harness import as_json, as_text, find, run_tests

    report = run_tests(find(meant or (), pack), mutants=mutants)
    sys.stdout.write(as_json(report) if output is Form.JSON else as_text(report))
    raise typer.Exit(0 if report.passed and report.killed >= ENOUGH else 1)
