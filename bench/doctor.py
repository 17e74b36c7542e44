"""What `diagflow doctor go` costs on this machine: its own processor time, and wall time beside what go itself takes.

    python -m bench.doctor [--runs N]

Own time is that of the process without the go processes that it starts (RUSAGE_SELF). Warm: the rules come from
the cache, the modules from their byte code. Goal: 400 ms. Wall time is stated beside `go version && go env -json`.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from typing import Final

GOAL: Final = 0.4
_PROBE: Final = """
import resource, sys
from diagflow.cli import main
try:
    main(["doctor", "go", "--offline"])
except SystemExit as end:
    own = resource.getrusage(resource.RUSAGE_SELF)
    print(own.ru_utime + own.ru_stime, own.ru_maxrss // 1024, end.code, file=sys.stderr)
"""


def doctor() -> tuple[float, float, int, int]:
    """Returns its own seconds of the processor, wall seconds, peak memory in MB and the exit status."""
    started = time.perf_counter()
    # What was edited must have its byte code from the first run on, whatever the shell says.
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([sys.executable, "-c", _PROBE], capture_output=True, text=True, check=True, env=environ)
    wall = time.perf_counter() - started
    own, memory, status = done.stderr.splitlines()[-1].split()
    return float(own), wall, int(memory), int(status)


def of_go(go: str) -> float:
    """Returns the wall seconds of what any look at Go must ask."""
    started = time.perf_counter()
    for words in (["version"], ["env", "-json"]):
        subprocess.run([go, *words], capture_output=True, check=True)
    return time.perf_counter() - started


def main() -> int:
    """Prints one line; the exit status says whether the goal was reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    runs = parser.parse_args().runs
    go = shutil.which("go")
    doctor()  # fills the caches
    found = [(doctor(), of_go(go) if go else 0.0) for _ in range(runs)]
    own = statistics.median(one[0] for one, _ in found)
    line = {
        "bench": "doctor go",
        "own_cpu_ms": round(own * 1000),
        "goal_ms": round(GOAL * 1000),
        "wall_ms": round(statistics.median(one[1] for one, _ in found) * 1000),
        "go_wall_ms": round(statistics.median(theirs for _, theirs in found) * 1000),
        "peak_mb": max(one[2] for one, _ in found),
        "status": sorted({one[3] for one, _ in found}),
    }
    print(json.dumps(line))
    return 0 if own <= GOAL else 1


if __name__ == "__main__":
    raise SystemExit(main())
