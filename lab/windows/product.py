"""The product as its wheel installs it on Windows, built from the checkout whenever that has changed.

A wheel and not the folder `src`: with it come the entry points that name the packs, and a file that is missing from the
wheel is missing here too. Compiled for the Windows Python once, like any installation.
"""

import contextlib
import functools
import shutil
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from lab.paths import SOURCE as LAB
from lab.sh import run
from lab.windows import stamps, winpython
from lab.windows.places import places

_CHECKOUT = LAB.parent
_KEPT = 3
_DAY = 24 * 3600


@functools.cache
def current() -> Path:
    """Returns the folder with the product as the checkout has it now; makes it first where it is not there.

    One process uses one state, also while somebody works on the checkout.
    """
    folder = places().product(_state())
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix="new-", dir=folder.parent))
        _install(made)
        with contextlib.suppress(OSError):  # somebody else was faster
            made.rename(folder)
        shutil.rmtree(made, ignore_errors=True)
        _forget_old(folder.parent)
    return folder


def _state() -> str:
    files = sorted(path for path in (_CHECKOUT / "src").rglob("*") if path.is_file() and path.suffix != ".pyc")
    stats = [(path, path.stat()) for path in [_CHECKOUT / "pyproject.toml", *files]]
    return stamps.digest(*(f"{path} {stat.st_size} {stat.st_mtime_ns}" for path, stat in stats))


def _install(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=_CHECKOUT)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(target)
    winpython.compile_all(target)


def _forget_old(folder: Path) -> None:
    """Removes those of other days, but for the newest: a machine that is up may still look into one."""
    made = sorted((path.stat().st_mtime, path) for path in folder.iterdir())
    for when, path in made[:-_KEPT]:
        if time.time() - when > _DAY:
            shutil.rmtree(path, ignore_errors=True)
