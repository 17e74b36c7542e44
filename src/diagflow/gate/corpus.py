"""A corpus: a folder of recordings. What in it is a recording, and how it is opened."""

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from diagflow.bundle import Bundle, open_bundle
from diagflow.bundle.archive import MANIFEST
from diagflow.bundle.blobs import digest_of, encode_json
from diagflow.bundle.folder.parts import LABELS
from diagflow.collect.pointed import pointed
from diagflow.gate.given import INSTALLED, Given
from diagflow.gate.labels import Labels, read_labels
from diagflow.model import BadInput

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
    """

    bundle: Bundle
    labels: Labels
    digest: str


def find_recordings(corpora: Iterable[str | Path]) -> list[Recording]:
    """Find all recordings of some corpora, in order; `NAME=PATH` gives a corpus another name than its folder's.

    Raises:
        BadInput: a corpus is no folder or holds no recording, two have one name, or a recording is in two.
    """
    found: list[Recording] = []
    seen: dict[str, Path] = {}
    for text in corpora:
        name, path = corpus_at(str(text))
        if name in seen:
            raise BadInput(f"{seen[name]} and {path} are both called {name}: name one OTHER={path}")
        seen[name] = path
        mine = [Recording(name, _within(path, one), one) for one in _listed(path)]
        if not mine:
            raise BadInput(
                f"{path} holds no recording: put bundles or incident folders with labels.yaml there, or make"
                f" one: diagflow gate add BUNDLE --cause ID --to {path}"
            )
        found += mine
    _require_once(found)
    return found


def _require_once(recordings: Iterable[Recording]) -> None:
    """Refuse a recording that is found twice: each finding would be a family of its own, and bounds too low."""
    keys: dict[Path, str] = {}
    for one in recordings:
        before = keys.setdefault(one.path.resolve(), one.key)
        if before != one.key:
            raise BadInput(f"{one.path} would count twice, as {before} and as {one.key}: name its folder once")


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


def _listed(path: Path) -> list[Path]:
    try:
        return list(_recordings(path))
    except OSError as e:
        raise BadInput(f"{e.filename} cannot be read: {e.strerror}") from None


def _recordings(path: Path) -> Iterator[Path]:
    """Yield the recordings at and below a folder; what is below a recording belongs to it."""
    if (path / MANIFEST).is_file() or any((path / name).is_file() for name in LABELS):
        yield path
        return
    for inner in sorted(path.iterdir(), key=lambda p: p.name):
        if inner.name.startswith("."):
            continue
        if inner.is_dir() and not inner.is_symlink():  # which may lead round in a circle
            yield from _recordings(inner)
        elif inner.is_file() and inner.suffix.lower() == ".zip":
            yield inner


def open_recording(recording: Recording, given: Given = INSTALLED) -> OpenedRecording:
    """Open a recording and check its labels.

    Args:
        recording: where it is.
        given: the rules that were chosen, as the command that labels it says them.

    Raises:
        BadInput: it cannot be read, it has no labels, or they are none.
    """
    opened = open_bundle(recording.path, key=_KEY)
    if opened.labels is None:
        raise BadInput(_unlabelled(recording.path, opened.problems, given))
    labels = read_labels(opened.labels)
    opened.bundle.incident = pointed(opened.bundle.incident, opened.bundle).incident
    digest = digest_of(encode_json([opened.bundle.digest(), opened.labels]))
    family = labels.family or labels.source or recording.name
    return OpenedRecording(opened.bundle, replace(labels, family=f"{recording.corpus}/{family}"), digest)


def _unlabelled(path: Path, problems: Iterable[str], given: Given) -> str:
    broken = next((problem for problem in problems if problem.startswith(LABELS)), "")
    place = f"{shlex.quote(str(path))} --to {shlex.quote(str(path.parent))} --relabel{given}"
    after = f"; it writes a file, so remove {shlex.quote(str(path))} afterwards" if path.is_dir() else ""
    labelled = f"diagflow gate add {place} --cause ID (or --healthy){after}"
    return broken or f"it has no labels, so it is no recording: {labelled}"
