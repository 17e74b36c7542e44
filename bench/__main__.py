"""`python -m bench`: all benchmarks, one after the other."""

import subprocess
import sys
from pathlib import Path

NAMES = sorted(p.stem for p in Path(__file__).parent.glob("[a-z]*.py"))


def main() -> int:
    """Run them; the exit status says whether each reached its goal."""
    status = 0
    for name in NAMES:
        print(f"== {name}", flush=True)
        status |= subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
