"""All recordings, in processes of their own where that is worth it; the order never depends on who was first."""

import math
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Final

from diagflow.gate.corpus import Recording
from diagflow.gate.given import INSTALLED, Given
from diagflow.gate.one import How, run_one
from diagflow.gate.outcome import Outcome
from diagflow.model import FITTED, DiagFlowError, Weights
from diagflow.rules import RuleSet

WORTH: Final = 100
"""Diagnoses that a process should have to do: it needs as long to start as for twenty of them."""

Task = tuple[Recording, How]

Told = Callable[[int, int], None]
"""Told how many of how many are done."""


def run_all(
    recordings: Sequence[Recording],
    ruleset: RuleSet,
    *,
    seeds: int = 0,
    learn: bool = False,
    weights: Mapping[str, Weights] | None = None,
    jobs: int | None = None,
    given: Given = INSTALLED,
    told: Told | None = None,
) -> list[Outcome]:
    """Diagnose all recordings.

    Args:
        recordings: in the order of the result.
        ruleset: what is known.
        seeds: runs of each with readings removed.
        learn: also keep what fitting learns from each.
        weights: by the key of a recording, other weights than the engine's.
        jobs: processes; default: as many as there are processors, fewer for a small corpus.
        given: the rules that were chosen, as the commands that outcomes show say them.
        told: is called after each recording.

    Raises:
        DiagFlowError: the system ended one of the processes.
    """
    tasks = [(one, How(seeds, (weights or {}).get(one.key, FITTED), learn, given)) for one in recordings]
    found = []
    for outcome in _outcomes(tasks, ruleset, jobs or processes(len(recordings) * (1 + seeds))):
        found.append(outcome)
        if told is not None:
            told(len(found), len(recordings))
    return found


def processes(diagnoses: int) -> int:
    """Return how many processes so many diagnoses are worth."""
    return max(1, min(os.cpu_count() or 1, math.ceil(diagnoses / WORTH)))


def _outcomes(tasks: Sequence[Task], ruleset: RuleSet, jobs: int) -> Iterator[Outcome]:
    if jobs == 1:
        yield from (run_one(recording, ruleset, how) for recording, how in tasks)
        return
    # Spawned, not forked: the same on every system, and nothing of this process leaks into a diagnosis.
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(jobs, mp_context=context, initializer=_start, initargs=(ruleset,)) as pool:
            yield from pool.map(_work, tasks, chunksize=max(1, len(tasks) // (jobs * 8)))
    except BrokenProcessPool:
        why = "a process of the gate was ended from outside, mostly for want of memory"
        raise DiagFlowError(f"{why}: run fewer at once, --jobs 1") from None


_given: RuleSet | None = None
"""What a worker works with, sent once."""


def _start(ruleset: RuleSet) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends a worker at once, without a stack trace
    global _given  # noqa: PLW0603  # the only way in which an initializer hands something to the tasks of its process
    _given = ruleset


def _work(task: Task) -> Outcome:
    assert _given is not None  # noqa: S101  # the pool calls `_start` first
    recording, how = task
    return run_one(recording, _given, how)
