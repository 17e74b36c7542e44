"""Alerts as Alertmanager sends and lists them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.collect.alert import ParsedAlert, parse_alert
from diagflow.collect.alertlabels import entities_of
from diagflow.model import BadInput

START = "2026-01-31T09:50:00.123456789Z"


def alert(labels: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    return {"status": "firing", "labels": {"alertname": "X", **(labels or {})}, "startsAt": START, **more}


def webhook(*alerts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"version": "4", "groupKey": "{}:{}", "status": "firing", "receiver": "d", "alerts": list(alerts), **more}


def parse(data: Any) -> ParsedAlert:
    return parse_alert(json.dumps(data).encode(), name="alert.json")


def named(labels: dict[str, str]) -> list[str]:
    return [str(entity) for entity in entities_of(labels)]


# labels


@pytest.mark.parametrize(
    ("labels", "entities"),
    [
        ({"namespace": "shop", "pod": "cart-0", "container": "app"}, ["pod/shop/cart-0"]),
        ({"namespace": "shop", "deployment": "cart"}, ["deployment/shop/cart"]),
        ({"namespace": "shop", "statefulset": "db"}, ["statefulset/shop/db"]),
        ({"namespace": "shop", "daemonset": "agent"}, ["daemonset/shop/agent"]),
        ({"namespace": "shop", "replicaset": "cart-1"}, ["replicaset/shop/cart-1"]),
        ({"namespace": "shop", "job": "kube-state-metrics", "job_name": "backup"}, ["job/shop/backup"]),
        ({"namespace": "shop", "cronjob": "nightly"}, ["cronjob/shop/nightly"]),
        ({"namespace": "shop", "persistentvolumeclaim": "data"}, ["persistentvolumeclaim/shop/data"]),
        ({"namespace": "shop", "resourcequota": "cpu"}, ["resourcequota/shop/cpu"]),
        ({"namespace": "shop", "horizontalpodautoscaler": "cart"}, ["horizontalpodautoscaler/shop/cart"]),
        ({"namespace": "shop", "service": "cart"}, ["service/shop/cart"]),
        ({"node": "worker-1"}, ["node/worker-1"]),
        ({"node": "worker-1", "namespace": "shop", "pod": "a"}, ["node/worker-1", "pod/shop/a"]),
        ({"namespace": "shop"}, ["namespace/shop"]),
        ({"severity": "critical", "job": "x"}, ["cluster/local"]),
        ({}, ["cluster/local"]),
        ({"pod": "without-namespace"}, ["cluster/local"]),
        ({"pod": "", "namespace": ""}, ["cluster/local"]),
    ],
)
def test_labels_name_entities(labels: dict[str, str], entities: list[str]):
    assert named(labels) == entities


TARGET = {
    "job": "kube-state-metrics",
    "namespace": "monitoring",
    "pod": "kube-state-metrics-7f-x",
    "service": "kube-state-metrics",
    "container": "kube-state-metrics",
    "endpoint": "http",
    "instance": "10.0.0.1:8080",
}


@pytest.mark.parametrize(
    ("labels", "entities"),
    [
        ({**TARGET, "exported_namespace": "shop", "exported_pod": "cart-0"}, ["pod/shop/cart-0"]),
        ({**TARGET, "exported_namespace": "shop", "deployment": "cart"}, ["deployment/shop/cart"]),
        ({**TARGET, "namespace": "shop", "deployment": "cart"}, ["deployment/shop/cart"]),
        ({**TARGET, "node": "worker-1"}, ["node/worker-1"]),
        ({**TARGET, "exported_node": "worker-1", "node": "infra-1"}, ["node/worker-1"]),
        ({**TARGET, "exported_service": "cart", "exported_namespace": "shop"}, ["service/shop/cart"]),
        (TARGET, ["pod/monitoring/kube-state-metrics-7f-x", "service/monitoring/kube-state-metrics"]),
    ],
)
def test_the_subject_is_told_from_the_scrape_target(labels: dict[str, str], entities: list[str]):
    assert named(labels) == entities


# bodies


def test_a_webhook_body():
    later = alert({"pod": "b", "namespace": "shop"}, startsAt="2026-01-31T10:00:00+00:00")
    body = webhook(alert({"pod": "a", "namespace": "shop"}), later, groupLabels={})
    parsed = parse(body)
    assert [str(e) for e in parsed.entities] == ["pod/shop/a", "pod/shop/b"]
    assert parsed.onset == datetime(2026, 1, 31, 9, 50, 0, 123457, tzinfo=UTC)
    assert parsed.labels == {"alertname": "X", "namespace": "shop"}
    assert parsed.body == body
    assert parsed.firing == 2


def test_only_firing_alerts_count():
    gone = alert({"pod": "a", "namespace": "shop"}, status="resolved", startsAt="2026-01-31T01:00:00Z")
    parsed = parse(webhook(gone, alert({"pod": "b", "namespace": "shop"})))
    assert [str(e) for e in parsed.entities] == ["pod/shop/b"]
    assert parsed.onset is not None
    assert parsed.onset.hour == 9
    assert parsed.firing == 1


def test_what_amtool_prints():
    listed = alert(
        {"node": "w"}, status={"state": "active", "silencedBy": [], "inhibitedBy": []}, receivers=[{"name": "d"}]
    )
    parsed = parse([listed])
    assert [str(e) for e in parsed.entities] == ["node/w"]
    assert parsed.body == {"version": "4", "status": "firing", "alerts": [listed]}


def test_one_alert():
    assert [str(e) for e in parse(alert({"node": "w"})).entities] == ["node/w"]


def test_the_whole_cluster_only_if_nothing_smaller_is_named():
    assert [str(e) for e in parse(webhook(alert({"node": "w"}), alert())).entities] == ["node/w"]
    assert [str(e) for e in parse(webhook(alert(), alert())).entities] == ["cluster/local"]


@pytest.mark.parametrize("names", [["Watchdog"], ["InfoInhibitor", "Watchdog", "Watchdog"]])
def test_what_fires_while_all_is_well_is_no_reason_to_look_for_a_cause(names: list[str]):
    body = webhook(*(alert({"alertname": name, "namespace": "shop"}) for name in names))
    parsed = parse(body)
    assert (parsed.entities, parsed.onset, dict(parsed.labels), parsed.firing) == ((), None, {}, 0)
    assert (parsed.by_design, parsed.body) == (tuple(sorted(set(names))), body)
    assert parsed.note.startswith(" and ".join(parsed.by_design) + " fire")


def test_what_fires_while_all_is_well_counts_for_nothing_beside_others():
    watchdog = alert({"alertname": "Watchdog", "namespace": "monitoring"}, startsAt="2020-01-01T00:00:00Z")
    parsed = parse(webhook(watchdog, alert({"pod": "a", "namespace": "shop"})))
    assert [str(e) for e in parsed.entities] == ["pod/shop/a"]
    assert parsed.onset is not None
    assert (parsed.onset.year, parsed.labels["namespace"], parsed.firing, parsed.note) == (2026, "shop", 1, "")


def test_a_name_that_only_looks_like_it_is_an_alert():
    assert [parse(alert({"alertname": name})).firing for name in ("watchdog", "WatchdogMissing", "")] == [1, 1, 1]


@pytest.mark.parametrize(("severity", "firing"), [("none", 0), ("critical", 1), ("info", 1)])
def test_an_alert_of_that_name_with_a_severity_is_somebody_elses(severity: str, firing: int):
    parsed = parse(alert({"alertname": "Watchdog", "severity": severity, "node": "w-1"}))
    assert (parsed.firing, [str(e) for e in parsed.entities]) == (firing, ["node/w-1"] * firing)


def test_times_of_other_zones_and_missing_ones():
    one = parse(webhook(alert(startsAt="2026-01-31T17:50:00+08:00"), alert(startsAt="0001-01-01T00:00:00Z")))
    assert one.onset == datetime(2026, 1, 31, 9, 50, tzinfo=UTC)
    assert parse(webhook({"labels": {}})).onset is None


def test_a_hostile_name_stays_a_name():
    (entity,) = parse(webhook(alert({"pod": "../../x y\n", "namespace": "a/b"}))).entities
    assert str(entity) == "pod/a%2Fb/..%2F..%2Fx%20y%0A"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "a.json:1:1: this is no JSON: Input data was truncated"),
        (b'{"alerts": [\n  {"labels" 5}]}', "a.json:2:13: this is no JSON: JSON is malformed: expected ':'"),
        (b'{"alerts": [', "a.json:1:13: this is no JSON: Input data was truncated"),
        (b"\xff\xfe", "a.json:1:1: this is no JSON: JSON is malformed: invalid character"),
        (b'{"a": "\xff"}', "a.json: this is no UTF-8: invalid start byte"),
        (b"[" * 100_000, "a.json: this is no alert: it is nested too deeply"),
        (b'{"a": 1e999}', "a.json:1:13: this is no JSON: Number out of range - at `$[...]`"),
        (b"5", "a.json: this is no alert: it needs `alerts`, a list, as in the body of an Alertmanager webhook"),
        (b'{"alerts": {}}', "a.json: this is no alert: it needs `alerts`, a list"),
        (b'{"alerts": []}', "a.json: there is no alert in it"),
        (b'{"alerts": [5]}', "a.json: alerts[0]: Expected `object`, got `int`"),
        (b'{"alerts": [{}]}', "a.json: alerts[0]: Object missing required field `labels`"),
        (b'{"alerts": [{"labels": {"pod": 5}}]}', "a.json: alerts[0].labels[...]: Expected `str`, got `int`"),
        (b'{"alerts": [{"labels": {}, "startsAt": "yesterday"}]}', "a.json: alerts[0].startsAt: Invalid RFC3339"),
        (b'{"alerts": [{"labels": {}, "status": "resolved"}]}', "a.json: none of its 1 alerts fires any more"),
    ],
)
def test_what_is_no_alert_is_said_in_one_line(body: bytes, said: str):
    with pytest.raises(BadInput) as caught:
        parse_alert(body, name="a.json")
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_a_body_that_is_too_large():
    with pytest.raises(BadInput, match="are too many for an alert"):
        parse_alert(b" " * (17 << 20), name="a.json")


def test_a_byte_order_mark_is_no_error():
    assert parse_alert(b"\xef\xbb\xbf" + json.dumps(webhook(alert())).encode(), name="a").firing == 1


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["alerts", "labels", "status", "startsAt", "state", "pod"]), inner, max_size=4
    ),
    max_leaves=12,
)  # fmt: skip


@given(_JSON)
def test_whatever_comes_is_an_alert_or_bad_input(data: Any):
    said = ""
    try:
        parse(data)
    except BadInput as e:
        said = str(e)
    assert "\n" not in said


@given(st.binary(max_size=60))
def test_whatever_bytes_come(body: bytes):
    with pytest.raises(BadInput):
        parse_alert(body, name="x")


def test_the_resolved_alert_of_a_past_incident_still_says_what_it_was_about():
    body = b'{"alerts": [{"status": "resolved", "labels": {"alertname": "A", "namespace": "shop", "pod": "cart-0"}}]}'
    assert [str(e) for e in parse_alert(body, name="a.json", resolved=True).entities] == ["pod/shop/cart-0"]
