"""Evaluating a syntax tree: each kind of expression, and what happens around it (`evaluator.eval`)."""

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from diagflow.promql import aggregate, binary
from diagflow.promql.absent import absent_labels
from diagflow.promql.annotations import SORT_IN_RANGE
from diagflow.promql.context import Context, Scalars, Steps, String, Value
from diagflow.promql.errors import PromQLError
from diagflow.promql.instant import Moments, select_instant
from diagflow.promql.instantcall import InstantCall
from diagflow.promql.instantfunctions import INSTANT_FUNCTIONS
from diagflow.promql.lengths import settled
from diagflow.promql.matrix import Matrix, empty, map_hists, nameless
from diagflow.promql.rangecall import RangeArg, RangeCall
from diagflow.promql.rangefunctions import RANGE_FUNCTIONS
from diagflow.promql.ranges import RangeEvaluator, absent_steps, moments_of, of_matrix, selected
from diagflow.promql.signatures import ANCHORED_SAFE, SMOOTHED_SAFE
from diagflow.promql.smoothing import smooth
from diagflow.promql.syntax import (
    Aggregate,
    Binary,
    Call,
    Invariant,
    Node,
    Number,
    Paren,
    Range,
    Selector,
    Subquery,
    Text,
    Unary,
)  # fmt: skip

_Moving = TypeVar("_Moving", Selector, Subquery)


class Evaluator:
    """Evaluates expressions at some steps."""

    def __init__(self, context: Context, steps: Steps, slip: int = 0) -> None:
        context.steps_fit(len(steps))
        self.context = context
        self.steps = steps
        self.times = steps.times
        self._slip = slip

    def vector(self, node: Node) -> Matrix:
        """Return a vector for each step."""
        found = self.eval(node)
        if not isinstance(found, Matrix):
            raise TypeError(type(found))
        return found

    def scalar(self, node: Node) -> Any:
        """Return a number for each step."""
        found = self.eval(node)
        if not isinstance(found, Scalars):
            raise TypeError(type(found))
        return found.values

    def eval(self, node: Node) -> Value:
        """Return what an expression evaluates to.

        Raises:
            PromQLError: it cannot be.
        """
        self.context.go_on()
        if not len(self.times):
            return empty(self.context.no_labels(), 0)
        match node:
            case Number() | Text():
                return self._literal(node)
            case Paren():
                return self.eval(node.expr)
            case Selector():
                return self.context.check(self._selector(node))
            case Invariant():
                return self._invariant(node)
            case Unary():
                return self._unary(node)
            case Binary():
                return self.context.check_value(self._binary(node))
            case Aggregate():
                return self.context.check(aggregate.evaluate(self, node))
            case Call():
                return self.context.check_value(self._call(node))
        raise TypeError(type(node))

    def _literal(self, node: Number | Text) -> Value:
        return String(node.value) if isinstance(node, Text) else Scalars(np.full(len(self.times), node.value))

    def _selector(self, node: Selector) -> Matrix:
        node = self._slipped(node)
        moments = moments_of(self.times, node.at, node.offset)
        if node.smoothed:
            return smooth(self.context, node, moments)
        return select_instant(self.context, node.matchers, Moments(moments, self.context.lookback, node.stats))

    def _timestamps(self, node: Selector) -> Matrix:
        """Return when the samples of a selector were taken (`rangeEvalTimestampFunctionOverVectorSelector`).

        With `@`, Prometheus reads samples as its offset says, but then looks at them from the moment without it.
        """
        offset, lookback = node.offset, self.context.lookback
        if node.at is not None:
            shift = settled(offset)
            offset, lookback = max(0, shift), lookback - abs(shift)
        moments = moments_of(self.times, node.at, offset)
        return select_instant(self.context, node.matchers, Moments(moments, lookback, node.stats), timestamps=True)

    def _invariant(self, node: Invariant) -> Value:
        found = Evaluator(self.context, self.steps.first(), self._slip).eval(node.expr)
        steps = len(self.times)
        if isinstance(found, Scalars):
            return Scalars(np.repeat(found.values, steps))
        if isinstance(found, Matrix):
            self.context.room(found.size, steps)
            return self.context.check(found.repeated(steps))
        return found

    def _unary(self, node: Unary) -> Value:
        found = self.eval(node.expr)
        if node.op == "+" or isinstance(found, String):
            return found
        if isinstance(found, Scalars):
            return Scalars(-found.values)
        hists = map_hists(found, lambda one: one.times(-1.0))  # type: ignore[attr-defined]
        negated = replace(found, values=-found.values, hists=hists)
        return nameless(negated, late=self.context.late_names)

    def _binary(self, node: Binary) -> Value:
        return binary.evaluate(self.context, node, self.eval(node.left), self.eval(node.right))

    def _call(self, node: Call) -> Value:
        if node.name in RANGE_FUNCTIONS:
            return self._range_call(node)
        if node.name == "timestamp" and isinstance(node.args[0], Selector):
            return nameless(self._timestamps(node.args[0]), late=self.context.late_names)
        args = [self.eval(arg) for arg in node.args]
        if node.name in ("sort", "sort_desc", "sort_by_label", "sort_by_label_desc") and not self.steps.once:
            self.context.notes.warn(SORT_IN_RANGE, node.start)
        return INSTANT_FUNCTIONS[node.name](InstantCall(self.context, node, args, self.times, once=self.steps.once))

    def _range_call(self, node: Call) -> Matrix:
        place = next(number for number, arg in enumerate(node.args) if isinstance(arg, Range | Subquery))
        source = node.args[place]
        params, args = [], []
        if isinstance(source, Subquery):
            args = [self._subquery_windows(source)]
        params = [self.scalar(arg) for number, arg in enumerate(node.args) if number != place]
        anchored = isinstance(source, Range) and source.selector.anchored
        smoothed = isinstance(source, Range) and source.selector.smoothed
        if isinstance(source, Range):
            self._extended_allowed(node.name, anchored=anchored, smoothed=smoothed)
            before, after = self._reach(source)
            moved = replace(source, selector=self._slipped(source.selector))
            args = selected(self.context, moved, self.times, before=before, after=after)
        # Prometheus puts a selector without a place in the expression in the place of a subquery
        start = 0 if isinstance(node.args[0], Subquery) else node.args[0].start
        calls = [
            RangeCall(
                arg,
                params,
                self.times,
                start,
                self.context.notes,
                self.context.lookback,
                anchored,
                smoothed,
            )
            for arg in args
        ]
        function = RANGE_FUNCTIONS[node.name]
        found = RangeEvaluator(self.context, node.name, function, self.steps).run(calls)
        return self._absent(source, found) if node.name == "absent_over_time" else found

    def _reach(self, node: Range) -> tuple[int, int]:
        """Return how far the windows of a range reach beyond it, before and after."""
        lookback, selector = self.context.lookback, node.selector
        return lookback * (selector.anchored or selector.smoothed), lookback * selector.smoothed

    @staticmethod
    def _extended_allowed(name: str, *, anchored: bool, smoothed: bool) -> None:
        for used, word, safe in ((anchored, "anchored", ANCHORED_SAFE), (smoothed, "smoothed", SMOOTHED_SAFE)):
            if used and name not in safe:
                raise PromQLError(f"{word} modifier can only be used with: {', '.join(safe)} - not with {name}")

    def _absent(self, source: Node, found: Matrix) -> Matrix:
        ones = absent_steps(found, len(self.times))
        if ones is None:
            return empty(self.context.no_labels(), len(self.times))
        return Matrix(absent_labels(self.context, source), np.ones((1, len(ones))), ~np.isnan(ones)[None, :])

    def _subquery_windows(self, node: Subquery) -> RangeArg:
        steps = self.subquery_steps(node)
        slip = self._slip_inside(node) if steps.start == self.steps.start else 0
        found = Evaluator(self.context, steps, slip).vector(node.expr)
        moments = moments_of(self.times, node.at, node.offset)
        return of_matrix(found, steps.times, moments, settled(node.length))

    def subquery_steps(self, node: Subquery) -> Steps:
        """Return when a subquery's expression is evaluated: multiples of its step (`subqueryEvaluationTimes`)."""
        node = self._slipped(node)
        interval = self.context.subquery_step if node.step is None else settled(node.step)
        moments = moments_of(self.times, node.at, node.offset)
        after = int(moments[0]) - settled(node.length)
        start = interval * int(after / interval)  # as Go divides: towards zero
        return Steps(start + interval if start <= after else start, int(moments[-1]), interval)

    def _slipped(self, node: _Moving) -> _Moving:
        """Return a selector or subquery with the moment that Prometheus takes for its `@`."""
        return node if not self._slip or node.at is None else replace(node, at=int(node.at) + self._slip)

    def _slip_inside(self, node: Subquery) -> int:
        """Return how far from their `@` Prometheus looks in a subquery that begins when what is around it begins.

        It turns `@` into an offset, which holds for when a subquery should begin; when it begins at another time, the
        offset is calculated again, but not if that time happens to be the one around it (`runSubquery`).
        """
        offset = settled(node.offset)
        return self._slip + offset if node.at is None else offset + self.steps.start - int(node.at)

    def matrix(self, node: Node) -> tuple[RangeArg, ...]:
        """Return the windows of an expression that is a range vector, evaluated once."""
        if isinstance(node, Paren | Invariant):
            return self.matrix(node.expr)
        if isinstance(node, Range):
            before, after = self._reach(node)
            return tuple(selected(self.context, node, self.times, before=before, after=after))
        if isinstance(node, Subquery):
            return (self._subquery_windows(node),)
        raise TypeError(type(node))
