"""What the engine is made of, so that a baseline can tell that it changed."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

import diagflow

_ASIDE: Final = frozenset({"backtest", "cli", "feedback", "gate", "harness", "repair", "news.py"})
"""What reads a diagnosis or shows it, and makes none."""


@cache
def engine_digest() -> str:
    """Return a digest over all that makes a diagnosis, source and weights; rules have their own."""
    root = Path(diagflow.__file__).parent
    total = hashlib.sha256()
    made_of = (*root.rglob("*.py"), *root.rglob("weights.json"))
    for path in sorted(made_of, key=lambda p: p.relative_to(root).as_posix()):
        name = path.relative_to(root)
        if name.parts[0] not in _ASIDE:
            body = path.read_bytes().replace(b"\r\n", b"\n")  # a checkout on Windows is the same engine
            total.update(f"{name.as_posix()} {len(body)}\n".encode() + body)
    return f"sha256:{total.hexdigest()}"
