"""PromQL of Prometheus 3 over numpy columns. See docs/promql.md.

storage = Storage([Series({"__name__": "up", "job": "api"}, times, values)])
result = evaluate(storage, "sum(up)", start=1_700_000_000_000)

Who only parses does not wait for numpy: what needs it is imported when it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from diagflow.promql.errors import ParseError, PromQLError, TimedOut, TooManySamples, Unsupported
from diagflow.promql.parse import parse

if TYPE_CHECKING:
    from diagflow.promql.evaluation import evaluate
    from diagflow.promql.histogram import Histogram
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

_LATE: Final = {
    "evaluate": "evaluation",
    "Histogram": "histogram",
    "Result": "result",
    "Row": "result",
    "STALE_NAN": "storage",
    "Series": "storage",
    "Storage": "storage",
}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
    globals()[name] = value
    return value
