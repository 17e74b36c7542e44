"""Our answer and that of a Prometheus to the same question: what is not the same."""

import math
from collections.abc import Mapping
from typing import Any

from diagflow.promql import PromQLError, Storage, evaluate
from diagflow.promql.apijson import as_api

CLOSE = 1e-9
"""How far values may be apart, relatively."""
_OMITTED = "annotations omitted"
Answer = Mapping[str, Any]


def ours(storage: Storage, expression: str, *times: int, experimental: bool = False) -> Answer:
    """What our evaluator answers, as the API of Prometheus has it."""
    try:
        return as_api(evaluate(storage, expression, *times, experimental=experimental))
    except PromQLError as error:
        return {"status": "error", "error": str(error)}


def difference(mine: Answer, theirs: Answer, *, ordered: bool = False) -> str:
    """What differs between two answers, if anything does."""
    if mine["status"] != theirs["status"]:
        return f"ours {_outcome(mine)}, theirs {_outcome(theirs)}"
    if mine["status"] == "error":
        return ""
    for level in ("warnings", "infos"):
        if what := _notes(set(mine.get(level, ())), set(theirs.get(level, ()))):
            return f"{level}: {what}"
    if mine["data"]["resultType"] != theirs["data"]["resultType"]:
        return f"ours is a {mine['data']['resultType']}, theirs a {theirs['data']['resultType']}"
    return _results(mine["data"], theirs["data"], ordered=ordered)


def _outcome(answer: Answer) -> str:
    return f"refuses it: {answer['error']}" if answer["status"] == "error" else "answers"


def _notes(mine: set[str], theirs: set[str]) -> str:
    """What differs between notes. Prometheus shows ten, and says how many more there are."""
    shown = {text for text in theirs if _OMITTED not in text}
    more = mine - shown if shown == theirs else set()
    if shown <= mine and not more:
        return ""
    return f"ours {sorted(mine - shown)}, theirs {sorted(shown - mine)}"


def _results(mine: Answer, theirs: Answer, *, ordered: bool) -> str:
    kind = theirs["resultType"]
    if kind == "string":
        return "" if mine["result"][1] == theirs["result"][1] else f"ours {mine['result']}, theirs {theirs['result']}"
    if kind == "scalar":
        return _samples([mine["result"]], [theirs["result"]])
    own, other = _by_labels(mine["result"]), _by_labels(theirs["result"])
    if own.keys() != other.keys() or len(own) != len(mine["result"]):
        return f"series: only ours {sorted(own.keys() - other.keys())}, only theirs {sorted(other.keys() - own.keys())}"
    for labels, row in other.items():
        for values in ("values", "histograms", "value", "histogram"):
            left, right = own[labels].get(values, []), row.get(values, [])
            if what := _samples(
                *([side] if values in ("value", "histogram") and side else side for side in (left, right))
            ):
                return f"{dict(labels)}: {what}"
    return _order(mine["result"], theirs["result"]) if ordered and kind == "vector" else ""


def _order(mine: Any, theirs: Any) -> str:
    """Whether values come in the same order; which of equals comes first is nowhere defined."""
    left, right = ([row.get("value") or row["histogram"] for row in rows] for rows in (mine, theirs))
    return f"order: {what}" if (what := _samples(left, right)) else ""


def _by_labels(rows: Any) -> dict[tuple[tuple[str, str], ...], Any]:
    return {tuple(sorted(row["metric"].items())): row for row in rows}


def _samples(mine: Any, theirs: Any) -> str:
    times = [round(float(at) * 1000) for at, _ in mine], [round(float(at) * 1000) for at, _ in theirs]
    if times[0] != times[1]:
        return f"ours at {sorted(set(times[0]) - set(times[1]))}, theirs at {sorted(set(times[1]) - set(times[0]))}"
    for (at, value), (_, wanted) in zip(mine, theirs, strict=True):
        if not (_histograms if isinstance(wanted, dict) else same)(value, wanted):
            return f"at {at}: ours {value}, theirs {wanted}"
    return ""


def _histograms(mine: Any, theirs: Any) -> bool:
    """Whether count, sum and all buckets with something in them are the same."""
    left, right = mine.get("buckets", ()), theirs.get("buckets", ())
    return (
        isinstance(mine, dict)
        and same(mine["count"], theirs["count"])
        and same(mine["sum"], theirs["sum"])
        and len(left) == len(right)
        and all(
            one[0] == other[0] and all(map(same, one[1:], other[1:])) for one, other in zip(left, right, strict=True)
        )
    )


def same(mine: Any, theirs: Any) -> bool:
    """Whether two numbers are the same."""
    if isinstance(mine, dict):
        return False
    one, other = float(mine), float(theirs)
    return math.isclose(one, other, rel_tol=CLOSE) or (math.isnan(one) and math.isnan(other))
