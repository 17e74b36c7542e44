"""What names of metrics say."""

import pytest

from diagflow.analyze.signals import TRAFFIC_WEIGHT, Signal, signal_of, weight


@pytest.mark.parametrize(
    ("metric", "signal"),
    [
        ("latency", Signal.FAILING),
        ('latency{statistic="p99"}', Signal.FAILING),
        ("http_request_duration_seconds_sum", Signal.FAILING),
        ("http_request_errors_total", Signal.FAILING),
        ("kube_pod_container_status_restarts_total", Signal.FAILING),
        ("kube_deployment_status_replicas_unavailable", Signal.FAILING),
        ("TargetResponseTime", Signal.FAILING),
        ("availability", Signal.WORKING),
        ("pod_success_percent", Signal.WORKING),
        ("up", Signal.WORKING),
        ("requests", Signal.TRAFFIC),
        ("http_requests_total", Signal.TRAFFIC),
        ("container_network_receive_bytes_total", Signal.TRAFFIC),
        ("container_cpu_usage_seconds_total", Signal.OTHER),
        ("groups", Signal.OTHER),  # `up` is a word of its own
        ('cpu{mode="error"}', Signal.OTHER),  # labels are no part of the name
    ],
)
def test_signals(metric, signal):
    assert signal_of(metric) is signal


@pytest.mark.parametrize(
    ("metric", "before", "after", "expected"),
    [
        ("latency", 0.1, 1.0, 1.0),
        ("latency", 1.0, 0.1, 0.0),  # faster is no trouble
        ("latency", 100.0, 104.0, 0.0),  # nobody is woken by 4 %
        ("availability", 99.99, 99.0, 1.0),  # and by a hundred times the errors one is
        ("availability", 90.0, 100.0, 0.0),
        ("requests", 10.0, 100.0, TRAFFIC_WEIGHT),
        ("requests", 100.0, 0.0, TRAFFIC_WEIGHT),
        ("cpu_usage", 1.0, 2.0, 1.0),
        ("cpu_usage", 2.0, 1.0, TRAFFIC_WEIGHT),
    ],
)
def test_how_much_a_change_says(metric, before, after, expected):
    assert weight(metric, before, after) == expected
