"""The functions of PromQL: what they take and give, and which are experimental (`promql/parser/functions.go`)."""

from dataclasses import dataclass
from typing import Final

from diagflow.promql.syntax import Kind


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes. `variadic`: 0 exactly these, n up to n - 1 more, -1 any number more."""

    args: tuple[Kind, ...]
    gives: Kind = "vector"
    variadic: int = 0
    experimental: bool = False


_KINDS: Final[dict[str, Kind]] = {"v": "vector", "m": "matrix", "s": "scalar", "t": "string"}


def _table(lines: str) -> dict[str, Signature]:
    found = {}
    for line in lines.split("\n"):
        names, _, rest = line.strip().partition(": ")
        words = rest.split()
        gives: Kind = next((_KINDS[word[1:]] for word in words if word.startswith(">")), "vector")
        variadic = next((int(word[1:]) for word in words if word.startswith("*")), 0)
        args: tuple[Kind, ...] = tuple(_KINDS[letter] for letter in (words[0] if words and words[0].isalpha() else ""))
        for name in names.split():
            found[name] = Signature(args, gives, variadic, "!" in words)
    return found


FUNCTIONS: Final = _table("""\
    abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor ln log10 log2 rad sgn sin sinh sort: v
    sort_desc sqrt tan tanh timestamp histogram_avg histogram_count histogram_stddev histogram_stdvar histogram_sum: v
    absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate: m
    last_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time stdvar_over_time: m
    sum_over_time: m
    days_in_month day_of_month day_of_week day_of_year hour minute month year: v *1
    clamp: vss
    clamp_max clamp_min: vs
    round: vs *1
    histogram_fraction: ssv
    histogram_quantile: sv
    label_replace: vtttt
    label_join: vttt *-1
    predict_linear: ms
    quantile_over_time: sm
    scalar: v >s
    vector: s
    pi time: >s
    end range start step: >s !
    max_of min_of: ss >s !
    histogram_quantiles: vtss *9 !
    double_exponential_smoothing: mss !
    integral: ms *1 !
    mad_over_time ts_of_first_over_time ts_of_max_over_time ts_of_min_over_time ts_of_last_over_time: m !
    sort_by_label sort_by_label_desc: vt *-1 !
    info: vv *1 !
    start_timestamp: v !""")
"""Every function by its name."""

EXPERIMENTAL_AGGREGATORS: Final = frozenset(("limitk", "limit_ratio"))

AT_UNSAFE: Final = frozenset(
    (
        "days_in_month",
        "day_of_month",
        "day_of_week",
        "day_of_year",
        "end",
        "hour",
        "minute",
        "month",
        "year",
        "predict_linear",
        "range",
        "start",
        "step",
        "time",
        "timestamp",
    )
)
"""Functions whose result changes with the time of evaluation alone (`AtModifierUnsafeFunctions`)."""

ANCHORED_SAFE: Final = ("changes", "delta", "increase", "rate", "resets")
SMOOTHED_SAFE: Final = ("delta", "increase", "rate")
"""Functions that may have an `anchored` or a `smoothed` range."""
