"""The product as its wheel installs it on Windows, built from the checkout whenever that has changed.

A wheel and not the folder `src`: with it come the entry points that name the packs, and a file that is missing from the
wheel is missing here too. Compiled for the Windows Python once, like any installation.
"""

import contextlib
import functools
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

from lab.paths import SOURCE as LAB
from lab.sh import run
from lab.windows import stamps, winpython
from lab.windows.places import places

_CHECKOUT = LAB.parent
_KEPT = 3


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
    """Keeps the newest ones: a machine that is up may still look into the one before."""
    made = sorted(
        (path for path in folder.iterdir() if not path.name.startswith("new-")), key=lambda path: path.stat().st_mtime
    )
    for path in made[:-_KEPT]:
        shutil.rmtree(path, ignore_errors=True)
