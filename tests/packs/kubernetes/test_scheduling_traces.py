"""The scheduling and workload cases of the public traces, where they lie beside the repository."""

import json
from pathlib import Path
from typing import Any

import pytest

from diagflow.bundle import open_bundle
from diagflow.collect.recorded import BundleReader
from diagflow.engine import diagnose
from diagflow.model.diagnosis import Diagnosis, Status
from diagflow.rules import load_packs

TRACES = Path(__file__).parents[4] / "shared" / "traces" / "kubernetes-reasons"
pytestmark = pytest.mark.skipif(not TRACES.is_dir(), reason="the public traces are not beside the repository")


def scan(folder: Path, **objects: Any) -> Diagnosis:
    """Scan an incident folder that holds these lists."""
    (folder / "objects").mkdir()
    for name, content in objects.items():
        (folder / "objects" / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    opened = open_bundle(folder).bundle
    return diagnose(load_packs(["kubernetes"]), BundleReader(opened), opened.incident).diagnosis


def trace(name: str) -> Any:
    return json.loads((TRACES / "troubleshoot" / name).read_text(encoding="utf-8"))


def said(diagnosis: Diagnosis) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    causes = [(c.id.removeprefix("kubernetes."), str(e)) for c in diagnosis.causes for e in c.entities]
    return causes, [(s.id.removeprefix("kubernetes."), str(e)) for s in diagnosis.symptoms for e in s.entities]


@pytest.mark.parametrize(
    ("name", "pod", "cause"),
    [
        (
            "message-pending-node-affinity",
            "pod/message-pending-node-affinity/kotsadm-b6cb54c8f-zgzrn",
            "node-affinity-unmatched",
        ),
        (
            "message-pending-pod-resources",
            "pod/message-pending-pod-resources/pending-pod-resources-5fddcf7688-djjfc",
            "insufficient-extended-resource",
        ),
    ],
)
def test_pods_that_found_no_node(tmp_path: Path, name: str, pod: str, cause: str) -> None:
    diagnosis = scan(tmp_path, pods=trace(f"pods/{name}.json"))
    assert said(diagnosis) == ([(cause, pod)], [("pods-pending", pod)])


def test_the_one_replicaset_without_a_ready_replica(tmp_path: Path) -> None:
    diagnosis = scan(tmp_path, replicasets=trace("replicasets/rook-ceph.json"))
    ill = "replicaset/rook-ceph/rook-ceph-mds-rook-shared-fs-b-7895f484f5"
    assert said(diagnosis) == ([], [("replicas-missing", ill)])
    assert diagnosis.status is Status.UNKNOWN


def test_the_failed_job_and_not_the_complete_one(tmp_path: Path) -> None:
    assert said(scan(tmp_path, jobs=trace("jobs/test.json"))) == ([], [("job-failed", "job/test/post-install-job")])


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("jobs", "jobs/projectcontour.json"),
        ("replicasets", "replicasets/default.json"),
        ("deployments", "deployments/default.json"),
        ("deployments", "deployments/monitoring.json"),
        ("deployments", "deployments/kube-system.json"),
        ("statefulsets", "statefulsets/default.json"),
        ("statefulsets", "statefulsets/monitoring.json"),
        ("nodes", "nodes.json"),
    ],
)
def test_healthy_ones_stay_silent(tmp_path: Path, kind: str, name: str) -> None:
    diagnosis = scan(tmp_path, **{kind: trace(name)})
    assert said(diagnosis) == ([], [])
    assert diagnosis.status is Status.HEALTHY


REFUSED = {
    3: "untolerated-taint",
    4: "insufficient-cpu",
    5: "insufficient-memory",
    6: "node-affinity-unmatched",
    7: "pod-affinity-conflict",
}


@pytest.mark.parametrize("number", sorted(REFUSED))
def test_what_the_scheduler_said_in_fifteen_faults(tmp_path: Path, number: int) -> None:
    faults = json.loads((TRACES / "faults" / "faults.json").read_text(encoding="utf-8"))
    message = next(f["error"] for f in faults if f["id"] == number)
    condition = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": message,
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }
    pod = {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"containers": [{"name": "app"}]},
        "status": {"phase": "Pending", "conditions": [condition]},
    }
    diagnosis = scan(tmp_path, pods={"kind": "List", "apiVersion": "v1", "items": [pod]})
    assert said(diagnosis)[0] == [(REFUSED[number], "pod/shop/web")]


DENIED = {
    8: ("quota-exceeded", "resourcequota/shop/ba-test"),
    9: ("quota-exceeded", "resourcequota/shop/ba-test"),
    10: ("quota-demands-requests", "resourcequota/shop/ba-test"),
    **dict.fromkeys(range(11, 15), ("limit-range-violated", "replicaset/shop/web-7f")),
}


@pytest.mark.parametrize("number", sorted(DENIED))
def test_what_the_api_server_refused_in_fifteen_faults(tmp_path: Path, number: int) -> None:
    faults = json.loads((TRACES / "faults" / "faults.json").read_text(encoding="utf-8"))
    message = next(f["error"] for f in faults if f["id"] == number)
    condition = {
        "type": "ReplicaFailure",
        "status": "True",
        "reason": "FailedCreate",
        "message": message,
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }
    replicaset = {
        "kind": "ReplicaSet",
        "apiVersion": "apps/v1",
        "metadata": {"name": "web-7f", "namespace": "shop"},
        "spec": {"replicas": 1},
        "status": {"replicas": 0, "conditions": [condition]},
    }
    later = {
        "kind": "Namespace",
        "apiVersion": "v1",
        "metadata": {"name": "x", "creationTimestamp": "2026-01-01T01:00:00Z"},
    }
    diagnosis = scan(
        tmp_path,
        replicasets={"kind": "List", "apiVersion": "v1", "items": [replicaset]},
        namespaces={"kind": "List", "apiVersion": "v1", "items": [later]},
    )
    causes, symptoms = said(diagnosis)
    assert causes == [DENIED[number]]
    assert ("failed-create", "replicaset/shop/web-7f") in symptoms
