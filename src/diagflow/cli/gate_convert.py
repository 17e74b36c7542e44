"""`diagflow gate convert`: corpora of others as corpora of recordings."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer


def convert(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="The corpus: faults, holmesgpt, kernel-logs, nezha, petshop or troubleshoot.",
            show_default=False,
        ),
    ],
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="Its folder, as its authors publish it.")],
    destination: Annotated[Path, typer.Argument(metavar="DEST", help="Where to: a folder that is not there yet.")],
) -> int:
    """Make recordings of a corpus that others published: incident folders with labels, ready for `diagflow gate run`.

    The same source gives the same bytes. What is damaged is said, with its place, and nothing is written. Spans (nezha)
    need pyarrow: pip install 'diagflow[parquet]'.

    Examples:
      diagflow gate convert petshop petshop-root-cause-analysis/dataset corpora/petshop

      diagflow gate run corpora/petshop
    """
    from diagflow.gate.convert import convert as converted

    count = converted(name, source, destination)
    sys.stderr.write(
        f"{count} recordings written to {destination}; next: diagflow gate run {shlex.quote(str(destination))}\n"
    )
    return 0
