"""Every fault's recordings name its own cause and no other; the matrix in the docs says so as it is."""

from collections import Counter
from pathlib import Path

from lab.matrix import NOTHING, counted, page

ROOT = Path(__file__).parents[3]


def test_the_page_in_the_docs_is_the_generated_one():
    said = (ROOT / "docs" / "kubernetes-matrix.md").read_text(encoding="utf-8")
    assert said == page(counted()), "run: python -m lab.matrix > docs/kubernetes-matrix.md"


def test_nothing_is_off_the_diagonal():
    found = counted()
    assert len(found) >= 60
    assert {cause: set(named) - {cause} for cause, named in found.items() if set(named) != {cause}} == {}


def test_what_is_off_the_diagonal_is_shown():
    made = page({"k.b": Counter({"k.b": 12, "k.a": 1, "k.z": 2}), "k.a": Counter({NOTHING: 3})})
    lines = made[made.index("```text") :].splitlines()
    assert lines[1:-1] == [
        "  1 k.a       ··3·",
        "  2 k.b       1+·2",
        "  3 (nothing)",
        "  4 k.z",
    ]
    assert "12 recordings of 2 causes name their own; off the diagonal: 6." in made
