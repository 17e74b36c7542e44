"""When a rule of ours was pending: its metrics held, though not yet for `for`.

A rule's `for` is part of its expression (`min_over_time(EXPRESSION[5m:]) > 3`), which tells only whether it has held so
long. Taken back, it tells when it began to.
"""

from collections.abc import Iterator
from dataclasses import replace

from diagflow.backtest.outcome import Firing, runs_of, time_at
from diagflow.promql.arrays import Bools, Ints
from diagflow.rules.promql import ALL_OF, held_of
from diagflow.rules.rule import Combination, Condition, MetricInput, Rule


def without_for(rule: Rule) -> Rule | None:
    """Return a rule whose triggers on metrics need not have held for any time; None where none has to."""
    trigger = _combination(rule.trigger)
    return replace(rule, trigger=trigger) if trigger != rule.trigger else None


def _combination(whole: Combination) -> Combination:
    parts = (_combination(one) if isinstance(one, Combination) else _condition(one) for one in whole.conditions)
    return replace(whole, conditions=tuple(parts))


def _condition(one: Condition) -> Condition:
    wanted = one.input
    return replace(one, input=replace(wanted, expr=_at_once(wanted))) if isinstance(wanted, MetricInput) else one


def _at_once(wanted: MetricInput) -> str:
    held = held_of(wanted.expr) if wanted.threshold else None
    if held is None or not wanted.threshold or held.function != ALL_OF.get(wanted.threshold.op[0]):
        return wanted.expr
    return held.expr


def firings(held: Bools, begun: Bools, times: Ints) -> Iterator[Firing]:
    """Yield when something was pending and when it fired, by time.

    Args:
        held: the steps at which the rule matched.
        begun: those at which it would have without `for`.
        times: of the steps.
    """
    waiting = {end: first for first, end in runs_of(begun & ~held)}
    found = [(waiting.pop(first, first), first, end) for first, end in runs_of(held)]
    for pending, fired, end in sorted([*found, *((first, None, end) for end, first in waiting.items())]):
        yield Firing(int(times[pending]), time_at(times, fired), time_at(times, end))
