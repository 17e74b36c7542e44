"""Looks at a healthy cluster at random moments of a busy life: a program that finds something wrong has failed."""

import json
import os
import random
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab import recorder, snapshot
from lab.cluster import Cluster
from lab.life import Life

PROGRESS = 25
"""Looks between two lines of progress."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long, how often, and what is run."""

    minutes: float
    scans: int
    seed: int
    command: tuple[str, ...]
    folder: Path
    """Where failures are kept, and with `record` every snapshot."""
    record: bool = False


def soak(cluster: Cluster, plan: Plan, env: dict[str, str]) -> int:
    """Runs the command at `scans` random moments; returns how many runs said that something is wrong.

    The caller has joined the lab's network.

    Raises:
        LabError: the life could not begin.
    """
    began, failed = time.monotonic(), 0
    with _life(cluster, plan.seed) as trouble:
        for number, moment in enumerate(moments(plan), start=1):
            time.sleep(max(0.0, began + moment - time.monotonic()))
            failed += not _look(cluster, plan, number, env)
            if number % PROGRESS == 0:
                print(f"  {number} of {plan.scans} looks, {failed} failed", flush=True)
    for line in trouble:
        print(f"  a step could not be done: {line}")
    print(f"{plan.scans} looks in {time.monotonic() - began:.0f} s, {failed} failed", flush=True)
    return failed


def moments(plan: Plan) -> list[float]:
    """Returns the seconds after the start at which to look, in order; the same for the same seed."""
    chance = random.Random(f"soak {plan.seed}")  # noqa: S311  # reproducible, not secret
    return sorted(chance.uniform(0, plan.minutes * 60) for _ in range(plan.scans))


@contextmanager
def _life(cluster: Cluster, seed: int) -> Iterator[list[str]]:
    life, stop, trouble = Life.of(cluster, seed), threading.Event(), list[str]()
    thread = threading.Thread(target=life.go_on, args=(stop, trouble))
    try:
        life.begin()
        thread.start()
        yield trouble
    finally:
        stop.set()
        if thread.ident:
            thread.join()
        life.end()


def _look(cluster: Cluster, plan: Plan, number: int, env: dict[str, str]) -> bool:
    target = plan.folder / f"{number:04d}"
    complaint = run_once(plan.command, env)
    if complaint or plan.record:
        snapshot.take(cluster, target)
        family = f"lab soak, seed {plan.seed}"
        recorder.labels(target, {}, f"{family}, look {number}, a busy life in which nothing is wrong.", family=family)
    if complaint:
        (target / "output.txt").write_text(complaint)
        print(f"  look {number} failed, see {target}", flush=True)
    return not complaint


def run_once(command: tuple[str, ...], env: dict[str, str]) -> str:
    """Runs the command; returns an empty text if it says that nothing is wrong, else all that it said."""
    telling = {**os.environ, "PYTHONFAULTHANDLER": "1", **env}  # a crash in native code says where
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=telling)
    if done.returncode == 0 and not _named(done.stdout):
        return ""
    return f"exit status {done.returncode}\n--- stdout\n{done.stdout}\n--- stderr\n{done.stderr}"


def _named(stdout: str) -> bool:
    """Tells whether a JSON diagnosis names a cause; other output is judged by the exit status alone."""
    try:
        diagnosis = json.loads(stdout)
    except ValueError:
        return False
    return bool(isinstance(diagnosis, dict) and diagnosis.get("causes"))
