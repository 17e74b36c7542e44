"""What the rules of Prometheus gave on a recording, as results: about whom, when, and what could not be told."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from diagflow.analyze.labels import entity_of_labels
from diagflow.backtest.coverage import unheld
from diagflow.backtest.freshness import Freshness
from diagflow.backtest.grid import Asked, steps_on
from diagflow.backtest.order import Order, selectors
from diagflow.backtest.outcome import Firing, Gap, RuleResult, Subject, gaps_of, time_at
from diagflow.backtest.overlay import ALERTS, FOR_STATE
from diagflow.backtest.promrules import Clock, PromRules, RuleRun
from diagflow.backtest.recordings import Recorded
from diagflow.backtest.rulefile import PromRule
from diagflow.backtest.sampled import Sampled
from diagflow.promql.arrays import Bools
from diagflow.promql.needs import name_of
from diagflow.rules.rule import MetricInput


def prom_results(
    rules: PromRules, recorded: Recorded, asked: Asked, told: Callable[[PromRule], None] = lambda _: None
) -> list[RuleResult]:
    """Return the results of all alerts; of recording rules only those that were not evaluated.

    Args:
        rules: all of them.
        recorded: the recording.
        asked: when to evaluate.
        told: called with each rule before it is evaluated.

    Raises:
        BadInput: the recording has no samples.
    """
    own, held = steps_on(recorded, asked), recorded.held
    given = frozenset(rule.name for _, rule in rules.order.rules if not rule.alerts)
    clock = Clock(
        lambda interval: steps_on(recorded, asked, interval),
        own.interval,
        partial(unheld, held, given) if held else None,
    )
    runs = rules.on(recorded.storage, clock, told)
    freshness = Freshness(recorded.storage)
    results = [_Told(rules.order, runs, freshness, number).result() for number in range(len(runs))]
    return [one for one, run in zip(results, runs, strict=True) if run.rule.alerts or one.why_not]


class _Told:
    """What one rule gave, and what that means."""

    def __init__(self, order: Order, runs: Sequence[RuleRun], freshness: Freshness, number: int) -> None:
        self._order, self._runs, self._freshness = order, runs, freshness
        self._run = runs[number]
        self._names = sorted(set(self._bases(number, frozenset())))
        self._lacking = [name for name in self._names if not freshness.knows(name)]

    def result(self) -> RuleResult:
        rule, found = self._run.rule, self._run.found
        told = RuleResult(rule.name, rule.position)
        if found is None:
            told.why_not = rule.why_not
        elif found.failed.all():
            told.why_not = "; ".join(found.errors)
        elif self._lacking and not found.present.any():
            told.why_not = f"no series named {', '.join(self._lacking)}"
        else:
            told.times = found.steps.times
            told.subjects = list(_subjects(self._run, found))
            told.gaps = [*gaps_of(found.failed, told.times, "; ".join(found.errors)), *self._blind(found)]
            told.notes = [*found.notes, *self._notes()]
        return told

    def _blind(self, found: Sampled) -> Iterator[Gap]:
        """Yield the times of silence in which a metric was not there."""
        times, silent = found.steps.times - self._run.group.offset, ~(found.some | found.failed)
        for name in self._names:
            gone: Bools = silent & ~self._freshness.at(name, times)
            yield from gaps_of(gone, found.steps.times, f"no samples of {name}")

    def _notes(self) -> Iterator[str]:
        if self._lacking:
            yield f"no series named {', '.join(self._lacking)}"

    def _bases(self, number: int, above: frozenset[int]) -> Iterator[str]:
        """Yield the names of metrics that a rule hangs on; instead of one that a rule records, those below it."""
        rule = self._runs[number].rule
        for selector in selectors(rule.tree) if rule.tree else ():
            name = name_of(selector.matchers)
            if name in ("", ALERTS, FOR_STATE):
                continue  # alerts come of rules; a pattern is no name
            makers = [other for other in self._order.reads[number] if self._runs[other].rule.name == name]
            if not makers or (self._freshness.knows(name) and not any(map(self._gave, makers))):
                yield name
            for other in makers:
                if other not in above and other != number:
                    yield from self._bases(other, above | {number})

    def _gave(self, number: int) -> bool:
        found = self._runs[number].found
        return found is not None and bool(found.present.any())


def _subjects(run: RuleRun, found: Sampled) -> Iterator[Subject]:
    fixed = {name for name, made in run.rule.labels if made.fixed} | {"alertname"}
    by_row: dict[int, list[Firing]] = {}
    for life in run.lives:
        pending, fired, until = (time_at(found.steps.times, step) for step in (life.pending, life.fired, life.ended))
        firing = Firing(pending, fired, until)
        by_row.setdefault(life.row, []).append(firing)
    for row, firings in by_row.items():
        labels = {name: value for name, value in found.labels[row].items() if name not in fixed}
        yield Subject(entity_of_labels(labels, MetricInput("")), labels, tuple(firings))
