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


def test_deployments_of_a_wide_table():
    text = (
        "NAME\tREADY\tUP-TO-DATE\tAVAILABLE\tAGE\tCONTAINERS\tIMAGES\tSELECTOR\n"
        "web\t1/1\t1\t1\t5m26s\tapp,proxy\tnginx:1,envoy\tapp=web\n"
    )
    (found,) = get(text, "Deployment")
    containers = [{"name": "app", "image": "nginx:1"}, {"name": "proxy", "image": "envoy"}]
    assert found["spec"]["template"]["spec"]["containers"] == containers
    assert found["spec"]["selector"] == {"matchLabels": {"app": "web"}}


def test_other_workloads():
    (found,) = get("NAME\tDESIRED\tCURRENT\tREADY\tAGE\nweb-1\t3\t2\t0\t34m\n", "ReplicaSet")
    assert (found["spec"], found["status"]) == ({"replicas": 3}, {"replicas": 2, "readyReplicas": 0})
    (found,) = get("NAME\tREADY\tAGE\ndb\t1/3\t34m\n", "StatefulSet")
    assert (found["spec"], found["status"]) == ({"replicas": 3}, {"readyReplicas": 1})
    text = (
        "NAME\tDESIRED\tCURRENT\tREADY\tUP-TO-DATE\tAVAILABLE\tNODE SELECTOR\tAGE\nagent\t3\t3\t2\t3\t2\t<none>\t5m\n"
    )
    (found,) = get(text, "DaemonSet")
    assert found["status"]["desiredNumberScheduled"] == 3
    assert found["status"]["numberReady"] == 2


def test_the_status_of_a_job_is_its_condition():
    text = "NAME\tSTATUS\tCOMPLETIONS\tDURATION\tAGE\na\tFailed\t0/1\t5m\t5m\nb\tRunning\t2/5\t5m\t5m\n"
    failed, running = get(text, "Job")
    assert failed["status"] == {"succeeded": 0, "conditions": [{"type": "Failed", "status": "True"}]}
    assert (running["spec"], running["status"]) == ({"completions": 5}, {"succeeded": 2})


def test_claims():
    text = (
        "NAME\tSTATUS\tVOLUME\tCAPACITY\tACCESS MODES\tSTORAGECLASS\tVOLUMEATTRIBUTESCLASS\tAGE\n"
        "data\tBound\tpv-1\t1Gi\tRWO,ROX\tfast\t<unset>\t5m\nnew\tPending\t\t\t\tfast\t<unset>\t5m\n"
    )
    bound, pending = get(text, "PersistentVolumeClaim")
    assert bound["spec"] == {"volumeName": "pv-1", "storageClassName": "fast"}
    assert bound["status"] == {
        "phase": "Bound",
        "capacity": {"storage": "1Gi"},
        "accessModes": ["ReadWriteOnce", "ReadOnlyMany"],
    }
    assert pending["status"] == {"phase": "Pending"}


def test_wide_events_have_a_name_a_place_and_a_count():
    text = (
        "LAST SEEN\tTYPE\tREASON\tOBJECT\tSUBOBJECT\tSOURCE\tMESSAGE\tFIRST SEEN\tCOUNT\tNAME\n"
        "2m\tWarning\tBackOff\tpod/web-0\tspec.containers{app}\tkubelet, worker-1\tBack-off\t10m\t23\tweb-0.18a\n"
    )
    (event,) = get(text, "Event")
    assert event["involvedObject"] == {
        "kind": "Pod",
        "name": "web-0",
        "namespace": "shop",
        "fieldPath": "spec.containers{app}",
    }
    assert (event["metadata"]["name"], event["count"]) == ("web-0.18a", 23)
    assert (event["firstTimestamp"], event["lastTimestamp"]) == ("2026-03-01T11:50:00Z", "2026-03-01T11:58:00Z")
    assert event["source"] == {"component": "kubelet", "host": "worker-1"}


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
