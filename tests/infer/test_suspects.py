"""Suspects from series, a call graph and an alert."""

from datetime import timedelta

import numpy as np

from diagflow.analyze.watched import Watched, watched
from diagflow.infer.suspects import LEAST, MOST, SURE, suspects
from diagflow.model import Edge, Entity
from diagflow.model.topology import Edges
from diagflow.promql import Series, Storage
from diagflow.promql.arrays import Floats
from tests.infer.make import NOW, entity

BEGAN = NOW - timedelta(minutes=5)
TIMES: Floats = NOW.timestamp() - np.arange(0.0, 7200.0, 60.0)[::-1].astype(np.float64)
CALLS = Edges([Edge(entity("service/shop"), "calls", entity("service/cart"))])


def levels(before: float, after: float, seed: int = 0) -> Floats:
    """Return two hours of samples; the new level begins when the alert does."""
    noise = np.random.default_rng(seed).normal(size=len(TIMES))
    level: Floats = np.where(BEGAN.timestamp() > TIMES, before, after).astype(np.float64)
    return level * (1 + 0.02 * noise)


def one(about, metric, before, after, service=None):
    return Watched(entity(about), metric, TIMES, levels(before, after), entity(service or about))


def found(*series, topology=CALLS, alerting="service/shop"):
    return suspects(series, topology, [entity(alerting)], began=BEGAN, now=NOW)


def test_the_callee_comes_before_its_caller_and_says_why():
    first, second = found(one("service/shop", "latency", 0.1, 0.9), one("service/cart", "latency", 0.05, 0.08))
    assert (str(first.entity), str(second.entity)) == ("service/cart", "service/shop")
    assert SURE > first.score > second.score > 0
    (why,) = first.why
    assert why.en.startswith("latency: 0.05")
    assert "since 2026-01-01T11:55:00Z" in why.en
    assert "自 2026-01-01T11:55:00Z" in why.zh


def test_nothing_changed_nobody_is_suspected():
    assert found(one("service/shop", "latency", 0.1, 0.1), one("service/cart", "latency", 0.05, 0.05)) == ()
    assert found() == ()


def test_what_got_better_is_no_suspect():
    assert found(one("service/cart", "latency", 0.8, 0.05), one("service/cart", "success_percent", 80, 100)) == ()


def test_traffic_says_less_than_errors():
    both = Edges([Edge(entity("service/shop"), "calls", entity(f"service/{name}")) for name in ("cart", "ads")])
    first, second = found(
        one("service/ads", "requests", 10, 100), one("service/cart", "errors", 10, 100), topology=both
    )
    assert (first.entity.name, second.entity.name) == ("cart", "ads")


def test_a_pod_stands_for_its_service_in_the_graph():
    (first,) = found(one("pod/cart-0", "cpu", 1, 9, service="service/cart"), one("service/shop", "latency", 1, 1))
    assert str(first.entity) == "pod/cart-0"


def test_a_pod_is_found_by_its_selector_and_owner_too():
    graph = Edges(
        [
            Edge(entity("deployment/web/shop"), "calls", entity("deployment/web/cart")),
            Edge(entity("replicaset/web/cart-1"), "owner", entity("deployment/web/cart")),
            Edge(entity("pod/web/cart-1-a"), "owner", entity("replicaset/web/cart-1")),
        ]
    )
    (first,) = found(one("pod/web/cart-1-a", "cpu", 1, 9), topology=graph, alerting="deployment/web/shop")
    assert str(first.entity) == "pod/web/cart-1-a"


def test_without_a_call_graph_only_what_the_alert_names_is_looked_at():
    series = (one("service/shop", "latency", 0.1, 0.9), one("service/cart", "latency", 0.1, 0.9))
    assert [str(s.entity) for s in found(*series, topology=Edges([]))] == ["service/shop"]


def test_few_are_shown_and_nobody_with_little_blame():
    names = [f"s{n}" for n in range(9)]
    graph = Edges([Edge(entity("service/shop"), "calls", entity(f"service/{name}")) for name in names])
    loud = found(*(one(f"service/{name}", "errors", 10, 100) for name in names), topology=graph)
    assert len(loud) == MOST
    faint = [s.score for after in np.linspace(10.6, 13.5, 30) for s in found(one("service/cart", "errors", 10, after))]
    assert faint
    assert len(faint) < 30
    assert min(faint) >= SURE * LEAST


def test_without_a_call_graph_the_pods_of_what_the_alert_names_are_looked_at_too():
    graph = Edges([Edge(entity("pod/web/cart-a"), "owner", entity("deployment/web/cart"))])
    series = (one("pod/web/cart-a", "cpu", 1, 9), one("pod/web/other", "cpu", 1, 9))
    assert [str(s.entity) for s in found(*series, topology=graph, alerting="deployment/web/cart")] == ["pod/web/cart-a"]


def test_what_came_soon_after_the_alert_counts_where_its_start_is_the_moment():
    series = one("service/cart", "latency", 0.05, 0.8)
    assert suspects([series], CALLS, [entity("service/shop")], began=BEGAN, now=BEGAN)


def test_what_changed_long_after_the_alert_is_not_its_reason():
    series = one("service/cart", "latency", 0.05, 0.8)
    began = NOW - timedelta(minutes=50)
    assert suspects([series], CALLS, [entity("service/shop")], began=began, now=NOW) == ()


def test_the_order_of_series_does_not_matter():
    series = [one(f"service/{n}", m, 1, 5) for n in ("shop", "cart") for m in ("latency", "errors", "cpu", "memory")]
    assert found(*series) == found(*reversed(series))


def test_series_of_a_storage_by_what_they_are_about():
    times = np.array([0, 60_000, 120_000], np.int64)
    rising = np.array([0.0, 60.0, 180.0])
    rows = [
        {"__name__": "latency", "service": "cart", "statistic": "p99"},
        {"__name__": "cpu", "pod": "cart-0", "service": "cart", "instance": "10.0.0.1"},
        {"__name__": "requests_total", "namespace": "shop", "pod": "web-0"},
        {"__name__": "kube_pod_info", "pod": "web-0", "namespace": "shop", "service": "kube-state-metrics"},
        {"__name__": "wait_seconds_bucket", "pod": "web-0", "le": "1"},
        {"__name__": "up_everywhere", "job": "all"},
    ]
    by_name = {w.metric: w for w in watched(Storage([Series(labels, times, rising) for labels in rows]))}
    assert set(by_name) == {
        'latency{statistic="p99"}',
        "cpu",
        "requests_total",
        "kube_pod_info",
    }
    assert by_name['latency{statistic="p99"}'].entity == Entity("service", "cart")
    assert (str(by_name["cpu"].entity), str(by_name["cpu"].service)) == ("pod/cart-0", "service/cart")
    assert by_name["cpu"].times.tolist() == [0, 60, 120]
    assert by_name["requests_total"].values.tolist() == [1.0, 2.0]
    assert str(by_name["requests_total"].service) == "pod/shop/web-0"
    assert str(by_name["kube_pod_info"].service) == "pod/shop/web-0"
