"""Expressions from the grammar of PromQL, drawn by hypothesis: of the right types, so that most can be evaluated.

Depth is bounded. What has no defined result is left out: which of equals `topk` and `bottomk` take (so they get values
that are no equals), and which series `limitk` takes (so only their number is asked).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass(frozen=True)
class Vocabulary:
    """What can be asked about: names of metrics by what they are, and their labels with values."""

    start: int
    length: int
    labels: dict[str, tuple[str, ...]]
    counters: tuple[str, ...]
    gauges: tuple[str, ...]
    """Their values are no equals, nor are those of counters."""
    odd: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()
    histograms: tuple[str, ...] = ()
    info: str = ""
    """A metric with one series for each value of its first label."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All names."""
        return self.counters + self.gauges + self.odd + self.buckets + self.histograms


@dataclass(frozen=True)
class Asked:
    """An expression, the moment it is asked at, and a range (start, end, step), in milliseconds."""

    text: str
    moment: int
    span: tuple[int, int, int]
    ordered: bool = False
    """Whether its rows have an order at a moment."""


MATHS = (
    "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "cos", "cosh", "deg", "exp", "floor", "ln",
    "log10", "log2", "rad", "sgn", "sin", "sinh", "sqrt", "tan", "tanh",
)  # fmt: skip
DATES = ("days_in_month", "day_of_month", "day_of_week", "day_of_year", "hour", "minute", "month", "year")
OVER_TIME = (
    "absent_over_time", "avg_over_time", "changes", "count_over_time", "delta", "deriv", "first_over_time", "idelta",
    "increase", "irate", "last_over_time", "max_over_time", "min_over_time", "present_over_time", "rate", "resets",
    "stddev_over_time", "stdvar_over_time", "sum_over_time",
)  # fmt: skip
HISTOGRAMS = ("histogram_avg", "histogram_count", "histogram_stddev", "histogram_stdvar", "histogram_sum")
AGGREGATIONS = ("sum", "avg", "count", "min", "max", "group", "stddev", "stdvar")
ARITHMETIC = ("+", "-", "*", "/", "%", "^", "atan2")
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
SETS = ("and", "or", "unless")
_LENGTHS = ("30s", "1m", "90s", "5m", "7m30s", "10m", "20m", "1h")
_STEPS = (15_000, 30_000, 47_500, 60_000, 180_000, 300_000)
_NUMBERS = ("0", "1", "2", "-1", "0.5", "3.7", "-2.5", "1e3", "0x1F", "Inf", "-Inf", "NaN", "5m", ".25", "1_000")
_SHARES = ("0.5", "0.9", "0", "1", "0.25", "-0.1", "1.5", "NaN")

_AT_ONCE = 10


class Grammar:
    """Draws expressions of each type; `depth` is how much deeper they may be."""

    def __init__(self, draw: Draw, words: Vocabulary, *, experimental: bool = False) -> None:
        self._draw = draw
        self._words = words
        self._experimental = experimental

    def one(self, choices: Any) -> Any:
        """One of these."""
        return self._draw(st.sampled_from(choices))

    def chance(self, percent: int) -> bool:
        """True so often."""
        return bool(self.one(range(100)) < percent)

    def vector(self, depth: int) -> str:
        """An instant vector."""
        if depth <= 0:
            return self.selector()
        makers = [
            (self._over_time, 10), (self._aggregation, 8), (self._binary, 8), (self._maths, 9), (self._histogram, 5),
            (self.selector, 3), (self._with_scalar, 5), (self._set, 3), (self._labels, 3), (self._picked, 3),
            (self._other, 4), (self._classic, 3),
        ]  # fmt: skip
        if self._experimental:
            makers.append((self._experiment, 25))
        made: str = self.one([maker for maker, weight in makers for _ in range(weight)])(depth)
        return f"({made})" if self.chance(4) else made

    def scalar(self, depth: int) -> str:
        """A scalar."""
        kind = self.one(range(10)) if depth > 0 else 0
        if kind < 5:
            return str(self.one(_NUMBERS))
        if kind < 6:
            return f"scalar({self.vector(depth - 1)})"
        if kind < 7:
            return str(self.one(("time()", "pi()", "time() / 1e6")))
        if kind < 8:
            return f"{self.scalar(depth - 1)} {self.one(COMPARISONS)} bool {self.scalar(depth - 1)}"
        return f"({self.scalar(depth - 1)} {self.one(ARITHMETIC)} {self.scalar(depth - 1)})"

    def matrix(self, depth: int, names: tuple[str, ...] = (), *, extends: bool = False) -> str:
        """A range vector: of a selector, or a subquery."""
        if depth > 0 and not names and self.chance(30):
            step = self.one(("", "30s", "1m", "75s", "2m"))
            inner = self.vector(depth - 1)
            return f"({inner})[{self.one(_LENGTHS)}:{step}]{self.moved()}"
        length = f"{self.one(_LENGTHS)}" if not self.chance(3) else "(1m + 30s * 3)"
        word = self.one((" anchored", " smoothed")) if extends and self.chance(15) else ""
        return self._bare(names) + f"[{length}]{word}{self.moved()}"

    def selector(self, _depth: int = 0, names: tuple[str, ...] = ()) -> str:
        """An instant vector selector."""
        return self._bare(names) + self.moved()

    def moved(self) -> str:
        """`offset` and `@`, or nothing."""
        words = self._words
        offset = f" offset {self.one(('1m', '5m', '-2m', '37s', '0s', '-(30s + 15s)'))}" if self.chance(12) else ""
        at = ""
        if self.chance(8):
            time = words.start / 1000 + self.one(range(words.length // 1000))
            at = f" @ {self.one(('start()', 'end()', f'{time:.0f}', f'{time + 0.25:.2f}'))}"
        return at + offset if self.chance(50) else offset + at

    def grouping(self) -> str:
        """`by` or `without` and labels, or nothing."""
        if self.chance(25):
            return ""
        return f" {self.one(('by', 'without'))} ({', '.join(self._labels_drawn(0))})"

    def distinct(self, depth: int) -> str:
        """A vector whose values are no equals."""
        names = self._words.counters + self._words.gauges
        if depth <= 0:
            return self.selector(0, names)
        kind = self.one(range(4))
        if kind == 0:
            function = self.one(("rate", "increase", "avg_over_time", "sum_over_time", "deriv", "max_over_time"))
            name = self.one((function in ("rate", "increase") and self._words.counters) or self._words.gauges)
            return f"{function}({self._bare((name,))}[{self.one(('5m', '10m'))}])"
        if kind == 1:
            return f"{self.one(('sum', 'avg', 'min', 'max'))}{self.grouping()} ({self.distinct(depth - 1)})"
        if kind == 2:
            return f"{self.distinct(depth - 1)} * {self.one(('2', '-1.5', '0.1'))}"
        return self.selector(0, names)

    def ordered(self, depth: int) -> str:
        """A vector with an order."""
        if self.chance(50):
            return f"{self.one(('topk', 'bottomk'))}({self.one((1, 2, 3, 5, 100))}, {self.distinct(depth)})"
        return f"{self.one(('sort', 'sort_desc'))}({self.vector(depth)})"

    def _bare(self, names: tuple[str, ...]) -> str:
        words = self._words
        name = str(self.one(names or words.names))
        matchers = [self._matcher() for _ in range(self.one(range(3)))] if self.chance(25) else []
        if not names and self.chance(4):
            matchers.append(f'__name__=~"{name}|{self.one(words.names)}"')
            name = ""
        return name + (f"{{{', '.join(matchers)}}}" if matchers or not name else "")

    def _matcher(self) -> str:
        label = self.one(tuple(self._words.labels))
        value = self.one(self._words.labels[label])
        op = self.one(("=", "!=", "=~", "!~"))
        pattern = self.one((value, f"{value}|x", ".*", ".+", f"{value[:1]}.*", "")) if "~" in op else value
        return f'{label}{op}"{pattern}"'

    def _labels_drawn(self, least: int) -> list[str]:
        return list(self._draw(st.lists(st.sampled_from(tuple(self._words.labels)), min_size=least, max_size=2,
                                        unique=True)))  # fmt: skip

    def _suited(self, function: str) -> tuple[str, ...]:
        """Names that a function makes sense of, or none: any."""
        words = self._words
        if function in ("rate", "increase", "irate", "resets") and self.chance(70):
            return words.counters + words.histograms
        if function in ("delta", "deriv", "idelta") and self.chance(70):
            return words.gauges + words.odd
        return ()

    def _over_time(self, depth: int) -> str:
        kind = self.one(range(10))
        if kind == 0:
            return f"quantile_over_time({self.one(_SHARES)}, {self.matrix(depth - 1)})"
        if kind == 1:
            return f"predict_linear({self.matrix(depth - 1)}, {self.scalar(depth - 2)})"
        function = self.one(OVER_TIME)
        extends = function in ("delta", "increase", "rate")
        return f"{function}({self.matrix(depth - 1, self._suited(function), extends=extends)})"

    def _aggregation(self, depth: int) -> str:
        kind, grouping = self.one(range(10)), self.grouping()
        if kind == 0:
            return f"quantile{grouping} ({self.one((*_SHARES, self.scalar(depth - 2)))}, {self.vector(depth - 1)})"
        if kind == 1:
            return f'count_values{grouping} ("{self.one(("value", "job"))}", {self.vector(depth - 1)})'
        before = self.chance(70)
        op, inner = self.one(AGGREGATIONS), self.vector(depth - 1)
        return f"{op}{grouping} ({inner})" if before else f"{op}({inner}){grouping}"

    def _picked(self, depth: int) -> str:
        grouping = self.grouping() if self.chance(50) else ""
        count = self.one(("1", "2", "3.9", "0", "-1", "50"))
        return f"{self.one(('topk', 'bottomk'))}{grouping}({count}, {self.distinct(depth - 1)})"

    def _operator(self) -> str:
        if self.chance(60):
            return str(self.one(ARITHMETIC))
        return str(self.one(COMPARISONS)) + (" bool" if self.chance(40) else "")

    def _binary(self, depth: int) -> str:
        """Between two vectors, whose series mostly find each other."""
        op, kind = self._operator(), self.one(range(10))
        inner = self.vector(depth - 1)
        if kind < 3:
            labels = ", ".join(self._labels_drawn(0))
            left, right = self.one(AGGREGATIONS[:5]), self.one(AGGREGATIONS)
            on = f" on ({labels})" if self.chance(70) else ""
            return f"{left} by ({labels}) ({inner}) {op}{on} {right} by ({labels}) ({self.vector(depth - 1)})"
        if kind < 6:
            return self._grouped(op, inner, depth)
        if kind < 8:
            return f"{inner} {op} {inner}" if self.chance(50) else f"{inner} {op} ignoring () {self._same(inner)}"
        mode = f" {self.one(('on', 'ignoring'))} ({', '.join(self._labels_drawn(0))})" if self.chance(70) else ""
        group = f" {self.one(('group_left', 'group_right'))} ()" if mode and self.chance(30) else ""
        return f"{inner} {op}{mode}{group} {self.vector(depth - 1)}"

    def _same(self, inner: str) -> str:
        return f"{self.one(('abs', 'floor', '-', '+'))}({inner})"

    def _grouped(self, op: str, inner: str, depth: int) -> str:
        words = self._words
        labels = self._labels_drawn(1)
        on = ", ".join(labels)
        extra = [label for label in self._labels_drawn(0) if label not in labels]
        one = f"{self.one(AGGREGATIONS[:5])} by ({on}) ({self.vector(depth - 1)})"
        if words.info and self.chance(40):
            key, *more = words.labels
            on, extra, one = key, more[-1:], words.info
        if self.chance(50):
            return f"{inner} {op} on ({on}) group_left ({', '.join(extra)}) {one}"
        return f"{one} {op} on ({on}) group_right ({', '.join(extra)}) {inner}"

    def _set(self, depth: int) -> str:
        mode = f" {self.one(('on', 'ignoring'))} ({', '.join(self._labels_drawn(0))})" if self.chance(60) else ""
        return f"{self.vector(depth - 1)} {self.one(SETS)}{mode} {self.vector(depth - 1)}"

    def _with_scalar(self, depth: int) -> str:
        left, right = self.vector(depth - 1), self.scalar(depth - 1)
        if self.chance(40):
            left, right = right, left
        return f"{left} {self._operator()} {right}"

    def _maths(self, depth: int) -> str:
        kind = self.one(range(10))
        inner = self.vector(depth - 1)
        if kind == 0:
            return f"clamp({inner}, {self.scalar(depth - 2)}, {self.scalar(depth - 2)})"
        if kind == 1:
            return f"{self.one(('clamp_max', 'clamp_min'))}({inner}, {self.scalar(depth - 2)})"
        if kind == 2:
            return (
                f"round({inner})" if self.chance(40) else f"round({inner}, {self.one(('0.5', '3', '0', '-1', '1e-3'))})"
            )
        if kind == 3:
            return f"{self.one('-+')}{inner}"
        return f"{self.one(MATHS)}({inner})"

    def _other(self, depth: int) -> str:
        kind = self.one(range(10))
        inner = self.vector(depth - 1)
        if kind == 0:
            return f"absent({inner})"
        if kind == 1:
            return f"timestamp({inner})"
        if kind == 2:
            return f"vector({self.scalar(depth - 1)})"
        if kind == 3:
            return f"{self.one(('sort', 'sort_desc'))}({inner})"
        if kind in (4, 8):
            return f"{self.one(DATES)}()"
        if kind in (5, 9):
            return f"{self.one(DATES)}({self.one((inner, f'timestamp({inner})', 'vector(time())'))})"
        if kind == 6:
            return f'absent({self.one(self._words.names)}{{{self._matcher()}, none="x"}})'
        return f"timestamp({self.selector()})"

    def _labels(self, depth: int) -> str:
        inner, labels = self.vector(depth - 1), tuple(self._words.labels)
        if self.chance(30):
            joined = "".join(f', "{label}"' for label in self._labels_drawn(0))
            return f'label_join({inner}, "both", "{self.one(("-", ""))}"{joined})'
        target = self.one((*labels, "new", "__name__"))
        pattern = self.one(("(.*)", "(.)(.*)", "", "[a-c]+", "(?P<x>.+)"))
        to = self.one(("$1", "x$1y", "", "$x", "${2}_"))
        return f'label_replace({inner}, "{target}", "{to}", "{self.one(labels)}", "{pattern}")'

    def _histogram(self, depth: int) -> str:
        names = self._words.histograms
        if not names:
            return self._over_time(depth)
        inner = self._native(depth - 1)
        kind = self.one(range(10))
        if kind < 2:
            return f"histogram_quantile({self.one(_SHARES)}, {inner})"
        if kind < 4:
            return f"histogram_fraction({self.scalar(0)}, {self.scalar(0)}, {inner})"
        if kind < 8:
            return f"{self.one(HISTOGRAMS)}({inner})"
        if kind == 8 and self.chance(50):
            return f"{inner} {self.one(('</', '>/'))} {self.one(('1', '0.5', '2', '-1', 'Inf', 'time()'))}"
        return inner

    def _native(self, depth: int) -> str:
        """A vector of histograms, mostly."""
        names = self._words.histograms
        kind = self.one(range(7)) if depth > 0 else 0
        if kind == 0:
            return self.selector(0, names)
        if kind == 1:
            return f"{self.one(('sum', 'avg'))}{self.grouping()} ({self._native(depth - 1)})"
        if kind == 2:
            return f"{self._native(depth - 1)} {self.one('*/')} {self.one(('2', '0.5', '-1', '0'))}"
        if kind == 3:
            return f"{self._native(depth - 1)} {self.one('+-')} {self._native(depth - 1)}"
        if kind == 4 and self.chance(40):
            return self.vector(depth)
        function = self.one(("rate", "increase", "delta", "irate", "idelta", "sum_over_time", "avg_over_time",
                             "last_over_time", "first_over_time"))  # fmt: skip
        return f"{function}({self.matrix(0, names)})"

    def _classic(self, depth: int) -> str:
        if not self._words.buckets:
            return self._aggregation(depth)
        inner = f"{self.one(('rate', 'increase'))}({self.matrix(0, self._words.buckets)})"
        inner = self.one((inner, self.selector(0, self._words.buckets)))
        inner = f"sum by ({self.one(('le', 'job, le'))}) ({inner})" if self.chance(60) else inner
        if self.chance(30):
            return f"histogram_fraction({self.one(('0', '-1', '0.3', '-Inf'))}, {self.one(('1', '5', 'Inf'))}, {inner})"
        return f"histogram_quantile({self.one((*_SHARES, self.scalar(depth - 2)))}, {inner})"

    def _experiment(self, depth: int) -> str:
        kind = self.one(range(9))
        inner = self.vector(depth - 1)
        if kind == 0:
            return f"count(limitk{self.grouping()} ({self.one((0, 1, 3, 100))}, {inner}))"
        if kind == 1:
            return f"limit_ratio{self.grouping()} ({self.one(('0.3', '-0.7', '1', '0', '2', 'NaN'))}, {inner})"
        if kind == 2:
            labels = "".join(f', "{label}"' for label in self._labels_drawn(0))
            return f"{self.one(('sort_by_label', 'sort_by_label_desc'))}({inner}{labels})"
        if kind == 3:
            function = self.one(("mad", "ts_of_first", "ts_of_last", "ts_of_max", "ts_of_min"))
            return f"{function}_over_time({self.matrix(depth - 1)})"
        if kind == 4:
            return f"double_exponential_smoothing({self.matrix(depth - 1)}, {self.one(('0.5', '0.1', '1', '0'))}, 0.3)"
        if kind == 5:
            return f"{inner} {self.one('+-*/')} {self.one(('max_of', 'min_of'))}({self.scalar(1)}, {self.scalar(1)})"
        if kind == 6:
            return f"{inner} * {self.one(('start', 'end', 'range', 'step'))}()"
        if kind == 7 and (names := self._words.histograms + self._words.buckets):
            return f'histogram_quantiles({self.selector(0, names)}, "q", 0.5, 0.9, {self.one(("1", "-1", "0.123456"))})'
        return f"integral({self.matrix(depth - 1)})"


_WRONG = """
rate(VECTOR)
sum(MATRIX)
sum(SCALAR)
MATRIX + 1
-MATRIX
abs(MATRIX)
SCALAR == SCALAR
SCALAR and VECTOR
VECTOR + bool 1
VECTOR and on () group_left () VECTOR
nothing(VECTOR)
abs()
abs(VECTOR, 1)
clamp(VECTOR)
vector(VECTOR)
scalar(SCALAR)
{}
{job=~".*"}
{job=~"("} + VECTOR
topk(VECTOR)
topk(VECTOR, VECTOR)
quantile(VECTOR)
count_values(1, VECTOR)
count_values("a b\\xff", VECTOR)
VECTOR on (job) VECTOR
SCALAR + on (job) SCALAR
VECTOR + on (job) group_left (job) VECTOR
(VECTOR) offset 5m
(VECTOR)[5m]
MATRIX[5m]
up offset
up[0s]
up[5]x
up[5m:0s]
up @ 1 @ 2
up offset 1m offset 2m
up @ -Inf
up @ NaN
label_replace(VECTOR, "a b", "$1", "job", "(.*)")
label_replace(VECTOR, "x", "$1", "job", "(")
label_join(VECTOR, "1x\\xff", "-")
round(VECTOR, VECTOR)
sum by job (VECTOR)
sum by (job,,) (VECTOR)
"text" + 1
abs("text") + VECTOR
up{job=api}
up{job='api}
up{'job'}
up{__name__="up"}
1 2
# nothing
abs(VECTOR[5m] smoothed)
changes(up[5m] smoothed)
up smoothed anchored
99999999999999y
up[1000y]
1e
0x
limitk(1, VECTOR)
max_of(SCALAR, 1)
VECTOR + fill (0) VECTOR
mad_over_time(MATRIX)
""".strip().split("\n")


def _wrong(grammar: Grammar) -> str:
    """An expression with something wrong: a type, a number of arguments, a piece too many, or one that is missing.

    Some of the last two kinds are right all the same; what matters is that both say the same of them.
    """
    text = str(grammar.one((*_WRONG, *["VECTOR"] * len(_WRONG))))
    made = {"VECTOR": grammar.vector(1), "SCALAR": grammar.scalar(1), "MATRIX": grammar.matrix(0)}
    wrong = text.replace("VECTOR", made["VECTOR"]).replace("SCALAR", made["SCALAR"]).replace("MATRIX", made["MATRIX"])
    if text != "VECTOR":
        return wrong
    place = grammar.one(range(len(wrong)))
    piece = grammar.one(("", "", "(", ")", "[", "]", "{", "}", ",", "by ", "5", "@ ", '"', "-", "~"))
    return wrong[:place] + str(piece) + wrong[place + (not piece) :]


@st.composite
def asked(draw: Draw, words: Vocabulary, *, depth: int = 4, experimental: bool = False) -> Asked:
    """An expression with when to ask it; one of twelve is wrong."""
    grammar = Grammar(draw, words, experimental=experimental)
    kind = grammar.one(range(36))
    ordered = kind in (3, 4, 5)
    if kind < 3:
        text = _wrong(grammar)
    elif ordered:
        text = grammar.ordered(2)
    elif kind == 6:
        text = grammar.scalar(3)
    elif kind == 7:
        text = grammar.matrix(2)
    else:
        text = grammar.vector(grammar.one(range(1, depth + 1)))
    moment = words.start + grammar.one(range(0, words.length + 450_000, 15_000)) + grammar.one((0, 0, 777))
    step = grammar.one(_STEPS)
    start = words.start + grammar.one(range(-300_000, words.length, 15_000)) + grammar.one((0, 0, 250))
    return Asked(text, moment, (start, start + step * grammar.one((0, 1, 4, 9, 15, 30)), step), ordered)


def drawn(words: Vocabulary, count: int, number: int, *, experimental: bool = False) -> list[Asked]:
    """So many different expressions; `number` is the seed, the same one gives the same expressions.

    Drawn a few at a time: from then on, hypothesis would change what it has drawn, and repeat itself.
    """
    found: dict[str, Asked] = {}
    rounds = 0
    while len(found) < count:
        _draw(found, asked(words, experimental=experimental), number * 1_000_000 + rounds)
        rounds += 1
        assert rounds < count, f"only {len(found)} different expressions"
    return list(found.values())[:count]


def _draw(found: dict[str, Asked], strategy: st.SearchStrategy[Asked], number: int) -> None:
    @seed(number)
    @settings(
        max_examples=_AT_ONCE,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(strategy)
    def draw(one: Asked) -> None:
        found.setdefault(one.text, one)

    draw()
