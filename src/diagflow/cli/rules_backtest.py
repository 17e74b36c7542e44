"""`diagflow rules test --backtest`: when would rules have fired on recordings?"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from diagflow.cli.progress import Progress
from diagflow.model import BadInput

if TYPE_CHECKING:
    from diagflow.backtest.grid import Asked as Moments
    from diagflow.backtest.outcome import Backtest

_SECOND: Final = 1000
_REASONS: Final = 20
"""Reasons listed before the rest is counted."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user said for a backtest."""

    on: tuple[Path, ...] = ()
    step: str | None = None
    start: str | None = None
    end: str | None = None


def refuse_options(asked: Asked) -> None:
    """Refuse options of a backtest where none was asked for.

    Raises:
        BadInput: there are some.
    """
    given = {"--on": asked.on or None, "--step": asked.step, "--start": asked.start, "--end": asked.end}
    for name, value in given.items():
        if value is not None:
            raise BadInput(f"{name} is for recordings: add --backtest, or leave it out")


def run_backtest(meant: Sequence[str], asked: Asked, others: Sequence[str], *, json: bool, out: Path | None) -> None:
    """Run it, and print the report.

    Args:
        meant: rules; what of it is a recording counts as one, for a shell writes several behind `--on`.
        asked: the recordings and moments.
        others: options that do not go together with it.
        json: a report for programs.
        out: a file for it.

    Raises:
        BadInput: rules or recordings that cannot be used, or nothing that could be tried.
    """
    from diagflow.backtest.recordings import find_recordings, is_recording
    from diagflow.backtest.run import backtest
    from diagflow.backtest.selection import select
    from diagflow.backtest.structured import as_json
    from diagflow.feedback.output import put

    if others:
        raise BadInput(f"{others[0]} is of the tests beside the rules: leave it out, or leave out --backtest")
    if not asked.on:
        raise BadInput("--backtest needs recordings: add --on BUNDLE, an incident folder, or a folder of these")
    more = [Path(text) for text in meant if is_recording(Path(text))]
    selection = select([text for text in meant if not is_recording(Path(text))])
    recordings = find_recordings([*asked.on, *more])
    with Progress() as progress:
        found = backtest(selection, recordings, _moments(asked), progress)
    if found.nothing:
        raise BadInput(_nothing(found))
    if json:
        put(as_json(found), out)
    else:
        _print_text(found, out)


def _nothing(found: "Backtest") -> str:
    """Say why nothing could be tried: a report of silence would look as if no rule had fired."""
    reasons = list(found.reasons()) or ["no rule there can fire: recording rules only give series that alerts read"]
    more = [f"... and {len(reasons) - _REASONS} more"] if len(reasons) > _REASONS else []
    return "\n".join(["nothing can be evaluated:", *reasons[:_REASONS], *more])


def _print_text(found: "Backtest", out: Path | None) -> None:
    from diagflow.backtest.bar import ASCII, Marks
    from diagflow.backtest.text import as_text
    from diagflow.feedback.output import console_shows, put, readable

    if out is not None:
        put(as_text(found, Marks()), out)
        return
    readable()
    sys.stdout.write(as_text(found, Marks() if console_shows(str(Marks())) else ASCII))


def _moments(asked: Asked) -> "Moments":
    """Read the moments; a relative one counts from now."""
    from diagflow.backtest.grid import Asked as Moments
    from diagflow.cli.times import parse_duration

    step = None if asked.step is None else parse_duration(asked.step, option="--step")
    if step is not None and not step:
        raise BadInput("--step 0s is no step: write 30s or 1m")
    return Moments(
        _moment(asked.start, "--start"),
        _moment(asked.end, "--end"),
        round(step.total_seconds() * _SECOND) if step else None,
    )


def _moment(text: str | None, option: str) -> int | None:
    from diagflow.cli.times import parse_moment

    if text is None:
        return None
    return round(parse_moment(text, now=datetime.now(UTC), option=option).timestamp() * _SECOND)
