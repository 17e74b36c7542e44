"""The recordings that a backtest runs on: bundles, incident folders, files with metrics, and folders of these."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from diagflow.bundle import Bundle, open_bundle
from diagflow.bundle.archive import MANIFEST
from diagflow.bundle.disk import Opened, is_stored
from diagflow.bundle.folder.parts import LABELS, SERIES
from diagflow.bundle.series import HeldSeries
from diagflow.model import BadInput, Incident
from diagflow.promql import Storage
from diagflow.promql.sources import SUFFIXES, storage_of_folder

_MARKS: Final = (MANIFEST, *LABELS, *SERIES, "alert.json", "objects", "logs")
"""What makes a folder a recording."""

_NO_SAMPLES: Final = (
    "it holds no series, only the answers that a diagnosis asked for, and no samples of the past can be had from these:"
    " name an incident folder with metrics.csv, or a recording made from now on while the rules are loaded"
    " (diagflow record FILE --rules FOLDER)"
)


@dataclass
class Recorded:
    """One recording; each part is read when it is asked for.

    Attributes:
        path: where it is.
    """

    path: Path

    @cached_property
    def storage(self) -> Storage:
        """Its samples.

        Raises:
            BadInput: there are none, or they cannot be read.
        """
        if not self._stored:
            found = storage_of_folder(self.path)
        elif self.held is None:
            raise BadInput(f"{self.path}: {_NO_SAMPLES}")
        else:
            found = self.held.storage
        found.bounds()
        return found

    @cached_property
    def held(self) -> HeldSeries | None:
        """The series of a bundle, which may not be all that there were; None where the file is all."""
        return self.opened.bundle.series() if self._stored and self.opened else None

    @cached_property
    def opened(self) -> Opened | None:
        """All of it; None of a file with metrics, which has nothing else."""
        return None if self.path.is_file() and self.path.suffix in SUFFIXES else open_bundle(self.path)

    @property
    def bundle(self) -> Bundle:
        """Its readings; of a file with metrics none, at its last sample."""
        if self.opened:
            return self.opened.bundle
        return Bundle(Incident(now=datetime.fromtimestamp(self.storage.bounds()[1] / 1000, UTC)))

    @property
    def anchor(self) -> int:
        """The moment from which evaluations are counted: that of a bundle, else the last sample."""
        return self.held.moment if self.held else self.storage.bounds()[1]

    @property
    def labelled(self) -> bool:
        """True when it may say what was wrong."""
        return self._stored or any((self.path / name).is_file() for name in LABELS)

    @property
    def _stored(self) -> bool:
        return self.path.suffix not in SUFFIXES and is_stored(self.path)


def is_recording(path: Path) -> bool:
    """Return whether a path is a recording."""
    if path.is_dir():
        return any((path / name).exists() for name in _MARKS)
    return path.is_file() and path.suffix.lower() in (".zip", *SUFFIXES)


def find_recordings(paths: Iterable[Path]) -> list[Path]:
    """Return where recordings are at and below some paths, each once, in order.

    Raises:
        BadInput: one of the paths does not exist, or holds none.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        if not path.exists():
            raise BadInput(f"{path}: there is no such file or folder")
        mine = _listed(path)
        if not mine:
            raise BadInput(
                f"{path} holds no recording: name a bundle, an incident folder with metrics.csv, metrics.prom or "
                "metrics.parquet, or a folder of these"
            )
        for one in mine:
            found.setdefault(one.resolve(), one)
    return list(found.values())


def _listed(path: Path) -> list[Path]:
    try:
        return list(_below(path))
    except OSError as error:
        raise BadInput(f"{error.filename} cannot be read: {error.strerror}") from None


def _below(path: Path) -> Iterator[Path]:
    """Yield the recordings at and below a path; what is below a recording belongs to it."""
    if is_recording(path) or path.is_file():
        yield path
        return
    for inner in sorted(path.iterdir()):
        if inner.name.startswith("."):
            continue
        if (inner.is_dir() and not inner.is_symlink()) or is_recording(inner):
            yield from _below(inner)
