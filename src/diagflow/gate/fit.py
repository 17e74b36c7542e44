"""Strengths and priors from recordings, and what they are worth on faults that they were not fitted on."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from diagflow.gate.calibration import Calibration
from diagflow.gate.corpus import Recording
from diagflow.gate.folds import folds_of
from diagflow.gate.outcome import Outcome
from diagflow.gate.regression import Weighted, fitted
from diagflow.gate.report import Report, report_of
from diagflow.gate.run import run_all
from diagflow.model import FITTED, Strength, Weights
from diagflow.model.weights import SCHEMA
from diagflow.rules import RuleSet

Told = Callable[[str, int, int], None]
"""Told what is done, how many of how many."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What was fitted, and its figures.

    Attributes:
        weights: fitted on all recordings.
        folds: on all but each part of the faults.
        faults: how many different ones there are.
        healthy: how many families of healthy recordings.
        held_out: names of the corpora that are judged only; not of one whose recordings are all synthetic.
        before: the gate with the engine's weights.
        after: with the weights of its fold for each recording: its own fault taught them nothing. What is held out
            is judged by the weights that are fitted on all the rest.
        written: each recording, whole, with the weights that are to be written, which no fold has.
    """

    weights: Weights
    folds: tuple[Weights, ...]
    faults: int
    healthy: int
    held_out: tuple[str, ...]
    before: Report
    after: Report
    written: tuple[Outcome, ...]

    @property
    def harm(self) -> tuple[str, ...]:
        """The recordings that would lose something by it, or on which the engine would fail."""
        had = {o.key: o for o in self.before.outcomes}
        found = {o.key for o in (*self.after.outcomes, *self.written) if _lost(o, had[o.key])}
        return tuple(key for key in had if key in found)


def fit(
    recordings: Sequence[Recording],
    ruleset: RuleSet,
    *,
    seeds: int,
    held_out: Sequence[Recording] = (),
    jobs: int | None = None,
    told: Told | None = None,
) -> Fit:
    """Fit, and judge the fit by parts of the faults.

    Args:
        recordings: the development corpora; a synthetic recording teaches nothing, and may come to harm.
        ruleset: what is known.
        seeds: runs of each recording with readings removed.
        held_out: recordings that are judged only.
        jobs: as in `run_all`.
        told: is called as it goes on.
    """
    tell = told or (lambda *_: None)
    every, apart = [*recordings, *held_out], {one.key for one in held_out}
    before = run_all(every, ruleset, seeds=seeds, learn=True, jobs=jobs, told=lambda *n: tell("learning from", *n))
    taught = [o for o in before if o.key not in apart]
    lessons = {o.key: o.lesson for o in taught if o.lesson}
    fold_of = folds_of(lessons)
    folds = tuple(
        fitted(_weighted([o for o in taught if o.lesson and fold_of[o.key] != fold]), FITTED)
        for fold in range(len(set(fold_of.values())))
    )
    whole = fitted(_weighted(taught), FITTED)
    chosen = {key: folds[fold] for key, fold in fold_of.items()} | dict.fromkeys(apart, whole)
    after = run_all(every, ruleset, seeds=seeds, weights=chosen, jobs=jobs, told=lambda *n: tell("judging on", *n))
    alike = dict.fromkeys((one.key for one in every), whole)
    written = run_all(every, ruleset, weights=alike, jobs=jobs, told=lambda *n: tell("checking the result on", *n))
    return Fit(
        weights=whole,
        folds=folds,
        faults=_faults(taught, healthy=False),
        healthy=_faults(taught, healthy=True),
        held_out=tuple(dict.fromkeys(o.corpus for o in before if o.key in apart and not o.synthetic)),
        before=report_of(before, ruleset, seeds=seeds),
        after=report_of(after, ruleset, seeds=seeds),
        written=tuple(written),
    )


def _lost(now: Outcome, then: Outcome) -> bool:
    return bool(set(now.wrong) - set(then.wrong) or (now.error and not then.error))


def _faults(outcomes: Sequence[Outcome], *, healthy: bool) -> int:
    return len({o.lesson.fault for o in outcomes if o.lesson and o.healthy is healthy})


def _weighted(outcomes: Sequence[Outcome]) -> list[Weighted]:
    """Let each family count once, however many recordings, runs and causes it has; and health as much as all faults.

    A corpus holds mostly faults; the systems that are looked at are mostly healthy. A healthy family in which nothing
    could be named teaches nothing, and counts among the healthy ones all the same.
    """
    taught = [(o.family, o.healthy, sample) for o in outcomes if o.lesson for sample in o.lesson.samples]
    sizes = Counter(family for family, _, _ in taught)
    faulty, healthy = (len({o.family for o in outcomes if o.lesson and o.healthy is which}) for which in (False, True))
    counts = {False: 1.0, True: max(1.0, faulty / healthy) if healthy else 1.0}
    return [Weighted(sample, counts[well] / sizes[family]) for family, well, sample in taught]


def weights_json(found: Fit) -> str:
    """Return the file that the engine reads, with what it was fitted on and the figures before and after."""
    content = {
        "schema": SCHEMA,
        **_plain(found.weights),
        "fitted": {
            "recordings": {one.name: one.recordings for one in found.before.corpora if one.name not in found.held_out},
            "held_out": {one.name: one.recordings for one in found.before.corpora if one.name in found.held_out},
            "faults": found.faults,
            "healthy": found.healthy,
            "seeds": found.before.seeds,
            "from": _plain(FITTED),
        },
        "before": _figures(found.before),
        "after": _figures(found.after),
    }
    return json.dumps(content, indent=1) + "\n"


def _plain(weights: Weights) -> dict[str, Mapping[str, float]]:
    strengths = {strength.value: weights.strengths[strength] for strength in Strength}
    return {"strengths": strengths, "priors": {"near": weights.near, "scan": weights.scan}}


def _calibrated(found: Calibration | None) -> dict[str, Any] | None:
    if found is None:
        return None
    ece, low, high, brier = (round(value, 4) for value in (found.ece, found.low, found.high, found.brier))
    return {"count": found.answers, "ece": ece, "interval": [low, high], "brier": brier}


def _figures(report: Report) -> dict[str, Any]:
    overall = report.overall
    return {
        "answers": _calibrated(report.calibration),
        "unexplained": _calibrated(report.unexplained),
        "top1": [overall.top1.count, overall.top1.of],
        "false_on_healthy": [overall.false_on_healthy.count, overall.false_on_healthy.of],
        "false_on_faulty": [overall.false_on_faulty.count, overall.false_on_faulty.of],
    }
