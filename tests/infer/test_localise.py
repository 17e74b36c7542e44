"""Who is blamed, on small call graphs."""

import pytest

from diagflow.infer.localise import FARTHER, THROUGH_HEALTHY, localise
from diagflow.model import Entity


def service(name):
    return Entity("service", name)


def blamed(calls, anomalies, alerting="a"):
    """Return names and blame; `calls` is written as "a>b a>c"."""
    graph: dict[Entity, list[Entity]] = {}
    for call in calls.split():
        caller, callee = call.split(">")
        graph.setdefault(service(caller), []).append(service(callee))
    found = localise(
        {service(name): value for name, value in anomalies.items()},
        lambda entity: graph.get(entity, []),
        [service(name) for name in alerting.split()],
    )
    return {entity.name: blame for entity, blame in found.items()}


def test_a_callee_that_is_anomalous_explains_its_callers():
    found = blamed("a>b b>c", {"a": 0.8, "b": 0.8, "c": 0.8})
    assert next(iter(found)) == "c"
    assert found["c"] == pytest.approx(0.8 * FARTHER**2)
    assert found["a"] == pytest.approx(0.8 * (1 - 0.8))


def test_a_caller_explains_nothing():
    assert blamed("a>b", {"a": 0.8, "b": 0.0}) == {"a": 0.8}
    assert list(blamed("b>a", {"a": 0.8, "b": 0.8})) == ["a"]  # b calls a: it is where a's trouble goes


def test_a_little_anomaly_of_a_callee_explains_a_little():
    assert list(blamed("a>b", {"a": 0.9, "b": 0.1})) == ["a", "b"]


def test_the_nearer_of_two_is_blamed_first():
    assert list(blamed("a>b a>c c>d", {"a": 0.8, "b": 0.7, "c": 0.0, "d": 0.7})) == ["b", "d", "a"]


def test_the_way_through_the_healthy_costs():
    through_healthy = blamed("a>b b>c", {"a": 0.8, "b": 0.0, "c": 0.8})["c"]
    through_unknown = blamed("a>b b>c", {"a": 0.8, "c": 0.8})["c"]
    assert through_healthy == pytest.approx(THROUGH_HEALTHY * through_unknown)


def test_the_best_way_counts():
    assert blamed("a>b b>d a>d", {"a": 0.8, "b": 0.0, "d": 0.8})["d"] == pytest.approx(0.8 * FARTHER)


def test_who_is_not_watched_passes_on_what_lies_behind():
    assert blamed("a>b b>c", {"a": 0.8, "c": 0.8})["a"] == pytest.approx(0.8 * (1 - 0.8))


def test_who_is_not_called_is_not_blamed():
    assert blamed("a>b x>y", {"a": 0.8, "b": 0.8, "x": 0.9, "y": 0.9}).keys() == {"a", "b"}


def test_circles_end_and_names_decide_between_equals():
    assert list(blamed("a>b b>a a>a", {"a": 0.8, "b": 0.8})) == ["a", "b"]
    assert list(blamed("a>c a>b", {"b": 0.8, "c": 0.8})) == ["b", "c"]


def test_nobody_is_blamed_where_all_is_well():
    assert blamed("a>b", {"a": 0.0, "b": 0.0}) == {}
    assert blamed("", {}) == {}
