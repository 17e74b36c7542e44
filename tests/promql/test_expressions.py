"""Generated expressions without a Prometheus: what must hold of our answers by themselves."""

import re
from functools import cache

import numpy as np
import pytest

from diagflow.promql import PromQLError, Result, Storage, evaluate
from diagflow.promql.check import COMPARISONS, SET_OPERATORS
from diagflow.promql.operators import CHANGES_MEANING
from diagflow.promql.parse import parse
from diagflow.promql.signatures import FUNCTIONS
from diagflow.promql.tokens import AGGREGATORS
from tests.promql import samples
from tests.promql.expressions import Asked, drawn

LEFT_OUT = {"info", "start_timestamp"}
"""Functions that are not generated: we do not evaluate them."""


@cache
def expressions() -> list[Asked]:
    return drawn(samples.WORDS, 1200, 1, experimental=True)


def test_all_of_the_language_occurs() -> None:
    text = "\n".join(one.text for one in expressions())
    words = set(re.findall(r"[a-z_0-9]+", text))
    wanted = FUNCTIONS.keys() | AGGREGATORS | SET_OPERATORS | {"offset", "bool", "by", "without", "on", "ignoring"}
    wanted |= {"group_left", "group_right", "anchored", "smoothed", "start", "end"}
    assert wanted - LEFT_OUT - words == set()
    signs = (COMPARISONS | CHANGES_MEANING | {"</", ">/", "@", "[", ":"}) - {"atan2"}
    assert [sign for sign in signs if sign not in text] == []


def test_a_seed_gives_the_same_expressions_again() -> None:
    assert drawn(samples.WORDS, 20, 3) == drawn(samples.WORDS, 20, 3)
    assert drawn(samples.WORDS, 20, 3) != drawn(samples.WORDS, 20, 4)


def test_most_are_right_and_some_are_wrong() -> None:
    wrong = 0
    for one in expressions():
        try:
            parse(one.text, experimental=True)
        except PromQLError:
            wrong += 1
    assert 0.02 < wrong / len(expressions()) < 0.15


@pytest.mark.parametrize("part", range(4))
def test_a_range_is_its_moments(part: int) -> None:
    """Each step of a range has what an instant query answers at that moment, if nothing asks for the range itself."""
    storage = Storage(samples.series())
    compared = 0
    for one in expressions()[part::4]:
        if re.search(r"\b(?:start|end|step|range)\(", one.text):
            continue
        start, end, step = one.span
        try:
            whole = evaluate(storage, one.text, start, end, step, experimental=True)
        except PromQLError:
            continue
        for time in {start, end}:
            moment = evaluate(storage, one.text, time, experimental=True)
            assert _at(moment, time) == pytest.approx(_at(whole, time), rel=1e-9, nan_ok=True), one
            compared += 1
    assert compared > 150


def _at(result: Result, time: int) -> dict[str, float]:
    """The numbers at a time, by labels; of a histogram, its sum."""
    found = {}
    for row in result.rows:
        key = str(sorted(row.labels.items()))
        for number in np.flatnonzero(row.times == time):
            found[key] = float(row.values[number])
        for number in np.flatnonzero(row.histogram_times == time):
            found[key + " histogram"] = row.histograms[int(number)].sum
    return found
