"""Several faults at once: one scan must name the root of each, and no other."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeVar

from lab import fault, metrics, recorder, runner, snapshot
from lab.cluster import Cluster
from lab.errors import LabError
from lab.fault import Fault

AGE = 70.0
"""Seconds from the last change to the look: a scan is patient with what is younger than a minute."""


_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scan named, beside what it should have named."""

    missed: tuple[str, ...] = ()
    """Labelled causes that are no root, as `id at entity`."""
    invented: tuple[str, ...] = ()
    """Roots that no fault is labelled with."""

    @property
    def right(self) -> bool:
        """True where each fault has its root, and there is no other."""
        return not self.missed and not self.invented

    def __str__(self) -> str:
        said = [*(f"missed {one}" for one in self.missed), *(f"invented {one}" for one in self.invented)]
        return "; ".join(said) or "all roots named, none invented"


def look(cluster: Cluster, names: Sequence[str], seed: int, env: dict[str, str], folder: Path | None = None) -> Verdict:
    """Puts faults in place, judges a scan of the whole cluster, and takes them away; the caller has joined the network.

    With a folder, an incident folder with the labels of all is written too.

    Raises:
        LabError: a fault did not show, the folder holds something, or the scan could not be run.
    """
    if folder:
        snapshot.require_empty(folder)
    faults = [fault.load(name, seed, cluster.real_node) for name in names]
    try:
        _place(cluster, faults, seed)
        if folder:
            _record(cluster, faults, seed, folder)
        return judge(labels_of(faults)["causes"], _scan(env))
    finally:
        _clean(cluster, faults)


def judge(causes: Iterable[dict[str, str]], diagnosis: dict[str, Any]) -> Verdict:
    """Compares the roots of a diagnosis, as `-o json` prints it, with labelled causes."""
    wanted = [(one["id"], one["entity"]) for one in causes]
    roots = [(c["id"], entity) for c in diagnosis["causes"] if c["role"] == "root" for entity in c["entities"]]
    missed = [one for one in wanted if not any(_is(one, root) for root in roots)]
    invented = [root for root in roots if not any(_is(one, root) for one in wanted)]
    return Verdict(tuple(map(" at ".join, missed)), tuple(map(" at ".join, invented)))


def labels_of(faults: Sequence[Fault]) -> dict[str, Any]:
    """Returns the labels of faults that are in place together: what one of them forbids may be another's cause."""
    causes = [cause for one in faults for cause in one.labels["causes"]]
    true = {cause["id"] for cause in causes}
    rest = {key: sorted({name for one in faults for name in one.labels[key]} - true) for key in _JOINED}
    return {"causes": causes, **rest}


_JOINED = ("forbidden", "ruled_out")


def _is(wanted: tuple[str, str], root: tuple[str, str]) -> bool:
    return wanted[0] == root[0] and fnmatchcase(root[1], wanted[1])


def in_turn(faults: Sequence[Fault]) -> tuple[list[Fault], list[Fault]]:
    """Returns those that go first, all at once, and those that follow: new nodes would take the others' pods."""
    last = [one for one in faults if one.is_felt_by_others]
    return [one for one in faults if one not in last], last


def _place(cluster: Cluster, faults: Sequence[Fault], seed: int) -> None:
    first, last = in_turn(faults)
    named = _each(first, lambda one: _placed(cluster, one, seed))
    named += [_placed(cluster, one, seed) for one in last]
    time.sleep(max(0.0, max(named) - time.monotonic()))


def _placed(cluster: Cluster, one: Fault, seed: int) -> float:
    """Returns from which moment on a scan names it."""
    return runner.place(cluster, one, seed) + max(AGE, one.scan_after)


def _clean(cluster: Cluster, faults: Sequence[Fault]) -> None:
    first, last = in_turn(faults)
    for one in last:
        runner.clean(cluster, one.name)
    _each(first, lambda one: runner.clean(cluster, one.name))


def _each(faults: Sequence[Fault], do: Callable[[Fault], _Result]) -> list[_Result]:
    with ThreadPoolExecutor(max(1, len(faults))) as pool:  # its threads are in the network that this one has joined
        return list(pool.map(do, faults))


def _record(cluster: Cluster, faults: Sequence[Fault], seed: int, folder: Path) -> None:
    snapshot.take(cluster, folder)
    selectors = dict.fromkeys(selector for one in faults for selector in one.metrics)
    metrics.write(folder, metrics.asked(selectors))
    family = f"lab faults {' and '.join(one.name for one in faults)}, seed {seed}"
    described = " ".join(one.description for one in faults)
    recorder.labels(folder, labels_of(faults), f"{family}, together. {described}", family=family)


def _scan(env: dict[str, str]) -> dict[str, Any]:
    command = (str(Path(sys.executable).with_name("diagflow")), "scan", "-o", "json")
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env={**os.environ, **env})
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise LabError(f"the scan printed no diagnosis, exit status {done.returncode}: {done.stderr}") from error
    return found
