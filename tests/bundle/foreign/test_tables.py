"""Tables of `kubectl get`; each is aligned as cli-runtime does it (padding 3, least width 6)."""

from datetime import UTC, datetime

from diagflow.bundle.foreign import table
from tests.bundle.foreign.printer import printed

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def get(text, kind, namespace="shop"):
    return table(printed(text, padding=3, minwidth=6), kind, namespace, NOW)


PODS = (
    "NAME\tREADY\tSTATUS\tRESTARTS\tAGE\tIP\tNODE\tNOMINATED NODE\tREADINESS GATES\tLABELS\n"
    "web-0\t1/1\tRunning\t56 (3h19m ago)\t44d\t10.1.2.3\tworker-1\t<none>\t<none>\tapp=web,tier=front\n"
    "web-1\t0/1\tCrashLoopBackOff\t7 (32s ago)\t11m\t10.1.2.4\tworker-1\t<none>\t<none>\t<none>\n"
    "old\t0/1\tEvicted\t0\t2d3h\t<none>\tworker-1\t<none>\t<none>\t<none>\n"
)


def test_pods():
    running, crashing, evicted = get(PODS, "Pod")
    assert running["metadata"] == {
        "name": "web-0",
        "namespace": "shop",
        "labels": {"app": "web", "tier": "front"},
        "creationTimestamp": "2026-01-16T12:00:00Z",
    }
    assert running["spec"] == {"nodeName": "worker-1"}
    assert running["status"] == {"phase": "Running", "podIP": "10.1.2.3"}
    assert evicted["status"] == {"reason": "Evicted"}
    assert crashing["status"] == {"podIP": "10.1.2.4"}  # of which container the reason is, is not said


def test_all_namespaces_have_a_column():
    (pod,) = get("NAMESPACE\tNAME\tREADY\tSTATUS\tRESTARTS\tAGE\nbank\ta\t1/1\tPending\t0\t5s\n", "Pod", "")
    assert pod["metadata"]["namespace"] == "bank"
    assert pod["status"] == {"phase": "Pending"}


def test_nodes():
    text = (
        "NAME\tSTATUS\tROLES\tAGE\tVERSION\n"
        "ok\tReady,SchedulingDisabled\t<none>\t44d\tv1.31.2\n"
        "ill\tNotReady\t<none>\t44d\tv1.31.2\n"
    )
    ok, ill = get(text, "Node")
    assert "namespace" not in ok["metadata"]
    assert ok["spec"] == {"unschedulable": True}
    assert ok["status"]["conditions"] == [{"type": "Ready", "status": "True"}]
    assert "conditions" not in ill["status"]  # False or Unknown: both print NotReady
    assert ill["status"]["nodeInfo"] == {"kubeletVersion": "v1.31.2"}


def test_deployments():
    (found,) = get("NAME\tREADY\tUP-TO-DATE\tAVAILABLE\tAGE\nweb\t0/3\t2\t0\t34m\n", "Deployment")
    assert (found["apiVersion"], found["spec"]) == ("apps/v1", {"replicas": 3})
    assert found["status"] == {"readyReplicas": 0, "updatedReplicas": 2, "availableReplicas": 0}


def test_events_name_what_they_are_about():
    text = (
        "LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n"
        "29m\tNormal\tScheduled\tPod/web-0\tSuccessfully assigned shop/web-0 to worker-1\n"
        "5s (x3 over 2m)\tWarning\tNodeNotReady\tnode/worker-1\tNode is not ready\n"
    )
    first, second = get(text, "Event")
    assert first["involvedObject"] == {"kind": "Pod", "name": "web-0", "namespace": "shop"}
    assert first["lastTimestamp"] == "2026-03-01T11:31:00Z"
    assert second["involvedObject"] == {"kind": "Node", "name": "worker-1"}
    assert (second["count"], second["firstTimestamp"]) == (3, "2026-03-01T11:58:00Z")


def test_what_is_no_table_is_nothing():
    assert table("No resources found in shop namespace.\n", "Pod", "shop", NOW) == []
    assert table("No events found in shop namespace.\n", "Event", "shop", NOW) == []
    assert get(PODS, "Gateway") == []
    assert table("", "Pod") == []
