"""`diagflow rules test`: the tests that stand beside the rules."""

import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from diagflow.cli import options as o

if TYPE_CHECKING:
    from diagflow.harness import Report, Selection


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
    watch: Annotated[
        bool, typer.Option("--watch", help="Run again after each save what it affects, until Ctrl-C.")
    ] = False,
    backtest: Annotated[
        bool, typer.Option("--backtest", help="Instead: when would they have fired on recordings? Needs --on.")
    ] = False,
    on: Annotated[
        list[Path] | None,
        typer.Option("--on", metavar="BUNDLES...", help="Bundles, incident folders, files with metrics, folders."),
    ] = None,
    step: Annotated[
        str | None,
        typer.Option("--step", help="Backtest: evaluate each 30s, 1m; default: as far apart as samples are."),
    ] = None,
    start: Annotated[str | None, typer.Option("--start", help="Backtest from here; default: the first sample.")] = None,
    end: Annotated[str | None, typer.Option("--end", help="Backtest to here; default: the last sample.")] = None,
    output: Annotated[Form, typer.Option("-o", "--output", help="Form of the result.")] = Form.TEXT,
    out: o.Out = None,
) -> None:
    """Test rules: each against the made-up world in its `RULE.test.yaml`.

    With --backtest: on recordings, rules of ours and rule files of Prometheus; a report, whose exit status is 0.

    Exit status 0 when all is as expected, 1 when something differs, a rule has no tests, or they notice too few
    mutants; 2 for bad usage; 130 when a watch was interrupted.

    Examples:
      diagflow rules test

      diagflow rules test K8S-SCHED-042 --mutants

      diagflow rules test my-rules/ --coverage

      diagflow rules test my-rules/ --watch

      diagflow rules test my-rules/ -o junit --out report.xml

      diagflow rules test --backtest alerts.yaml --on recordings/
    """
    from diagflow.cli.rules_backtest import Asked, refuse_options, run_backtest

    asked = Asked(tuple(on or ()), step, start, end)
    if backtest:
        others = {
            "--mutants": mutants,
            "--coverage": coverage,
            "--watch": watch,
            "--pack": pack,
            "-o junit": output is Form.JUNIT,
        }
        run_backtest(
            meant or (), asked, [name for name, given in others.items() if given], json=output is Form.JSON, out=out
        )
        return
    refuse_options(asked)
    from diagflow.feedback.output import put, readable
    from diagflow.harness import find, run_tests

    if watch:
        _watch(meant or (), pack, lambda selected: run_tests(selected, mutants=mutants, coverage=coverage), output, out)
    report = run_tests(find(meant or (), pack), mutants=mutants, coverage=coverage)
    if output is Form.TEXT and out is None:
        readable()
        sys.stdout.write(shown(report, output))
    else:
        put(shown(report, output), out)
    raise typer.Exit(0 if report.green else 1)


def _watch(
    meant: Sequence[str],
    pack: str | None,
    run: "Callable[[Selection], Report]",
    form: Form,
    out: Path | None,
) -> NoReturn:
    from diagflow.cli.rules_watch import RulesWatch
    from diagflow.feedback.output import put, readable
    from diagflow.harness.report import as_json_line
    from diagflow.model import BadInput

    if out is not None:
        raise BadInput("--watch prints one result after the other: leave out --out, and write > FILE")
    if form is Form.JUNIT:
        raise BadInput("-o junit is of one run: leave out --watch, or write -o text or json")
    readable()

    def show(report: "Report") -> None:
        if form is Form.JSON:
            put(as_json_line(report))
        else:
            sys.stdout.write(shown(report, form))
        sys.stdout.flush()

    RulesWatch(meant, pack, run, show, headed=form is Form.TEXT).forever()


def shown(report: "Report", form: Form) -> str:
    """Return a report in one form."""
    if form is Form.JUNIT:
        from diagflow.harness.junit import as_junit

        return as_junit(report)
    from diagflow.harness import as_json, as_text

    return as_json(report) if form is Form.JSON else as_text(report)
