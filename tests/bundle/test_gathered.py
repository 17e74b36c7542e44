"""What other tools gather: must-gathers, dumps, support bundles; what they left out is not there, and never healthy."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from diagflow.bundle import Opened, open_bundle
from diagflow.model import Query, State
from tests.bundle.gather import NS, ROOT, killed, listed, must_gather, pod
from tests.bundle.make import pod as plain
from tests.bundle.make import refusal, write
from tests.cli.run import diagflow

TOP = "must-gather.local.7079684121838056125/"
LOG = f"log:{NS}/registry-0/registry"
BEGAN = datetime(2026, 1, 1, 11, 50, tzinfo=UTC)
AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


def objects(found: Opened, resource: str) -> Any:
    return found.bundle.get(Query.of("objects", resource))


def log(found: Opened, text: str) -> Any:
    return found.bundle.get(Query.parse(text))


def test_a_must_gather(tmp_path: Path):
    found = open_bundle(write(tmp_path, must_gather(killed())))
    assert found.problems == ()
    assert [str(objects(found, "pods").data.entity(0)), len(objects(found, "pods").data)] == [f"pod/{NS}/registry-0", 1]
    assert objects(found, "nodes").answered
    assert objects(found, "validatingwebhookconfigurations").answered
    previous = log(found, f"{LOG}#previous=true")
    assert previous.data == "starting\n2026-01-01T11:46:59Z 61 MiB in use\n"
    assert found.bundle.incident.now == BEGAN


def test_a_list_of_some_namespaces_says_so(tmp_path: Path):
    found = open_bundle(write(tmp_path, must_gather(pod())))
    for resource in ("pods", "events", "secrets", "namespaces", "deployments", "proxies.config.openshift.io"):
        reading = objects(found, resource)
        assert reading.readable
        assert not reading.answered
        assert reading.detail == "a must-gather has only what it was asked for, not all of the cluster"


@pytest.mark.parametrize("text", ["objects:services", "objects:storageclasses", LOG, "log:node/master-0", "promql:up"])
def test_what_is_not_in_a_must_gather_is_absent(text: str, tmp_path: Path):
    """A log file that is empty was made before anybody knew whether there is a log."""
    found = open_bundle(write(tmp_path, must_gather(pod())))
    assert log(found, text).state is State.ABSENT


def test_a_log_that_was_had_after_a_refusal(tmp_path: Path):
    files = must_gather(pod())
    where = f"{TOP}{ROOT}/namespaces/{NS}/pods/registry-0/registry/registry/logs"
    files[f"{where}/current.insecure.log"] = "2026-01-01T11:40:00.123456789+01:00 up\n"
    assert log(open_bundle(write(tmp_path, files)), LOG).data == "up\n"


def test_what_was_inspected_by_hand_is_all_of_nothing(tmp_path: Path):
    files = {name.removeprefix(f"{TOP}{ROOT}/"): body for name, body in must_gather(pod()).items() if ROOT in name}
    del files["version"]
    found = open_bundle(write(tmp_path / "inspect.local.1", files))
    assert not objects(found, "nodes").answered
    assert found.bundle.incident.now == datetime(2026, 1, 1, 11, 58, tzinfo=UTC)


@pytest.mark.parametrize("below", ["", "/namespaces", f"/namespaces/{NS}", f"/namespaces/{NS}/core/pods.yaml"])
def test_a_folder_of_a_must_gather_is_read_as_one(below: str, tmp_path: Path):
    write(tmp_path, must_gather(killed()))
    found = open_bundle(f"{tmp_path}/{TOP}{ROOT}{below}")
    assert not objects(found, "pods").answered
    assert log(found, f"{LOG}#previous=true").readable is not below.endswith(".yaml")


def test_the_folder_that_one_is_in_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write(tmp_path, must_gather(killed()))
    monkeypatch.chdir(f"{tmp_path}/{TOP}{ROOT}/namespaces/{NS}")
    found = open_bundle(".")
    assert not objects(found, "pods").answered
    assert log(found, f"{LOG}#previous=true").readable


def test_a_must_gather_that_ended_early_is_all_of_nothing(tmp_path: Path):
    files = must_gather(pod())
    files[f"{TOP}must-gather.logs"] += "[must-gather-xyz] OUT 2026-01-01T12:00:00Z gather never finished: timed out\n"
    reading = objects(open_bundle(write(tmp_path, files)), "nodes")
    assert (reading.state, reading.answered) == (State.DATA, False)
    assert "ended early" in reading.detail
    assert not objects(open_bundle(tmp_path), "validatingwebhookconfigurations").answered


def test_half_a_file_is_said_and_the_rest_is_used(tmp_path: Path):
    files = must_gather(pod())
    name = f"{TOP}{ROOT}/namespaces/{NS}/core/events.yaml"
    files[name] = b""
    files[f"{TOP}{ROOT}/namespaces/{NS}/core/pods.yaml"] = listed("PodList", [pod()])[:300]
    found = open_bundle(write(tmp_path, files))
    assert len(objects(found, "pods").data) == 1  # its own file has it
    assert any(problem.startswith(f"{name}: is empty") for problem in found.problems)
    assert not objects(found, "events").answered


def test_an_empty_must_gather_is_no_incident_folder(tmp_path: Path):
    write(tmp_path, {f"{TOP}timestamp": "2026-01-01 12:00:00 +0000 UTC\n", f"{TOP}event-filter.html": "<html></html>"})
    assert "neither a bundle nor an incident folder" in refusal(open_bundle, tmp_path)


@pytest.mark.parametrize(
    ("stamps", "now"),
    [
        ("2026-01-01 11:30:00 +0000 UTC\n", "11:30"),
        ("2026-01-01 03:00:00 +0000 UTC\n", "11:58"),  # hours before: another clock
        ("2026-01-01 12:20:00 +0000 UTC\n", "11:58"),  # later than all that it read: another clock
        ("yesterday\n", "11:58"),
        ("2026-99-01 11:30:00 +0000 UTC\n", "11:58"),
    ],
)
def test_the_moment_is_when_the_gathering_began(stamps: str, now: str, tmp_path: Path):
    found = open_bundle(write(tmp_path, {**must_gather(pod()), f"{TOP}timestamp": stamps}))
    assert f"{found.bundle.incident.now:%H:%M}" == now


def test_a_file_called_timestamp_of_another_folder_says_nothing(tmp_path: Path):
    item = {**plain("a"), "status": {"startTime": "2026-01-01T10:00:00Z"}}
    found = open_bundle(write(tmp_path, {"a.json": item, "timestamp": "2026-01-01 09:50:00 +0000 UTC\n"}))
    assert found.bundle.incident.now == datetime(2026, 1, 1, 10, tzinfo=UTC)


def test_what_is_wrong_in_a_must_gather_is_named(tmp_path: Path):
    ran = diagflow("scan", "--bundle", write(tmp_path, must_gather(killed())), "-o", "json")
    assert ran.status == 1, ran.err
    roots = [(one["id"], one["entity"]) for one in json.loads(ran.out)["causes"] if one["role"] == "root"]
    assert roots == [("kubernetes.container-oom-killed", f"pod/{NS}/registry-0")]


def test_a_must_gather_without_a_fault_is_not_called_healthy(tmp_path: Path):
    ran = diagflow("scan", "--bundle", write(tmp_path, must_gather(pod())), "-o", "json")
    said = json.loads(ran.out)
    assert said["status"] == "unknown"
    assert said["causes"] == []


DUMP = ("events", "replication-controllers", "services", "daemonsets", "deployments", "replicasets", "pods")
"""kubectl, pkg/cmd/clusterinfo/clusterinfo_dump.go."""


def dump(*namespaces: str) -> dict[str, Any]:
    kinds = {"replication-controllers": "ReplicationControllerList", "pods": "PodList", "events": "EventList"}
    node = {"metadata": {"name": "n1", "creationTimestamp": "2026-01-01T00:00:00Z"}}
    lists = {
        f"{ns}/{name}.json": {"kind": kinds.get(name, f"{name[:-1]}List"), "items": []}
        for ns in namespaces
        for name in DUMP
    }
    return {"nodes.json": {"kind": "NodeList", "apiVersion": "v1", "items": [node]}, **lists}


def test_a_dump_of_some_namespaces_says_so(tmp_path: Path):
    found = open_bundle(write(tmp_path, dump("kube-system", "shop")), at=AT)
    assert objects(found, "nodes").answered
    reading = objects(found, "pods")
    assert (reading.state, reading.answered) == (State.EMPTY, False)
    assert reading.detail == "the dump has namespaces kube-system, shop only"


def test_a_dump_of_all_namespaces_is_whole(tmp_path: Path):
    """Two namespaces are in every cluster, and nobody names them."""
    found = open_bundle(write(tmp_path, dump("default", "kube-node-lease", "kube-public", "kube-system")), at=AT)
    assert objects(found, "pods").answered
    assert objects(found, "replicationcontrollers").answered


def test_a_dump_says_nothing_of_what_stands_beside_it(tmp_path: Path):
    beside = {"objects/secrets.json": {"kind": "SecretList", "apiVersion": "v1", "items": []}}
    assert objects(open_bundle(write(tmp_path, {**dump("shop"), **beside}), at=AT), "secrets").answered


@pytest.mark.parametrize(
    "said",
    [
        'Request log error: container "app" in pod "a" is waiting to start: PodInitializing\n',
        "Create log request error: the server is gone\n",
    ],
)
def test_a_log_that_a_dump_could_not_read_is_absent(said: str, tmp_path: Path):
    body = "".join(
        f"==== START logs for container {name} of pod shop/a ====\n{text}"
        f"==== END logs for container {name} of pod shop/a ====\n"
        for name, text in (("app", said), ("side", f"one\n{said}"))
    )
    found = open_bundle(
        write(tmp_path, {"shop/pods.json": listed("PodList", [plain("a")]), "shop/a/logs.txt": body}), at=AT
    )
    assert log(found, "log:shop/a/app").state is State.ABSENT
    assert log(found, "log:shop/a/side").data == f"one\n{said}"  # what a container prints is its own


def supported(errors: Any, *namespaces: str) -> dict[str, Any]:
    """replicatedhq/troubleshoot, pkg/collect/cluster_resources.go; its older versions write bare lists."""
    lists = {
        f"cluster-resources/pods/{ns}.json": {"kind": "PodList", "apiVersion": "v1", "items": []} for ns in namespaces
    }
    classes = [{"metadata": {"name": "fast"}}]
    return {
        **lists,
        "cluster-resources/pods-errors.json": errors if isinstance(errors, bytes) else json.dumps(errors),
        "cluster-resources/storage-classes.json": classes,
        "cluster-resources/auth-cani-list-errors.json": {"shop": "no"},
    }


@pytest.mark.parametrize("errors", [None, {}, b""])
def test_a_support_bundle_of_all_namespaces_is_whole(errors: Any, tmp_path: Path):
    found = open_bundle(write(tmp_path, supported(errors, "default", "kube-node-lease", "kube-public")), at=AT)
    assert objects(found, "pods").answered
    assert objects(found, "storageclasses").answered


def test_a_support_bundle_that_was_refused_something_says_so(tmp_path: Path):
    files = supported({"shop": "pods is forbidden"}, "default", "kube-node-lease", "kube-public")
    reading = objects(open_bundle(write(tmp_path, files), at=AT), "pods")
    assert not reading.answered
    assert reading.detail == "cluster-resources/pods-errors.json says what could not be listed"


def test_what_happened_while_it_gathered_is_named_too(tmp_path: Path):
    later = killed()
    ended = later["status"]["containerStatuses"][0]["lastState"]["terminated"]
    ended |= {"startedAt": "2026-01-01T11:51:00Z", "finishedAt": "2026-01-01T11:57:00Z"}
    found = open_bundle(write(tmp_path, must_gather(later)))
    assert found.bundle.incident.now == BEGAN
    ran = diagflow("scan", "--bundle", tmp_path, "-o", "json")
    roots = [one["id"] for one in json.loads(ran.out)["causes"] if one["role"] == "root"]
    assert roots == ["kubernetes.container-oom-killed"]


def test_a_pod_that_starts_while_it_is_gathered_is_not_called_stuck(tmp_path: Path):
    """Seen in the first minute, it would look eight minutes older at the end."""
    starting = pod(ready=False, state={"waiting": {"reason": "ContainerCreating"}})
    starting["metadata"]["creationTimestamp"] = "2026-01-01T11:50:02Z"
    starting["status"] |= {"phase": "Pending", "startTime": "2026-01-01T11:50:02Z"}
    starting["status"]["conditions"][0]["lastTransitionTime"] = "2026-01-01T11:50:02Z"
    write(tmp_path, must_gather(starting))
    said = json.loads(diagflow("scan", "--bundle", tmp_path, "-o", "json").out)
    assert (said["causes"], said["symptoms"]) == ([], [])
