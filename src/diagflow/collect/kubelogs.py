"""Logs of one container: the last lines, as text, and what it means when there are none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final

from diagflow.collect.kubeapi import Api, Refused, require_params
from diagflow.collect.kubeobjects import NAME
from diagflow.collect.lenient import one_line
from diagflow.collect.refusals import status_of
from diagflow.collect.web import Answer
from diagflow.model import Coverage, Query, Reading, State, Want

DEFAULT_TAIL: Final = 200
MAX_TAIL: Final = 100_000
LIMIT: Final = 256 << 10
"""Bytes; a kubelet counts them from the oldest of the lines asked for, so reaching the limit loses the newest ones."""

FEW: Final = 20
"""Lines that are asked for when more of them reach the limit: the newest say why a container died."""

# The kubelet says so in the log itself, with status 200.
_LOST: Final = ("unable to retrieve container logs for ", "failed to try resolving symlinks in path ")
_NO_LOG_YET: Final = ("not found", "waiting to start", "is not available", "is terminated", "does not have a host")


@dataclass(frozen=True, slots=True)
class _Lines:
    """What became of reading a log: its text or why there is none, and whether lines were cut off."""

    state: State
    text: str = ""
    detail: str = ""
    complete: bool = True


def read_log(api: Api, want: Want, deadline: float) -> Reading:
    """Read the last lines of `log:namespace/pod/container`, `tail` of them, of the previous run if `previous=true`.

    Raises:
        WebError: no answer came.
        Refused: the server refused, or the query names no container.
    """
    query = want.query
    require_params(query, {"previous", "tail"})
    parts = query.target.split("/")
    if len(parts) != 3 or not all(NAME.fullmatch(p) for p in parts):  # noqa: PLR2004  # namespace, pod, container
        raise Refused(State.ABSENT, "Kubernetes keeps logs of containers only: log:NAMESPACE/POD/CONTAINER")
    lines = _tail(query)
    found = _lines(api, query, parts, lines, deadline)
    if not found.complete and lines > FEW:
        newest = _lines(api, query, parts, FEW, deadline)
        found = replace(newest, complete=False, detail=f"only the last {FEW} lines: more exceed {LIMIT >> 10} KiB")
    coverage = Coverage(complete=found.complete)
    return api.reading(query, found.state, data=found.text, detail=found.detail, coverage=coverage)


def _lines(api: Api, query: Query, parts: Sequence[str], lines: int, deadline: float) -> _Lines:
    namespace, pod, container = parts
    params = {"container": container, "tailLines": str(lines), "limitBytes": str(LIMIT)}
    if query.param("previous") == "true":
        params["previous"] = "true"
    answer = api.get(f"/api/v1/namespaces/{namespace}/pods/{pod}/log", deadline, params=params, accept="*/*")
    if answer.ok:
        return _text(answer.body)
    none = _no_log(answer, container)
    if none is None:
        raise api.refused(answer, verb="get", resource="pods/log", where=f"in namespace {namespace}")
    return none


def _no_log(answer: Answer, container: str) -> _Lines | None:
    """Return what an error status means when it means that there is nothing to read, else None."""
    status = status_of(answer)
    said = one_line(status.message)
    if answer.status == HTTPStatus.NOT_FOUND:
        if status.details is not None and status.details.kind == "pods":
            return _Lines(State.EMPTY, detail=said or "there is no such pod")
        return _Lines(State.ABSENT, detail="the kubelet of the pod's node serves no logs (404)")
    if answer.status != HTTPStatus.BAD_REQUEST:
        return None
    if "is not valid for pod" in said:
        return _Lines(State.ABSENT, detail=f"the pod has no container {container}")
    return _Lines(State.EMPTY, detail=said) if any(words in said for words in _NO_LOG_YET) else None


def _text(body: bytearray) -> _Lines:
    text = body.decode("utf-8", "replace")
    if text.startswith(_LOST) and "\n" not in text.strip():
        return _Lines(State.EMPTY, detail=one_line(text))
    if len(body) >= LIMIT:
        return _Lines(State.DATA, text, f"only the first {LIMIT >> 10} KiB of the lines asked for", complete=False)
    return _Lines(State.DATA, text) if text else _Lines(State.EMPTY, detail="the log is empty")


def _tail(query: Query) -> int:
    text = query.param("tail")
    digits = text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004  # more is no number of lines
    return min(int(text), MAX_TAIL) if digits else DEFAULT_TAIL
