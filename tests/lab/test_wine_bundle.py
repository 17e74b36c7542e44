"""What the product recorded on Windows (under Wine, with real Go), Linux replays to the byte."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from lab.windows import build, runner, scenario
from lab.windows.space import Done
from tests.lab.conftest import DIAGFLOW, LIVE

pytestmark = LIVE
BUNDLE = r"C:\ProgramData\lab\incident.zip"
NAMES = ("two-faults", "source-utf16", "own-code", "healthy-user-chinese", "proxy-dead-local")
ELSEWHERE = (
    {"TZ": "Asia/Shanghai", "LC_ALL": "zh_CN.UTF-8", "PYTHONHASHSEED": "1"},
    {"TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONHASHSEED": "4242", "PYTHONUTF8": "0"},
)


@pytest.fixture(scope="module", params=NAMES)
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Path]:
    """What the doctor printed on a Windows machine, and the bundle that it kept there."""
    build.build()
    broken = scenario.load(f"windows/{request.param}")
    words = runner.doctor(broken)
    copied = tmp_path_factory.mktemp("bundle") / "incident.zip"
    with runner.open_machine(broken) as machine:
        done = machine.diagflow([*words[:2], "--record", BUNDLE, *words[2:]])
        shutil.copy(machine.locate(BUNDLE), copied)
    assert done.rc == broken.expect.status, done.err
    return done, copied


@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=["Shanghai", "St. John's"])
def test_a_recording_of_windows_is_replayed_to_the_byte(
    recorded: tuple[Done, Path], elsewhere: dict[str, str], tmp_path: Path
) -> None:
    done, bundle = recorded
    assert done.stdout.startswith(b"{")
    replayed = _run(["replay", bundle, "-o", "json"], tmp_path, elsewhere)
    assert (replayed.returncode, replayed.stdout) == (0, done.stdout), replayed.stderr
    again = _run(["doctor", "go", "--bundle", bundle, "-o", "json"], tmp_path, elsewhere)
    assert (again.returncode, again.stdout) == (done.rc, done.stdout), again.stderr


def _run(words: list[str | Path], cwd: Path, env: dict[str, str]) -> "subprocess.CompletedProcess[bytes]":
    kept = {"PATH": os.environ["PATH"], "HOME": str(cwd)}
    return subprocess.run([DIAGFLOW, *map(str, words)], cwd=cwd, env=kept | env, capture_output=True, check=False)
