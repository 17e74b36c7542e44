"""Incident folders, tidy and as found in the world."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diagflow.bundle import Opened, open_bundle, save
from diagflow.model import Query, State
from tests.bundle.make import pod, refusal, write

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
NODE = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1", "creationTimestamp": "2026-01-01T00:00:00Z"}}
CHANGE = {"time": "2026-01-01T11:00:00Z", "entity": "deployment/shop/a", "kind": "rollout", "what": "v2"}
TWO = "kind: Pod\napiVersion: v1\nmetadata: {name: two, namespace: shop}\n"
ALERT: dict[str, Any] = {
    "version": "4",
    "alerts": [
        {"labels": {"alertname": "B"}, "startsAt": "2026-01-01T11:00:00Z", "endsAt": "0001-01-01T00:00:00Z"},
        {"labels": {"alertname": "A"}, "startsAt": "2026-01-01T11:30:00Z", "endsAt": "2026-01-01T11:45:00Z"},
    ],
}


def meta(name: str) -> dict[str, str]:
    return {"name": name, "namespace": "s"}


def listed(kind: str, items: list[Any], version: str = "v1", **metadata: Any) -> dict[str, Any]:
    return {"kind": kind, "apiVersion": version, "metadata": metadata, "items": items}


def opened(root: Path, files: dict[str, Any]) -> Opened:
    return open_bundle(write(root, files), at=AT)


def objects(found: Opened, resource: str) -> Any:
    return found.bundle.get(Query.of("objects", resource))


def names(found: Opened, resource: str) -> list[str]:
    reading = objects(found, resource)
    return [] if reading.data is None else [str(reading.data.entity(i)) for i in range(len(reading.data))]


def test_a_tidy_folder(tmp_path: Path):
    found = opened(
        tmp_path,
        {
            "objects/pods.json": listed("PodList", [pod("a"), pod("b")]),
            "objects/nodes.yaml": "apiVersion: v1\nkind: List\nitems:\n- kind: Node\n  metadata: {name: n1}\n",
            "objects/services.json": listed("List", []),
            "logs/shop/a/app.log": "one\ntwo\n",
            "logs/shop/a/app.previous.log": "zero\n",
            "logs/shop/b/app.log": "",
            "logs/node/n1.log": "kubelet\n",
            "alert.json": ALERT,
            "changes.json": [
                {"time": "2026-01-01T11:00:00Z", "entity": "deployment/shop/a", "kind": "rollout", "what": "v2"}
            ],
            "topology.json": [{"from": "service/shop/a", "to": "service/shop/b", "relation": "calls"}],
            "labels.yaml": "healthy: false\ncauses: [{id: kubernetes.x, entity: pod/shop/a}]\n",
            "metrics.csv": "timestamp,metric,value\n",
            "spans.parquet": b"PAR1",
        },
    )
    assert (found.kind, found.problems, found.notes, found.diagnosis) == ("folder", (), (), None)
    assert names(found, "pods") == ["pod/shop/a", "pod/shop/b"]
    assert names(found, "nodes") == ["node/n1"]
    assert objects(found, "services").state is State.EMPTY
    assert objects(found, "services").answered
    get = found.bundle.get
    assert get(Query.of("log", "shop/a/app")).data == "one\ntwo\n"
    assert get(Query.of("log", "shop/a/app", previous="true", tail="10")).data == "zero\n"
    assert get(Query.of("log", "shop/b/app")).state is State.EMPTY
    assert get(Query.of("log", "node/n1")).data == "kubelet\n"
    assert get(Query.of("change", "rollout")).data[0]["what"] == "v2"
    assert get(Query.of("change", "config")).answered
    assert get(Query.of("topology", "")).data[0]["relation"] == "calls"
    assert found.labels == {"healthy": False, "causes": [{"id": "kubernetes.x", "entity": "pod/shop/a"}]}
    assert found.bundle.incident.alert == ALERT
    assert found.bundle.incident.onset == datetime(2026, 1, 1, 11, tzinfo=UTC)
    assert get(Query.of("series", "metrics.csv")).state is State.EMPTY


def test_analysis_never_sees_the_labels(tmp_path: Path):
    found = opened(tmp_path, {"objects/a.json": pod("a"), "labels.yaml": "causes: [{id: kubernetes.secret-cause}]"})
    assert all(b"secret-cause" not in e.packed() for e in found.bundle.entries())
    save(found.bundle, f"{tmp_path}/out/", labels=found.labels)
    assert open_bundle(tmp_path / "out").labels == found.labels


def test_what_is_not_there_is_absent_and_says_why(tmp_path: Path):
    found = opened(tmp_path, {"objects/pods.json": listed("PodList", [pod("a")])})
    for text, detail in {
        "objects:nodes": "not in this folder",
        "log:shop/a/app": "not in this folder",
        "change:rollout": "not in this folder",
        "promql:up": "no metrics in this folder",
    }.items():
        reading = found.bundle.get(Query.parse(text))
        assert (reading.state, reading.detail) == (State.ABSENT, detail)
    save(found.bundle, tmp_path / "out.zip")
    again = open_bundle(tmp_path / "out.zip").bundle
    assert again.get(Query.parse("objects:nodes")).detail == "not in this folder"
    assert again.digest() == found.bundle.digest()


def test_objects_in_any_form(tmp_path: Path):
    bare = {k: v for k, v in pod("bare").items() if k not in ("kind", "apiVersion")}
    found = opened(
        tmp_path,
        {
            "one.json": pod("one"),
            "deep/er/two.yml": f"{TWO}---\nkind: Node\nmetadata: {{name: n1}}\n",
            "lines.jsonl": json.dumps(pod("three")) + "\n\n" + json.dumps(pod("four")) + "\n",
            "watch.json": json.dumps(pod("five"), indent=2) + "\n" + json.dumps(pod("six"), indent=2),
            "typed.json": listed("PodList", [{"metadata": {"name": "seven", "namespace": "shop"}}]),
            "pods/shop.json": [bare],
            "cluster-resources/pvcs/shop.json": [{"metadata": {"name": "c", "namespace": "shop"}}],
            "array.json": [pod("eight"), NODE],
            "windows.json": json.dumps(pod("nine")).encode("utf-16"),
            "marked.json": b"\xef\xbb\xbf" + json.dumps(pod("ten")).encode(),
            "flow.yaml": json.dumps(pod("eleven")),
            "hpa.json": listed(
                "HorizontalPodAutoscalerList", [{"metadata": {"name": "h", "namespace": "s"}}], "autoscaling/v2"
            ),
            "crd.json": {
                "kind": "Gateway",
                "apiVersion": "networking.istio.io/v1",
                "metadata": {"name": "g", "namespace": "s"},
            },
        },
    )
    assert found.problems == ()
    expected = ["bare", "eight", "eleven", "five", "four", "nine", "one", "seven", "six", "ten", "three", "two"]
    assert names(found, "pods") == [f"pod/shop/{n}" for n in expected]
    assert names(found, "nodes") == ["node/n1"]
    assert names(found, "persistentvolumeclaims") == ["persistentvolumeclaim/shop/c"]
    assert names(found, "horizontalpodautoscalers.autoscaling") == ["horizontalpodautoscaler/s/h"]
    assert names(found, "gateways.networking.istio.io") == ["gateway.networking.istio.io/s/g"]
    item = objects(found, "horizontalpodautoscalers").data[0]
    assert (item["kind"], item["apiVersion"]) == ("HorizontalPodAutoscaler", "autoscaling/v2")


def test_one_file_is_enough(tmp_path: Path):
    write(tmp_path, {"pods.json": listed("PodList", [{**pod("a"), "status": {"startTime": "2026-01-01T10:00:00Z"}}])})
    found = open_bundle(tmp_path / "pods.json")
    assert names(found, "pods") == ["pod/shop/a"]
    assert found.bundle.incident.now == datetime(2026, 1, 1, 10, tzinfo=UTC)


def test_events_of_both_apis_are_events(tmp_path: Path):
    old = {"kind": "Event", "apiVersion": "v1", "metadata": {"name": "a", "namespace": "s"}, "message": "m"}
    new = {"kind": "Event", "apiVersion": "events.k8s.io/v1", "metadata": {"name": "b", "namespace": "s"}, "note": "m"}
    assert names(opened(tmp_path, {"a.json": old, "b.json": new}), "events") == ["event/s/a", "event/s/b"]


def test_the_newest_of_an_object_counts(tmp_path: Path):
    def at(version: str, created: str, phase: str) -> dict[str, Any]:
        made = pod("a", status={"phase": phase})
        return {**made, "metadata": {**made["metadata"], "resourceVersion": version, "creationTimestamp": created}}

    early, late = "2026-01-01T00:00:00Z", "2026-01-01T09:00:00Z"
    for files in (
        {"a.json": at("99", early, "Pending"), "b.json": at("100", early, "Running")},
        {"a.json": at("100", early, "Running"), "b.json": at("99", early, "Pending")},
        {"a.json": at("5", late, "Running"), "b.json": at("100", early, "Pending")},
    ):
        found = opened(tmp_path, files)
        assert [o["status"]["phase"] for o in objects(found, "pods").data] == ["Running"]


def test_a_list_of_which_there_is_more_is_incomplete(tmp_path: Path):
    cut = {**listed("PodList", [pod("a")]), "metadata": {"continue": "abc", "remainingItemCount": 7}}
    reading = objects(opened(tmp_path, {"pods.json": cut}), "pods")
    assert (reading.state, reading.answered) == (State.DATA, False)
    assert reading.detail == "pods.json holds only the first page of the list"


BROKEN = {
    "objects/pods.json": (b'{"kind": "PodList", "items": [{"metadata": {}},', "objects/pods.json:1:48: is no JSON"),
    "objects/a.json": (b'{"kind": "PodList",\n  "items" [] }', "objects/a.json:2:11: is no JSON"),
    "objects/b.yaml": (b"kind: PodList\nitems:\n- a: [1\n- b: 2\n", "objects/b.yaml:4:4: is no YAML"),
    "objects/c.yaml": (b"kind: Pod\nkind: PodList\n", "objects/c.yaml:2:1: has the key 'kind' twice"),
    "pods/d.yaml": (b"a:\n\t- b\n", "pods/d.yaml:2:1: is no YAML"),
    "pods/e.json": (b"", "pods/e.json: is empty: write it again"),
    "pods/f.json": (b'{"kind":"PodList"}\xff\xfe', "pods/f.json:1:19: is no UTF-8 text"),
    "pods/g.json": (b'{"kind":"PodList","items":[' + b"[" * 5_000, "pods/g.json: is nested too deep"),
    "pods/h.json": (b'{"kind":"PodList","items":[{"metadata":{"name":"a"},"x":1e999}]}', "pods/h.json"),
    "pods/i.json": (b'{"kind":"PodList","items":[{"metadata":{}}]}', "pods/i.json: has no metadata.name"),
    "pods/i2.json": (b'{"kind":"PodList"}', "pods/i2.json: is a list without `items`"),
    "pods/j.json": (b'{"kind":"PodList","items":[1,2]}', "pods/j.json: item 1 is no object"),
    "pods/k.jsonl": (b'{"kind":"Pod","metadata":{"name":"k"}}\n{"kind":', "pods/k.jsonl:2:1: is no JSON from here on"),
    "pods/l.yaml": (b"a: \x00b\n", "pods/l.yaml"),
    "pods/m.yaml": (b"[" * 200_000, "pods/m.yaml: is nested too deep"),
    "pods/m2.yaml": (b"a: " + b"{b: " * 200_000, "is nested deeper than 150 levels"),
    "pods/n.yaml": (b"- " * 100_000 + b"x", "is nested deeper than 150 levels"),
    "pods/o.yaml": (b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        b"%c: &%c [%s]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 9)) for c in range(ord("b"), ord("k"))
    ), "would unfold to millions of values"),
    "pods/p.yaml": (b"a: *nowhere\n", "uses the alias *nowhere"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_said_and_the_rest_is_used(tmp_path: Path, name: str):
    body, says = BROKEN[name]
    found = opened(tmp_path, {name: body, "good.json": listed("PodList", [pod("good")])})
    assert len(found.problems) >= 1
    assert says in found.problems[0]
    assert all("\n" not in p for p in found.problems)
    assert "pod/shop/good" in names(found, "pods")
    reading = objects(found, "pods")
    assert not reading.answered
    assert name in reading.detail


def test_a_kind_of_which_there_is_only_a_broken_file_is_not_empty(tmp_path: Path):
    found = opened(tmp_path, {"objects/nodes.json": b"{", "objects/pods.json": listed("PodList", [pod("a")])})
    reading = objects(found, "nodes")
    assert (reading.state, reading.answered) == (State.EMPTY, False)
    assert objects(found, "pods").answered


def test_nothing_that_can_be_used_is_one_line(tmp_path: Path):
    write(tmp_path, {"a.json": b"{", "b.json": b"["})
    said = refusal(open_bundle, tmp_path, at=AT)
    assert "nothing in it can be read: a.json" in said
    assert "(and 1 more)" in said


@pytest.mark.parametrize(
    "content", [{"some": "json"}, [1, 2], "text", [], None, {"kind": "Config", "clusters": []}, [{"a": 1}]]
)
def test_other_files_are_left_out_and_counted(tmp_path: Path, content: Any):
    found = opened(tmp_path, {"pod.json": pod("a"), "other.json": json.dumps(content), "notes.txt": "x", "b.md": "y"})
    assert found.problems == ()
    assert found.notes == ("left out, as no Kubernetes objects are in it: b.md, notes.txt, other.json (3 in all)",)


def test_data_of_secrets_is_dropped_and_said(tmp_path: Path):
    secret = {
        "kind": "Secret",
        "apiVersion": "v1",
        "metadata": {"name": "s", "namespace": "n"},
        "data": {"k": "aHVudGVyMg=="},
    }
    found = opened(tmp_path, {"secrets.json": listed("SecretList", [secret])})
    assert all(b"aHVudGVyMg" not in e.packed() for e in found.bundle.entries())
    assert found.notes == ("the data of 1 Secrets was left out",)
    assert names(found, "secrets") == ["secret/n/s"]


def test_metadata_of_secrets_are_secrets(tmp_path: Path):
    item = {
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {"name": "s", "namespace": "n"},
    }
    lists = listed("PartialObjectMetadataList", [item], "meta.k8s.io/v1")
    assert names(opened(tmp_path, {"objects/secrets.json": lists}), "secrets") == ["secret/n/s"]


def test_a_dump_of_kubectl(tmp_path: Path):
    log = (
        "==== START logs for container app of pod shop/a ====\none\ntwo\n"
        "==== END logs for container app of pod shop/a ====\n"
        "==== START logs for container side of pod shop/a ====\n==== END logs for container side of pod shop/a ====\n"
    )
    found = opened(
        tmp_path,
        {
            "nodes.json": listed("NodeList", [NODE]),
            "shop/pods.json": listed("PodList", [pod("a")]),
            "shop/a/logs.txt": log,
        },
    )
    assert found.bundle.get(Query.of("log", "shop/a/app")).data == "one\ntwo\n"
    assert found.bundle.get(Query.of("log", "shop/a/side")).state is State.EMPTY
    assert names(found, "pods") == ["pod/shop/a"]


def test_a_support_bundle(tmp_path: Path):
    found = opened(
        tmp_path / "support-bundle",
        {
            "version.yaml": "apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\n",
            "analysis.json": [{"name": "x", "severity": "warn"}],
            "cluster-resources/pods/shop.json": listed("PodList", [{"metadata": {"name": "a", "namespace": "shop"}}]),
            "cluster-resources/pods/logs/shop/a/app.log": "one\n",
            "cluster-resources/pods/logs/shop/a/app-previous.log": "zero\n",
            "cluster-resources/limitranges/shop.json": listed("LimitRangeList", []),
        },
    )
    assert names(found, "pods") == ["pod/shop/a"]
    assert found.bundle.get(Query.of("log", "shop/a/app", previous="true")).data == "zero\n"
    reading = objects(found, "limitranges")
    assert (reading.state, reading.answered) == (State.EMPTY, False)
    assert reading.detail == "the support bundle has namespace shop only"
    assert "analysis.json, version.yaml (2 in all)" in found.notes[0]


def test_the_moment(tmp_path: Path):
    late = {**NODE, "status": {"conditions": [{"type": "Ready", "lastHeartbeatTime": "2026-01-01T08:00:00+02:00"}]}}
    other = {**pod("a"), "spec": {"notAfter": "2036-01-01T00:00:00Z"}}
    write(tmp_path, {"a.json": late, "b.json": other, "logs/shop/a/app.log": "2030-01-01T00:00:00Z started\n"})
    assert open_bundle(tmp_path).bundle.incident.now == datetime(2026, 1, 1, 6, tzinfo=UTC)
    write(tmp_path, {"alert.json": ALERT})
    assert open_bundle(tmp_path).bundle.incident.now == datetime(2026, 1, 1, 11, 45, tzinfo=UTC)
    assert open_bundle(tmp_path, at=AT).bundle.incident.now == AT
    write(tmp_path, {"labels.yaml": "healthy: true\ntime: '2026-01-01T12:00:00Z'\n"})
    assert open_bundle(tmp_path).bundle.incident.now == datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert open_bundle(tmp_path, at=AT).bundle.incident.now == AT


def test_labels_without_a_moment_move_none(tmp_path: Path):
    write(tmp_path, {"a.json": NODE, "labels.yaml": "healthy: true\ntime: yesterday\n"})
    assert open_bundle(tmp_path).bundle.incident.now == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_time_that_is_still_to_come_moves_no_moment(tmp_path: Path):
    wrong = {"kind": "Node", "metadata": {"name": "n2", "creationTimestamp": "2226-01-01T00:00:00Z"}}
    found = open_bundle(write(tmp_path, {"objects/all.json": listed("NodeList", [NODE, wrong])}))
    assert found.bundle.incident.now == datetime(2026, 1, 1, tzinfo=UTC)
    [problem] = found.problems
    assert "still to come, as 2226-01-01" in problem


def test_only_times_that_are_still_to_come(tmp_path: Path):
    wrong = {"kind": "Node", "metadata": {"name": "n2", "creationTimestamp": "2226-01-01T00:00:00Z"}}
    said = refusal(open_bundle, write(tmp_path, {"objects/all.json": listed("NodeList", [wrong])}))
    assert "--at" in said
    assert "2226" in said


def test_without_a_moment_what_could_not_be_read_is_said_too(tmp_path: Path):
    said = refusal(open_bundle, write(tmp_path, {"objects/pods.json": '{"kind": "PodList", "items": [{"meta'}))
    assert "--at" in said
    assert "objects/pods.json:1:32: is no JSON" in said


@pytest.mark.parametrize("version", ["\N{SUPERSCRIPT TWO}", "", "9" * 30, "-1"])
def test_strange_resource_versions(version: str, tmp_path: Path):
    twice = [pod("a"), pod("a")]
    for one in twice:
        one["metadata"]["resourceVersion"] = version
    assert names(opened(tmp_path, {"objects/pods.json": listed("PodList", twice)}), "pods") == ["pod/shop/a"]


def test_without_a_moment_it_is_asked_for(tmp_path: Path):
    write(tmp_path, {"a.json": pod("a")})
    assert "add --at TIME" in refusal(open_bundle, tmp_path)


def test_alerts_as_people_have_them(tmp_path: Path):
    [one, two] = ALERT["alerts"]
    both: list[Any] = [one, [one, two]]
    for content in both:
        found = opened(tmp_path, {"alert.json": content, "a.json": pod("a")})
        assert found.bundle.incident.alert == {"alerts": content if isinstance(content, list) else [content]}
    wrong: list[Any] = [{"x": 1}, "text", [1], {"alerts": "none"}]
    for content in wrong:
        found = opened(tmp_path, {"alert.json": json.dumps(content)})
        assert "is no body of an Alertmanager webhook" in found.problems[0]
        assert found.bundle.incident.alert is None


def test_changes_and_relations_that_are_none(tmp_path: Path):
    good = {"time": "2026-01-01T11:00:00Z", "entity": "deployment/shop/a", "kind": "config"}
    found = opened(
        tmp_path,
        {
            "a.json": pod("a"),
            "changes.json": [good, {**good, "time": "now"}, {**good, "kind": None}, {**good, "entity": "x"}, 7],
            "topology.json": [
                {"from": "a/b", "to": "c/d", "relation": "calls"},
                {"from": "a"},
                {"from": "a", "to": 7, "relation": "x"},
            ],
        },
    )
    assert len(found.bundle.get(Query.of("change", "config")).data) == 1
    assert len(found.bundle.get(Query.of("topology", "")).data) == 1
    assert [p.partition(" has")[0].partition(" is")[0] for p in found.problems] == [
        "changes.json: item 2", "changes.json: item 3", "changes.json: item 4", "changes.json: item 5",
        "topology.json: item 2", "topology.json: item 3",
    ]  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_links_and_pipes(tmp_path: Path):
    write(tmp_path, {"secret.json": pod("outside"), "in/a.json": pod("a"), "in/sub/b.json": pod("b")})
    (tmp_path / "in" / "out.json").symlink_to(tmp_path / "secret.json")
    (tmp_path / "in" / "dangling.json").symlink_to(tmp_path / "nothing")
    (tmp_path / "in" / "inside.json").symlink_to("sub/b.json")
    (tmp_path / "in" / "loop").symlink_to(".")
    os.mkfifo(tmp_path / "in" / "pipe.json")
    found = open_bundle(tmp_path / "in", at=AT)
    assert names(found, "pods") == ["pod/shop/a", "pod/shop/b"]
    assert sorted(found.problems) == [
        "dangling.json: is a link that leads nowhere; left out",
        "out.json: is a link out of the folder; left out",
        "pipe.json: is no plain file; left out",
    ]


def test_hidden_files_are_left_alone(tmp_path: Path):
    found = opened(tmp_path, {"a.json": pod("a"), ".git/config.json": pod("b"), ".hidden.json": b"{"})
    assert names(found, "pods") == ["pod/shop/a"]
    assert found.problems == ()


def test_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write(tmp_path, {"a.json": pod("a"), "b.json": pod("b")})
    monkeypatch.setattr("diagflow.bundle.limits.MAX_ENTRIES", 1)
    assert "name a smaller folder" in refusal(open_bundle, tmp_path)


def test_secrets_are_redacted_on_the_way_in(tmp_path: Path):
    item = pod("a", spec={"containers": [{"name": "c", "env": [{"name": "DB_PASSWORD", "value": "hunter2!"}]}]})
    files = {
        "a.json": item,
        "logs/shop/a/c.log": "password=hunter2!\n",
        "alert.json": {"alerts": [{"annotations": {"x": "a://u:hunter2!@h"}}]},
    }
    found = opened(tmp_path, files)
    assert all(b"hunter2" not in e.packed() for e in found.bundle.entries())
    assert "hunter2" not in repr(found.bundle.incident)


def test_one_key_gives_one_digest(tmp_path: Path):
    write(tmp_path, {"a.json": pod("a"), "logs/shop/a/c.log": "password=hunter2!\n"})
    digests = [open_bundle(tmp_path, at=AT, key=key).bundle.digest() for key in (b"one", b"one", b"two")]
    assert digests[0] == digests[1] != digests[2]


def test_a_bundle_may_be_called_anything(tmp_path: Path):
    found = opened(tmp_path / "in", {"a.json": pod("a")})
    save(found.bundle, tmp_path / "bundle.json")
    assert open_bundle(tmp_path / "bundle.json").kind == "bundle"


SPLICES = [b'"', b"{", b"]", b",", b"null", b"1e999", b"\\ud800", b"[]", b"{}", b"\t", b"7", b"-"]
GOOD = {
    "a.json": json.dumps(listed("PodList", [{**pod("a"), "status": {"startTime": "2026-01-01T10:00:00Z"}}])).encode(),
    "b.yaml": (
        b"kind: List\nitems:\n- kind: Node\n  metadata: {name: n1, labels: &l {a: b}}\n"
        b"- kind: Node\n  metadata: {name: n2, labels: *l}\n"
    ),
    "c.jsonl": b"\n".join(json.dumps(pod(name)).encode() for name in "xyz"),
    "alert.json": json.dumps(ALERT).encode(),
    "changes.json": json.dumps([CHANGE]).encode(),
    "topology.json": b'[{"from": "a/b", "to": "c/d", "relation": "calls"}]',
    "labels.yaml": b"healthy: true\n",
}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_the_files_hold_it_is_used_or_said(tmp_path: Path, data: st.DataObject):
    files: dict[str, Any] = dict(GOOD)
    name = data.draw(st.sampled_from(sorted(files)))
    body = bytearray(files[name])
    at = data.draw(st.integers(0, len(body)))
    body[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=6) | st.sampled_from(SPLICES))
    files[name] = bytes(body)
    found = open_bundle(write(tmp_path, files), at=AT)
    list(found.bundle.readings())
    assert found.bundle.digest()
    assert all("\n" not in problem for problem in found.problems)
