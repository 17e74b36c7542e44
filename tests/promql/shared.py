"""Prometheus' own tests, where they lie beside the checkout."""

from pathlib import Path

from diagflow.promql.promqltest.commands import Eval, parse_commands

FOLDER = Path(__file__).parents[3] / "shared/traces/promqltest"


def files() -> list[Path]:
    return sorted(FOLDER.glob("*.test")) if FOLDER.is_dir() else []


def evals() -> list[str]:
    """The expressions of all of them; a few of our own where there are none."""
    found = [c.expression for file in files() for c in parse_commands(file.read_text()) if isinstance(c, Eval)]
    return found or ["sum(rate(a[5m])) / on (b) c", "-a", "(1)", "a[5m:1m]", "'x'"]
