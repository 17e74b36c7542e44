"""The product as its wheel installs it on Windows, built from the checkout whenever that has changed.

A wheel and not the folder `src`: with it come the entry points that name the packs, and a file that is missing from the
wheel is missing here too. Compiled for the Windows Python once, like any installation.
"""

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


def current() -> Path:
    """Returns the folder with the product as the checkout has it now; makes it first where it is not there."""
    state = _state()
    folder = places().product(state)
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as made:
            _install(Path(made))
            folder.mkdir(exist_ok=True)
            for path in Path(made).iterdir():
                path.replace(folder / path.name)
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
    made = sorted((path for path in folder.iterdir() if len(path.name) == 16), key=lambda path: path.stat().st_mtime)
    for path in made[:-_KEPT]:
        shutil.rmtree(path, ignore_errors=True)
