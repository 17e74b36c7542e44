"""Names of persons and machines in facts: replaced wherever they stand, and restored for the live terminal only."""

from datetime import UTC, datetime
from typing import Any

import pytest

from diagflow.bundle import Redactor, new_key
from diagflow.model import Query, Reading, State

NAMES = ["张三 李", "li", "DESKTOP-AB12", "root", "Administrator"]


def redacted(data: Any, kind: str = "fact") -> tuple[Any, Redactor]:
    redactor = Redactor(new_key(), NAMES)
    reading = Reading(Query.of(kind, "host/local"), State.DATA, datetime.now(UTC), data)
    return redactor.reading(reading).data, redactor


@pytest.mark.parametrize(
    "text",
    [
        r"C:\Users\张三 李\go",
        r"C:\Users\LI\go\bin",
        "/home/li/go:/usr/bin",
        r"go: open C:\Users\li\x: Access is denied on DESKTOP-AB12",
    ],
)
@pytest.mark.parametrize("kind", ["fact", "log"])
def test_a_name_is_replaced_and_restored(text: str, kind: str):
    data, redactor = redacted(text, kind)
    assert not any(name.lower() in data.lower() for name in ("张三 李", "\\li\\", "/li/", "DESKTOP-AB12"))
    assert redactor.restored(data) == text


@pytest.mark.parametrize(
    "text", [r"D:\li\x", "the client list", "/root/go", r"C:\Users\Administrator\go", "/home/lisa"]
)
def test_what_only_looks_like_the_name_stays(text: str):
    assert redacted(text)[0] == text


def test_equal_names_stay_equal_and_the_shape_too():
    data, _ = redacted({"a": r"C:\Users\张三 李\go", "b": [r"C:\Users\张三 李"], r"C:\Users\张三 李": 1})
    assert data["a"].startswith(data["b"][0] + "\\")
    assert data["b"][0] in data
    assert " " in data["b"][0]
    assert not data["b"][0].isascii()


def test_objects_of_a_cluster_keep_their_names():
    redactor = Redactor(new_key(), NAMES)
    reading = Reading(Query.of("objects", "pods"), State.DATA, datetime.now(UTC), [{"metadata": {"name": "li"}}])
    assert redactor.reading(reading).data[0]["metadata"]["name"] == "li"
