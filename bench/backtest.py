"""Backtests beside `promtool test rules`: the same 200 alerts on the same series, several hours at 1 m.

    python -m bench.backtest [--hours H] [--pods N] [--rounds N] [--alerts N]

Both are whole programs, started anew for each round, one after the other: ours reads an incident folder or a bundle,
theirs the same samples in promtool's own test file, with one expectation at the end, so that each rule is evaluated at
every minute. Whether both say the same, `tests/lab/test_backtest.py` shows. Goal: the median ratio of the time of the
processor at most 1 (wall time hangs on what else the machine does, and is printed too). Without promtool ours only.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from bench._alerts import rule_file
from bench._alertseries import START, AlertSeries
from lab import paths

from diagflow.promql import Series
from diagflow.promql.frame import show
from diagflow.promql.storage import is_stale

GOAL = 1.0
STEP = 60_000


@dataclass(frozen=True, slots=True)
class Spent:
    """What a program took, in seconds."""

    cpu: float
    wall: float


def spent(command: Sequence[str]) -> Spent:
    """Run a program to its end.

    Raises:
        RuntimeError: it failed.
    """
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        errors = process.stderr.read() if process.stderr else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {errors[:2000]!r}")
    return Spent(usage.ru_utime + usage.ru_stime, time.perf_counter() - started)


def write_csv(folder: Path, series: Sequence[Series]) -> None:
    """Write series as an incident folder; it cannot tell stale markers."""
    names = sorted({name for one in series for name in one.labels} - {"__name__"})
    lines = ["timestamp,metric,value," + ",".join(names)]
    for one in series:
        labels = ",".join(one.labels.get(name, "") for name in names)
        for at, value, stale in zip(
            one.times.tolist(), one.values.tolist(), is_stale(one.values).tolist(), strict=True
        ):
            if not stale:
                lines.append(f"{at // 1000},{one.labels['__name__']},{value!r},{labels}")
    (folder / "metrics.csv").write_text("\n".join(lines) + "\n")


def write_promtool(folder: Path, series: Sequence[Series], steps: int) -> None:
    """Write series as a test of promtool, with one expectation at the end."""
    last = f"{(steps - 1) * STEP // 1000}s"
    test: dict[str, Any] = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "start_timestamp": str(START // 1000),
                "input_series": [{"series": _name(one), "values": _values(one)} for one in series],
                "promql_expr_test": [
                    {"expr": "vector(1)", "eval_time": last, "exp_samples": [{"labels": "{}", "value": 1}]}
                ],
            }
        ],
    }
    (folder / "test.yaml").write_text(yaml.dump(test, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper)))


def _name(one: Series) -> str:
    return one.labels["__name__"] + show({name: value for name, value in one.labels.items() if name != "__name__"})


def _values(one: Series) -> str:
    slots = ["_"] * (int(one.times[-1] - START) // STEP + 1)
    for at, value, stale in zip(one.times.tolist(), one.values.tolist(), is_stale(one.values).tolist(), strict=True):
        slots[(at - START) // STEP] = "_" if stale else "NaN" if value != value else repr(value)  # noqa: PLR0124  # NaN
    return " ".join(slots)


def main() -> int:
    """Measure; the exit status says whether the goal was reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=6)
    parser.add_argument("--pods", type=int, default=40)
    parser.add_argument("--nodes", type=int, default=8)
    parser.add_argument("--alerts", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    steps = round(options.hours * 60)
    series = AlertSeries(steps=steps, pods=options.pods, nodes=options.nodes).series()
    with tempfile.TemporaryDirectory() as name:
        return _measured(Path(name), series, steps, options)


def _measured(folder: Path, series: Sequence[Series], steps: int, options: argparse.Namespace) -> int:
    (folder / "rules.yaml").write_text(yaml.safe_dump(rule_file(most=options.alerts), sort_keys=False))
    (folder / "incident").mkdir()
    write_csv(folder / "incident", series)
    write_promtool(folder, series, steps)
    ours = [sys.executable, "-m", "diagflow"]
    subprocess.run([*ours, "import", folder / "incident", folder / "bundle.zip"], check=True, capture_output=True)
    print(f"{len(series):,} series, {sum(len(one.times) for one in series):,} samples, {steps} evaluations", flush=True)
    backtest = [*ours, "rules", "test", "--backtest", "--step", "1m", "-o", "json"]
    tests = [*backtest, str(folder / "rules.yaml"), "--on"]
    promtool = paths.cache().bin / "promtool"
    commands: dict[str, list[str]] = {
        "bundle": [*tests, str(folder / "bundle.zip")],
        "folder": [*tests, str(folder / "incident")],
        "start": [*backtest, *_tiny(folder)],
    }
    if promtool.exists():
        commands["promtool"] = [str(promtool), "test", "rules", str(folder / "test.yaml")]
    found: dict[str, list[Spent]] = {name: [] for name in commands}
    for _ in range(options.rounds):
        for name, command in commands.items():
            found[name].append(spent(command))
    return _report(found, options)


def _tiny(folder: Path) -> list[str]:
    """Return a backtest with nothing to do: what is left is Python's start, and all imports."""
    (folder / "one.csv").write_text(f"timestamp,metric,value\n{START // 1000},up,1\n")
    (folder / "one.yaml").write_text(
        yaml.safe_dump({"groups": [{"name": "one", "rules": [{"alert": "A", "expr": "up"}]}]})
    )
    return [str(folder / "one.yaml"), "--on", str(folder / "one.csv")]


def _report(found: dict[str, list[Spent]], options: argparse.Namespace) -> int:
    line: dict[str, Any] = {"bench": "backtest", "alerts": options.alerts, "rounds": options.rounds}
    for name, runs in found.items():
        cpu, wall = (statistics.median(getattr(run, what) for run in runs) for what in ("cpu", "wall"))
        print(f"{name:>9} {cpu:6.2f} s of the processor, {wall:6.2f} s in all")
        line[f"{name}_s"] = round(cpu, 2)
    line["start_share"] = round(line["start_s"] / line["bundle_s"], 3)
    reached = True
    for name in ("bundle", "folder") if "promtool" in found else ():
        pairs = list(zip(found[name], found["promtool"], strict=True))
        line[f"{name}_ratio"] = round(statistics.median(own.cpu / theirs.cpu for own, theirs in pairs), 3)
        line[f"{name}_wall_ratio"] = round(statistics.median(own.wall / theirs.wall for own, theirs in pairs), 3)
        reached &= line[f"{name}_ratio"] <= GOAL
    print(json.dumps({**line, "goal": f"ratio {GOAL}", "reached": reached}))
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
