"""`diagflow promql`: queries on recorded samples, and Prometheus' own tests of PromQL."""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from diagflow.bundle.series import HeldSeries
    from diagflow.promql import Result, Storage
    from diagflow.promql.promqltest import Difference

app = typer.Typer(help="PromQL on recorded samples.", no_args_is_help=True, rich_markup_mode=None)


class Form(StrEnum):
    """Forms of a result."""

    TEXT = "text"
    JSON = "json"


@app.command("query")
def query(
    expression: Annotated[str, typer.Argument(metavar="EXPR", help="A PromQL expression.")],
    *,
    bundle: Annotated[
        Path,
        typer.Option(
            "--bundle",
            help="A bundle with series, or an incident folder with metrics.csv, metrics.prom or metrics.parquet.",
        ),
    ],
    start: Annotated[
        str | None, typer.Option("--start", help="Ask from here to the end; default with --step: the first sample.")
    ] = None,
    end: Annotated[
        str | None,
        typer.Option("--end", help="The moment, or the last one; default: the bundle's, else the last sample."),
    ] = None,
    step: Annotated[
        str | None,
        typer.Option(
            "--step", help="Ask at each step from start to end: 30s, 1m; default with --start: a 250th of that."
        ),
    ] = None,
    lookback: Annotated[str, typer.Option("--lookback", help="How long a sample counts.")] = "5m",
    output: Annotated[Form, typer.Option("-o", "--output", help="Form of the result.")] = Form.TEXT,
) -> None:
    """Evaluate an expression on recorded samples: at one moment, or with --start or --step over a range.

    Prints a table, or a line with a small plot for each series; with -o json what the API of Prometheus answers.

    Examples:
      diagflow promql query 'sum by (namespace) (up)' --bundle incident

      diagflow promql query 'rate(http_requests_total[5m])' --bundle incident --step 1m

      diagflow promql query 'sum(up)' --bundle incident --start -1h

      diagflow promql query up --bundle incident/metrics.csv --end 2026-01-31T10:00:00Z -o json
    """
    from diagflow.cli.times import parse_duration

    storage, held = _samples(bundle)
    seconds = parse_duration(lookback, option="--lookback").total_seconds()
    times = _times(storage, (start, end, step), held.moment if held else None)
    result = _evaluated(storage, expression, times, seconds)
    for text in held.lacking(expression, times) if held else ():
        sys.stderr.write(f"diagflow: {text}: the result is of what it holds\n")
    if output is Form.JSON:
        _print_json(result)
    else:
        _print_text(result)


def _samples(path: Path) -> "tuple[Storage, HeldSeries | None]":
    """Return the samples of a bundle, or of an incident folder.

    Raises:
        BadInput: there are none, or they cannot be read.
    """
    from diagflow.bundle import open_bundle
    from diagflow.bundle.disk import is_stored
    from diagflow.model import BadInput
    from diagflow.promql.sources import SUFFIXES, storage_of_folder

    if not path.exists() or path.suffix in SUFFIXES or not is_stored(path):
        return storage_of_folder(path), None
    held = open_bundle(path).bundle.series()
    if held is None:
        raise BadInput(f"{path} holds answers, but no series to evaluate on: record it again with this version")
    return held.storage, held


def _evaluated(storage: "Storage", expression: str, times: tuple[int, ...], lookback: float) -> "Result":
    from diagflow.model import BadInput
    from diagflow.promql import PromQLError, evaluate

    try:
        return evaluate(storage, expression, *times, lookback=round(lookback * 1000))
    except PromQLError as error:
        raise BadInput(error.explain()) from None


def _times(storage: "Storage", told: tuple[str | None, str | None, str | None], moment: int | None) -> tuple[int, ...]:
    """Return the moment of a query, or start, end and step; where nothing is said, the incident's, or the samples'.

    Raises:
        BadInput: one of them cannot be read, or it ends before it starts.
    """
    from diagflow.model import BadInput

    start, end, step = told
    first, last = storage.bounds()
    until = _moment(end, last if moment is None else moment, "--end")
    if start is None and step is None:
        return (until,)
    since = first if start is None else _moment(start, until, "--start")
    if since > until:
        raise BadInput(
            f"the range starts at {_shown(since)}, after its end {_shown(until)}: give another --start or --end"
        )
    return since, until, _step(step, until - since)


def _step(text: str | None, length: int) -> int:
    """Return a step in milliseconds; untold it is that of Prometheus' graphs: a 250th, in whole seconds, at least one.

    https://github.com/prometheus/prometheus/blob/main/web/ui/mantine-ui/src/pages/query/Graph.tsx
    """
    from diagflow.cli.times import parse_duration

    if text is None:
        return max(length // 250_000, 1) * 1000
    return round(parse_duration(text, option="--step").total_seconds() * 1000)


def _moment(text: str | None, default: int, option: str) -> int:
    """Read a moment; what is said relatively counts from the default."""
    from diagflow.cli.times import parse_moment

    if text is None:
        return default
    return round(parse_moment(text, now=_utc(default), option=option).timestamp() * 1000)


def _shown(ms: int) -> str:
    return _utc(ms).isoformat(timespec="seconds").replace("+00:00", "Z")


def _utc(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def _print_json(result: "Result") -> None:
    import json

    from diagflow.feedback.output import put
    from diagflow.feedback.visible import escaped
    from diagflow.promql.apijson import as_api

    put(escaped(json.dumps(as_api(result), ensure_ascii=False)) + "\n")


def _print_text(result: "Result") -> None:
    from diagflow.feedback.output import readable
    from diagflow.feedback.visible import command
    from diagflow.promql.show import as_text

    readable()
    sys.stdout.write(command(as_text(result)) + "\n")  # names and labels are written by others
    for text in (*result.warnings, *result.infos):
        sys.stderr.write(text + "\n")


@app.command("test")
def test(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Files in Prometheus' test format, or folders of them.")
    ],
) -> None:
    """Run PromQL tests in Prometheus' own format: `load`, `clear`, `eval`.

    Each `eval` is also asked pinned with `@` at other times, and as a range, as Prometheus does. What we do not
    evaluate is listed with the reason. Exit status 0 when all is as expected, 1 if something differs, 2 for bad input.

    Examples:
      diagflow promql test functions.test

      diagflow promql test promql/promqltest/testdata
    """
    from diagflow.promql.promqltest import Report, run_file

    report = Report()
    for path in files:
        for file in _tests(path):
            run_file(file, report)
    for difference in report.failed:
        _say(difference, "")
    for difference in report.skipped:
        _say(difference, "skipped: ")
    skipped = f", {len(report.skipped)} skipped" if report.skipped else ""
    sys.stdout.write(f"{report.passed} passed, {len(report.failed)} failed{skipped}\n")
    raise typer.Exit(1 if report.failed else 0)


def _tests(path: Path) -> list[Path]:
    """Return a file itself, or the tests of a folder.

    Raises:
        BadInput: the folder has none, so nothing would be tested.
    """
    from diagflow.model import BadInput

    if not path.is_dir():
        return [path]
    if not (found := sorted(path.glob("*.test"))):
        raise BadInput(f"{path} has no tests: name a file, or a folder with files *.test")
    return found


def _say(difference: "Difference", prefix: str) -> None:
    sys.stdout.write(f"{difference.file}:{difference.line}: {difference.expression}".rstrip() + "\n")
    sys.stdout.writelines(f"    {prefix}{text}\n" for text in difference.what)
