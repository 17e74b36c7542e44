"""Runs the product as a user does: as a process of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str


def diagflow(*args: str | Path, stdin: str = "", **env: str) -> Ran:
    """Run `diagflow ARGS`, without the configuration of whoever runs the tests."""
    done = subprocess.run(
        [sys.executable, "-m", "diagflow", *map(str, args)],
        input=stdin.encode(),
        capture_output=True,
        check=False,
        timeout=600,  # for one that hangs: on a starved machine a whole corpus takes minutes
        env={**clean_environment(), **env},
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def clean_environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in {"KUBECONFIG", "PROMETHEUS_URL", "DIAGFLOW_CONFIG"}}
    return {**kept, "HOME": "/nonexistent", "KUBECONFIG": "/nonexistent/kubeconfig", "COLUMNS": "100"}
