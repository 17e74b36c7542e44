"""PromQL of Prometheus 3 over numpy columns. See docs/promql.md.

storage = Storage([Series({"__name__": "up", "job": "api"}, times, values)])
result = evaluate(storage, "sum(up)", start=1_700_000_000_000)
"""

from diagflow.promql.errors import ParseError, PromQLError, TimedOut, TooManySamples, Unsupported
from diagflow.promql.evaluate import evaluate
from diagflow.promql.histogram import Histogram
from diagflow.promql.parse import parse
from diagflow.promql.result import Result, Row
from diagflow.promql.storage import STALE_NAN, Series, Storage

__all__ = [
    "STALE_NAN",
    "Histogram",
    "ParseError",
    "PromQLError",
    "Result",
    "Row",
    "Series",
    "Storage",
    "TimedOut",
    "TooManySamples",
    "Unsupported",
    "evaluate",
    "parse",
]
