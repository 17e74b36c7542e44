"""Which tests are to run again after a file was saved. Files are looked at twice a second, which every system can."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from diagflow.harness.find import Selection
from diagflow.rules import Rule, RuleSet
from diagflow.rules.folders import installed

EVERY: Final = 0.5
"""Seconds from one look to the next."""
SETTLED: Final = 0.2
"""Seconds without a change after which a file counts as saved: editors write several times, and move files about."""

Stamp = tuple[int, int, int]


def watched(meant: Sequence[str], pack: str | None) -> list[Path]:
    """Return the folders and files to look at: what is named, and the packs where rules are meant by their ids."""
    paths = [Path(m) for m in meant if Path(m).exists()]
    packs, _ = installed([pack] if pack else None) if len(paths) < len(meant) or not meant else ([], [])
    return [*paths, *(p.folder for p in packs)]


class Files:
    """The YAML files at some places, as they were when somebody last looked."""

    def __init__(self, places: Sequence[Path]) -> None:
        self._places = places
        self._known = self._look()

    def __len__(self) -> int:
        return len(self._known)

    def changed(self, sleep: Callable[[float], None] = time.sleep) -> set[Path]:
        """Wait until files were saved, added or removed, and return them; they may be gone."""
        while (now := self._look()) == self._known:
            sleep(EVERY)
        while True:
            sleep(SETTLED)
            later = self._look()
            if later == now:
                break
            now = later
        before, self._known = self._known, now
        return {Path(file).resolve() for file in before.keys() | now.keys() if before.get(file) != now.get(file)}

    def _look(self) -> dict[str, Stamp]:
        return dict(stamped for place in self._places for stamped in _below(place))


def _below(place: Path) -> Iterator[tuple[str, Stamp]]:
    """Yield the files of a folder; of a file those beside it, since its tests or its rule may be added there."""
    single = not place.is_dir()
    for parent, folders, names in os.walk(place.parent if single else place):
        folders[:] = [] if single else [f for f in folders if not f.startswith((".", "__"))]
        for name in names:
            if name.endswith((".yaml", ".yml")) and not name.startswith("."):
                file = os.path.join(parent, name)  # noqa: PTH118  # thousands of them, twice a second
                try:
                    found = os.stat(file)  # noqa: PTH116
                except OSError:  # gone between the two looks
                    continue
                yield file, (found.st_mtime_ns, found.st_size, found.st_ino)


@dataclass(frozen=True, slots=True)
class Ran:
    """What the last run knew: all that was selected, and the rules whose tests failed."""

    selection: Selection
    failed: frozenset[str]


def affected(before: Ran, now: Selection, changed: AbstractSet[Path]) -> Selection:
    """Return what is to run again: tests that were saved, of rules that were saved or mean something else, or failed.

    The digest of a rule is over its causes too, so a cause that is changed is found by the rules that name it. What a
    rule does to the diagnosis of other rules' tests is not looked for: that is for a run of all.
    """
    rules = {rule.id for rule in now.ruleset.rules if _other(rule, before.selection.ruleset) or _written(rule, changed)}
    again = rules | before.failed
    tests = (t for t in now.tests if t.rule in again or t.path.resolve() in changed)
    return replace(now, tests=tuple(tests))


def _other(rule: Rule, before: RuleSet) -> bool:
    known = before.rule(rule.id)
    return known is None or known.digest != rule.digest


def _written(rule: Rule, changed: AbstractSet[Path]) -> bool:
    return rule.position is not None and Path(rule.position.file).resolve() in changed


def names(changed: Iterable[Path]) -> str:
    """Return the names of a few files."""
    found = sorted(path.name for path in changed)
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""  # noqa: PLR2004
    return ", ".join(found[:3]) + more
