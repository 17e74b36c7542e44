"""What users download for Windows: everything that it imports is there, and it runs where there is no Python."""

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab.windows import build, prefix, wine
from lab.windows.space import Done, Space, open_space
from release import imports, windows
from release.wheel import build as build_wheel
from tests.lab.conftest import LIVE

pytestmark = LIVE
FOLDER = r"C:\Tools\diagflow"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder as it comes out of the archive."""
    made, unpacked = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("unpacked")
    archive = windows.pack(windows.unpack(build_wheel(made), made))
    with zipfile.ZipFile(archive) as files:
        files.extractall(unpacked)
    (tree,) = unpacked.iterdir()
    return tree


@pytest.fixture(scope="module")
def bare(shipped: Path) -> Iterator[Space]:
    """A Windows without Python, and without what Wine has of the runtime of Visual C++."""
    build.build()
    mount = {"target": f"{wine.PREFIX}/drive_c/Tools/diagflow", "bind": str(shipped), "read_only": True}
    with prefix.scratch([mount]) as mounts, open_space("bare", mounts) as space:
        system = space.root / wine.PREFIX[1:] / "drive_c" / "windows" / "system32"
        for pattern in ("msvcp140*", "vcruntime140*"):
            for library in system.glob(pattern):
                library.unlink()
        prefix.give_letters(space)
        yield space


def started(space: Space, line: str) -> Done:
    command = [wine.WINE, "cmd.exe", "/d", "/c", rf"{FOLDER}\diagflow.cmd", *line.split()]
    return space.run(command, env=wine.environment(prefix.USER), timeout=180)


def test_each_program_and_library_finds_what_it_imports(shipped: Path) -> None:
    assert imports.missing(shipped) == []


def test_a_library_that_is_not_shipped_is_noticed(shipped: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(shipped, copy)
    for library in copy.rglob("vcruntime140.dll"):
        library.unlink()
    assert {name for _, name in imports.missing(copy)} == {"vcruntime140.dll"}


def test_one_command_starts_it_where_there_is_no_python(bare: Space) -> None:
    done = started(bare, "doctor go --json --offline")
    assert done.rc == 1, done.out + done.err
    found = json.loads(done.out)
    assert found["causes"][0]["id"] == "go.not-installed"
    assert found["source"]["os"] == "windows"


def test_its_status_is_that_of_the_command(bare: Space) -> None:
    assert started(bare, "version").rc == 0
    assert started(bare, "doctor go --no-such-option").rc == 2
