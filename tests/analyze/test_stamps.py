"""When lines of a node's log were written."""

from datetime import UTC, datetime

import pytest

from diagflow.analyze.stamps import stamp

AT = datetime(2026, 11, 27, 2, 10, 43, tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-27T02:10:43Z worker-1 kernel: x",
        "2026-11-27T02:10:43.123456+00:00 worker-1 kernel: x",
        "2026-11-27T04:10:43+0200 worker-1 kernel: x",
        "2026-11-26T21:40:43-04:30 worker-1 kernel: x",
        "2026-11-27T02:10:43,123456+00:00 x",
    ],
)
def test_a_line_that_names_a_zone_names_a_moment(line: str):
    found = stamp(line)
    assert found
    assert found.time == AT


@pytest.mark.parametrize(
    ("earlier", "later", "seconds"),
    [
        ("[   12.500000] x", "[   72.500000] y", 60),
        ("<4>[   12.500000][  T12] x", "[   72.500000] y", 60),
        ("[Fri Nov 27 02:10:43 2026] x", "[Fri Nov 27 02:11:43 2026] y", 60),
        ("Nov  7 02:10:43 worker-1 kernel: x", "Nov  7 02:11:43 worker-1 kernel: y", 60),
        ("Dec 31 23:59:43 worker-1 kernel: x", "Jan  1 00:00:43 worker-1 kernel: y", 60),
        ("Feb 29 23:59:43 worker-1 kernel: x", "Mar  1 00:00:43 worker-1 kernel: y", 60),
        ("2026-11-27T02:10:43Z x", "2026-11-27T04:11:43+0200 y", 60),
        ("[   12.500000] x", "2026-11-27T02:10:43Z y", None),
    ],
)
def test_lines_of_one_clock_are_compared(earlier: str, later: str, seconds: float | None):
    a, b = stamp(earlier), stamp(later)
    assert a
    assert b
    assert a.before(b) == seconds


@pytest.mark.parametrize(
    "line",
    [
        "",
        "kernel: x",
        "[drm] x",
        "2026-13-27T02:10:43Z x",
        "Feb 30 02:10:43 x",
        "[Fri Nov 31 02:10:43 2026] x",
        "[12] x",
    ],
)
def test_what_is_no_time_is_none(line: str):
    assert stamp(line) is None
