"""Steps of a build that are done once: a stamp with the digest of what they were made from says that they are."""

import hashlib
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from lab.windows.places import places


def digest(*parts: str | bytes | Path) -> str:
    """Returns a digest of texts and of the contents of files."""
    total = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part.encode() if isinstance(part, str) else part
        total.update(hashlib.sha256(content).digest())
    return total.hexdigest()[:16]


def once(name: str, made_from: str, outputs: Iterable[Path], make: Callable[[], None]) -> bool:
    """Runs `make` unless it has run for `made_from` already; what an earlier run left half done is removed first.

    Returns whether it ran.
    """
    stamp = places().stamps / name
    outputs = list(outputs)
    if stamp.exists() and stamp.read_text() == made_from and all(path.exists() for path in outputs):
        return False
    for path in outputs:
        _remove(path)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    print(f"  {name}", flush=True)
    make()
    stamp.write_text(made_from)
    return True


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
