"""Corpora of others as corpora of recordings: one module for each, a folder of theirs in, a folder of ours out.

Nothing is made up on the way: what a corpus does not say (the message of a waiting container, the time of a log) is not
in its recordings. Where something had to be placed or moved to be of use, its module says so.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, cast

from diagflow.gate.convert.draft import Draft, write
from diagflow.gate.convert.source import Source
from diagflow.model import BadInput

CORPORA: Final = {
    "faults": "faults",
    "holmesgpt": "holmesgpt",
    "kernel-logs": "kernellogs",
    "nezha": "nezha",
    "petshop": "petshop",
    "troubleshoot": "troubleshoot",
}
"""The module of each corpus."""

_Drafts = Callable[[Source], Iterator[Draft]]


def convert(corpus: str, source: Path, destination: Path) -> int:
    """Write the recordings of a corpus, and return how many.

    Args:
        corpus: one of `CORPORA`.
        source: the folder as its authors publish it.
        destination: a folder that is not there yet.

    Raises:
        BadInput: the corpus is unknown, the source is none or is damaged, or the destination is there; then nothing is
            left behind.
    """
    if corpus not in CORPORA:
        raise BadInput(f"{corpus} is no corpus that can be converted: there are {', '.join(CORPORA)}")
    if not source.is_dir():
        raise BadInput(f"{source} is no folder: name the one with the corpus {corpus}")
    if destination.exists():
        raise BadInput(f"{destination} is there already: name a folder that is not, or remove it")
    module = import_module(f"{__name__}.{CORPORA[corpus]}")
    drafts = cast("_Drafts", module.drafts)(Source(source, module.FORM))
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{destination.name}.", dir=destination.parent) as aside:
            count = _write(drafts, Path(aside) / "corpus")
            (Path(aside) / "corpus").rename(destination)
    except OSError as e:
        raise BadInput(f"{e.filename or destination} cannot be written: {e.strerror}") from None
    if not count:
        destination.rmdir()
        raise BadInput(f"{source} holds no recording: it is no {module.FORM}")
    return count


def _write(drafts: Iterator[Draft], folder: Path) -> int:
    folder.mkdir(parents=True)
    count = 0
    for draft in drafts:
        write(draft, folder)
        count += 1
    return count
