"""Metric conditions to PromQL: what `metric`, `filter`, `window`, `function` and `aggregate` compile to."""

import re
from dataclasses import dataclass
from typing import Final

from diagflow.rules.scalars import Wrong, duration, shorten, show_duration

RANGE_FUNCTIONS: Final = (
    "min_over_time", "max_over_time", "avg_over_time", "sum_over_time", "count_over_time",
    "last_over_time", "present_over_time", "stddev_over_time", "rate", "irate", "increase", "delta", "idelta", "deriv",
    "changes", "resets",
)  # fmt: skip
"""Functions from a range of samples to one value, without further arguments."""

AGGREGATE: Final = (
    r"(?:sum|min|max|avg|count|group|stddev|stdvar)"
    r"(?: *(?:by|without) *\( *[a-zA-Z_]\w*(?: *, *[a-zA-Z_]\w*)* *\))?|none"
)
METRIC: Final = r"[a-zA-Z_:][a-zA-Z0-9_:]*"

_MATCHER = re.compile(
    r"""\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)\s*(,|$)""", re.ASCII
)
_TOKEN = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|(\#[^\n]*)|(\s+)|([(\[{])|([)\]}])|(["'`])|([^\s"'`\#()\[\]{}]+)"""
)
_CLOSES: Final = {")": "(", "]": "[", "}": "{"}
_MAX_EXPRESSION: Final = 10_000

ALL_OF: Final = {">": "min_over_time", "<": "max_over_time"}
"""The function whose value compares so only if every value did."""

STEP: Final = 60.0
"""Seconds between two looks at an expression that must hold for longer: the same live and on recordings.

A server's own step is its evaluation_interval; with one of some seconds a quantile over all the API server's buckets
would be asked hundreds of times over, which no busy Prometheus answers.
"""

_HELD: Final = re.compile(
    r"(?P<function>min_over_time|max_over_time)\((?P<expr>.+)\[(?P<hold>\w+):(?:1m)?\]\)"
    r"(?: and count_over_time\((?P=expr)\[(?P=hold):1m\]\) >= \d+)?",
    re.DOTALL,
)


def matchers(text: str) -> str:
    """Return label matchers in canonical form: `phase="Pending",node=~"a.*"`, no blanks, double quotes.

    Raises:
        Wrong: they are none.
    """
    found, at = [], 0
    stripped = (
        text.strip().removeprefix("{").removesuffix("}").strip().removesuffix(",")
        if text.strip().startswith("{")
        else text.strip()
    )
    while at < len(stripped):
        match = _MATCHER.match(stripped, at)
        if not match:
            wanted = 'write label matchers as in PromQL, such as `phase="Pending",node!=""`'
            raise Wrong(f"`{shorten(stripped[at:])}` is no label matcher: {wanted}")
        found.append(f"{match[1]}{match[2]}{_double_quoted(match[3])}")
        at = match.end()
    return ",".join(found)


def _double_quoted(quoted: str) -> str:
    body = quoted[1:-1]
    if quoted[0] == '"':
        return quoted
    raw = quoted[0] == "`"
    body = body.replace("\\", "\\\\").replace("\n", "\\n") if raw else body.replace("\\'", "'")
    return '"' + re.sub(r'(?<!\\)"', r"\"", body) + '"'


def expression(text: str) -> str:
    """Return a PromQL expression in one line, without comments.

    Raises:
        Wrong: a quote or a bracket is not closed.
    """
    if len(text) > _MAX_EXPRESSION:
        raise Wrong(
            f"this expression has {len(text):,} characters: write at most {_MAX_EXPRESSION:,}, or a recording rule"
        )
    parts: list[str] = []
    open_: list[str] = []
    for string, comment, blank, opens, closes, stray, other in _TOKEN.findall(text):
        if stray:
            raise Wrong(f"a quote ({stray}) is not closed in this expression")
        open_ += [opens] if opens else []
        if closes and (not open_ or open_.pop() != _CLOSES[closes]):
            raise Wrong(f"`{closes}` closes nothing in this expression: check the brackets")
        parts.append(" " if blank or comment else string + opens + closes + other)
    if open_:
        raise Wrong(f"`{open_[-1]}` is not closed in this expression")
    return "".join(
        part for part, before in zip(parts, ["", *parts], strict=False) if part != " " or before != " "
    ).strip()


def selector(metric: str, filters: str) -> str:
    """Return an instant vector selector."""
    return f"{metric}{{{filters}}}" if filters else metric


def over(expr: str, function: str, window: str) -> str:
    """Return a range function over a selector."""
    return f"{function}({expr}[{window}])"


def aggregated(expr: str, aggregate: str) -> str:
    """Return an aggregation: `max by (node)` of `x` is `max by (node) (x)`."""
    if aggregate in ("", "none"):
        return expr
    operator, grouping, labels = re.match(r"(\w+) *(?:(by|without) *\(([^)]*)\))?", aggregate).groups()  # type: ignore[union-attr]
    if not grouping:
        return f"{operator}({expr})"
    names = ", ".join(label.strip() for label in labels.split(","))
    return f"{operator} {grouping} ({names}) ({expr})"


@dataclass(frozen=True, slots=True)
class Held:
    """An expression that must have compared so for some time.

    Attributes:
        expr: what is compared.
        function: `min_over_time` or `max_over_time`, whose value compares so only if every value did.
        hold: for how long, in seconds.
    """

    expr: str
    function: str
    hold: float

    def __str__(self) -> str:
        step = "1m" if self.hold > STEP else ""
        lasting = f"{self.function}({self.expr}[{show_duration(self.hold)}:{step}])"
        return f"{lasting}{_there_all_along(self.expr, self.hold)}"


def _there_all_along(expr: str, hold: float) -> str:
    """Return what leaves out a series that was not there all of that time: one that is young, that went, or came back.

    All values that it has are then not values of all of that time. It is asked each minute, of which a subquery sees
    one a minute: its range is open to the left.
    """
    if hold <= STEP:
        return ""
    return f" and count_over_time({expr}[{show_duration(hold)}:1m]) >= {int(hold // STEP)}"


def held(expr: str, op: str, hold: float) -> str:
    """Return the expression whose comparison is true only if it was true at each moment of the last `hold` seconds.

    Raises:
        Wrong: no one value tells that for `==` and `!=`.
    """
    if op not in (">", ">=", "<", "<="):
        raise Wrong("`for` needs a `threshold` with > >= < or <=")
    return str(Held(expr, ALL_OF[op[0]], hold))


def unheld(text: str, op: str) -> tuple[str, str]:
    """Return what somebody wrote of an expression, and in words how long it must compare so: ` for 10m`, or nothing."""
    found = held_of(text)
    if found is None or found.function != ALL_OF.get(op[:1]):
        return text, ""
    written = found.expr[1:-1] if found.expr.startswith("(") else found.expr  # `promql:` is put into brackets
    return written, f" for {show_duration(found.hold)}"


def held_of(text: str) -> Held | None:
    """Return what `held` was made of; None for an expression that need not hold for any time."""
    match = _HELD.fullmatch(text)
    try:
        found = Held(match["expr"], match["function"], duration(match["hold"])) if match else None
    except Wrong:  # a subquery whose range is no duration of ours: somebody wrote it
        return None
    return found if found and str(found) == text else None
