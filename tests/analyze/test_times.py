from datetime import UTC, datetime, timedelta, timezone

import pytest

from diagflow.analyze.times import from_unix, leading, parsed

T = datetime(2026, 1, 1, 10, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-01-01T10:00:00Z", T),
        ("2026-01-01T12:00:00+02:00", T),
        ("2026-01-01T10:00:00.123456789Z", T + timedelta(microseconds=123456)),
        ("2026-01-01T10:00:00.5Z", T + timedelta(milliseconds=500)),
        ("2026-13-01T10:00:00Z", None),
        ("yesterday", None),
        (None, None),
        (17, None),
        (T.astimezone(timezone(timedelta(hours=8))), T),
    ],
)
def test_times_of_kubernetes_are_read(text: object, time: datetime | None):
    assert parsed(text) == time


def test_a_log_line_may_begin_with_a_time():
    assert leading("2026-01-01T10:00:00Z panic") == T
    assert leading("panic at 2026-01-01T10:00:00Z") is None


@pytest.mark.parametrize(("value", "time"), [(T.timestamp(), T), (float("nan"), None), (1e300, None), ("x", None)])
def test_seconds_since_1970(value: object, time: datetime | None):
    assert from_unix(value) == time
