"""Which files a path or an installed pack is made of; found without importing anything of a stranger."""

import importlib.util
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from diagflow.rules.filenames import FileKind, is_rule_file, is_rule_name, kind_of_file
from diagflow.rules.near import did_you_mean
from diagflow.rules.problem import Problem
from diagflow.rules.rule import Position

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP: Final = "diagflow.packs"
"""The entry-point group of packs; the value of an entry point is the package that holds the files."""

_OURS: Final = "diagflow"

CLUSTER: Final = "cluster"
_ABOUT: Final = re.compile(r"^about:[ \t]*(\w+)", re.MULTILINE)
"""Read before the file is checked: a pack that is not asked for costs no more than this line."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read.

    Attributes:
        path: where it is.
        kind: what it declares.
        pack: name of its pack; empty for single files.
        contained: False for packs of our own distribution.
    """

    path: Path
    kind: FileKind
    pack: str = ""
    contained: bool = True


@dataclass(frozen=True, slots=True)
class Pack:
    """An installed pack: its name and its folder."""

    name: str
    folder: Path
    contained: bool


def sources_of_paths(paths: Iterable[str | Path]) -> tuple[list[Source], list[Problem]]:
    """Return the files below some paths, each once, and the paths that are none."""
    sources: dict[Path, Source] = {}
    problems: list[Problem] = []
    for path in map(Path, paths):
        try:
            found = list(_below(path))
        except (OSError, ValueError) as e:
            problems.append(_lost(str(path), f"cannot be read: {getattr(e, 'strerror', None) or e}"))
            continue
        sources.update((source.path, source) for source in found)
        if not found:
            problems.append(_lost(str(path), "there is no rule file here: rules are *.yaml (and no *.test.yaml)"))
    return list(sources.values()), problems


def _below(path: Path) -> Iterator[Source]:
    if not path.is_dir():
        if path.exists() and not is_rule_file(path):
            return
        path.stat()
        yield Source(path, kind_of_file(path))
        return
    yield from _files(path, "", contained=True)


def _files(folder: Path, pack: str, *, contained: bool) -> Iterator[Source]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith((".", "__")))
        for name in sorted(names):
            if is_rule_name(name) and not name.startswith("."):
                path = Path(parent, name)
                yield Source(path, kind_of_file(path), pack, contained)


def sources_of_pack(pack: Pack) -> list[Source]:
    """Return the files of a pack: pack.yaml, causes and rules, nothing else in its folder."""
    found = [Source(pack.folder / "pack.yaml", FileKind.PACK, pack.name, pack.contained)]
    single = pack.folder / "causes.yaml"
    found += [Source(single, FileKind.CAUSES, pack.name, pack.contained)] if single.exists() else []
    for sub, kind in (("causes", FileKind.CAUSES), ("rules", FileKind.RULES)):
        files = _files(pack.folder / sub, pack.name, contained=pack.contained)
        found += [Source(f.path, kind, pack.name, pack.contained) for f in files]
    return found


def about_of(pack: Pack) -> str:
    """Return what a pack is about, as its pack.yaml says: `cluster` (the default) or `host`."""
    try:
        text = (pack.folder / "pack.yaml").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return CLUSTER
    found = _ABOUT.search(text)
    return found.group(1) if found else CLUSTER


def installed(names: Iterable[str] | None = None) -> tuple[list[Pack], list[Problem]]:
    """Return the installed packs by name, all of them or those of `names`, and what is wrong."""
    asked = None if names is None else list(dict.fromkeys(names))
    # Going through all that is installed takes longer than to load a small set of rules.
    points = {} if asked is not None and all(map(_own, asked)) else _points()
    wanted = sorted(points) if asked is None else asked
    packs, problems = [], []
    for name in wanted:
        pack = _own(name) or _named(name, points)
        if isinstance(pack, Pack):
            packs.append(pack)
        else:
            problems.append(_lost(f"pack {name}", pack))
    return packs, problems


@lru_cache(maxsize=8)
def _own(name: str) -> Pack | None:
    """Return a pack of our own distribution; nobody else's comes before it, so nobody else is looked at."""
    folder = _folder(f"{_OURS}.packs.{name}") if name.isidentifier() else None
    return Pack(name, folder, contained=False) if folder and (folder / "pack.yaml").is_file() else None


def is_pack_of_ours(name: str) -> bool:
    """True for the name of a pack of our own distribution, whether it is used here or not."""
    return _own(name) is not None


def _points() -> dict[str, "EntryPoint"]:
    from importlib.metadata import entry_points  # noqa: PLC0415  # it loads what reads mail, for the packs of others

    return {point.name: point for point in sorted(entry_points(group=GROUP), key=_first_ours)}


def _named(name: str, points: Mapping[str, "EntryPoint"]) -> Pack | str:
    return _pack(points[name]) if name in points else f"is not installed: {did_you_mean(name, points)}"


def _first_ours(point: "EntryPoint") -> tuple[bool, str]:
    # Of two packs with one name the last stands: nobody takes the place of ours.
    return _is_ours(point), point.value


def _is_ours(point: "EntryPoint") -> bool:
    return point.dist is not None and point.dist.name == _OURS


def _pack(point: "EntryPoint") -> Pack | str:
    folder = _folder(point.module)
    if folder is None:
        return f"its package `{point.value}` is not found on disk: install it again, unpacked"
    return Pack(point.name, folder, contained=not _is_ours(point))


def _folder(package: str) -> Path | None:
    """Return the folder of a package; only the top-level package is looked for, which imports nothing."""
    top, *rest = package.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError, AttributeError):
        return None
    for location in spec.submodule_search_locations or () if spec else ():
        folder = Path(location, *rest)
        if folder.is_dir():
            return folder
    return None


def _lost(file: str, message: str) -> Problem:
    return Problem(Position(file, 1, 1), "", message, code="unreadable")
