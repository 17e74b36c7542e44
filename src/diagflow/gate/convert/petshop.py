"""PetShop: a microservice application of AWS under 16 faults, CloudWatch and X-Ray every five minutes.

An issue has 20 minutes of samples. Beside it lies the normal period of the same traffic, two days that were recorded
months later. A recording holds the last day of it, moved back by whole days to end before the issue: time of day stays
as it was, and there is something to compare with. https://github.com/amazon-science/petshop-root-cause-analysis
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from diagflow.gate.convert import labels
from diagflow.gate.convert.draft import Draft
from diagflow.gate.convert.source import Source
from diagflow.model import Entity

FORM: Final = "corpus PetShop (low_traffic and high_traffic, each with graph.csv, noissue and train)"
_DAY: Final = 86_400
_HEADINGS: Final = ("microservice", "metric", "statistic")
_STEP: Final = 300
_MOST_SAMPLES: Final = 2_000_000
_PARAMETER: Final = re.compile(r"--name '/petstore/(\w+)'")

_Samples = list[tuple[float, str, str, Mapping[str, str]]]


def drafts(source: Source) -> Iterator[Draft]:
    """Yield a recording for each issue, and for each normal period."""
    for traffic in ("high_traffic", "low_traffic"):
        topology = _topology(source, f"{traffic}/graph.csv")
        normal = _samples(source, f"{traffic}/noissue/metrics.csv")
        yield _normal(traffic, normal, topology)
        for name in source.names(f"{traffic}/train/*/target.json"):
            folder = name.removesuffix("/target.json")
            yield _issue(source, folder, normal, topology)


def _normal(traffic: str, samples: _Samples, topology: list[dict[str, str]]) -> Draft:
    end = datetime.fromtimestamp(samples[-1][0], UTC)
    right = labels.healthy(f"PetShop {traffic}: normal operation", f"{traffic}-normal", time=end)
    return Draft(f"{traffic}-normal", right, metrics=samples, topology=topology)


def _issue(source: Source, folder: str, normal: _Samples, topology: list[dict[str, str]]) -> Draft:
    target = source.json(f"{folder}/target.json")
    try:
        violated, root = target["target"], str(target["root_cause"]["node"])
        moment = int(violated["timestamp"])
        alert = _alert({key: str(violated[key]) for key in ("node", "metric", "agg")}, moment)
        command = str(target["metadata"]["reproducibility"]["command"])
    except (KeyError, TypeError, ValueError):
        raise source.wrong(f"{folder}/target.json", "it has no target, root cause or command") from None
    own = _samples(source, f"{folder}/metrics.csv")
    traffic, _, issue = folder.split("/")
    found = _PARAMETER.search(command)
    family = found[1] if found else folder
    entity = str(Entity("service", root))
    said = f"PetShop {traffic} {issue}, made by: {command}; a normal day of the same traffic moved before it"
    end = datetime.fromtimestamp(max(own[-1][0], moment), UTC)
    right = labels.ill(said, family, [{"entity": entity}], time=end)
    samples = [*_before(normal, own[0][0]), *own]
    return Draft(f"{traffic}-{issue}", right, metrics=samples, topology=topology, alert=alert)


def _before(normal: _Samples, start: float) -> _Samples:
    """Return the last day of the normal period, moved by whole days to end before a moment."""
    last = normal[-1][0]
    days = math.ceil((last + _STEP - start) / _DAY)
    return [(t - days * _DAY, *rest) for t, *rest in normal if t > last - _DAY]  # type: ignore[misc]  # the same four


def _alert(violated: Mapping[str, str], moment: int) -> dict[str, Any]:
    starts = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    name = f"{violated['metric']} {violated['agg']}"
    one = {"status": "firing", "labels": {"alertname": name, "service": violated["node"]}, "startsAt": starts}
    return {"version": "4", "status": "firing", "alerts": [one]}


def _topology(source: Source, name: str) -> list[dict[str, str]]:
    """Return the call graph: a row a caller, a column a callee."""
    rows = source.rows(name)
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        raise source.wrong(name, "its rows are of different lengths")
    return [
        {"from": str(Entity("service", row[0])), "to": str(Entity("service", callee)), "relation": "calls"}
        for row in rows[1:]
        for callee, calls in zip(rows[0][1:], row[1:], strict=True)
        if row[0] and callee and calls not in ("", "0", "0.0")
    ]


def _samples(source: Source, name: str) -> _Samples:
    """Return the samples of a table with three rows of headings: service, metric, statistic."""
    rows = source.rows(name)
    if len(rows) < 5 or tuple(row[0] for row in rows[:3] if row) != _HEADINGS:  # noqa: PLR2004  # headings and a sample
        raise source.wrong(name, f"its first rows are not {', '.join(_HEADINGS)}")
    columns = [
        (metric, {"service": service, "statistic": statistic})
        for service, metric, statistic in zip(*(row[1:] for row in rows[:3]), strict=False)
    ]
    found = [one for number, row in enumerate(rows[4:], 5) for one in _row(source, name, number, row, columns)]
    if not found or len(found) > _MOST_SAMPLES:
        raise source.wrong(name, f"it has {len(found):,} samples")
    return sorted(found, key=lambda sample: sample[0])


def _row(
    source: Source, name: str, number: int, row: Sequence[str], columns: Sequence[tuple[str, Mapping[str, str]]]
) -> Iterator[tuple[float, str, str, Mapping[str, str]]]:
    """Yield the samples of a row; an empty cell is none."""
    if len(row) != len(columns) + 1:
        raise source.wrong(name, f"line {number} has {len(row)} cells instead of {len(columns) + 1}")
    try:
        time = float(row[0])
        for text, (metric, about) in zip(row[1:], columns, strict=True):
            if text and not math.isnan(float(text)):
                yield time, metric, text, about
    except ValueError as e:
        raise source.wrong(name, f"line {number}: {e}") from None
