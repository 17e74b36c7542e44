"""A lab of its own for the live tests, so that nobody's experiment is disturbed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from lab import fault, paths

LIVE = [
    pytest.mark.lab,
    pytest.mark.skipif(os.environ.get("DIAGFLOW_LAB") != "1", reason="needs the lab: run `make test-lab`"),
]
NAME = os.environ.get("DIAGFLOW_LAB_NAME", "tests")
SEED = os.environ.get("DIAGFLOW_LAB_SEED", "1")
DIAGFLOW = str(Path(sys.executable).with_name("diagflow"))
ROOT = Path(__file__).parents[2]
Lab = Callable[..., subprocess.CompletedProcess[str]]
Batch = dict[str, subprocess.CompletedProcess[str]]
PATIENCE = 240.0
"""Seconds for whatever the lab is told to do, beside what a fault waits for by itself."""

TRIED_TWICE: list[str] = []
"""Scenarios that were as expected only at the second try, or not even then: shown at the end of the run."""

DRAWN: list[str] = []
"""The faults that this version drew: shown at the end of the run."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was tried twice: a pass that hides this would be half a truth."""
    if DRAWN:
        terminalreporter.write_line(f"faults in place in this run: {', '.join(DRAWN)}")
    if TRIED_TWICE:
        terminalreporter.section("tried twice")
        for line in TRIED_TWICE:
            terminalreporter.write_line(line)


def _lab(*words: str, timeout: float = PATIENCE) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lab", "--name", NAME, *words]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            stdout, stderr = running.communicate(timeout=timeout)
        except BaseException:
            _end(running)
            raise
    return subprocess.CompletedProcess(command, running.returncode, stdout, stderr)


def _end(running: subprocess.Popen[str]) -> None:
    """Tells it to end, so that a soak takes its life away: whoever comes next uses the same lab."""
    running.terminate()
    try:
        running.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        running.kill()


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """The command line of a lab that is up; it is put away at the end. Two test runs must not share one."""
    fcntl = pytest.importorskip("fcntl", reason="the lab needs Linux")
    paths.cache_home().mkdir(parents=True, exist_ok=True)
    with (paths.cache_home() / f"{NAME}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pytest.fail(f"another test run uses the lab {NAME!r}; wait, or set DIAGFLOW_LAB_NAME")
        yield from _up_and_down()


def _up_and_down() -> Iterator[Lab]:
    _lab("down")  # a run that was killed may have left faults in place
    started = _lab("up", "--seed", SEED, timeout=3600)
    assert started.returncode == 0, started.stderr
    yield _lab
    ended = _lab("down")
    assert ended.returncode == 0, ended.stderr


@dataclass(slots=True)
class Stage:
    """The faults that are in place; the next test often needs the same ones."""

    lab: Lab
    seed: str = SEED
    names: tuple[str, ...] = ()
    printed: Batch = field(default_factory=dict)

    def place(self, names: tuple[str, ...]) -> Batch:
        """Returns what `fault run` printed, by name."""
        if names != self.names:
            self.clear()
            self.names = names
            self.printed = self._each(names, self._run)
        return self.printed

    def _run(self, name: str) -> subprocess.CompletedProcess[str]:
        pause = fault.load(name, int(self.seed), "node").pause
        return self.lab("fault", "run", name, "--seed", self.seed, timeout=PATIENCE + pause)

    def clear(self) -> None:
        cleaned = self._each(self.names, lambda name: self.lab("fault", "clean", name))
        self.names = ()
        assert [done.stderr for done in cleaned.values() if done.returncode] == []

    def _each(self, names: tuple[str, ...], run: Callable[[str], subprocess.CompletedProcess[str]]) -> Batch:
        with ThreadPoolExecutor(6) as pool:
            return dict(zip(names, pool.map(run, names), strict=True))


@contextmanager
def placed(lab: Lab, name: str, seed: int) -> Iterator[dict[str, Any]]:
    """Puts one fault in place; yields its alert and labels. A seed of its own keeps it from what others took away."""
    stage = Stage(lab, str(int(SEED) + seed))
    try:
        printed = stage.place((name,))[name]
        assert printed.returncode == 0, printed.stderr
        yield yaml.safe_load(printed.stdout)
    finally:
        stage.clear()


def diagnosis_of(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Returns the diagnosis that a run printed, which must have said nothing else."""
    assert "Traceback" not in done.stderr, done.stderr
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        pytest.fail(f"no diagnosis, exit status {done.returncode}\n{done.stdout}\n{done.stderr}")
    return found


# A fixture with the batch as its parameter would put it away after each test: pytest tells parameters apart by place.
@pytest.fixture(scope="module")
def stage(lab: Lab) -> Iterator[Stage]:
    stage = Stage(lab)
    try:
        yield stage
    finally:
        stage.clear()
