"""A rule of ours on a recording: its conditions on metrics at every step, all others as recorded at its moment.

Each expression is one range query. Which of its samples pass, and which metrics are there at all, is the pattern of a
step; the rule is judged once for each pattern that occurs, by the very code that judges it in a diagnosis.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from diagflow.analyze.alone import Alone
from diagflow.analyze.metrics import passes
from diagflow.backtest.coverage import unheld
from diagflow.backtest.freshness import Freshness
from diagflow.backtest.grid import Asked, steps_on
from diagflow.backtest.ourpending import firings, without_for
from diagflow.backtest.outcome import Firing, Gap, RuleResult, Subject, gaps_of, runs_of, time_at
from diagflow.backtest.recordings import Recorded
from diagflow.backtest.sampled import sampled
from diagflow.bundle import Bundle
from diagflow.model import Entity, Outcome, Query, Reading, State, Verdict
from diagflow.promql import PromQLError, parse
from diagflow.promql.arrays import Bools
from diagflow.promql.context import Steps
from diagflow.promql.needs import needs
from diagflow.rules import RuleSet
from diagflow.rules.rule import (
    ChangeInput,
    Condition,
    EventInput,
    FactInput,
    HostLogInput,
    LogInput,
    MetricInput,
    NodeLogInput,
    ObjectInput,
    Rule,
)
from diagflow.rules.walk import conditions, leaves

_UNTOLD: Final = (Outcome.ERROR, Outcome.INCONCLUSIVE, Outcome.SKIPPED)


def has_metrics(rule: Rule) -> bool:
    """Return whether a trigger of a rule is on a metric, so that it has a course over time."""
    return any(isinstance(condition.input, MetricInput) for condition in leaves(rule.trigger))


def our_result(rule: Rule, ruleset: RuleSet, recorded: Recorded, asked: Asked, freshness: Freshness) -> RuleResult:
    """Return when a rule would have matched, and about what.

    Raises:
        BadInput: the recording has no samples, or cannot be read.
    """
    told = RuleResult(rule.id, rule.position)
    steps = steps_on(recorded, asked)
    eager = without_for(rule)
    measured = [c for one in (rule, eager) if one for c in conditions(one) if isinstance(c.input, MetricInput)]
    try:
        answers = {expr: _Answer(expr, recorded, steps, freshness) for expr in sorted({_expr(c) for c in measured})}
    except PromQLError as error:
        told.why_not = f"its expression cannot be evaluated: {error}"
        return told
    triggers = [c for c in leaves(rule.trigger) if isinstance(c.input, MetricInput)]
    told.why_not = "; ".join(dict.fromkeys(why for c in triggers if (why := answers[_expr(c)].never)))
    if not told.why_not:
        told.times = steps.times
        _fill(told, *(_Course(one, ruleset, recorded.bundle, answers) for one in (rule, eager) if one))
        told.constant = list(dict.fromkeys(_constant(c) for c in conditions(rule) if _constant(c)))
        if rule.action and told.subjects:
            told.notes = [f"its analyzer {rule.action.analyzer} is not asked"]
    return told


def _expr(condition: Condition) -> str:
    return condition.input.expr if isinstance(condition.input, MetricInput) else ""


class _Answer:
    """The answers to one expression, one a step."""

    def __init__(self, expr: str, recorded: Recorded, steps: Steps, freshness: Freshness) -> None:
        self.query = Query.of("promql", expr)
        self.found = sampled(recorded.storage, parse(expr, experimental=False), steps)
        self.unheld: Bools = np.zeros(len(steps), np.bool_)
        self.why_unheld = ""
        if recorded.held:
            self.unheld, self.why_unheld = unheld(recorded.held, (), expr, steps)
            self.found.present[:, self.unheld] = False
        names = sorted({need.name for need in needs(expr, 0)})
        self._lacking = [name for name in names if name and not freshness.knows(name)]
        self._names = [name for name in names if name]
        self.fresh: Bools = np.ones(len(steps), np.bool_)
        for name in self._names:
            self.fresh = self.fresh & freshness.at(name, steps.times)
        if "" in names:  # a pattern stands for the name: silence means nothing
            self.fresh = np.zeros(len(steps), np.bool_)

    @property
    def never(self) -> str:
        """Why it has no answer at any step; empty if it has one."""
        if self.unheld.all():
            return self.why_unheld
        if self.found.failed.all():
            return "; ".join(self.found.errors)
        if self._lacking and not self.found.some.any():
            return f"no series named {', '.join(self._lacking)}"
        return ""

    def pattern(self, condition: Condition) -> list[NDArray[Any]]:
        """Return what of the answers decides about a condition: a row a sample or fact, a column a step."""
        wanted = condition.input
        assert isinstance(wanted, MetricInput)  # noqa: S101  # the callers looked
        found, rows = self.found, []
        for row in range(len(found.labels)):
            number = np.array([passes(value, wanted.threshold) for value in found.values[row].tolist()], np.int8)
            state = 1 + number + 2 * np.isnan(found.values[row]).astype(np.int8)
            rows.append(np.where(found.present[row], state, 0).astype(np.int64))
            if condition.extract:  # what it takes from a value may name the entity
                rows.append(np.where(found.present[row], found.values[row].view(np.int64), 0))
        return [*rows, found.failed.astype(np.int64), self.unheld.astype(np.int64), self.fresh.astype(np.int64)]

    def reading(self, step: int, bundle: Bundle) -> Reading:
        """Return the answer at a step."""
        found, now = self.found, bundle.incident.now
        if found.failed[step]:
            return Reading(self.query, State.ERROR, now, source="series", detail="; ".join(found.errors))
        if self.unheld[step]:
            return Reading(self.query, State.ABSENT, now, source="series", detail=self.why_unheld)
        rows = np.flatnonzero(found.present[:, step]).tolist()
        time = int(found.steps.times[step]) / 1000
        data = [_sample(found.labels[row], float(found.values[row, step]), time) for row in rows]
        if data:
            return Reading(self.query, State.DATA, now, data, source="series")
        if self.fresh[step]:
            return Reading(self.query, State.EMPTY, now, [], source="series")
        what = f"no samples of {', '.join(self._names) or self.query.target}"
        return Reading(self.query, State.ABSENT, now, source="series", detail=what)


def _sample(labels: Any, value: float, time: float) -> dict[str, Any]:
    return {"labels": dict(labels), "value": value, "time": time}


class _Course:
    """The verdicts of a rule over time."""

    def __init__(self, rule: Rule, ruleset: RuleSet, bundle: Bundle, answers: dict[str, _Answer]) -> None:
        measured = [c for c in conditions(rule) if isinstance(c.input, MetricInput)]
        self._alone = Alone(replace(ruleset, rules=(rule,)), rule.id)
        self._bundle = _without_metrics(bundle)
        self._answers = {expr: answers[expr] for expr in map(_expr, measured)}
        rows = [row for condition in measured for row in answers[_expr(condition)].pattern(condition)]
        _, self._first, self._inverse = np.unique(np.array(rows), axis=1, return_index=True, return_inverse=True)

    def verdicts(self) -> Iterator[tuple[Bools, list[Verdict]]]:
        """Yield what the rule says, and at which steps."""
        for number, step in enumerate(self._first.tolist()):
            for answer in self._answers.values():
                self._bundle.add(answer.reading(step, self._bundle))
            yield self._inverse.ravel() == number, self._alone.verdicts(self._bundle)


def _without_metrics(bundle: Bundle) -> Bundle:
    """Return all that a bundle holds of its one moment."""
    found = Bundle(bundle.incident, unrecorded=bundle.unrecorded)
    for entry in bundle.entries():
        if entry.reading.query.kind not in ("series", "promql"):
            found.add_entry(entry)
    return found


def _fill(told: RuleResult, course: _Course, eager: _Course | None = None) -> None:
    """Fill in about what a rule matched, and what could not be told; `eager` is its course without `for`."""
    held, untold = _held(course, len(told.times))
    begun = _held(eager, len(told.times))[0] if eager else {}
    never = np.zeros(len(told.times), np.bool_)
    for entity in sorted({*held, *begun}):
        mask = held.get(entity, never)
        found = firings(mask, begun.get(entity, never), told.times) if eager else _firings(mask, told)
        told.subjects = [*told.subjects, Subject(entity, {}, tuple(found))]
    told.gaps = [gap for why, mask in sorted(untold.items()) for gap in _gaps(mask, told, why)]


def _held(course: _Course, count: int) -> tuple[dict[Entity, Bools], dict[str, Bools]]:
    """Return at which of the steps what matched, and at which of them why nothing could be told."""
    held: dict[Entity, Bools] = {}
    untold: dict[str, Bools] = {}
    for steps, verdicts in course.verdicts():
        matches = [verdict.entity for verdict in verdicts if verdict.outcome is Outcome.MATCH]
        for entity in matches:
            held[entity] = held.get(entity, np.zeros(count, np.bool_)) | steps
        for verdict in verdicts:
            if verdict.outcome in _UNTOLD and not matches:
                why = _why(verdict)
                untold[why] = untold.get(why, np.zeros(count, np.bool_)) | steps
    return held, untold


def _gaps(mask: Bools, told: RuleResult, why: str) -> list[Gap]:
    return gaps_of(mask, told.times, why)


def _firings(mask: Bools, told: RuleResult) -> Iterator[Firing]:
    for first, end in runs_of(mask):
        yield Firing(None, int(told.times[first]), time_at(told.times, end))


def _why(verdict: Verdict) -> str:
    needed = "; ".join(f"{need.query}: {need.detail or need.state}" for need in verdict.needs)
    return verdict.detail or needed or verdict.outcome.value


def _constant(condition: Condition) -> str:
    """Return what a condition looks at that a recording has of one moment."""
    match condition.input:
        case ObjectInput(kind=kind):
            return kind
        case EventInput():
            return "events"
        case LogInput() | HostLogInput() | NodeLogInput():
            return "logs"
        case ChangeInput():
            return "changes"
        case FactInput():
            return "facts"
        case _:
            return ""
