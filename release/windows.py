"""A folder that runs on a Windows 11 with nothing installed: the embeddable Python, the dependencies, the product."""

import shutil
import zipfile
from pathlib import Path
from typing import Final

from lab.windows import wheels, winpython

from release.wheel import ROOT

_DEPENDENCIES: Final = ROOT / "requirements" / "run.txt"
_PATH: Final = "python311.zip\n.\nLib\\site-packages\n"
"""Where this Python looks for modules: in its own folder, whatever the machine's variables and registry say."""
_START: Final = '@"%~dp0python\\python.exe" -m diagflow %*\r\n'
_README: Final = """\
DiagFlow for Windows 11 (64 bit)

Open a terminal in this folder:

    diagflow.cmd doctor go                       what is wrong with Go on this machine
    diagflow.cmd doctor go -- go build ./...     why this command fails
    diagflow.cmd --help

It needs no installation and no administrator, and changes nothing unless you ask for it (--fix).
To remove it, delete the folder.
"""
_TIME: Final = (2026, 1, 1, 0, 0, 0)
"""Of each file in the archive, so that the same content is the same archive."""


def unpack(wheel: Path, folder: Path) -> Path:
    """Puts everything into a folder below `folder`; returns it."""
    version = wheel.name.split("-")[1]
    tree = folder / f"diagflow-{version}-windows-amd64"
    shutil.rmtree(tree, ignore_errors=True)
    python = tree / "python"
    winpython.unpack_python(python, _PATH)
    packages = python / "Lib" / "site-packages"
    wheels.unpack(_DEPENDENCIES, packages, "windows")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    shutil.rmtree(packages / "bin", ignore_errors=True)  # launchers of the dependencies: of no use here
    (tree / "diagflow.cmd").write_text(_START, newline="")
    (tree / "README.txt").write_text(_README, newline="\r\n")
    shutil.copy(ROOT / "LICENSE", tree / "LICENSE.txt")
    return tree


def pack(tree: Path) -> Path:
    """Makes one file of the folder, the same bytes each time."""
    target = tree.parent / f"{tree.name}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(p for p in tree.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
            entry = zipfile.ZipInfo(path.relative_to(tree.parent).as_posix(), _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return target
