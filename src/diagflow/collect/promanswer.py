"""What Prometheus answers, as data, states and details.

https://prometheus.io/docs/prometheus/latest/querying/api/
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import msgspec

from diagflow.collect.lenient import decode, one_line
from diagflow.collect.refusals import grant
from diagflow.collect.web import Answer
from diagflow.model import State
from diagflow.model.typed import from_json

_REDIRECTS: Final = range(300, 400)
_PROXY: Final = 'resource "services/proxy"'
_NOTES: Final = ("PromQL warning", "PromQL info")  # about the expression; other warnings say that data is missing


class _Series(msgspec.Struct):
    metric: dict[str, str] = {}
    value: tuple[float, str] | None = None
    values: list[tuple[float, str]] | None = None
    histogram: Any = None
    histograms: Any = None


_LISTED: Final[Any] = list[_Series] | None


class _Data(msgspec.Struct):
    resultType: str = ""  # noqa: N815  # as it is printed
    result: msgspec.Raw = msgspec.Raw(b"null")


class _Body(msgspec.Struct):
    status: str
    data: _Data | None = None
    errorType: str = ""  # noqa: N815
    error: str = ""
    warnings: list[str] = []
    infos: list[str] = []


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one expression.

    Attributes:
        state: `data`, `empty`, `forbidden` or `error`.
        data: `[{"labels", "value", "time"}]`, for a range `[{"labels", "values": [[time, value]]}]`, sorted by labels;
            NaN and infinities are floats as any other. Of a question for series, a `SeriesBlock`.
        detail: warnings, or why there is no data.
        complete: False when Prometheus says that data is missing.
    """

    state: State
    data: Any = None
    detail: str = ""
    complete: bool = True


def result_of(answer: Answer, shown: str) -> Result:
    """Return what an answer of `/query` or `/query_range` means; `shown` names the server."""
    body = decode(answer.body, _Body)
    if body is None or body.status not in ("success", "error"):
        return _not_prometheus(answer, shown)
    if body.status != "success" or not answer.ok:
        return Result(State.ERROR, detail=_complaint(answer, body, shown))
    try:
        data, left_out = _series(body.data or _Data())
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as e:
        return Result(State.ERROR, detail=f"{shown} sent a result that cannot be read: {one_line(str(e))}")
    missing = missing_of(body.warnings)
    notes = [f"{left_out:,} series of native histograms are left out"] if left_out else []
    detail = "; ".join(one_line(text) for text in (*notes, *body.warnings, *body.infos))
    state = State.DATA if data or left_out else State.EMPTY
    return Result(state, data, detail, complete=not missing and not left_out)


def missing_of(warnings: list[str]) -> list[str]:
    """Return the warnings that say that data is missing."""
    return [warning for warning in warnings if not warning.startswith(_NOTES)]


def _series(data: _Data) -> tuple[list[dict[str, Any]], int]:
    """Return the series sorted by labels, and how many have values that we do not understand."""
    if data.resultType == "scalar":
        time, value = from_json(data.result, tuple[float, str])
        return [{"labels": {}, "value": float(value), "time": time}], 0
    if data.resultType not in ("vector", "matrix"):
        raise ValueError(f"a result of type {data.resultType or '(none)'}")
    series: list[_Series] = from_json(data.result, _LISTED) or []
    plain = [_plain(one) for one in series if one.value is not None or one.values is not None]
    plain.sort(key=lambda one: sorted(one["labels"].items()))
    whole = [one for one in series if one.histogram is None and one.histograms is None]
    understood = sum(one.value is not None or one.values is not None for one in whole)
    return plain, len(series) - understood


def _plain(series: _Series) -> dict[str, Any]:
    if series.value is not None:
        time, value = series.value
        return {"labels": series.metric, "value": float(value), "time": time}
    return {"labels": series.metric, "values": [[time, float(value)] for time, value in series.values or ()]}


def _complaint(answer: Answer, body: _Body, shown: str) -> str:
    said = one_line(body.error) or f"status {answer.status}"
    match body.errorType:
        case "bad_data":
            return f"{shown} does not understand the expression: {said}"
        case "execution":
            return f"{shown} could not evaluate the expression: {said}"
        case "timeout" | "canceled":
            return f"{shown} gave up on the expression: {said}"
        case kind:
            return f"{shown} answered with an error ({kind or answer.status}): {said}"


def _not_prometheus(answer: Answer, shown: str) -> Result:
    """Say what stands between us and Prometheus' API: a login page, a gateway, a half body."""
    status = answer.status
    if status == HTTPStatus.UNAUTHORIZED:
        return Result(State.ERROR, detail=f"{shown} wants other credentials (401): set PROMETHEUS_TOKEN or the like")
    if status == HTTPStatus.FORBIDDEN:
        return Result(
            State.FORBIDDEN, detail=f"{shown} does not let us ask (403){_said(answer)}{_right_to_pass(answer)}"
        )
    if status in _REDIRECTS:
        target = one_line(answer.headers.get("location", "")).partition("?")[0] or "another place"
        return Result(State.ERROR, detail=f"{shown} redirects to {target}: is that its right URL, or a login page?")
    if not answer.ok:
        return Result(State.ERROR, detail=f"{shown} answered with status {status}{_said(answer)}")
    if "html" in answer.media_type:
        return Result(State.ERROR, detail=f"{shown} answered with a web page: is it behind a login, or the URL wrong?")
    return Result(State.ERROR, detail=f"{shown} sent {len(answer.body):,} bytes that are no answer of Prometheus")


def _right_to_pass(answer: Answer) -> str:
    """Say what opens the API server's proxy, where it was the API server that refused (and not who is behind it)."""
    if _PROXY not in _said(answer):
        return ""
    return f"; {grant('get', 'services/proxy', '')} allows it, or give --prometheus URL"


class _Message(msgspec.Struct):
    message: str = ""


def _said(answer: Answer) -> str:
    """Return what an API server's proxy, or a gateway, said, if it said it in text."""
    if "html" in answer.media_type:
        return ""
    message = decode(answer.body, _Message)
    said = message.message if message is not None else answer.body.decode("utf-8", "replace")
    return f": {one_line(said)}" if said.strip() else ""
