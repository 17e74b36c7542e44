"""Windows CPython (the embeddable one) with the run-time dependencies that the product pins."""

import zipfile
from pathlib import Path
from typing import Final

from lab.errors import LabError
from lab.paths import SOURCE as LAB
from lab.windows import prefix, stamps, wheels, wine
from lab.windows.places import SOURCE, places
from lab.windows.space import open_space

FOLDER: Final = r"C:\Python311"
PROGRAM: Final = rf"{FOLDER}\python.exe"
PRODUCT: Final = r"C:\diagflow"
_DEPENDENCIES = LAB.parent / "requirements" / "run.txt"
_PYTHON = SOURCE / "requirements" / "python.txt"
_PATH = "python311.zip\n.\nLib\\site-packages\n..\\diagflow\n"
"""Where this Python looks for modules, the product beside it. Not PYTHONPATH: a machine's variables are its own."""


def build() -> None:
    """Unpacks Python and its packages."""
    target = places().python
    made_from = stamps.digest(_PYTHON, _DEPENDENCIES, _PATH)
    stamps.once("python", made_from, [target], lambda: _unpack(target))


def mount(prefix_root: str) -> dict[str, object]:
    """Returns the mount that puts it into a prefix."""
    return {"target": f"{prefix_root}/drive_c/Python311", "bind": str(places().python), "read_only": True}


def compile_all(folder: Path) -> None:
    """Compiles all modules below a folder with this Python; whatever their times are, they count as compiled."""
    with prefix.scratch([{"target": f"{wine.PREFIX}/drive_c/compiled", "bind": str(folder)}]) as mounts:
        plan = [*mounts, mount(wine.PREFIX)]
        with open_space("compile", plan) as space:
            prefix.give_letters(space)
            words = ["-m", "compileall", "-q", "-j1", "--invalidation-mode=unchecked-hash", r"C:\compiled"]
            done = space.run([wine.WINE, PROGRAM, *words], env=wine.environment(prefix.USER), timeout=300)
            # some packages ship templates that are no Python: their complaint is no reason to stop
            if done.rc is None:
                raise LabError(
                    f"the modules in {folder} could not be compiled in 5 minutes; is this machine overloaded?"
                )


def unpack_python(target: Path, searched: str) -> None:
    """Unpacks Windows Python alone into a folder; `searched` is where it looks for modules."""
    target.mkdir(parents=True)
    data = target / "data.zip"
    wheels.source(_PYTHON, "data.zip", data)
    with zipfile.ZipFile(data) as archive:
        archive.extractall(target)
    data.unlink()
    for path in (target / "cp311").iterdir():
        path.rename(target / path.name)
    (target / "cp311").rmdir()
    (target / "python311._pth").write_text(searched)


def _unpack(target: Path) -> None:
    unpack_python(target, _PATH)
    packages = target / "Lib" / "site-packages"
    wheels.unpack(_DEPENDENCIES, packages, "windows")
    compile_all(packages)
