"""Objects that kubectl described; the texts are built from the format strings of pkg/describe/describe.go."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.bundle.foreign import describe
from tests.bundle.foreign.printer import printed

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

POD = """\
Name:\tweb-0
Namespace:\tshop
Priority:\t100
Priority Class Name:\thigh
Service Account:\tweb
Node:\tworker-1/10.0.0.7
Start Time:\tSun, 01 Mar 2026 11:50:00 +0000
Labels:\tapp=web
\ttier=front
Annotations:\t<none>
Status:\tRunning
IP:\t10.1.2.3
IPs:
  IP:\t10.1.2.3
  IP:\tfd00::3
Controlled By:\tStatefulSet/web
Init Containers:
  setup:
    Container ID:\tcontainerd://0a
    Image:\tbusybox:1.36
    Image ID:\tdocker.io/library/busybox@sha256:1b
    Port:\t<none>
    Host Port:\t<none>
    Command:
      sh
      -c
    Args:
      while true; do
        sleep 1
      done

    State:\tTerminated
      Reason:\tCompleted
      Exit Code:\t0
      Started:\tSun, 01 Mar 2026 11:50:02 +0000
      Finished:\tSun, 01 Mar 2026 11:50:03 +0000
    Ready:\tTrue
    Restart Count:\t0
    Environment:\t<none>
    Mounts:\t<none>
Containers:
  app:
    Container ID:\tcontainerd://2c
    Image:\tregistry.example/web:1
    Image ID:\tregistry.example/web@sha256:3d
    Ports:\t8080/TCP, 9090/TCP
    Host Ports:\t0/TCP, 19090/TCP
    State:\tWaiting
      Reason:\tCrashLoopBackOff
    Last State:\tTerminated
      Reason:\tError
      Message:\tfirst line
second: line
    State:  Running
      Exit Code:\t137
      Signal:\t9
      Started:\tSun, 01 Mar 2026 11:58:00 +0000
      Finished:\tSun, 01 Mar 2026 11:58:30 +0000
    Ready:\tFalse
    Restart Count:\t7
    Limits:
      memory:\t100Mi
      nvidia.com/gpu:\t1
    Requests:
      memory:\t50Mi
    Liveness:\thttp-get https://:8443/healthz delay=5s timeout=1s period=10s #success=1 #failure=3
    Readiness:\ttcp-socket :8080 delay=0s timeout=1s period=10s #success=1 #failure=3
    Startup:\texec [sh -c test -f /tmp/up] delay=0s timeout=1s period=10s #success=1 #failure=30
    Environment Variables from:
      settings\tConfigMap\tOptional: false
      more\tSecret with prefix 'X_'\tOptional: true
    Environment:
      MODE:\tfast: really
      PASSWORD:\t<set to the key 'password' in secret 'db'>\tOptional: false
      SIZE:\t<set to the key 'size' of config map 'sizes'>\tOptional: true
      POD_NAME:\tweb-0 (v1:metadata.name)
      EMPTY:\t
    Mounts:
      /data from data (rw,path="sub")
      /etc/app from config (ro)
Conditions:
  Type\tStatus
  Initialized \tTrue 
  Ready \tFalse 
Volumes:
  data:
    Type:\tPersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)
    ClaimName:\tdata-web-0
    ReadOnly:\tfalse
  config:
    Type:\tConfigMap (a volume populated by a ConfigMap)
    Name:\tapp-config
    Optional:\ttrue
  host:
    Type:\tHostPath (bare host directory volume)
    Path:\t/var/lib/x
    HostPathType:\tDirectory
  tls:
    Type:\tSecret (a volume populated by a Secret)
    SecretName:\ttls
    Optional:\tfalse
  tmp:
    Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)
    Medium:\tMemory
    SizeLimit:\t<unset>
QoS Class:\tBurstable
Node-Selectors:\tdisk=ssd
Tolerations:\tnode.kubernetes.io/not-ready:NoExecute op=Exists for 300s
\tspot=true:NoSchedule
Events:
  Type\tReason\tAge\tFrom\tMessage
  ----\t------\t----\t----\t-------
  Normal\tScheduled\t10m\tdefault-scheduler\tSuccessfully assigned shop/web-0 to worker-1
  Warning\tBackOff\t87s (x23 over 6m33s)\tkubelet, worker-1\tBack-off restarting failed container
"""  # noqa: W291  # kubectl writes a blank behind conditions


def one(text, kind):
    return next(describe(printed(text), kind, NOW))


def events_of(text, kind, now=NOW):
    return [o for o in describe(printed(text), kind, now) if o["kind"] == "Event"]


def test_a_pod_has_its_metadata_and_its_place():
    pod = one(POD, "Pod")
    assert pod["metadata"] == {
        "name": "web-0",
        "namespace": "shop",
        "labels": {"app": "web", "tier": "front"},
        "ownerReferences": [{"kind": "StatefulSet", "name": "web", "controller": True}],
    }
    spec, status = pod["spec"], pod["status"]
    assert (spec["nodeName"], spec["serviceAccountName"]) == ("worker-1", "web")
    assert (spec["priority"], spec["priorityClassName"]) == (100, "high")
    assert (spec["nodeSelector"], len(spec["tolerations"])) == ({"disk": "ssd"}, 2)
    assert (status["phase"], status["startTime"], status["hostIP"]) == ("Running", "2026-03-01T11:50:00Z", "10.0.0.7")
    assert status["podIPs"] == [{"ip": "10.1.2.3"}, {"ip": "fd00::3"}]
    assert status["conditions"] == [{"type": "Initialized", "status": "True"}, {"type": "Ready", "status": "False"}]


def test_what_kubectl_does_not_print_is_not_there():
    pod = one(POD, "Pod")
    assert "uid" not in pod["metadata"]
    assert "creationTimestamp" not in pod["metadata"]
    assert "affinity" not in pod["spec"]
    assert "message" not in pod["status"]["containerStatuses"][0]["state"]["waiting"]


def test_states_of_containers():
    status = one(POD, "Pod")["status"]
    (setup,), (app,) = status["initContainerStatuses"], status["containerStatuses"]
    assert setup["state"]["terminated"] == {
        "exitCode": 0,
        "reason": "Completed",
        "startedAt": "2026-03-01T11:50:02Z",
        "finishedAt": "2026-03-01T11:50:03Z",
    }
    assert app["state"] == {"waiting": {"reason": "CrashLoopBackOff"}}
    assert (app["ready"], app["restartCount"], app["containerID"]) == (False, 7, "containerd://2c")
    ended = app["lastState"]["terminated"]
    assert (ended["exitCode"], ended["signal"], ended["reason"]) == (137, 9, "Error")


@pytest.mark.parametrize(
    ("last", "key"), [("Reason:", "exitCode"), ("Exit Code:", "ready"), ("Ready:", "restartCount")]
)
def test_of_a_text_that_is_cut_off_nothing_is_made_up(last, key):
    text = (
        "Name:\tweb-0\nNamespace:\tshop\nContainers:\n  app:\n    State:\tTerminated\n      Reason:\tError\n"
        "      Exit Code:\t137\n    Ready:\tFalse\n    Restart Count:\t7\n"
    )
    lines = text.splitlines()
    end = next(number for number, line in enumerate(lines, 1) if last in line)
    (whole,), (cut,) = (one(t, "Pod")["status"]["containerStatuses"] for t in (text, "\n".join(lines[:end])))
    assert key in whole | whole["state"]["terminated"]
    assert key not in cut | cut["state"]["terminated"]


def test_a_message_of_several_lines_is_one_message():
    ended = one(POD, "Pod")["status"]["containerStatuses"][0]["lastState"]["terminated"]
    assert ended["message"] == "first line\nsecond: line\n    State:  Running"


def test_containers_as_asked_for():
    (setup,), (app,) = (one(POD, "Pod")["spec"][k] for k in ("initContainers", "containers"))
    assert (setup["command"], setup["args"]) == (["sh", "-c"], ["while true; do", "sleep 1", "done"])
    assert "ports" not in setup
    assert app["resources"] == {"limits": {"memory": "100Mi", "nvidia.com/gpu": "1"}, "requests": {"memory": "50Mi"}}
    assert app["ports"] == [
        {"containerPort": 8080, "protocol": "TCP"},
        {"containerPort": 9090, "protocol": "TCP", "hostPort": 19090},
    ]
    assert app["volumeMounts"] == [
        {"name": "data", "mountPath": "/data", "readOnly": False, "subPath": "sub"},
        {"name": "config", "mountPath": "/etc/app", "readOnly": True},
    ]


def test_probes():
    app = one(POD, "Pod")["spec"]["containers"][0]
    assert app["livenessProbe"]["httpGet"] == {"scheme": "HTTPS", "port": 8443, "path": "/healthz"}
    assert (app["livenessProbe"]["initialDelaySeconds"], app["livenessProbe"]["failureThreshold"]) == (5, 3)
    assert app["readinessProbe"]["tcpSocket"] == {"port": 8080}
    assert app["startupProbe"]["exec"] == {}  # where one argument ends is not printed


def test_the_environment_and_what_it_refers_to():
    app = one(POD, "Pod")["spec"]["containers"][0]
    assert app["env"] == [
        {"name": "MODE", "value": "fast: really"},
        {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
        {"name": "SIZE", "valueFrom": {"configMapKeyRef": {"name": "sizes", "key": "size", "optional": True}}},
        {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "EMPTY", "value": ""},
    ]
    assert app["envFrom"] == [
        {"configMapRef": {"name": "settings"}},
        {"secretRef": {"name": "more", "optional": True}, "prefix": "X_"},
    ]


def test_volumes_name_what_can_be_missing():
    assert one(POD, "Pod")["spec"]["volumes"] == [
        {"name": "data", "persistentVolumeClaim": {"claimName": "data-web-0"}},
        {"name": "config", "configMap": {"name": "app-config", "optional": True}},
        {"name": "host", "hostPath": {"path": "/var/lib/x", "type": "Directory"}},
        {"name": "tls", "secret": {"secretName": "tls"}},
        {"name": "tmp", "emptyDir": {"medium": "Memory"}},
    ]


def test_events_count_from_now():
    first, last = events_of(POD, "Pod")
    assert first["involvedObject"] == {"kind": "Pod", "name": "web-0", "namespace": "shop"}
    assert (first["reason"], first["count"], first["lastTimestamp"]) == ("Scheduled", 1, "2026-03-01T11:50:00Z")
    assert (last["type"], last["count"]) == ("Warning", 23)
    assert (last["firstTimestamp"], last["lastTimestamp"]) == ("2026-03-01T11:53:27Z", "2026-03-01T11:58:33Z")
    assert last["source"] == {"component": "kubelet", "host": "worker-1"}


def test_without_now_events_have_no_times():
    for event in events_of(POD, "Pod", now=None):
        assert not {"firstTimestamp", "lastTimestamp"} & event.keys()


def test_a_message_over_several_lines_is_one_event():
    text = POD.replace("failed container\n", "failed container\nwith: a second line\n\n  and a third\n")
    _, last = events_of(text, "Pod")
    assert last["message"] == "Back-off restarting failed container\nwith: a second line\n\n  and a third"


def test_no_events():
    assert events_of(POD.partition("Events:")[0] + "Events:\t<none>\n", "Pod") == []


def test_a_pod_that_is_terminating_hides_its_phase():
    pod = one(POD.replace("Status:\tRunning", "Status:\tTerminating (lasts 5m)"), "Pod")
    assert pod["metadata"]["deletionTimestamp"] == "2026-03-01T11:55:00Z"
    assert "phase" not in pod["status"]


def test_a_pod_on_no_node():
    pod = one("Name:\ta\nNamespace:\tb\nNode:\t<none>\nStatus:\tPending\nIP:\t\nIPs:\t<none>\n", "Pod")
    assert pod["spec"] == {}
    assert pod["status"] == {"phase": "Pending"}


NODE = """\
Name:\tworker-1
Roles:\t<none>
Labels:\tdisk=ssd
Annotations:\tnode.alpha.kubernetes.io/ttl: 0
CreationTimestamp:\tSun, 01 Feb 2026 12:00:00 +0000
Taints:\tgpu=yes:NoSchedule
\tnode.kubernetes.io/unschedulable:NoSchedule
Unschedulable:\ttrue
Lease:
  HolderIdentity:\tworker-1
  AcquireTime:\t<unset>
  RenewTime:\tSun, 01 Mar 2026 11:59:55 +0000
Conditions:
  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage
  ----\t------\t-----------------\t------------------\t------\t-------
  DiskPressure \tTrue \tSun, 01 Mar 2026 11:59:00 +0000 \tSun, 01 Mar 2026 11:00:00 +0000 \tHasDiskPressure \tfull
Addresses:
  InternalIP:\t10.0.0.7
Capacity:
  cpu:\t2
  pods:\t17
Allocatable:
  cpu:\t1930m
  pods:\t17
System Info:
  Kernel Version:\t6.1.0
  Kubelet Version:\tv1.31.2
PodCIDR:\t10.1.0.0/24
Non-terminated Pods:\t(2 in total)
  Namespace\tName\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge
  ---------\t----\t------------\t----------\t---------------\t-------------\t---
  shop\tweb-0\t100m (5%)\t0 (0%)\t50Mi (1%)\t100Mi (2%)\t10m
  kube-system\tproxy\t0 (0%)\t0 (0%)\t0 (0%)\t0 (0%)\t28d
Allocated resources:
  (Total limits may be over 100 percent, i.e., overcommitted.)
  Resource\tRequests\tLimits
  --------\t--------\t------
  cpu\t100m (5%)\t0 (0%)
Events:\t<none>
"""


def test_a_node():
    node = one(NODE, "Node")
    assert node["metadata"]["creationTimestamp"] == "2026-02-01T12:00:00Z"
    assert node["spec"]["unschedulable"] is True
    assert [taint["key"] for taint in node["spec"]["taints"]] == ["gpu", "node.kubernetes.io/unschedulable"]
    assert node["status"]["allocatable"] == {"cpu": "1930m", "pods": "17"}
    assert node["status"]["nodeInfo"] == {"kernelVersion": "6.1.0", "kubeletVersion": "v1.31.2"}
    assert node["status"]["conditions"] == [
        {
            "type": "DiskPressure",
            "status": "True",
            "reason": "HasDiskPressure",
            "message": "full",
            "lastHeartbeatTime": "2026-03-01T11:59:00Z",
            "lastTransitionTime": "2026-03-01T11:00:00Z",
        }
    ]


def test_the_pods_on_a_node():
    _, first, second = describe(printed(NODE), "Node", NOW)
    assert first["metadata"] == {"name": "web-0", "namespace": "shop", "creationTimestamp": "2026-03-01T11:50:00Z"}
    assert first["spec"] == second["spec"] == {"nodeName": "worker-1"}
    assert second["metadata"]["namespace"] == "kube-system"


TEMPLATE = """\
Pod Template:
  Labels:\tapp=web
  Service Account:\tweb
  Containers:
   app:
    Image:\tnginx
    Port:\t<none>
    Host Port:\t<none>
    Environment:\t<none>
    Mounts:\t<none>
  Volumes:\t<none>
  Node-Selectors:\t<none>
  Tolerations:\t<none>
"""


def test_a_deployment():
    text = (
        "Name:\tweb\nNamespace:\tshop\nCreationTimestamp:\tSun, 01 Mar 2026 11:00:00 +0000\nLabels:\tapp=web\n"
        "Annotations:\tdeployment.kubernetes.io/revision: 1\nSelector:\tapp=web\n"
        "Replicas:\t3 desired | 2 updated | 4 total | 0 available | 4 unavailable\nStrategyType:\tRollingUpdate\n"
        + TEMPLATE
        + "Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n"
        "  Available \tFalse\tMinimumReplicasUnavailable\n  Progressing \tFalse\tProgressDeadlineExceeded\n"
        "OldReplicaSets:\t<none>\nEvents:\t<none>\n"
    )
    deployment = one(text, "Deployment")
    assert (deployment["apiVersion"], deployment["spec"]["replicas"]) == ("apps/v1", 3)
    assert deployment["spec"]["selector"] == {"matchLabels": {"app": "web"}}
    assert deployment["spec"]["template"]["spec"] == {
        "serviceAccountName": "web",
        "containers": [{"name": "app", "image": "nginx"}],
    }
    assert deployment["status"] == {
        "replicas": 4,
        "updatedReplicas": 2,
        "availableReplicas": 0,
        "unavailableReplicas": 4,
        "conditions": [
            {"type": "Available", "status": "False", "reason": "MinimumReplicasUnavailable"},
            {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"},
        ],
    }


def test_a_replica_set_and_a_stateful_set():
    text = (
        "Name:\tweb-1\nNamespace:\tshop\nControlled By:\tDeployment/web\nReplicas:\t0 current / 2 desired\n" + TEMPLATE
    )
    found = one(text, "ReplicaSet")
    assert (found["spec"]["replicas"], found["status"]) == (2, {"replicas": 0})
    found = one("Name:\tdb\nNamespace:\tshop\nReplicas:\t3 desired | 1 total\n" + TEMPLATE, "StatefulSet")
    assert (found["spec"]["replicas"], found["status"]) == (3, {"replicas": 1})


def test_a_daemon_set():
    text = "Name:\tagent\nNamespace:\tshop\nDesired Number of Nodes Scheduled: 3\nNumber of Nodes Misscheduled: 0\n"
    assert one(text + TEMPLATE, "DaemonSet")["status"] == {"desiredNumberScheduled": 3, "numberMisscheduled": 0}


def test_a_job_has_no_conditions_as_none_are_printed():
    text = (
        "Name:\timport\nNamespace:\tshop\nParallelism:\t1\nCompletions:\t5\nSuspend:\tfalse\nBackoff Limit:\t0\n"
        "Start Time:\tSun, 01 Mar 2026 11:00:00 +0000\nPods Statuses:\t0 Active (0 Ready) / 2 Succeeded / 1 Failed\n"
    )
    job = one(text + TEMPLATE, "Job")
    assert (job["spec"]["completions"], job["spec"]["backoffLimit"], job["spec"]["suspend"]) == (5, 0, False)
    assert job["status"] == {
        "startTime": "2026-03-01T11:00:00Z",
        "active": 0,
        "ready": 0,
        "succeeded": 2,
        "failed": 1,
    }


def test_several_objects_in_one_text():
    both = printed(POD) + "\n\n" + printed(POD.replace("web-0", "web-1"))
    pods = [o["metadata"]["name"] for o in describe(both, "Pod", NOW) if o["kind"] == "Pod"]
    assert pods == ["web-0", "web-1"]


def test_of_an_unknown_kind_come_the_events_alone():
    text = "Name:\tx\nNamespace:\ty\n" + POD[POD.index("Events:") :]
    assert {o["kind"] for o in describe(printed(text), "Gateway", NOW)} == {"Event"}


def test_an_error_message_is_no_object():
    assert list(describe('Error from server (NotFound): pods "web" not found\n', "Pod", NOW)) == []
    assert list(describe("", "Pod", NOW)) == []


@given(
    st.text(alphabet=st.sampled_from(list(" :\n\t-<>()|/=Name:EventsPod0x\u00e4")), max_size=400),
    st.sampled_from(["Pod", "Node", "Job"]),
)
def test_nothing_that_somebody_wrote_breaks_it(text, kind):
    for found in describe("Name: a\n" + text, kind, NOW):
        assert found["metadata"]["name"]


def test_what_is_deep_or_long_takes_no_long_time():
    deep = "Name: a\n" + "\n".join(" " * n + "Message: x" for n in range(1, 3000))
    assert len(list(describe(deep, "Pod", NOW))) == 1
