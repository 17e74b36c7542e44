"""Times, ages, tables and small values, in the forms in which kubectl prints them."""

from datetime import UTC, datetime, timedelta

import pytest

from diagflow.bundle.foreign.ages import age_of, before, repeated, time_of
from diagflow.bundle.foreign.columns import rows
from diagflow.bundle.foreign.outline import outline
from diagflow.bundle.foreign.values import annotations_of, labels_of, selector_of, taints_of, tolerations_of
from tests.bundle.foreign.printer import printed

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", 0),
        ("119s", 119),
        ("2m", 120),
        ("6m40s", 400),
        ("5h43m", 20_580),
        ("44d", 44 * 86_400),
        ("7d23h", 7 * 86_400 + 23 * 3600),
        ("2y10d", 740 * 86_400),
    ],
)
def test_ages_in_the_units_of_human_duration(text, seconds):
    assert age_of(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "<unknown>", "<invalid>", "5", "m", "1h2d", "-3s", "9" * 30 + "s"])
def test_what_is_no_age_is_none(text):
    assert age_of(text) is None


def test_an_age_before_all_calendars_is_no_time():
    assert before(NOW, age_of("999999y")) == ""
    assert before(None, age_of("5m")) == ""
    assert before(NOW, age_of("5m")) == "2026-03-01T11:55:00Z"


def test_times_are_utc():
    assert time_of("Thu, 27 Feb 2025 07:30:28 +0100") == "2025-02-27T06:30:28Z"
    assert time_of("Thu, 01 Jan 1970 01:00:00 +0100") == "1970-01-01T00:00:00Z"
    assert time_of("<unset>") == time_of("") == time_of("Thu, 99 Feb 2025 07:30:28 +0100") == ""


def test_repeated_ages():
    assert repeated("5m11s (x5 over 6m39s)") == ("5m11s", 5, "6m39s")
    assert repeated("6m40s") == ("6m40s", 1, "6m40s")


def test_cells_begin_below_their_headings():
    text = printed("NAME\tREADY\tRESTARTS\tAGE\na\t1/1\t56 (3h19m ago)\t44d\nlonger-name\t0/1\t<none>\t2m\n", padding=3)
    first, second = rows(text.split("\n"))
    assert first == {"NAME": "a", "READY": "1/1", "RESTARTS": "56 (3h19m ago)", "AGE": "44d"}
    assert second["RESTARTS"] == ""


def test_an_empty_cell_stays_empty():
    text = printed("Type\tFrom\tMessage\n----\t----\t-------\nNormal\t\tfine  so far\n")
    assert list(rows(text.split("\n"))) == [{"Type": "Normal", "From": "", "Message": "fine  so far"}]


def test_a_row_that_fits_no_columns_is_left_out():
    assert list(rows(["NAME   READY   AGE", "overlong-name-cut-by-somebody 1/1 5m"])) == []
    assert list(rows(["NAME   READY   AGE", "overlong-name   1/1   5m"])) == [
        {"NAME": "overlong-name", "READY": "1/1", "AGE": "5m"}
    ]
    assert list(rows([])) == []


def test_labels_taints_and_tolerations():
    assert labels_of(["app=web", "empty=", "a/b=c=d", "<none>"]) == {"app": "web", "empty": "", "a/b": "c=d"}
    assert taints_of(["gpu=yes:NoSchedule", "node.kubernetes.io/not-ready:NoExecute"]) == [
        {"key": "gpu", "value": "yes", "effect": "NoSchedule"},
        {"key": "node.kubernetes.io/not-ready", "effect": "NoExecute"},
    ]
    lines = ["op=Exists", "a=b:NoSchedule", "c:NoExecute op=Exists for 300s", ":NoExecute op=Exists", "what is this?"]
    assert tolerations_of(lines) == [
        {"operator": "Exists"},
        {"key": "a", "value": "b", "effect": "NoSchedule"},
        {"key": "c", "effect": "NoExecute", "operator": "Exists", "tolerationSeconds": 300},
        {"effect": "NoExecute", "operator": "Exists"},
    ]


def test_a_selector_that_is_not_plain_is_left_out():
    assert selector_of("app=web,tier=front") == {"matchLabels": {"app": "web", "tier": "front"}}
    assert selector_of("app=web,tier in (a,b)") == selector_of("!app") == selector_of("") == {}


def test_annotations_of_one_line_and_of_more():
    text = 'Annotations:\tdeployment.kubernetes.io/revision: 3\n\tlong:\n\t  {"a": 1}\n'
    (root,) = outline(printed(text).split("\n")).below
    assert annotations_of(root) == {"deployment.kubernetes.io/revision": "3", "long": '{"a": 1}'}
