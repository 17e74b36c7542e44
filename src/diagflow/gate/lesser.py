"""A recording with random readings removed, as if nobody could have read them; the same seed removes the same."""

import random
from typing import Final

from diagflow.bundle import Bundle

_SHARE: Final = (0.1, 0.5)
"""How much is removed: a share drawn evenly between these."""

_KEPT: Final = frozenset({"source", "suppressions", "analyzer"})
"""Kinds of what is no reading of the world."""


def lesser(bundle: Bundle, name: str, seed: int) -> Bundle:
    """Return a bundle with fewer readings.

    Args:
        bundle: the whole; it stays as it is.
        name: of the recording, so that two recordings do not lose the same.
        seed: another one removes others.
    """
    # A text as seed goes through SHA-512 (documented in `random`), so the draw is the same in every process.
    draw = random.Random(f"{seed}:{name}")  # noqa: S311  # a sample, no secret
    share = draw.uniform(*_SHARE)
    less = Bundle(bundle.incident, unrecorded=bundle.unrecorded, engine=bundle.engine)
    for entry in bundle.entries():
        gone = draw.random() < share
        if not gone or entry.reading.query.kind in _KEPT:
            less.add_entry(entry)
    return less
