"""A GOCACHE for each release with the standard library in it: machines share it as the layer below their own."""

import functools
import shutil
from pathlib import Path
from typing import Final

from lab.errors import LabError
from lab.windows import prefix, stamps, wine
from lab.windows.places import RELEASES, places
from lab.windows.space import Done, layers, open_space

_MODULE = "module example.com/warm\n\ngo 1.22\n"
_PROGRAM = """package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stdout, "warm")
}
"""
_TEST = """package main

import "testing"

func TestNothing(t *testing.T) {}
"""
_STEPS: Final[dict[str, tuple[tuple[tuple[str, ...], dict[str, str]], ...]]] = {
    # vet and test would cost minutes under Wine, and no scenario needs them; the last step is for a GOOS left over
    "windows": ((("build", "./..."), {}), (("build", "runtime"), {"GOOS": "linux"})),
    "linux": (
        (("build", "./..."), {}),
        (("vet", "./..."), {}),
        (("test", "-run", "NONE", "./..."), {}),
        (("build", "runtime"), {"GOOS": "windows"}),
    ),
}


def build() -> None:
    """Compiles what a small program and its test need, under Wine and on Linux."""
    for release in RELEASES:
        for platform, compile_std in (("windows", _windows), ("linux", _linux)):
            made_from = stamps.digest(_MODULE, _PROGRAM, _TEST, str(_STEPS[platform]), release)
            target = places().go_cache(platform, release)
            stamps.once(
                f"gocache-{release}-{platform}", made_from, [target], functools.partial(compile_std, release, target)
            )


def _write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "go.mod").write_text(_MODULE)
    (folder / "main.go").write_text(_PROGRAM)
    (folder / "main_test.go").write_text(_TEST)


def _windows(release: str, target: Path) -> None:
    target.mkdir(parents=True)
    drive = f"{wine.PREFIX}/drive_c"
    own = places().machines / f"warm-{release}"
    tree = layers(places().go("windows", release), f"{drive}/Program Files/Go", own / "go")
    mine = [tree, {"target": f"{drive}/gocache", "bind": str(target)}]
    try:
        with prefix.scratch(mine) as mounts, open_space("warm", mounts) as space:
            _write(space.root / drive[1:] / "warm")
            env = wine.environment(prefix.USER) | {"GOCACHE": r"C:\gocache", "GOFLAGS": "-mod=mod"}
            prefix.give_letters(space)
            prefix.run_silently(space, prefix.USER, "wineboot")
            go = [wine.WINE, r"C:\Program Files\Go\bin\go.exe"]
            for words, more in _STEPS["windows"]:
                _check(space.run([*go, *words], env=env | more, cwd=f"{drive}/warm", timeout=900), release)
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _linux(release: str, target: Path) -> None:
    target.mkdir(parents=True)
    go = str(places().go("linux", release))
    with open_space(
        "warm", [{"target": "/opt/gocache", "bind": str(target)}, {"target": "/opt/warm", "tmpfs": True}]
    ) as space:
        _write(space.root / "opt/warm")
        env = {"PATH": "/usr/bin:/bin", "HOME": "/opt/warm", "GOCACHE": "/opt/gocache"}
        for words, more in _STEPS["linux"]:
            _check(space.run([f"{go}/bin/go", *words], env=env | more, cwd="/opt/warm", timeout=900), release)


def _check(done: Done, release: str) -> None:
    if done.rc:
        raise LabError(f"Go {release} could not build its standard library: {done.err[-600:]}")
