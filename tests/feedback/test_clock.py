from datetime import UTC, datetime, timedelta, timezone

import pytest

from diagflow.feedback.clock import Clock
from diagflow.feedback.words import words
from diagflow.model import Onset

NOW = datetime(2026, 1, 1, 3, 5, tzinfo=UTC)


def clock(hours: float = 0, lang: str = "en") -> Clock:
    return Clock(NOW, timezone(timedelta(hours=hours)), words(lang))


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def test_moment_says_the_date_only_where_it_is_another_one() -> None:
    assert clock().moment(ago(minutes=1)) == "03:04:00"
    assert clock().moment(ago(hours=4)) == "2025-12-31 23:05:00"
    assert clock(8).moment(ago(hours=4)) == "07:05:00"


@pytest.mark.parametrize(("hours", "zone"), [(0, "UTC"), (8, "UTC+8"), (-3.5, "UTC-3:30"), (5.75, "UTC+5:45")])
def test_full_says_the_zone(hours: float, zone: str) -> None:
    assert clock(hours).full().endswith(f":00 {zone}")


@pytest.mark.parametrize(
    ("onset", "text"),
    [
        (Onset(), ""),
        (Onset(ago(seconds=214), ago(seconds=211)), "since 03:01:26 (3 min)"),
        (Onset(NOW, NOW), "since 03:05:00"),
        (Onset(ago(seconds=20), ago(seconds=20)), "since 03:04:40 (20 s)"),
        (Onset(ago(hours=5), ago(hours=5)), "since 2025-12-31 22:05:00 (5 h)"),
        (Onset(ago(days=2), ago(days=2)), "since 2025-12-30 03:05:00 (2 days)"),
        (Onset(ago(minutes=9), ago(minutes=5)), "began between 02:56:00 and 03:00:00"),
        (Onset(None, ago(minutes=5)), "since 03:00:00 or earlier"),
        (Onset(ago(minutes=5), None), "since 03:00:00 or later"),
    ],
)
def test_onset(onset: Onset, text: str) -> None:
    assert clock().onset(onset) == text


def test_chinese() -> None:
    assert clock(8, "zh").onset(Onset(ago(minutes=3), ago(minutes=3))) == "始于 11:02:00（已持续 3 分钟）"


def test_the_year_one_of_an_unset_time_is_no_error() -> None:
    assert clock(-3).moment(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01 00:00:00"


def test_a_time_without_zone_counts_as_utc() -> None:
    assert clock(8).moment(datetime(2026, 1, 1, 3, 0)) == "11:00:00"  # noqa: DTZ001
