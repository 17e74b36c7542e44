"""Which faults a run of the live tests puts in place: all would take longer than CI has, so each version draws its own.

Every area has its share, so that no run is without a fault of some kind. `DIAGFLOW_LAB_FAULTS=all` takes all, a number
takes so many.
"""

import hashlib
import os
import subprocess
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from lab import draw
from lab.fault import Fault

USUAL = 16
"""What fits into the 12 minutes that live tests have in CI, with a lab that starts and three healthy minutes."""

PATIENCE = 70.0
"""Seconds that a fault may wait before it is one, to be drawn; of those that take longer there are recordings."""


def version(root: Path) -> str:
    """Returns git's hash of the product as committed; an export without git draws as its own name says."""
    words = ["git", "-C", str(root), "rev-parse", "HEAD:src"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout.strip() or root.name


def is_drawn() -> bool:
    """Tells whether some are drawn; all are wanted otherwise."""
    return os.environ.get("DIAGFLOW_LAB_FAULTS") != "all"


def size(known: int) -> int:
    """Returns how many faults are wanted."""
    return min(known, int(os.environ.get("DIAGFLOW_LAB_FAULTS", USUAL)))


def drawn(names: Sequence[str], by: str, count: int) -> list[str]:
    """Returns `count` of the names (`area/slug`), which follow from `by`: one of each area, then another of each ..."""
    areas: dict[str, list[str]] = {}
    for name in sorted(names, key=lambda name: hashlib.sha256(f"{by} {name}".encode()).digest()):
        areas.setdefault(name.partition("/")[0], []).append(name)
    rounds = zip_longest(*areas.values())
    return sorted([name for some in rounds for name in some if name is not None][:count])


def together(faults: Sequence[Fault], count: int = 6) -> tuple[str, ...]:
    """Returns which of the faults a scan is to find all at once: those that show, and are named, within `PATIENCE`."""
    ready = [one for one in faults if draw.drawable(one) and not one.is_felt_by_others]
    quick = [one for one in ready if max(one.pause, one.scan_after) <= PATIENCE]
    return tuple(one.name for one in sorted(quick, key=lambda one: (one.pause, one.name))[:count])
