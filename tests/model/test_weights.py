"""The file of weights: what is read, and what is refused."""

import json
from pathlib import Path

import pytest

from diagflow.model import FITTED, BadInput, Strength
from diagflow.model.weights import SCHEMA, read_weights

GOOD = {
    "schema": SCHEMA,
    "strengths": {"conclusive": 6.0, "strong": 3.0, "moderate": 1.5, "weak": 1.5},
    "priors": {"near": -2.0, "scan": -4.0},
}


def written(tmp_path: Path, **changes: object) -> Path:
    file = tmp_path / "weights.json"
    file.write_text(json.dumps(GOOD | changes))
    return file


def test_a_file_is_read(tmp_path: Path) -> None:
    found = read_weights(written(tmp_path, fitted={"recordings": {}}))
    assert (list(found.strengths.values()), found.near, found.scan) == ([6.0, 3.0, 1.5, 1.5], -2.0, -4.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": "diagflow.weights/v2"},
        {"strengths": {"conclusive": 6.0}},
        {"strengths": {"conclusive": 3.0, "strong": 6.0, "moderate": 1.5, "weak": 0.5}},
        {"strengths": {"conclusive": 6.0, "strong": 3.0, "moderate": 1.5, "weak": -0.5}},
        {"strengths": {"conclusive": float("nan"), "strong": 3.0, "moderate": 1.5, "weak": 0.5}},
        {"strengths": {"conclusive": float("inf"), "strong": 3.0, "moderate": 1.5, "weak": 0.5}},
        {"priors": {"near": float("nan"), "scan": -4.0}},
        {"priors": {"near": -2.0}},
        {"priors": None},
    ],
)
def test_what_is_no_such_file_is_told(tmp_path: Path, changes: dict[str, object]) -> None:
    file = written(tmp_path, **changes)
    with pytest.raises(BadInput, match=str(file)):
        read_weights(file)


@pytest.mark.parametrize("text", ["", "[]", "3", "{"])
def test_what_is_no_json_object_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "weights.json"
    file.write_text(text)
    with pytest.raises(BadInput, match=str(file)):
        read_weights(file)
    with pytest.raises(BadInput, match="cannot be read"):
        read_weights(tmp_path / "none.json")


def test_the_words_of_authors_keep_their_meaning() -> None:
    """One moderate observation near an alert, and one strong one in a scan, name nothing; conclusive ones do."""
    assert FITTED.near + FITTED.strengths[Strength.MODERATE] < 0 < FITTED.near + FITTED.strengths[Strength.STRONG]
    assert FITTED.scan + FITTED.strengths[Strength.STRONG] < 0 < FITTED.scan + FITTED.strengths[Strength.CONCLUSIVE]
