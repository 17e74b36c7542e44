"""Backtests beside `promtool test rules`: the same series and rules, every alert and series at every evaluation.

promtool evaluates rules as Prometheus' own server does. It says nothing of what came, only whether what a test expects
did; so each test expects what ours gave: alerts that fire, `ALERTS` (pending ones too), `ALERTS_FOR_STATE` (since
when), and what recording rules recorded. The seeds are fixed, DIAGFLOW_PROMQL_SEED sets others.
"""

import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from bench._alerts import rule_file
from bench._alertseries import START, AlertSeries
from lab import paths
from tests.backtest import promtool
from tests.lab.conftest import LIVE

from diagflow.backtest.alertstates import states
from diagflow.backtest.promrules import Clock, PromRules, RuleRun
from diagflow.backtest.rulefile import read_rule_file
from diagflow.promql import Series, Storage
from diagflow.promql.context import Steps

pytestmark = LIVE
SEED = int(os.environ.get("DIAGFLOW_PROMQL_SEED", "1"))
STEP = 60_000
CHAINED: dict[str, Any] = {
    "groups": [
        {
            "name": "behind",
            "rules": [
                {"alert": "ReadsLater", "expr": "later > 0", "for": "2m"},
                {"record": "later", "expr": 'sum by (job) (up{job="kubelet"}) == 2'},
                {"record": "itself", "expr": "(itself or vector(0)) + 1"},
                {"alert": "Often", "expr": 'count(ALERTS{alertname="Often"} or ALERTS{alertname="ReadsLater"}) > 0'},
                {"record": "steady", "expr": "vector(1) and on () up{job='apiserver'}", "labels": {"of": "api"}},
                {"alert": "Steady", "expr": "steady offset 2m > 0 unless steady"},
            ],
        },
        {"name": "back", "query_offset": "3m", "rules": [{"alert": "Late", "expr": "up == 0", "for": "2m"}]},
        {
            "name": "ends",
            "rules": [{"alert": "Pinned", "expr": "up == 0 and on (instance) up @ start() == 0"}],
        },
    ]
}


def evaluated(folder: Path, rules: dict[str, Any], series: list[Series], steps: Steps) -> list[RuleRun]:
    (folder / "rules.yaml").write_text(yaml.safe_dump(rules, sort_keys=False))
    groups, problems = read_rule_file(folder / "rules.yaml")
    assert problems == []
    return PromRules(groups).on(Storage(series), Clock(lambda _: steps, STEP))


def compared(folder: Path, runs: list[RuleRun], series: list[Series], steps: Steps) -> Counter[str]:
    """How many alerts were seen in which state; fails where promtool sees another one."""
    order = [run.group.name for run in runs]
    test = promtool.test_file(runs, series, steps, list(dict.fromkeys(order)))
    (folder / "test.yaml").write_text(promtool.written(test))
    command = [str(paths.cache().bin / "promtool"), "test", "rules", str(folder / "test.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, (done.stderr + done.stdout)[:4000]
    seen: Counter[str] = Counter()
    for run in runs:
        if run.rule.alerts and run.found:
            pending, firing = states(run.lives, run.found)
            seen += Counter(pending=int(pending.sum()), firing=int(firing.sum()), rules=int(bool(firing.any())))
    return seen


@pytest.fixture(scope="module", autouse=True)
def _promtool() -> None:
    if not (paths.cache().bin / "promtool").exists():
        pytest.fail("promtool is not there: run `python -m lab build`")


@pytest.mark.parametrize("seed", range(SEED, SEED + 2))
def test_rules_of_the_mixin(tmp_path: Path, seed: int) -> None:
    series = AlertSeries(seed=seed, steps=300, quiet=0.4).series()
    steps = Steps(START, START + 299 * STEP, STEP)
    runs = evaluated(tmp_path, rule_file(), series, steps)
    failed = {run.rule.name: run.found.errors for run in runs if run.found and run.found.errors}
    assert failed == {}
    seen = compared(tmp_path, runs, series, steps)
    assert seen["firing"] > 1500, seen
    assert seen["pending"] > 400, seen
    assert seen["rules"] > 35, seen


@pytest.mark.parametrize("step", [30_000, 90_000])
def test_other_steps_than_the_scrapes(tmp_path: Path, step: int) -> None:
    series = AlertSeries(seed=SEED + 10, steps=90, quiet=0.3).series()
    steps = Steps(START, START + 87 * STEP // step * step, step)
    seen = compared(tmp_path, evaluated(tmp_path, rule_file(), series, steps), series, steps)
    assert seen["firing"] > 200, seen


def test_rules_that_read_each_other_or_themselves(tmp_path: Path) -> None:
    series = AlertSeries(seed=SEED, steps=200, quiet=0.0).series()
    steps = Steps(START, START + 199 * STEP, STEP)
    seen = compared(tmp_path, evaluated(tmp_path, CHAINED, series, steps), series, steps)
    assert seen["firing"] > 50, seen
