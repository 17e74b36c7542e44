"""Running tests in Prometheus' format as it does: with delayed name removal and experimental functions."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from diagflow.model.errors import BadInput
from diagflow.promql.errors import PromQLError, Unsupported
from diagflow.promql.evaluation import evaluate
from diagflow.promql.promqltest.commands import Clear, Eval, Load, Malformed, parse_commands
from diagflow.promql.promqltest.compare import differences
from diagflow.promql.promqltest.loaded import Loaded
from diagflow.promql.promqltest.variants import pinned, times_around
from diagflow.promql.result import Result, Row

_CONTEXT_FUNCTIONS: Final = ("start()", "end()", "range()", "step()")
_MINUTE: Final = 60_000


@dataclass(frozen=True, slots=True)
class Difference:
    """An `eval` that answers something else, or a line that is no command."""

    file: str
    line: int
    expression: str
    what: tuple[str, ...]


@dataclass(slots=True)
class Report:
    """What came of the tests."""

    passed: int = 0
    failed: list[Difference] = field(default_factory=list)
    skipped: list[Difference] = field(default_factory=list)
    """With the reason."""


def run_file(path: Path, report: Report) -> None:
    """Run the tests of a file.

    Raises:
        BadInput: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read: {error}") from None
    run_text(text, str(path), report)


def run_text(text: str, name: str, report: Report) -> None:
    """Run the tests of a text."""
    try:
        commands = parse_commands(text)
    except Malformed as error:
        report.failed.append(Difference(name, error.line, "", (error.message,)))
        return
    loaded = Loaded()
    for command in commands:
        if isinstance(command, Clear):
            loaded = Loaded()
        elif isinstance(command, Load):
            _load(loaded, command, name, report)
        else:
            _run(loaded, command, name, report)


def _load(loaded: Loaded, command: Load, name: str, report: Report) -> None:
    try:
        loaded.load(command)
    except ValueError as error:
        report.failed.append(Difference(name, command.line, "", (str(error),)))


def _run(loaded: Loaded, command: Eval, name: str, report: Report) -> None:
    try:
        found = tuple(_check(loaded, command))
    except Unsupported as error:
        report.skipped.append(Difference(name, command.line, command.expression, (error.message,)))
        return
    if found:
        report.failed.append(Difference(name, command.line, command.expression, found))
    else:
        report.passed += 1


def _check(loaded: Loaded, command: Eval) -> Iterator[str]:
    """Yield what is wrong: first with the query as it is, then with what must answer the same."""
    found = list(_asked(loaded, command, command.expression, command.start))
    if found or command.step:
        yield from found
        return
    if tree := pinned(command.expression, command.start):
        for time in times_around(command.start):
            yield from (f"with @ and at {time}ms: {text}" for text in _asked(loaded, command, tree, time))


def _asked(loaded: Loaded, command: Eval, query: Any, time: int) -> Iterator[str]:
    ranged = (command.start, command.end, command.step) if command.step else (time,)
    try:
        result = _evaluate(loaded, query, *ranged)
    except Unsupported:
        raise
    except PromQLError as error:
        yield from _failure(command, str(error))
        return
    if "fail" in command.expected:
        yield "got an answer, want an error"
        return
    exact = isinstance(query, str)
    yield from _annotations(command, result, exact=exact)
    yield from differences(command, result)
    if not command.step and command.points is None and command.text is None:
        yield from _as_range(loaded, command, query, time, result)


def _evaluate(loaded: Loaded, query: Any, *times: int) -> Result:
    return evaluate(loaded.storage, query, *times, experimental=True, delayed_name_removal=True)


def _failure(command: Eval, message: str) -> Iterator[str]:
    wanted = command.expected.get("fail")
    if not wanted:
        yield f"got error `{message}`, want an answer"
    elif not wanted[0].fits(message):
        yield f"got error `{message}`, want `{wanted[0].text}`"


def _annotations(command: Eval, result: Result, *, exact: bool) -> Iterator[str]:
    for kind, got in (("warn", result.warnings), ("info", result.infos)):
        wanted = command.expected.get(kind, [])
        if f"no_{kind}" in command.expected and got:
            yield f"got {kind} {list(got)}, want none"
        if not wanted:
            continue
        if not got:
            yield f"got no {kind}, want one"
        elif exact:
            yield from (f"got {kind} {list(got)}, want `{w.text}`" for w in wanted if not any(map(w.fits, got)))
            yield from (f"got {kind} `{text}`, want no such" for text in got if not any(w.fits(text) for w in wanted))


def _as_range(loaded: Loaded, command: Eval, query: Any, time: int, result: Result) -> Iterator[str]:
    """Ask the same from a minute before to a minute after: the middle must be the same."""
    if command.ordered or any(function in command.expression for function in _CONTEXT_FUNCTIONS):
        return
    try:
        ranged = _evaluate(loaded, query, time - _MINUTE, time + _MINUTE, _MINUTE)
    except PromQLError as error:
        yield f"as a range: got error `{error}`, want an answer"
        return
    rows = tuple(row for row in (_at(row, time) for row in ranged.rows) if len(row.times) + len(row.histogram_times))
    yield from (f"as a range: {text}" for text in differences(command, Result(result.kind, rows)))


def _at(row: Row, time: int) -> Row:
    here, there = row.times == time, row.histogram_times == time
    hists = tuple(one for one, wanted in zip(row.histograms, there, strict=True) if wanted)
    return Row(row.labels, row.times[here], row.values[here], row.histogram_times[there], hists)
