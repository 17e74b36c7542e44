import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.promql.durations import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("0", 0), ("5m", 300_000), ("1h30m", 5_400_000), ("1w2d", 777_600_000), ("10ms", 10), ("1y", 31_536_000_000)],
)
def test_durations(text: str, milliseconds: int) -> None:
    assert parse_duration(text) == milliseconds


@pytest.mark.parametrize("text", ["", "5", "m", "1m1h", "5mm", "1.5h", "-5m", "300y", "1m 2s"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


@given(st.integers(0, 10**11))
def test_a_duration_that_was_written_reads_the_same(milliseconds: int) -> None:
    assert parse_duration(format_duration(milliseconds)) == milliseconds
