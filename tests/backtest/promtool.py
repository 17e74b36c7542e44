"""What `promtool test rules` reads: series on a grid, and what ours expects at every evaluation."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import yaml

from diagflow.backtest.alertstates import states
from diagflow.backtest.promrules import RuleRun, labels_written
from diagflow.promql import Series
from diagflow.promql.context import Steps
from diagflow.promql.frame import show
from diagflow.promql.storage import is_stale

SCRAPE = 60_000
_FOR_STATE = "ALERTS_FOR_STATE"


def test_file(runs: Sequence[RuleRun], series: Sequence[Series], steps: Steps, order: Sequence[str]) -> dict[str, Any]:
    """A test that expects what `runs` gave."""
    start = steps.start
    return {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": _duration(steps.interval),
        "group_eval_order": list(order),
        "fuzzy_compare": True,
        "tests": [
            {
                "interval": _duration(SCRAPE),
                "start_timestamp": str(start // 1000),
                "input_series": [{"series": metric(one.labels), "values": values(one, start)} for one in series],
                "alert_rule_test": [test for at in range(len(steps)) for test in _alerts(runs, steps, at)],
                "promql_expr_test": [test for at in range(len(steps)) for test in _series(runs, steps, at)],
            }
        ],
    }


test_file.__test__ = False  # type: ignore[attr-defined]  # its name is no test's


def written(test: dict[str, Any]) -> str:
    return str(yaml.dump(test, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), sort_keys=False))


def metric(labels: Any) -> str:
    """A series as PromQL names it."""
    rest = {name: value for name, value in labels.items() if name != "__name__"}
    return str(labels.get("__name__", "")) + show(rest).replace(", ", ",")


def values(one: Series, start: int) -> str:
    """The samples of a series in promtool's notation, a gap where a scrape is missing."""
    slots = ["_"] * (int(one.times[-1] - start) // SCRAPE + 1) if len(one.times) else []
    for time, value, stale in zip(one.times.tolist(), one.values.tolist(), is_stale(one.values).tolist(), strict=True):
        slots[(time - start) // SCRAPE] = "stale" if stale else number(value)
    return " ".join(slots)


def number(value: float) -> str:
    return "NaN" if math.isnan(value) else repr(value).replace("inf", "Inf")


def _duration(milliseconds: int) -> str:
    return f"{milliseconds // 1000}s"


def _alerts(runs: Sequence[RuleRun], steps: Steps, at: int) -> Iterator[dict[str, Any]]:
    """What fires at a step, by the alert's name; that nothing does is expected too."""
    firing: dict[str, list[Any]] = {}
    for run in runs:
        if not run.rule.alerts or run.found is None:
            continue
        alerts = firing.setdefault(run.rule.name, [])
        _, fires = states(run.lives, run.found)
        for row in np.flatnonzero(fires[:, at]).tolist():
            labels = {name: value for name, value in run.found.labels[row].items() if name != "alertname"}
            alerts.append({"exp_labels": labels})
    when = _duration(at * steps.interval)
    yield from ({"eval_time": when, "alertname": name, "exp_alerts": found} for name, found in firing.items())


def _series(runs: Sequence[RuleRun], steps: Steps, at: int) -> Iterator[dict[str, Any]]:
    """What `ALERTS`, `ALERTS_FOR_STATE` and what is recorded have at a step."""
    expected: dict[str, list[Any]] = {"ALERTS": [], _FOR_STATE: []}
    for run in runs:
        if run.found is None or run.group.offset:
            continue
        if not run.rule.alerts:
            rows = np.flatnonzero(run.found.present[:, at]).tolist()
            found = [(run.found.labels[row], float(run.found.values[row, at])) for row in rows]
            expected.setdefault(run.rule.name, []).extend(_sample(labels, value) for labels, value in found)
            continue
        written_labels = labels_written(run)
        for life in run.lives:
            if life.pending <= at < life.ended:
                own = written_labels[life.row]
                fires = life.fired is not None and life.fired <= at
                state = {**own, "__name__": "ALERTS", "alertstate": "firing" if fires else "pending"}
                expected["ALERTS"].append(_sample(state, 1.0))
                since = int(steps.times[life.pending]) // 1000
                expected[_FOR_STATE].append(_sample({**own, "__name__": _FOR_STATE}, float(since)))
    when = _duration(at * steps.interval)
    for name, samples in expected.items():
        offset = ' unless {alertname="Late"}' if name.startswith("ALERTS") else ""
        # promtool holds no NaN for the same as another: those are counted only.
        told = [one for one in samples if not math.isnan(one["value"])]
        yield {"expr": f"{name} == {name}{offset}", "eval_time": when, "exp_samples": told}
        count = [{"labels": "{}", "value": len(samples)}] if samples else []
        yield {"expr": f"count({name}{offset})", "eval_time": when, "exp_samples": count}


def _sample(labels: Any, value: float) -> dict[str, Any]:
    return {"labels": metric(labels), "value": value}
