"""What the scheduling analyzer costs in a large cluster: 50 pods that get no node, 1,000 nodes, 10,000 pods.

    python -m bench.scheduling [--runs N]

Two clusters: in `alike` all nodes and all waiting pods are the same; in `mixed` each node has room of its own, a zone
and a pool, some are tainted or cordoned, and each waiting pod has requests, selectors, affinities and tolerations of
its own. Measured in CPU time, reading and decoding apart. Goals for the median: 100 ms and
150 ms.
"""

import argparse
import gc
import json
import random
import statistics
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bench.engine import fresh, readings, world

from diagflow.analyze.answer import Answer
from diagflow.analyze.case import Ask, Read
from diagflow.analyze.declared import fields_of
from diagflow.analyze.narrow import PlainObjects
from diagflow.analyze.runner import run_here
from diagflow.bundle import Bundle
from diagflow.model import CLUSTER, Query, Reading
from diagflow.model.projection import ObjectList
from diagflow.rules import RuleSet, load_packs
from diagflow.rules.analyzer import Analyzer

NODES, PODS, ILL = 1000, 10_000, 200
ZONE, HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def mixed() -> dict[str, Any]:
    """The cluster of `bench.engine` with nodes and waiting pods that are all different."""
    given, dice = world(NODES, PODS, ILL), random.Random(2)
    nodes = [o for o in given["objects"] if o["kind"] == "Node"]
    for number, one in enumerate(nodes):
        one["labels"] |= {ZONE: f"zone-{number % 3}", "pool": f"pool-{number % 20}"}
        room = {"cpu": f"{dice.randrange(1000, 64_000)}m", "memory": f"{dice.randrange(2**20, 2**28)}Ki"}
        one["status"]["allocatable"] |= room
        if number % 11 == 0:
            one["spec"]["taints"] = [{"key": "pool", "value": f"pool-{number % 20}", "effect": "NoSchedule"}]
        if number % 37 == 0:
            one["spec"]["unschedulable"] = True
    pods = [o for o in given["objects"] if o["kind"] == "Pod"]
    for number, one in enumerate(p for p in pods if "nodeName" not in p["spec"]):
        _differ(one, number, dice)
    for one in [p for p in pods if "nodeName" in p["spec"]][::5]:
        one["spec"]["affinity"] = {"podAntiAffinity": {REQUIRED: [_near(one, HOST)]}}
    return given


def _near(one: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {"labelSelector": {"matchLabels": {"app": one["labels"]["app"]}}, "topologyKey": key}


def _differ(one: dict[str, Any], number: int, dice: random.Random) -> None:
    spec = one["spec"]
    asks = {"cpu": f"{dice.randrange(30_000, 60_000)}m", "memory": f"{dice.randrange(2**24, 2**27)}Ki"}
    asks |= {"cpu": f"{70_000 + number}m"} if number % 2 else {"memory": f"{2**28 + number}Ki"}  # no node has it
    spec["containers"][0]["resources"]["requests"] = asks
    pools = [f"pool-{(number + k) % 20}" for k in range(1 + number % 4)]
    wanted = [{"matchExpressions": [{"key": "pool", "operator": "In", "values": pools}]}]
    kinds: list[dict[str, Any]] = [
        {},
        {"nodeSelector": {ZONE: f"zone-{number % 3}"}},
        {"affinity": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": wanted}}}},
        {"affinity": {"podAntiAffinity": {REQUIRED: [_near(one, HOST)]}}},
        {"affinity": {"podAffinity": {REQUIRED: [_near(one, ZONE)]}}},
        {"topologySpreadConstraints": [{"maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule", **_near(one, ZONE)}]},
    ]
    spec.update(kinds[number % len(kinds)])
    if number % 2:
        spec["tolerations"] = [{"key": "pool", "value": pools[0], "effect": "NoSchedule"}]


def reader(analyzer: Analyzer, bundle: Bundle) -> Read:
    """The readings as an analyzer gets them, none of their objects looked at yet."""

    def read(query: Query) -> Reading:
        reading = bundle.get(query)
        if not isinstance(reading.data, ObjectList):
            return reading
        return replace(reading, data=PlainObjects(reading.data, fields_of(analyzer, query)))

    return read


def timed(rules: RuleSet, given: dict[str, Any], runs: int) -> tuple[list[float], Answer]:
    """CPU milliseconds of each run, on objects that were decoded anew, and what the analyzer said last."""
    analyzer = rules.analyzers["check-scheduler-config"]
    incident, known = readings(rules, given)
    ask = Ask(incident.now, incident.near, (CLUSTER,), {"nodes": "affected"})
    found, answer = [], Answer()
    for _ in range(runs):
        read = reader(analyzer, fresh(incident, known))
        gc.collect()
        started = time.process_time()
        answer = run_here(analyzer, ask, read)
        found.append((time.process_time() - started) * 1000)
    return found, answer


def main() -> int:
    """Measure both clusters."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    rules = load_packs(["kubernetes"])
    good = True
    for name, given, goal in (("alike", world(NODES, PODS, ILL), 100.0), ("mixed", mixed(), 150.0)):
        times, answer = timed(rules, given, runs)
        if answer.fault or not answer.findings:
            raise SystemExit(f"scheduling, {name}: the analyzer found nothing: {answer.fault}")
        print(f"scheduling, {name}: {dict(Counter(f.names for f in answer.findings))}")
        middle = statistics.median(times)
        figures = {"cpu_best_ms": min(times), "cpu_p50_ms": middle, "cpu_worst_ms": max(times)}
        print(json.dumps({"bench": name, **{k: round(v, 1) for k, v in figures.items()}, "goal_ms": goal}))
        good &= middle <= goal
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
