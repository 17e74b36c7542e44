"""Which samples an expression reads: its selectors, and the time that each looks at."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from diagflow.promql.context import Steps
from diagflow.promql.evaluation import LOOKBACK, SUBQUERY_STEP
from diagflow.promql.parse import parse
from diagflow.promql.preprocess import preprocess
from diagflow.promql.syntax import Matcher, Node, Range, Selector, Subquery, children


@dataclass(frozen=True, slots=True)
class Need:
    """The samples that one selector reads, after `start` and up to `end` (milliseconds).

    Attributes:
        matchers: of the selector, that of the metric's name among them; sorted.
        start: before the first sample.
        end: of the last sample.
        step: distance of the moments at which it is looked at; 0 when that is `end` alone.
    """

    matchers: tuple[Matcher, ...]
    start: int
    end: int
    step: int = 0

    @property
    def name(self) -> str:
        """The metric's name; empty when a pattern stands for it."""
        return name_of(self.matchers)

    @property
    def text(self) -> str:
        """The selector as an expression."""
        return "{" + ",".join(f"{_label(m.name)}{m.op}{_quoted(m.value)}" for m in self.matchers) + "}"


def needs(expression: str, start: int, end: int | None = None, step: int | None = None) -> list[Need]:
    """Return what an expression reads at a moment, or from `start` to `end`; all times in milliseconds.

    Raises:
        PromQLError: the expression is none.
    """
    once = end is None or step is None
    steps = Steps(start, start if end is None else end, 1 if step is None else step)
    ready = preprocess(parse(expression), steps, 0 if once else steps.interval)
    return sorted(set(_of(ready, steps.start, steps.end, 0 if once else steps.interval)), key=_order)


def selector(text: str) -> tuple[Matcher, ...]:
    """Return the matchers of a selector.

    Raises:
        PromQLError: it is none.
    """
    return needs(text, 0)[0].matchers


def name_of(matchers: tuple[Matcher, ...]) -> str:
    """Return the name of the metric that matchers ask for; empty when a pattern stands for it."""
    return next((m.value for m in matchers if m.name == "__name__" and m.op == "="), "")


def _of(node: Node, start: int, end: int, step: int) -> Iterator[Need]:
    match node:
        case Selector():
            yield _need(node, start, end, step, LOOKBACK)
        case Range(selector=inner):
            yield _need(inner, start, end, 0, int(_plain(node.length)) + LOOKBACK * (inner.anchored or inner.smoothed))
        case Subquery():
            first, last = _moved(node, start, end)
            length = int(_plain(node.length))
            yield from _of(node.expr, first - length, last, int(_plain(node.step or SUBQUERY_STEP)))
        case _:
            for child in children(node):
                yield from _of(child, start, end, step)


def _need(node: Selector, start: int, end: int, step: int, back: int) -> Need:
    first, last = _moved(node, start, end)
    after = LOOKBACK if node.smoothed else 0  # it looks at what comes next, too
    matchers = tuple(sorted(set(node.matchers), key=lambda m: (m.name, m.op, m.value)))
    return Need(matchers, first - back, last + after, step if first < last else 0)


def _moved(node: Any, start: int, end: int) -> tuple[int, int]:
    if node.at is not None:
        start = end = int(node.at)
    return start - int(node.offset), end - int(node.offset)


def _plain(length: Any) -> int:
    return int(length)


def _order(need: Need) -> tuple[str, int, int, int]:
    return need.text, need.start, need.end, need.step


def _label(name: str) -> str:
    return name if name.isascii() and name.isidentifier() else _quoted(name)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
