import math

import pytest

from diagflow.promql.numbers import general, general_to, open_metrics, parse_number, plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("0x1F", 31),
        ("010", 8),
        ("08", 8),
        ("1_000", 1000),
        ("1e3", 1000),
        ("1_0.5", 10.5),
        ("1e5_0", 1e50),
        (".5", 0.5),
        ("-2", -2),
        ("+Inf", math.inf),
    ],
)
def test_number_literals_are_read_as_go_reads_them(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["", "1_", "x", "1_.5", "0x", "1e400", "0x8000000000000000"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=r"invalid|could not|out of range"):
        parse_number(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e21, "1000000000000000000000"),
        (1e-7, "0.0000001"),
        (3.0, "3"),
        (-0.0, "-0"),
        (math.nan, "NaN"),
        (math.inf, "+Inf"),
        (100.0, "100"),
    ],
)
def test_values_of_count_values_have_no_exponent(value: float, text: str) -> None:
    assert plain(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e21, "1e+21"),
        (1e6, "1e+06"),
        (123456.0, "123456"),
        (1661142517.75, "1.66114251775e+09"),
        (1.5e-5, "1.5e-05"),
        (0.0001, "0.0001"),
        (0.0, "0"),
    ],
)
def test_numbers_in_messages_have_an_exponent_where_go_has_it(value: float, text: str) -> None:
    assert general(value) == text


def test_other_forms() -> None:
    assert general_to(1234.5, 2) == "1.2e+03"
    assert (open_metrics(1.0), open_metrics(0.5), open_metrics(1e22)) == ("1.0", "0.5", "1e+22")
