"""The numbers in docs/concepts.md are those that the engine weighs with."""

import re
from pathlib import Path

from diagflow.model import FITTED, Strength

TEXT = Path("docs/concepts.md").read_text(encoding="utf-8")


def number(row: str) -> float:
    found = re.search(rf"^\| {re.escape(row)} \| [±]?([−\d.]+) \|$", TEXT, re.MULTILINE)
    assert found, f"docs/concepts.md has no row {row!r}"
    return float(found[1].replace("−", "-"))


def test_priors_and_strengths_are_those_of_the_engine() -> None:
    assert number("prior near an alert or a named entity") == FITTED.near
    assert number("prior in a scan") == FITTED.scan
    for strength in Strength:
        assert number(f"`{strength.value}`") == FITTED.strengths[strength]
