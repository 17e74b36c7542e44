"""Rows of pods without their headings."""

from datetime import UTC, datetime

import pytest

from diagflow.bundle.foreign import grepped, table
from tests.bundle.foreign.printer import printed

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HEADINGS = "NAMESPACE\tNAME\tREADY\tSTATUS\tRESTARTS\tAGE\tIP\tNODE\tNOMINATED NODE\tREADINESS GATES\tLABELS\n"
ROWS = (
    "default\tscraper-2s4j2\t0/1\tError\t0\t23h\t<none>\tkind-worker\t<none>\t<none>\tjob-name=scraper\n"
    "default\tscraper-7z9gm\t1/1\tRunning\t2 (3m ago)\t5m\t10.0.0.1\tkind-worker\t<none>\t<none>\t<none>\n"
)


def test_they_say_what_the_table_says():
    whole = printed(HEADINGS + ROWS, padding=3, minwidth=6)
    rows = whole.split("\n", 1)[1]
    assert grepped(rows, NOW) == table(whole, "Pod", now=NOW)
    assert [one["metadata"].get("labels") for one in grepped(rows, NOW)] == [{"job-name": "scraper"}, None]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "default   a   1/1   Running   0   5m\n",
        "error: no such kind\n",
        "a  b  1/1  Error  0  5m  x  n  <none>  <none>  y\n",
    ],
)
def test_rows_of_another_table_are_nothing(text):
    assert grepped(text, NOW) == []
