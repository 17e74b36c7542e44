"""Results as the HTTP API of Prometheus has them (`web/api/v1`)."""

from collections.abc import Mapping
from typing import Any

from diagflow.promql.histogram import Bucket, Histogram
from diagflow.promql.numbers import plain
from diagflow.promql.result import Result, Row


def as_api(result: Result) -> dict[str, Any]:
    """Return the answer of the API to a query."""
    data: Any
    if result.kind == "string":
        data = [0, result.text]
    elif result.kind == "scalar":
        data = _point(*next(iter(result.rows[0].samples())))
    else:
        data = [_series(row, result.kind) for row in result.rows]
    answer: dict[str, Any] = {"status": "success", "data": {"resultType": result.kind, "result": data}}
    if result.warnings:
        answer["warnings"] = list(result.warnings)
    if result.infos:
        answer["infos"] = list(result.infos)
    return answer


def _series(row: Row, kind: str) -> Mapping[str, Any]:
    if kind == "vector":
        time, value = next(row.samples())
        key = "histogram" if isinstance(value, Histogram) else "value"
        return {"metric": dict(row.labels), key: _point(time, value)}
    found: dict[str, Any] = {"metric": dict(row.labels)}
    if len(row.times):
        found["values"] = [_point(time, value) for time, value in row.samples() if not isinstance(value, Histogram)]
    if row.histograms:
        found["histograms"] = [_point(time, value) for time, value in row.samples() if isinstance(value, Histogram)]
    return found


def _point(time: int, value: float | Histogram) -> list[Any]:
    seconds = time // 1000 if time % 1000 == 0 else time / 1000
    return [seconds, _histogram(value) if isinstance(value, Histogram) else plain(value)]


def _histogram(one: Histogram) -> Mapping[str, Any]:
    found: dict[str, Any] = {"count": plain(one.count), "sum": plain(one.sum)}
    buckets = [_bucket(bucket) for bucket in one.all_buckets() if bucket.count != 0]
    if buckets:
        found["buckets"] = buckets
    return found


def _bucket(bucket: Bucket) -> list[Any]:
    """Return which ends belong to it (0 the upper, 1 the lower, 2 none, 3 both), the ends and the count."""
    ends = {(False, True): 0, (True, False): 1, (False, False): 2, (True, True): 3}
    kind = ends[bucket.lower_inclusive, bucket.upper_inclusive]
    return [kind, plain(bucket.lower), plain(bucket.upper), plain(bucket.count)]
