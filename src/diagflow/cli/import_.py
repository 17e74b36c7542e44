"""`diagflow import`: foreign dumps and incident folders to a bundle."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from diagflow.collect.pointed import pointed

if TYPE_CHECKING:
    from diagflow.bundle.disk import Opened


def import_(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SRC",
            help="An incident folder, must-gather, cluster-info dump or support bundle, or .tar.gz of one; or objects.",
        ),
    ],
    destination: Annotated[str, typer.Argument(metavar="DEST", help="Where to: FILE.zip, or a folder ending in /.")],
    at: Annotated[
        str | None,
        typer.Option("--at", help="The moment that it is about; default: its alert's, else its latest."),
    ] = None,
) -> int:
    """Make a bundle of what other tools wrote: redacted, one file, ready to diagnose, to send and to replay.

    What cannot be read is said, a line each; the rest is used.

    Examples:
      diagflow import incident/ incident.zip

      kubectl cluster-info dump -A -o json --output-directory dump && diagflow import dump dump.zip
    """
    from diagflow.bundle import open_bundle, save

    opened = open_bundle(source, at=_moment(at))
    found = pointed(opened.bundle.incident, opened.bundle)
    opened.bundle.incident = found.incident
    for line in (*opened.problems, *opened.notes, *found.notes):
        sys.stderr.write(f"diagflow: {line}\n")
    save(opened.bundle, destination, diagnosis=opened.diagnosis, labels=opened.labels)
    sys.stderr.write(_done(opened, destination))
    return 0


def _moment(at: str | None) -> datetime | None:
    from diagflow.cli.times import parse_moment

    return parse_moment(at, now=datetime.now(UTC)) if at else None


def _done(opened: "Opened", destination: str) -> str:
    count = len(opened.bundle)
    return f"{count} readings written to {destination}; see what is in it: diagflow bundle show {destination}\n"
