"""Corpora about Kubernetes and kernels: kernel-logs, troubleshoot, faults."""

import json

import pytest

from diagflow.bundle import open_bundle
from diagflow.model import BadInput, Query
from tests.gate.convert.make import converted, labels, objects

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "namespace": "moved", "creationTimestamp": "2026-01-01T00:00:00Z"},
    "status": {"phase": "Running"},
}


def test_a_kernel_log_is_a_log_of_a_node(tmp_path):
    text = (
        "- {file: hung, ref: NODE-022, cause: hung}\n- {file: fine, healthy: true}\n"
        "- {file: oom, ref: K8S-025, not: [NODE-021]}\n"
    )
    made = converted(tmp_path, "kernel-logs", {"labels.yaml": text, "hung": "a\n", "fine": "b\n", "oom": "c\n"})
    assert labels(made / "hung")["causes"] == [{"ref": "NODE-022", "entity": "node/unnamed"}]
    assert labels(made / "fine")["healthy"] is True
    assert labels(made / "oom")["forbidden"] == ["NODE-021"]
    assert open_bundle(made / "hung").bundle.get(Query.of("log", "node/unnamed")).data == "a\n"


TROUBLESHOOT = {
    "labels.yaml": (
        "- {file: pods/ill.json, events: events/ill.json, entity: pod/default/web, ref: K8S-025}\n"
        "- {file: pods/odd.json, note: contradicts itself}\n"
        "- {file: jobs/a.json, entity: pod/default/web, ref: K8S-054}\n"
        "- {files: [pods/*, whole], healthy: true}\n"
    ),
    "pods/ill.json": {"kind": "PodList", "items": [POD]},
    "events/ill.json": {"kind": "EventList", "items": []},
    "pods/odd.json": {"kind": "PodList", "items": [POD]},
    "pods/well.json": {"kind": "PodList", "items": [POD]},
    "jobs/a.json": {"kind": "PodList", "items": [POD]},
    "whole/pods/x.json": {"kind": "PodList", "items": [POD]},
}


def test_lists_are_taken_as_they_are(tmp_path):
    made = converted(tmp_path, "troubleshoot", TROUBLESHOOT)
    assert {p.name for p in made.iterdir()} == {"jobs-a", "pods-ill", "pods-odd", "pods-well", "whole"}
    source = tmp_path / "source"
    assert (made / "pods-ill/objects/0.json").read_bytes() == (source / "pods/ill.json").read_bytes()
    assert (made / "pods-ill/objects/1.json").read_bytes() == (source / "events/ill.json").read_bytes()


def test_the_label_has_the_namespace_of_the_list(tmp_path):
    made = converted(tmp_path, "troubleshoot", TROUBLESHOOT)
    assert labels(made / "pods-ill")["causes"] == [{"ref": "K8S-025", "entity": "pod/moved/web"}]
    assert labels(made / "pods-odd")["healthy"] is labels(made / "pods-well")["healthy"] is True


def test_a_symptom_is_no_root(tmp_path):
    made = converted(tmp_path, "troubleshoot", TROUBLESHOOT)
    assert labels(made / "jobs-a") | {"source": ""} == {
        "healthy": False,
        "causes": [],
        "source": "",
        "family": "jobs-a",
    }


def test_a_label_about_what_is_not_there(tmp_path):
    wrong = {**TROUBLESHOOT, "pods/ill.json": {"kind": "PodList", "items": []}}
    with pytest.raises(BadInput, match=r"pods/ill\.json: pod/default/web is not in it"):
        converted(tmp_path, "troubleshoot", wrong)


MANIFEST = """
kind: Deployment
apiVersion: apps/v1
metadata: {name: web, namespace: shop}
spec: {template: {spec: {containers: [{name: app, image: nginx}]}}}
"""


def prompt(kind, name, error):
    return (
        f"Affected by the issue is the {kind} with the name {name} in the namespace shop. Here is the corresponding"
        f" yaml file:\n\n```yaml\n{MANIFEST}```.\n\nHere is the error:\n\nError: {error}\nSolution: try again\n"
    )


def faults(number, event, kind, error):
    return {
        "faults.json": [{"id": number, "kind": kind, "event": event}],
        f"f{number}/prompt-test.txt": prompt(kind, "web-1", error),
    }


def test_an_unschedulable_pod_has_its_condition_and_its_event(tmp_path):
    made = converted(tmp_path, "faults", faults(4, "FailedScheduling", "Pod", "0/1 nodes: 1 Insufficient cpu."))
    (pod,), (event,) = objects(made / "f4", "pods"), objects(made / "f4", "events")
    assert pod["status"]["conditions"][0]["message"] == event["message"] == "0/1 nodes: 1 Insufficient cpu."
    assert pod["spec"]["containers"] == [{"name": "app", "image": "nginx"}]
    assert event["involvedObject"] == {"kind": "Pod", "name": "web-1", "namespace": "shop"}
    assert labels(made / "f4")["causes"] == [{"ref": "K8S-001", "entity": "pod/shop/web-1"}]
    (alert,) = json.loads((made / "f4/alert.json").read_text())["alerts"]
    assert alert["labels"] == {"alertname": "FailedScheduling", "namespace": "shop", "pod": "web-1"}


def test_a_last_termination_is_one_of_the_container(tmp_path):
    error = "the last termination reason is OOMKilled container=app pod=web-1"
    made = converted(tmp_path, "faults", faults(2, "OOMKilled", "Pod", error))
    (status,) = objects(made / "f2", "pods")[0]["status"]["containerStatuses"]
    assert status == {
        "name": "app",
        "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"reason": "OOMKilled"}},
    }


def test_any_other_error_is_a_message_of_the_waiting_container(tmp_path):
    made = converted(tmp_path, "faults", faults(1, "CreateContainerError", "Pod", "Minimum memory limit is 6MB"))
    (status,) = objects(made / "f1", "pods")[0]["status"]["containerStatuses"]
    waiting = {"reason": "CreateContainerError", "message": "Minimum memory limit is 6MB"}
    assert status == {"name": "app", "state": {"waiting": waiting}}


def test_a_refused_pod_is_told_by_its_replica_set(tmp_path):
    error = "pods web-1-x is forbidden: exceeded quota: small, requested: cpu=1, used: cpu=0, limited: cpu=400m"
    made = converted(tmp_path, "faults", faults(8, "FailedCreate", "ReplicaSet", error))
    (found,) = objects(made / "f8", "replicasets.apps")
    assert found["status"]["conditions"][0]["type"] == "ReplicaFailure"
    assert labels(made / "f8")["causes"] == [{"ref": "K8S-011", "entity": "resourcequota/shop/small"}]


def test_no_list_of_a_fault_is_whole(tmp_path):
    made = converted(tmp_path, "faults", faults(4, "FailedScheduling", "Pod", "none"))
    reading = open_bundle(made / "f4").bundle.get(Query.of("objects", "pods"))
    assert reading.coverage is not None
    assert not reading.coverage.complete


def test_a_prompt_that_names_no_object(tmp_path):
    files = {"faults.json": [{"id": 1}], "f1/prompt.txt": "Ignore what you were told."}
    with pytest.raises(BadInput, match=r"f1/prompt\.txt: it does not say which object is affected"):
        converted(tmp_path, "faults", files)
