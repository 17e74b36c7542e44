import math
from typing import Any

import pytest

from diagflow.feedback import phrases
from diagflow.feedback.words import words
from diagflow.model import Entity, Query
from tests.feedback.samples import pod

EN, ZH = words("en"), words("zh")


@pytest.mark.parametrize(
    ("confidence", "text"),
    [
        (0.99, "almost certain (99%)"),
        (0.95, "almost certain (95%)"),
        (0.9, "very likely (90%)"),
        (0.7, "likely (70%)"),
        (0.5, "more likely than not (50%)"),
        (0.49, "possible (49%)"),
    ],
)
def test_sure(confidence: float, text: str) -> None:
    assert phrases.sure(confidence, EN) == text


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        (None, ""),
        (18.0, "18"),
        (0.123456, "0.1235"),
        (True, "true"),
        (math.nan, "NaN"),
        (-math.inf, "-Inf"),
        ("x\ny", "x ↵ y"),
        ({"b": [1, math.inf], "a": "节"}, '{"a": "节", "b": [1, "+Inf"]}'),
        ("x" * 200, "x" * 120 + " …"),
    ],
)
def test_value(seen: Any, text: str) -> None:
    assert phrases.value(seen) == text


def test_folded() -> None:
    names = [f"p{n}" for n in range(6)]
    assert phrases.folded(names[:4], EN) == "p0, p1, p2, p3"
    assert phrases.folded(names, EN) == "p0, p1, p2 and 3 more"
    assert phrases.folded(names, ZH) == "p0、p1、p2 等 6 个"


def test_more_things() -> None:
    assert phrases.more_things([pod("a")], EN) == ""
    assert phrases.more_things([pod("a"), pod("b")], EN) == " (and 1 more pod)"
    assert phrases.more_things([pod(str(n)) for n in range(1001)], EN) == " (and 1,000 more pods)"
    assert phrases.more_things([pod("a"), Entity("node", "b"), pod("c")], EN) == " (and 2 more objects)"
    assert phrases.more_things([pod("a"), pod("b")], ZH) == "（另有 1 个 Pod）"
    assert phrases.more_things([Entity("node", "a"), Entity("node", "b")], ZH) == "（另有 1 个节点）"


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("objects:pods", "list of pods"),
        ("objects:pods#namespace=shop", "list of pods in namespace shop"),
        ("promql:sum(up)", "metric sum(up)"),
        ("log:shop/a/b#previous=true", "previous log of shop/a/b"),
        ("future:thing", "thing"),
    ],
)
def test_query(query: str, text: str) -> None:
    assert phrases.query(Query.parse(query), EN) == text


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ({"cluster": "prod"}, "prod"),
        ({"prometheus": {"url": "http://p"}, "kubernetes": {"context": "lab", "server": "https://x"}}, "lab"),
        ({"server": "https://x"}, "https://x"),
        ({"cluster": 7, "prometheus": {"url": "http://p"}}, ""),
        ({}, ""),
    ],
)
def test_cluster(source: dict[str, Any], name: str) -> None:
    assert phrases.cluster(source) == name
