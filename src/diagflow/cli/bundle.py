"""`diagflow bundle`: what is in a bundle."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diagflow.bundle.disk import Opened
    from diagflow.bundle.summary import Line

app = typer.Typer(help="Look into a bundle or an incident folder.", no_args_is_help=True, rich_markup_mode=None)


class Form(StrEnum):
    """Forms of the output."""

    TEXT = "text"
    JSON = "json"


BundleArgument = Annotated[Path, typer.Argument(help="A bundle (file or folder) or an incident folder.")]
FormOption = Annotated[Form, typer.Option("-o", "--output", help="Form of the output.")]
At = Annotated[str | None, typer.Option("--at", help="The moment of an incident folder that does not say it.")]


@app.command("show")
def show(path: BundleArgument, output: FormOption = Form.TEXT, at: At = None) -> int:
    """Show what is in a bundle: what would I be sending?

    Incident, readings by source with their states, how many objects of each kind, sizes, and what was redacted.

    Examples:
      diagflow bundle show incident.zip
    """
    from diagflow.bundle.summary import as_json, lines

    opened = _open(path, at)
    found = lines(opened)
    if output is Form.JSON:
        _print_json(as_json(opened, found))
    else:
        _show(path, opened, found)
    return 0


@app.command("ls")
def ls(path: BundleArgument, output: FormOption = Form.TEXT, at: At = None) -> int:
    """List the readings of a bundle, one a line: state, how many items, bytes, query, and why there is no data.

    Examples:
      diagflow bundle ls incident.zip

      diagflow bundle ls incident.zip -o json | jq '.readings[].query'
    """
    from diagflow.bundle.summary import as_json, lines

    opened = _open(path, at)
    found = lines(opened)
    if output is Form.JSON:
        _print_json(as_json(opened, found))
    else:
        _table(
            ("state", "items", "bytes", "query", "detail"),
            [(_state(line), _number(line.count), _number(line.size), line.query, line.detail) for line in found],
        )
    return 0


def _open(path: Path, at: str | None) -> "Opened":
    from datetime import UTC, datetime

    from diagflow.bundle import open_bundle
    from diagflow.cli.times import parse_moment

    return open_bundle(path, at=parse_moment(at, now=datetime.now(UTC)) if at else None)


def _show(path: Path, opened: "Opened", found: "Sequence[Line]") -> None:
    from diagflow.bundle.summary import groups

    _facts(path, opened, found)
    _line("")
    _table(
        ("source", "readings", "with data", "empty", "absent", "forbidden", "error", "cut off", "bytes"),
        [
            (g.source, str(g.states.total()), *_by_state(g.states), str(g.cut_off), _number(g.size))
            for g in groups(found)
        ],
    )
    _line("")
    _table(
        ("what", "items", "fields", "bytes", "redacted"),
        [
            (line.query, _number(line.count), _fields(line), _number(line.size), _number(line.redacted or None))
            for line in found
            if line.count is not None
        ],
    )


def _facts(path: Path, opened: "Opened", found: "Sequence[Line]") -> None:
    from diagflow.bundle.summary import alert_names

    bundle, incident = opened.bundle, opened.bundle.incident
    kind = "bundle" if opened.kind == "bundle" else "incident folder"
    redacted = sum(line.redacted for line in found)
    facts = {
        kind: str(path),
        "moment": incident.now.astimezone().isoformat(sep=" ", timespec="seconds"),
        "alert": ", ".join(alert_names(opened)),
        "about": ", ".join(str(e) for e in incident.entities),
        "namespace": incident.namespace,
        "written by": f"DiagFlow {bundle.engine}" if opened.kind == "bundle" else "",
        "digest": bundle.digest(),
        "diagnosis": "stored with it" if opened.diagnosis is not None else "",
        "labels": "stored with it" if opened.labels is not None else "",
        "series": _series(opened),
        "redacted": f"{redacted} times a token that begins with ** took the place of a secret"
        if redacted
        else "nothing",
    }
    for name, value in facts.items():
        if value:
            _line(f"{name + ':':<12} {value}")
    for problem in opened.problems:
        _line(f"{'problem:':<12} {problem}")
    for note in opened.notes:
        _line(f"{'note:':<12} {note}")


def _series(opened: "Opened") -> str:
    """Say what there is to evaluate expressions on."""
    from diagflow.model.series import SeriesBlock

    blocks = [r.data for r in opened.bundle.readings() if isinstance(r.data, SeriesBlock)]
    samples, series = sum(block.samples for block in blocks), sum(len(block) for block in blocks)
    return f"{series:,} with {samples:,} samples, to evaluate expressions on" if blocks else ""


def _state(line: "Line") -> str:
    return line.state.value if line.complete else f"{line.state.value}, cut off"


def _by_state(states: Any) -> tuple[str, ...]:
    from diagflow.model import State

    return tuple(str(states[s]) for s in (State.DATA, State.EMPTY, State.ABSENT, State.FORBIDDEN, State.ERROR))


def _fields(line: "Line") -> str:
    return str(line.fields) if line.fields is not None else ("all" if line.query.startswith("objects:") else "")


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _table(head: "Sequence[str]", rows: "Sequence[Sequence[str]]") -> None:
    """Print a table: for people on a terminal, separated by tabs in a pipe."""
    if not sys.stdout.isatty():
        for row in (head, *rows):
            _line("\t".join(" ".join(cell.split()) for cell in row).rstrip())
        return
    head, rows = _telling(head, rows)
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in head:
        number = name not in ("state", "query", "detail", "source", "what")
        table.add_column(name, justify="right" if number else "left", overflow="fold", no_wrap=number)
    for row in rows:
        table.add_row(*(Text(_printable(cell)) for cell in row))
    Console().print(table)


def _telling(head: "Sequence[str]", rows: "Sequence[Sequence[str]]") -> "tuple[Sequence[str], Sequence[Sequence[str]]]":
    """Leave out the columns that say nothing in any row."""
    kept = [i for i in range(len(head)) if any(row[i] not in ("", "0") for row in rows)]
    return [head[i] for i in kept], [[row[i] for i in kept] for row in rows]


def _line(text: str) -> None:
    sys.stdout.write(_printable(text) + "\n")


def _printable(text: str) -> str:
    """Take out what would steer the terminal: names and messages come from strangers."""
    return "".join(c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def _print_json(value: Any) -> None:
    import json

    sys.stdout.write(json.dumps(value, indent=2, sort_keys=True) + "\n")
