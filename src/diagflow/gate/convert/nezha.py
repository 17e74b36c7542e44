"""Nezha's Online Boutique: 56 faults on two days; metrics of pods each minute, and spans of the minutes around a fault.

A recording is the half hour before a fault and the three minutes after it. Earlier faults, eight minutes apart, lie in
it: that is what a shop with faults looks like. The time of a fault is `inject_time`, in UTC; `inject_timestamp` is off
by eight hours.

How a fault was noticed is not said. There is one service that is measured as its users see it, the front end; the alert
is about that, from the moment of the fault on, which published methods are given too. It says nothing of what was seen
there: no threshold was published, and not every fault shows. https://github.com/IntelligentDDS/Nezha
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from diagflow.gate.convert import labels
from diagflow.gate.convert.draft import Draft
from diagflow.gate.convert.source import Source
from diagflow.model import BadInput, Entity

FORM: Final = "corpus Nezha (a folder for each day with its fault_list.json, metric and spans.parquet)"
_BEFORE: Final = 1_800
_AFTER: Final = 180
_NAMES: Final = {
    "CpuUsage(m)": "pod_cpu_usage_millicores",
    "CpuUsageRate(%)": "pod_cpu_usage_percent",
    "MemoryUsage(Mi)": "pod_memory_usage_mebibytes",
    "MemoryUsageRate(%)": "pod_memory_usage_percent",
    "SyscallRead": "pod_syscall_read",
    "SyscallWrite": "pod_syscall_write",
    "NetworkReceiveBytes": "pod_network_receive_bytes",
    "NetworkTransmitBytes": "pod_network_transmit_bytes",
    "PodClientLatencyP90(s)": "pod_client_latency_p90_seconds",
    "PodServerLatencyP90(s)": "pod_server_latency_p90_seconds",
    "PodClientLatencyP95(s)": "pod_client_latency_p95_seconds",
    "PodServerLatencyP95(s)": "pod_server_latency_p95_seconds",
    "PodClientLatencyP99(s)": "pod_client_latency_p99_seconds",
    "PodServerLatencyP99(s)": "pod_server_latency_p99_seconds",
    "PodWorkload(Ops)": "pod_workload_operations",
    "PodSuccessRate(%)": "pod_success_percent",
    "NodeCpuUsageRate(%)": "node_cpu_usage_percent",
    "NodeMemoryUsageRate(%)": "node_memory_usage_percent",
    "NodeNetworkReceiveBytes": "node_network_receive_bytes",
    "SuccessRate(%)": "service_success_percent",
    "LatencyP50(s)": "service_latency_p50_seconds",
    "LatencyP90(s)": "service_latency_p90_seconds",
    "LatencyP95(s)": "service_latency_p95_seconds",
    "LatencyP99(s)": "service_latency_p99_seconds",
}
"""Our names of their columns."""

_POD: Final = re.compile(r"(?P<service>[a-z][a-z0-9-]*?)-[a-f0-9]{6,10}-[a-z0-9]{5}")
_ADDRESS: Final = re.compile(r"[0-9.]+")
_MOST_FAULTS: Final = 1_000
_MOST_SPANS: Final = 10_000_000
_COLUMNS: Final = ("trace", "span", "parent", "PodName", "OperationName", "StartTimeUnixNano", "Duration")

_Sample = tuple[float, str, str, Mapping[str, str]]


def drafts(source: Source) -> Iterator[Draft]:
    """Yield a recording for each fault of each day."""
    for name in source.names("*/*-fault_list.json"):
        day = name.partition("/")[0]
        metrics = _metrics(source, day)
        front = _front(source, f"{day}/metric/front_service.csv")
        topology = _topology(source, f"{day}/metric/dependency.csv")
        spans = _Spans(source, f"{day}/spans.parquet")
        for moment, pod, kind in _faults(source, name):
            yield replace(_draft(moment, pod, kind, metrics, topology, spans), alert=_alert(front, moment))


def _faults(source: Source, name: str) -> list[tuple[datetime, str, str]]:
    """Return time, pod and kind of each fault."""
    by_hour = source.json(name)
    try:
        found = [
            (
                datetime.strptime(one["inject_time"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC),
                str(one["inject_pod"]),
                str(one["inject_type"]),
            )
            for hour in by_hour.values()
            for one in hour
        ]
    except (AttributeError, KeyError, TypeError, ValueError) as e:
        raise source.wrong(name, f"it lists no faults with inject_time, inject_pod and inject_type ({e})") from None
    wrong = [pod for _, pod, kind in found if not _POD.fullmatch(pod) or not re.fullmatch(r"\w+", kind)]
    if wrong or len(found) > _MOST_FAULTS:
        raise source.wrong(name, f"{wrong[0]!r} is no pod of a deployment" if wrong else "it has too many faults")
    return sorted(found)


def _draft(
    moment: datetime,
    pod: str,
    kind: str,
    metrics: Sequence[_Sample],
    topology: list[dict[str, str]],
    spans: "_Spans",
) -> Draft:
    start, end = moment.timestamp() - _BEFORE, moment.timestamp() + _AFTER
    service = _service(pod)
    said = (
        f"Nezha Online Boutique: {kind} injected into {pod} at {moment:%Y-%m-%d %H:%M:%S} UTC; who noticed is not said"
    )
    right = labels.ill(said, f"{service}-{kind}", [{"entity": f"pod/{pod}"}], time=datetime.fromtimestamp(end, UTC))
    cut = [sample for sample in metrics if start <= sample[0] <= end]
    name = f"{moment:%m%d-%H%M}-{service}-{kind}"
    files = {"spans.parquet": spans.between(start, end)}
    return Draft(name, right, metrics=cut, topology=topology, files=files)


def _front(source: Source, name: str) -> str:
    """Return the service that is measured as its users see it, as the calls have it."""
    header, *rows = source.rows(name) or [[]]
    if "ServiceName" not in header:
        raise source.wrong(name, "it has no columns TimeStamp and ServiceName")
    column = header.index("ServiceName")
    found = {row[column].lower() for row in rows if len(row) > column}
    if len(found) != 1:
        raise source.wrong(name, f"it is about {len(found)} services: {', '.join(sorted(found)) or 'it has no row'}")
    return found.pop()


def _alert(service: str, moment: datetime) -> dict[str, Any]:
    about = {"alertname": "fault behind the front end", "service": service}
    one = {"status": "firing", "labels": about, "startsAt": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}
    return {"version": "4", "status": "firing", "alerts": [one]}


def _service(pod: str) -> str:
    found = _POD.fullmatch(pod)
    return found["service"] if found else pod


def _metrics(source: Source, day: str) -> list[_Sample]:
    """Return the samples of all pods, and of the front end as its users see it."""
    found: list[_Sample] = []
    for name in source.names(f"{day}/metric/*_metric.csv"):
        found += _table(source, name, "PodName")
    if not found:
        raise source.wrong(f"{day}/metric", "there is no POD_metric.csv")
    return found + _table(source, f"{day}/metric/front_service.csv", "ServiceName")


def _table(source: Source, name: str, about: str) -> list[_Sample]:
    header, *rows = source.rows(name) or [[]]
    if not {"TimeStamp", about} <= set(header):
        raise source.wrong(name, f"it has no columns TimeStamp and {about}")
    columns = [(i, _NAMES[h]) for i, h in enumerate(header) if h in _NAMES]
    time, subject = header.index("TimeStamp"), header.index(about)
    found: list[_Sample] = []
    for number, row in enumerate(rows, 2):
        try:
            moment, whose = float(row[time]), _labels(about, row[subject])
            found += [(moment, metric, str(float(row[i])), whose) for i, metric in columns if row[i]]
        except (ValueError, IndexError):
            raise source.wrong(name, f"line {number} is no row of samples") from None
    return found


@lru_cache(maxsize=1024)
def _labels(about: str, name: str) -> Mapping[str, str]:
    return {"pod": name, "service": _service(name)} if about == "PodName" else {"service": name.lower()}


def _topology(source: Source, name: str) -> list[dict[str, str]]:
    """Return who calls whom, and which service runs on which node: dependency.csv holds both."""
    header, *rows = source.rows(name) or [[]]
    if header[:2] != ["Source", "Target"] or any(len(row) < 2 for row in rows):  # noqa: PLR2004  # both
        raise source.wrong(name, "it has no columns Source and Target")
    return [_relation(row[0], row[1]) for row in rows if row[0] and row[1]]


def _relation(caller: str, target: str) -> dict[str, str]:
    at_node = _ADDRESS.fullmatch(target)
    to = Entity("node", target) if at_node else Entity("service", target)
    return {"from": str(Entity("service", caller)), "to": str(to), "relation": "runs_on" if at_node else "calls"}


class _Spans:
    """The spans of a day, of which windows are cut out."""

    def __init__(self, source: Source, name: str) -> None:
        self._path: Path = source.path(name)
        self._arrow, self._compute, self._parquet = _pyarrow(self._path)
        try:
            if self._parquet.ParquetFile(self._path).metadata.num_rows > _MOST_SPANS:
                raise source.wrong(name, f"it has more than {_MOST_SPANS:,} spans")
            self._table = self._parquet.read_table(self._path, columns=list(_COLUMNS))
            self._start = self._compute.divide(self._table["StartTimeUnixNano"], 1000)
        except (OSError, KeyError, self._arrow.ArrowException) as e:
            raise source.wrong(name, f"it cannot be read ({e})") from None

    def between(self, start: float, end: float) -> bytes:
        """Return the spans that start in a window, in the columns of an incident folder."""
        pc = self._compute
        inside = pc.and_(pc.greater_equal(self._start, int(start * 1e6)), pc.less_equal(self._start, int(end * 1e6)))
        cut, begins = self._table.filter(inside), self._start.filter(inside)
        pods = cut["PodName"].to_pylist()
        columns: dict[str, Any] = {name: cut[name] for name in ("trace", "span", "parent")}
        columns |= {
            "service": self._arrow.array([_service(pod) for pod in pods], self._arrow.string()),
            "operation": cut["OperationName"],
            "start": begins,
            "duration": cut["Duration"],
            "pod": cut["PodName"],
        }
        out = io.BytesIO()
        self._parquet.write_table(self._arrow.table(columns), out, compression="zstd")
        return out.getvalue()


def _pyarrow(path: Path) -> tuple[Any, Any, Any]:
    try:
        import pyarrow  # noqa: PLC0415, ICN001  # an extra
        from pyarrow import compute, parquet  # noqa: PLC0415
    except ImportError:
        raise BadInput(f"{path}: reading Parquet needs pyarrow: pip install 'diagflow[parquet]'") from None
    return pyarrow, compute, parquet
