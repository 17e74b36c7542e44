"""A corpus: a folder of recordings. What in it is a recording, and how it is opened."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from diagflow.bundle import Bundle, open_bundle
from diagflow.bundle.archive import MANIFEST
from diagflow.bundle.blobs import digest_of, encode_json
from diagflow.bundle.folder.documents import documents
from diagflow.bundle.folder.problem import Unreadable
from diagflow.collect.pointed import pointed
from diagflow.gate.labels import Labels, read_labels
from diagflow.model import BadInput, Incident

_LABELS: Final = ("labels.yaml", "labels.yml", "labels.json")
_KEY: Final = b"diagflow gate: the same tokens every time, in memory only"
"""For secrets of incident folders: a random key would give other readings, and another digest, each time."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Where a recording is.

    Attributes:
        corpus: name of its corpus.
        name: its path within the corpus, with `/`.
        path: where it is.
    """

    corpus: str
    name: str
    path: Path

    @property
    def key(self) -> str:
        """What it is called in reports, baselines and waivers."""
        return f"{self.corpus}/{self.name}"


@dataclass(frozen=True, slots=True)
class OpenedRecording:
    """A recording, read.

    Attributes:
        bundle: its readings; `bundle.incident` is what is diagnosed.
        labels: what is right; its family is never empty.
        digest: over readings and labels.
        at: the moment that had to be said, because the folder does not.
    """

    bundle: Bundle
    labels: Labels
    digest: str
    at: datetime | None = None


def find_recordings(corpora: Iterable[str | Path]) -> list[Recording]:
    """Find all recordings of some corpora, in order; `NAME=PATH` gives a corpus another name than its folder's.

    Raises:
        BadInput: a corpus is no folder or holds no recording, or two have one name.
    """
    found: list[Recording] = []
    seen: dict[str, Path] = {}
    for text in corpora:
        name, path = corpus_at(str(text))
        if name in seen:
            raise BadInput(f"{seen[name]} and {path} are both called {name}: name one OTHER={path}")
        seen[name] = path
        mine = [Recording(name, _within(path, one), one) for one in _recordings(path)]
        if not mine:
            raise BadInput(
                f"{path} holds no recording: put bundles or incident folders with labels.yaml there, or make"
                f" one: diagflow gate add BUNDLE --cause ID --to {path}"
            )
        found += mine
    return found


def corpus_at(text: str) -> tuple[str, Path]:
    """Return name and folder of a corpus, from `FOLDER` or `NAME=FOLDER`.

    Raises:
        BadInput: it is no folder.
    """
    name, equals, rest = text.partition("=")
    given = bool(equals and name) and "/" not in name and not Path(text).exists()
    path = Path(rest if given else text)
    if not path.is_dir():
        raise BadInput(f"{path} is no folder: a corpus is a folder of recordings (docs/gate.md)")
    return (name if given else path.resolve().name), path


def _within(corpus: Path, path: Path) -> str:
    return path.relative_to(corpus).as_posix() if path != corpus else path.resolve().name


def _recordings(path: Path) -> Iterator[Path]:
    """Yield the recordings at and below a folder; what is below a recording belongs to it."""
    if (path / MANIFEST).is_file() or labels_file(path) is not None:
        yield path
        return
    for inner in sorted(path.iterdir(), key=lambda p: p.name):
        if inner.name.startswith("."):
            continue
        if inner.is_dir():
            yield from _recordings(inner)
        elif inner.suffix.lower() == ".zip":
            yield inner


def labels_file(path: Path) -> Path | None:
    """Return the file with the labels of an incident folder, None where there is none."""
    return next((path / name for name in _LABELS if (path / name).is_file()), None)


def open_recording(recording: Recording) -> OpenedRecording:
    """Open a recording and check its labels.

    Raises:
        BadInput: it cannot be read, it has no labels, or they are none.
    """
    file = labels_file(recording.path)
    stored = (recording.path / MANIFEST).is_file() or file is None
    content = None if stored else _content(file)
    at = None if content is None else _moment(recording.path, read_labels(content))
    opened = open_bundle(recording.path, at=at, key=_KEY)
    if opened.labels is None and content is None:
        raise BadInput(
            f"it has no labels, so it is no recording: diagflow gate add {recording.path} --cause ID (or --healthy)"
        )
    labels = read_labels(opened.labels if content is None else content)
    opened.bundle.incident = pointed(opened.bundle.incident)
    digest = digest_of(encode_json([opened.bundle.digest(), opened.labels if content is None else content]))
    family = labels.family or labels.source or recording.name
    return OpenedRecording(opened.bundle, replace(labels, family=f"{recording.corpus}/{family}"), digest, at)


def _content(file: Path | None) -> Any:
    if file is None:
        return None
    try:
        found = list(documents(file.read_bytes(), file.suffix))
    except Unreadable as e:
        raise BadInput(str(e.problem(file.name))) from None
    except OSError as e:
        raise BadInput(f"{file.name} cannot be read: {e.strerror}") from None
    return found[0] if len(found) == 1 else found


def _moment(path: Path, labels: Labels) -> datetime | None:
    """An alert says when it was; without one, the labels do."""
    return None if (path / "alert.json").is_file() else labels.time


def everything(incident: Incident) -> Incident:
    """Return an incident as a scan has it: nobody points at anything."""
    return replace(incident, entities=(), alert=None, onset=None, labels={})
