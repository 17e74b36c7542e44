"""Groups of Prometheus' rules on a recording: what each gave, and what became of its alerts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from diagflow.backtest.alertstates import Life, lives, states
from diagflow.backtest.order import Order, in_order
from diagflow.backtest.overlay import ALERTS, FOR_STATE, Overlay, written
from diagflow.backtest.rulefile import PromGroup, PromRule
from diagflow.backtest.sampled import Gathering, Labels, Sampled, nodes, relabelled
from diagflow.promql.arrays import Bools
from diagflow.promql.context import Steps
from diagflow.promql.needs import needs
from diagflow.promql.storage import Series, Storage

_SAME_ALERT = "vector contains metrics with the same labelset after applying alert labels"
_SAME_RECORD = "vector contains metrics with the same labelset after applying rule labels"
_LIMIT = "exceeded limit of {limit} with {count} series"
_SECOND = 1000


@dataclass(slots=True)
class RuleRun:
    """What one rule did on one recording.

    Attributes:
        rule: the rule.
        group: its group.
        found: what it gave, with the labels of the rule; None where it is not evaluated.
        lives: of its alerts.
    """

    rule: PromRule
    group: PromGroup
    found: Sampled | None = None
    lives: list[Life] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Clock:
    """When groups are evaluated.

    Attributes:
        steps_of: the moments of a group, by its interval in milliseconds (0: it has none).
        subquery_step: the step of subqueries that name none: what is `global.evaluation_interval` in Prometheus.
        unheld: the steps at which the recording lacks samples that an expression reads then, and why; None where
            a recording is all that there was.
    """

    steps_of: Callable[[int], Steps]
    subquery_step: int
    unheld: Callable[[str, Steps], tuple[Bools, str]] | None = None


class PromRules:
    """The rules of some groups, ready to be tried on recordings."""

    def __init__(self, groups: Sequence[PromGroup]) -> None:
        self.order: Order = in_order(groups)

    def on(self, storage: Storage, clock: Clock, told: Callable[[PromRule], None] = lambda _: None) -> list[RuleRun]:
        """Evaluate all rules, in the order of their evaluation.

        Args:
            storage: the samples of a recording.
            clock: when.
            told: called with each rule before it is evaluated.
        """
        trial = _Trial(self.order, storage, clock)
        for unit in self.order.units:
            for number in unit.rules:
                told(self.order.rules[number][1])
            (trial.step_by_step if unit.stepwise else trial.at_once)(unit.rules)
        return trial.runs


class _Trial:
    """One evaluation of all rules."""

    def __init__(self, order: Order, storage: Storage, clock: Clock) -> None:
        self.runs = [RuleRun(rule, group) for group, rule in order.rules]
        self._reads = order.reads
        self._alerts_read = order.alerts_read
        self._held = frozenset(storage.tables)
        self._overlay = Overlay(storage)
        self._clock = clock
        self._unheld: dict[int, tuple[Bools, str]] = {}

    def at_once(self, numbers: Iterable[int]) -> None:
        """Evaluate rules that read nothing of themselves, each over all steps."""
        for number, gathering in self._gatherings(numbers).items():
            gathering.ask_all(self._overlay.ready(self._reads[number]))
            self._take(number, gathering.sampled())

    def step_by_step(self, unit: Iterable[int]) -> None:
        """Evaluate rules that read themselves or those behind them, one moment after the other."""
        gatherings = self._gatherings(unit)
        read = frozenset[int]().union(*(self._reads[number] for number in gatherings))
        reach = {number: looks_back(self.runs[number].rule) for number in gatherings}
        steps = {number: frozenset(one.steps.times.tolist()) for number, one in gatherings.items()}
        for time in sorted(frozenset[int]().union(*steps.values())):
            for number, gathering in gatherings.items():
                if time in steps[number]:
                    back = reach[number]
                    after = None if back is None else time - self.runs[number].group.offset - back
                    gathering.ask(self._overlay.ready_at(number, self._reads[number], time, after), time, time)
                    if number in read:
                        self._take(number, gathering.sampled(time))
        for number, gathering in gatherings.items():
            if number not in read:  # nobody here waited for what it gives
                self._take(number, gathering.sampled())

    def _gatherings(self, numbers: Iterable[int]) -> dict[int, Gathering]:
        """Return what is to be asked of rules, without those that are not evaluated."""
        found = {}
        for number in numbers:
            tree, group = self.runs[number].rule.tree, self.runs[number].group
            if tree is not None:
                steps, default = self._clock.steps_of(group.interval), self._clock.subquery_step
                found[number] = Gathering(tree, steps, offset=group.offset, subquery_step=default)
        return found

    def _take(self, number: int, raw: Sampled) -> None:
        run = self.runs[number]
        if self._clock.unheld:
            if number not in self._unheld:
                steps, offset = self._clock.steps_of(run.group.interval), run.group.offset
                read = Steps(steps.start - offset, steps.end - offset, steps.interval)
                self._unheld[number] = self._clock.unheld(run.rule.text, read)
            lacking, why = self._unheld[number]
            raw.fail(lacking[: len(raw.steps)], why)
        (self._alert if run.rule.alerts else self._record)(number, run, raw)

    def _record(self, number: int, run: RuleRun, raw: Sampled) -> None:
        rule, offset = run.rule, run.group.offset
        labels = [{**own, **_filled(rule, own, 0.0), "__name__": rule.name} for own in raw.labels]
        run.found = found = relabelled(raw, labels, _SAME_RECORD)
        if limit := run.group.limit:
            count = np.count_nonzero(found.present, axis=0)
            found.fail(count > limit, _LIMIT.format(limit=limit, count=int(count.max(initial=0))))
        # Where its inputs are missing and its result was recorded, what was recorded stays.
        if found.present.any() or rule.name not in self._held:
            series = written(rule.name, found.labels, found.present, found.values, found, offset)
            self._overlay.put(rule.name, number, series, offset)

    def _alert(self, number: int, run: RuleRun, raw: Sampled) -> None:
        rule, group = run.rule, run.group
        run.found = found = _as_alerts(rule, raw)
        run.lives = lives(found, hold=rule.hold, keep=rule.keep, limit=group.limit)
        if number in self._alerts_read:
            for name, series in ((ALERTS, _alerts(run)), (FOR_STATE, _for_state(run))):
                self._overlay.put(name, number, series, group.offset)


def looks_back(rule: PromRule) -> int | None:
    """Return how many milliseconds an expression looks back; None if it looks at a fixed moment."""
    if rule.tree is None or any(getattr(node, "at", None) is not None for node in nodes(rule.tree)):
        return None
    return max((-need.start for need in needs(rule.text, 0)), default=0)


def _alerts(run: RuleRun) -> Iterator[Series]:
    found = _of(run)
    for state, where in zip(("pending", "firing"), states(run.lives, found), strict=True):
        labels = [{**own, "alertstate": state} for own in labels_written(run)]
        yield from written(ALERTS, labels, where, np.ones(where.shape), found, run.group.offset)


def labels_written(run: RuleRun) -> list[Labels]:
    """Return the labels of a rule's alerts in `ALERTS`.

    A label of the rule that came out empty, and that the alert therefore has not, stands there as it was written
    (`AlertingRule.sample`).
    """
    raw = {name: made.text for name, made in run.rule.labels}
    return [{**raw, **own} for own in _of(run).labels]


def _for_state(run: RuleRun) -> Iterator[Series]:
    found = _of(run)
    since = np.zeros(found.present.shape)
    for life in run.lives:
        since[life.row, life.pending : life.ended] = found.steps.times[life.pending] // _SECOND
    active = np.logical_or(*states(run.lives, found))
    yield from written(FOR_STATE, labels_written(run), active, since, found, run.group.offset)


def _of(run: RuleRun) -> Sampled:
    assert run.found is not None  # noqa: S101  # it was just evaluated
    return run.found


def _as_alerts(rule: PromRule, raw: Sampled) -> Sampled:
    """Return the rows with the labels of alerts; a template of the value may make several of one row."""
    if any(made.of_value for _, made in rule.labels):
        raw = _by_value(raw)
    labels = [_labelled(rule, own, _value(raw, row)) for row, own in enumerate(raw.labels)]
    return relabelled(raw, labels, _SAME_ALERT)


def _by_value(raw: Sampled) -> Sampled:
    """Return a row for each value that a row has."""
    labels: list[Labels] = []
    present: list[Bools] = []
    rows: list[int] = []
    for row, own in enumerate(raw.labels):
        for value in np.unique(raw.values[row, raw.present[row]]).tolist():
            same = raw.values[row] == value if value == value else np.isnan(raw.values[row])  # noqa: PLR0124  # NaN
            labels.append(own)
            present.append(raw.present[row] & same)
            rows.append(row)
    shape = (len(rows), len(raw.steps))
    where = np.array(present, np.bool_).reshape(shape)
    return Sampled(raw.steps, labels, where, raw.values[rows].reshape(shape), raw.failed, raw.errors, raw.notes)


def _value(raw: Sampled, row: int) -> float:
    there = raw.values[row, raw.present[row]]
    return float(there[0]) if len(there) else float("nan")


def _labelled(rule: PromRule, own: Labels, value: float) -> Labels:
    rest = {name: text for name, text in own.items() if name != "__name__"}
    return {**rest, **_filled(rule, own, value), "alertname": rule.name}


def _filled(rule: PromRule, own: Labels, value: float) -> dict[str, str]:
    return {name: made.filled(own, value) for name, made in rule.labels}
