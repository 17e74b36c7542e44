"""Is an expression PromQL, and of a type that a rule can compare? Asked only where YAML is read.

The parser is imported late: who names no metric, or has all rules in the cache, does not wait for it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import yaml

from diagflow.rules import promql
from diagflow.rules.place import within
from diagflow.rules.shapes import INVALID, Context, Scalar, Schema
from diagflow.rules.source import restore

_NO_VALUE: Final = {
    "matrix": "this gives many samples a series, which no comparison takes: "
    "put a function such as `rate(...)` or `max_over_time(...)` around it",
    "string": "this is a text, and no series: name a metric",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with an expression, and where in it, counted in characters."""

    message: str
    offset: int


_PLAIN_VALUE: Final = re.compile(r'(=\s*)"[\w./:-]+"')
"""What a label is compared with, where nothing in it means anything to the grammar; patterns (`=~`) are none."""


def complaint_of(text: str) -> Complaint | None:
    """Return what is wrong with an expression, None when Prometheus would take it.

    What is experimental is taken: a Prometheus may have it switched on. Many rules ask the same of one value of a label
    after the other, and what is right of one is right of all.
    """
    return None if _is_right(_PLAIN_VALUE.sub(r'\1"x"', text)) else _complaint(text)


@lru_cache(maxsize=4096)
def _is_right(text: str) -> bool:
    return _complaint(text) is None


def _complaint(text: str) -> Complaint | None:
    from diagflow.promql.check import kind_of  # noqa: PLC0415  # late, as the module says
    from diagflow.promql.errors import PromQLError, Unsupported  # noqa: PLC0415
    from diagflow.promql.parse import parse  # noqa: PLC0415

    try:
        wrong = _NO_VALUE.get(kind_of(parse(text)), "")
    except Unsupported:
        return None
    except PromQLError as e:
        from diagflow.rules.queryhints import mended  # noqa: PLC0415

        return Complaint(f"PromQL: {mended(e.message, text, e.position or 0)}", e.position or 0)
    return Complaint(f"PromQL: {wrong}", 0) if wrong else None


@dataclass(frozen=True, slots=True)
class PromQL:
    """The shape of an expression; what is wrong with it is said at its place."""

    def read(self, node: yaml.Node, context: Context) -> Any:
        """Return the expression in one line."""
        found = _SOURCE.read(node, context)
        if found is INVALID:
            return INVALID
        source = restore(node.value)
        wrong = complaint_of(source)
        if wrong is None:
            return found
        before = source[: wrong.offset]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        position = within(node, source, line, column, context.text, context.file)
        return context.fail(position, wrong.message, "promql")

    def schema(self) -> Schema:
        """Return the JSON Schema of the values."""
        return _SOURCE.schema()


_SOURCE: Final = Scalar("a PromQL expression", promql.expression)
PROMQL: Final = PromQL()
