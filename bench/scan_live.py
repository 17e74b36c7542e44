"""What a scan of a big cluster takes from the command line to the end, beside reading the same lists and nothing else.

    python -m bench.scan_live [--keep]

Local only: needs root and the lab's programs (`python -m lab build`). In a lab of its own (`--name big`) it makes 1,000
nodes and 10,000 pods, 200 of them ill in seven ways, which takes a quarter of an hour, and leaves them with `--keep`.
The floor is the sum of `kubectl get --raw` of all lists that the scan reads, as JSON, one after the other.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench._live import SCAN, Cost, load, prepared, run
from lab import cluster as clusters
from lab import crowd

from diagflow.collect.apipaths import builtin

TIMES = 9
WALL_GOAL = 1.5
"""Wall time of the scan, in that of the floor."""
MEMORY_GOAL = 400
"""Peak resident set of the scan, MB."""


def lists() -> dict[str, str]:
    """Return the paths of all lists that a scan of this cluster reads, by what the scan calls them."""
    with tempfile.TemporaryDirectory() as folder:
        bundle = str(Path(folder) / "scan.zip")
        run([*SCAN, "--record", bundle])
        listed = json.loads(run([SCAN[0], "bundle", "ls", bundle, "-o", "json"]).out)
    queries = [reading["query"] for reading in listed["readings"]]
    names = [query.removeprefix("objects:") for query in queries if query.startswith("objects:")]
    found = {name: builtin(name) for name in names}
    return {name: resource.path() for name, resource in found.items() if resource is not None}


def floor(read: dict[str, str]) -> dict[str, Cost]:
    """Read each list with kubectl; what came is let go: a child's peak begins with what its parent holds."""
    return {name: replace(run(["kubectl", "get", "--raw", path]), out=b"") for name, path in read.items()}


def named(diagnosis: dict[str, Any]) -> dict[str, int]:
    """Return how many entities each cause is named for."""
    found: dict[str, set[str]] = {}
    for cause in diagnosis["causes"]:
        found.setdefault(cause["id"], set()).update(cause["entities"])
    return {cause: len(entities) for cause, entities in found.items()}


def compare(size: crowd.Size) -> bool:
    """Measure both in turns and print; return whether the goals are reached."""
    read = lists()
    floors, scans = [], []
    for _ in range(TIMES):
        floors.append(floor(read))
        scans.append(run(SCAN))
    parts = min(floors, key=_wall)
    _say_floor(parts, read)
    best = min(scans, key=lambda cost: cost.wall)
    base = _wall(parts)
    peak = max(cost.peak for cost in scans)
    print(f"{'diagflow scan --prometheus none -o json':44} {best}")
    print(f"  all runs: {', '.join(f'{cost.wall:.2f} s' for cost in scans)}, exit status {best.status}")
    right = _say_named(named(json.loads(best.out)), crowd.entities(size))
    print(load())
    fast, lean = best.wall <= WALL_GOAL * base, peak <= MEMORY_GOAL
    print(f"wall: {best.wall / base:.2f} of the floor, at most {WALL_GOAL}: {'yes' if fast else 'NO'}")
    print(f"peak: {peak:.0f} MB, at most {MEMORY_GOAL} MB: {'yes' if lean else 'NO'}")
    return fast and lean and right


def _wall(parts: dict[str, Cost]) -> float:
    return sum(cost.wall for cost in parts.values())


def _say_floor(parts: dict[str, Cost], read: dict[str, str]) -> None:
    print(f"floor: `kubectl get --raw PATH` as JSON, best of {TIMES} rounds, one list after the other")
    for name, cost in sorted(parts.items(), key=lambda item: -item[1].wall):
        print(f"  {cost.size / 1e6:6.2f} MB  {cost.wall:5.2f} s  {read[name]}")
    wall, cpu = _wall(parts), sum(cost.cpu for cost in parts.values())
    size = sum(cost.size for cost in parts.values()) / 1e6
    print(f"{f'sum of {len(parts)} lists, {size:.1f} MB':44} {wall:6.2f} s by the clock  {cpu:6.2f} s CPU of kubectl")


def _say_named(found: dict[str, int], expected: dict[str, int]) -> bool:
    for cause in sorted(found.keys() | expected.keys()):
        print(f"  {cause:40} named for {found.get(cause, 0):4} of {expected.get(cause, 0):4}")
    return found == expected


def main() -> int:
    """Measure and print; the exit status says whether the goals are reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true", help="leave the lab up, to measure again")
    parser.add_argument("--nodes", type=int, default=1_000)
    parser.add_argument("--pods", type=int, default=10_000)
    options = parser.parse_args()
    size = crowd.Size(options.nodes, options.pods)
    cluster = prepared(size, crowd.gather)
    try:
        return 0 if compare(size) else 1
    finally:
        if not options.keep:
            clusters.down(cluster)


if __name__ == "__main__":
    sys.exit(main())
