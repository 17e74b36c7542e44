"""A lab of its own for the live tests, so that nobody's experiment is disturbed."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lab import paths

NAME = os.environ.get("DIAGFLOW_LAB_NAME", "tests")
ROOT = Path(__file__).parents[2]
Lab = Callable[..., subprocess.CompletedProcess[str]]


def _lab(*words: str, timeout: float = 240) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lab", "--name", NAME, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=timeout)


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
    started = _lab("up", "--seed", os.environ.get("DIAGFLOW_LAB_SEED", "1"), timeout=3600)
    assert started.returncode == 0, started.stderr
    yield _lab
    ended = _lab("down")
    assert ended.returncode == 0, ended.stderr
