"""PromQL beside Prometheus: the same samples, the same queries, as fast as its HTTP API?

    python -m bench.promql [--hours H] [--pods N] [--runs N] [--alone] [--slowest N]

50,000 series of a made-up cluster over six hours at 30 s (36 million samples), asked 100 queries of the Kubernetes
mixin each at one moment and over an hour at 30 s. Ours is the time of `evaluate` in this process, theirs that of a
request over loopback, each the best of several. Goals: at most 20 bytes a sample, geometric mean of the ratios at most
1, none above 5, the same values. Without a Prometheus of `python -m lab build`, or with --alone, ours only.
"""

import argparse
import json
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench._cluster import END, STEP, Cluster
from bench._mixin import QUERIES
from lab.prometheus import Server, binary, running

from diagflow.promql import Result, Series, Storage, evaluate

HOUR = 3_600_000
BYTES, MEAN, WORST = 20, 1.0, 5.0


@dataclass(slots=True)
class Measured:
    """One query, one way."""

    expression: str
    kind: str
    ours: float
    theirs: float | None = None
    differs: str = ""

    @property
    def ratio(self) -> float:
        """Ours by theirs."""
        return self.ours / self.theirs if self.theirs else math.nan


def best(run: Callable[[], Any], runs: int) -> float:
    """Return the shortest of several runs, in seconds."""
    found = math.inf
    for _ in range(runs):
        started = time.perf_counter()
        run()
        found = min(found, time.perf_counter() - started)
    return found


def measure(storage: Storage, server: Server | None, runs: int) -> list[Measured]:
    """Ask everything, ours and theirs one after the other."""
    found = []
    for expression in QUERIES:
        for kind, times in (("instant", (END,)), ("range", (END - HOUR, END, STEP))):
            result = evaluate(storage, expression, *times)
            one = Measured(expression, kind, best(partial(evaluate, storage, expression, *times), runs))
            if server:
                one.differs = difference(result, server.answer(expression, *times)["data"])
                one.theirs = best(partial(server.query, expression, *times), runs)
            found.append(one)
    return found


def difference(result: Result, data: Any) -> str:
    """Return how our result differs from theirs, if it does: 1e-9 relatively."""
    ours = {
        tuple(sorted(row.labels.items())): dict(zip(row.times.tolist(), row.values.tolist(), strict=True))
        for row in result.rows
    }
    theirs = {
        tuple(sorted(one["metric"].items())): {
            round(float(at) * 1000): float(value) for at, value in one.get("values", [one.get("value")])
        }
        for one in data["result"]
    }
    if ours.keys() != theirs.keys():
        return f"{len(ours)} series, want {len(theirs)}"
    for labels, samples in theirs.items():
        if samples.keys() != ours[labels].keys():
            return f"{dict(labels)}: other steps"
        for at, value in samples.items():
            mine = ours[labels][at]
            if not same(mine, value):
                return f"{dict(labels)} at {at}: {mine!r}, want {value!r}"
    return ""


def same(mine: float, value: float) -> bool:
    """Return whether two values are the same: 1e-9 relatively, or both NaN."""
    return math.isclose(mine, value, rel_tol=1e-9) or (math.isnan(mine) and math.isnan(value))


def report(found: Sequence[Measured], size: float, slowest: int) -> int:
    """Print what was found; the exit status says whether the goals were reached."""
    compared = [one for one in found if one.theirs]
    ratios = [one.ratio for one in compared]
    for one in sorted(compared or found, key=lambda m: -(m.ratio if m.theirs else m.ours))[:slowest]:
        theirs = f"{one.theirs * 1000:8.2f} ms theirs, ratio {one.ratio:.2f}" if one.theirs else ""
        print(f"{one.kind:>7} {one.ours * 1000:8.2f} ms {theirs}  {one.expression[:110]}")
    for one in compared:
        if one.differs:
            print(f"DIFFERS {one.kind} {one.expression}\n        {one.differs}")
    line: dict[str, Any] = {"bench": "promql", "queries": len(found), "bytes_per_sample": round(size, 2)}
    for kind in ("instant", "range"):
        of = [one.ours for one in found if one.kind == kind]
        line[f"{kind}_ms"] = round(statistics.geometric_mean(of) * 1000, 2)
    reached = size <= BYTES
    if compared:
        line["ratio"], line["worst"] = round(statistics.geometric_mean(ratios), 3), round(max(ratios), 2)
        line["different"] = sum(bool(one.differs) for one in compared)
        reached &= line["ratio"] <= MEAN and line["worst"] <= WORST and not line["different"]
    print(json.dumps({**line, "goal": f"{BYTES} B, ratio {MEAN}, worst {WORST}", "reached": reached}))
    return 0 if reached else 1


def stored(series: list[Series]) -> tuple[Storage, float]:
    """Return the storage, and its bytes a sample."""
    storage = Storage(series)
    return storage, storage.nbytes / sum(len(one.times) for one in series)


def main() -> int:
    """Measure; the exit status says whether the goals were reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=6)
    parser.add_argument("--pods", type=int, default=1200)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--slowest", type=int, default=10)
    parser.add_argument("--alone", action="store_true")
    options = parser.parse_args()
    series = list(Cluster(hours=options.hours, pods=options.pods).series())
    storage, size = stored(series)
    print(f"{len(series):,} series, {sum(len(one.times) for one in series):,} samples", flush=True)
    if options.alone or not binary().exists():
        return report(measure(storage, None, options.runs), size, options.slowest)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server:
        started = time.perf_counter()
        server.write(series)
        print(f"written to Prometheus in {time.perf_counter() - started:.0f} s", flush=True)
        del series
        return report(measure(storage, server, options.runs), size, options.slowest)


if __name__ == "__main__":
    sys.exit(main())
