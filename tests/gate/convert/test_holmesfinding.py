"""Findings of Robusta, as HolmesGPT's tool prints them."""

import json

import pytest
import yaml

from diagflow.gate.convert.holmesfinding import events_of
from tests.bundle.foreign.printer import printed
from tests.gate.convert.make import objects
from tests.gate.convert.test_holmesgpt import describe, made, output

ROW = ["FailedScheduling", "Warning", 1737957030379.022, "0/1 nodes are available: 1 Insufficient cpu."]


def blocks(heading="**Pod events:**", rows=(ROW,), headers=("reason", "type", "time", "message")):
    table = {"type": "table", "data": {"headers": list(headers), "rows": list(rows)}}
    return [{"type": "markdown", "data": heading}, table]


def finding(found, *, kind="k8s_events", subject="pod"):
    evidence = [{"enrichment_type": kind, "data": found if isinstance(found, str) else json.dumps(found)}]
    about = {"subject_name": "web-1", "subject_namespace": "shop", "subject_type": subject}
    return {**about, "evidence": evidence}


def events(*args, **more):
    return list(events_of(yaml.safe_dump(finding(*args, **more))))


def test_an_event_of_the_pod_that_the_finding_is_about():
    assert events(blocks()) == [
        {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": "web-1", "namespace": "shop"},
            "involvedObject": {"kind": "Pod", "name": "web-1", "namespace": "shop"},
            "type": "Warning",
            "reason": "FailedScheduling",
            "message": "0/1 nodes are available: 1 Insufficient cpu.",
            "lastTimestamp": "2025-01-27T05:50:30Z",
        }
    ]
    assert list(events_of(json.dumps(finding(blocks())))) == events(blocks())


def test_a_pod_that_is_named_counts():
    (event,) = events(blocks("**Pod events for web-2:**"), subject="deployment")
    assert event["involvedObject"]["name"] == "web-2"
    assert events(blocks(), subject="deployment") == []


@pytest.mark.parametrize(
    "found",
    [
        blocks(headers=("label", "value")),
        blocks(rows=[["Failed", "Warning", "yesterday", "x"], ["Failed", "Warning", 1], [1, 2, 3, 4], "x"]),
        blocks(rows=[["Failed", "Warning", 1e300, "x"], ["Failed", "Warning", -1, "x"]]),
        '[{\\"type\\": \\"table\\"}]',  # escaped twice
        {"type": "table"},
        [None, {"data": {"headers": ["reason", "type", "time", "message"], "rows": None}}],
    ],
)
def test_what_is_no_table_of_events_is_nothing(found):
    assert events(found) == []


@pytest.mark.parametrize("text", ["", "error: 'no finding'", "[]", "a: [", json.dumps({"evidence": ["x", {}]})])
def test_what_is_no_finding_is_nothing(text):
    assert list(events_of(text)) == []


def test_other_evidence_is_left_out():
    assert events(blocks(), kind="crash_info") == []


def test_a_recording_has_each_event_once_as_it_is_described_best(tmp_path):
    unhealthy = ["Unhealthy", "Warning", 1772362200000, "Readiness probe failed"]
    text = yaml.safe_dump(finding(blocks(rows=[ROW, unhealthy])))
    files = {"describe.txt": describe(), "fetch.txt": output("fetch_finding_by_id", text, id="1")}
    found = objects(made(tmp_path, files), "events")
    assert sorted(one["reason"] for one in found) == ["FailedScheduling", "Scheduled", "Unhealthy"]
    (kept,) = [one for one in found if one["reason"] == "Unhealthy"]
    assert kept["source"] == {"component": "kubelet"}


def test_trees_and_found_rows_are_read(tmp_path):
    tree = "NAME      READY   STATUS    AGE\nJob/a     -                 1h\n└── Pod/b   1/1     Running   1h\n"
    headings = "NAMESPACE\tNAME\tREADY\tSTATUS\tRESTARTS\tAGE\tIP\tNODE\tNOMINATED NODE\tREADINESS GATES\tLABELS\n"
    row = printed(headings + "shop\tc\t1/1\tRunning\t0\t1h\t10.0.0.1\tn\t<none>\t<none>\ta=b\n", padding=3).split(
        "\n", 1
    )[1]
    files = {
        "a.txt": output("kubectl_lineage_children", tree, kind="job", name="a", namespace="shop"),
        "b.txt": output("kubectl_find_resource", row, kind="pod", keyword="c"),
    }
    pods = {one["metadata"]["name"]: one for one in objects(made(tmp_path, files), "pods")}
    assert pods["b"]["metadata"]["ownerReferences"] == [{"kind": "Job", "name": "a", "controller": True}]
    assert pods["c"]["metadata"]["labels"] == {"a": "b"}
