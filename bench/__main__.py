"""`python -m bench`: all benchmarks that need no lab, one after the other."""

import subprocess
import sys
from pathlib import Path

LIVE = frozenset({"compare", "scan_live"})
"""Needs root, the lab and a quarter of an hour: only where it is asked for."""
NAMES = sorted({p.stem for p in Path(__file__).parent.glob("[a-z]*.py")} - LIVE)


def main() -> int:
    """Run them; the exit status says whether each reached its goal."""
    status = 0
    for name in NAMES:
        print(f"== {name}", flush=True)
        status |= subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode
    print(f"== left out, they need the lab: {', '.join(f'python -m bench.{name}' for name in sorted(LIVE))}")
    return status


if __name__ == "__main__":
    sys.exit(main())
