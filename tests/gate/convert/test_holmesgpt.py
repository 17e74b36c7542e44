"""Outputs of tools that HolmesGPT recorded."""

import json

import pytest

from diagflow.gate.convert.toolcalls import call_of
from diagflow.model import BadInput
from tests.bundle.foreign.printer import printed
from tests.gate.convert.make import converted, labels, objects

CASE = "expected_output:\n  - it is broken\n"
DESCRIBED = printed(
    "Name:\tweb-1\nNamespace:\tshop\nNode:\tworker/10.0.0.1\nStart Time:\tSun, 01 Mar 2026 12:00:00 +0100\n"
    "Status:\tRunning\nContainers:\n  app:\n    Image:\tnginx\n    State:\tRunning\n"
    "      Started:\tSun, 01 Mar 2026 12:00:05 +0100\n    Ready:\tTrue\n    Restart Count:\t0\n"
    "Events:\n  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t----\t----\t-------\n"
    "  Normal\tScheduled\t10m\tdefault-scheduler\tassigned\n"
    "  Warning\tUnhealthy\t2m (x3 over 9m)\tkubelet\tReadiness probe failed\n"
)


def output(tool, text, *, status="success", **arguments):
    asked = {"toolset_name": "kubernetes/core", "tool_name": tool, "match_params": arguments}
    return f"{json.dumps(asked)}\n{json.dumps({'status': status})}\n{text}"


def describe(text=DESCRIBED, **more):
    return output("kubectl_describe", text, kind="pod", name="web-1", namespace="shop", **more)


def made(tmp_path, files, case="c"):
    files = {"test_case.yaml": CASE, **files}
    return converted(tmp_path, "holmesgpt", {f"{case}/{name}": content for name, content in files.items()}) / case


def test_both_forms_of_a_recorded_output():
    plain = call_of(output("kubectl_logs", "line\n", pod_name="a"), "c/logs.txt")
    assert plain is not None
    assert (plain.tool, plain.arguments, plain.output) == ("kubectl_logs", {"pod_name": "a"}, "line\n")
    older = call_of(output("t", 'stdout:\n "NAME  AGE\na     5d\n\nstderr:\n'), "c/a.txt")
    assert older is not None
    assert older.output == "NAME  AGE\na     5d\n"
    silent = call_of(output("fetch_pod_logs", "stdout:\n\nstderr:\nnothing\n"), "c/kubectl_previous_logs.txt")
    assert silent is not None
    assert (silent.output, silent.previous) == ("", True)


@pytest.mark.parametrize(
    "text",
    [
        output("t", "boom", status="error"),
        output("t", "Command `kubectl x` failed with return code 1\nstdout:\n"),
        "no header",
        "[]\n{}\nx",
        "{\n{}\nx",
        "",
    ],
)
def test_what_is_no_call_that_succeeded(text):
    assert call_of(text, "c/a.txt") is None


def test_a_described_pod_and_its_events(tmp_path):
    case = made(tmp_path, {"a.txt": describe()})
    (pod,) = objects(case, "pods")
    assert pod["status"]["containerStatuses"][0]["state"] == {"running": {"startedAt": "2026-03-01T11:00:05Z"}}
    assert {e["reason"]: e["lastTimestamp"] for e in objects(case, "events")} == {
        "Scheduled": "2026-03-01T11:00:00Z",
        "Unhealthy": "2026-03-01T11:08:00Z",
    }
    assert labels(case)["time"] == "2026-03-01T11:10:00Z"  # the pod started, and was scheduled ten minutes ago


def test_the_fuller_output_wins_and_events_come_once(tmp_path):
    table = printed(
        "NAME\tREADY\tSTATUS\tRESTARTS\tAGE\nweb-1\t1/1\tRunning\t0\t10m\nweb-2\t1/1\tRunning\t0\t9m\n", padding=3
    )
    events = printed(
        "LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n10m\tNormal\tScheduled\tPod/web-1\tassigned\n", padding=3
    )
    yaml_text = "apiVersion: v1\nkind: Pod\nmetadata: {name: web-2, namespace: shop}\nspec: {nodeName: w}\n"
    case = made(
        tmp_path,
        {
            "a.txt": output("kubectl_get_by_kind_in_namespace", table, kind="pod", namespace="shop"),
            "b.txt": describe(),
            "c.txt": output("kubectl_get_yaml", yaml_text, kind="pod", name="web-2", namespace="shop"),
            "d.txt": output("kubectl_events", events, namespace="shop"),
        },
    )
    first, second = objects(case, "pods")
    assert first["spec"]["containers"][0]["name"] == "app"
    assert second["spec"] == {"nodeName": "w"}
    assert [e["reason"] for e in objects(case, "events")] == ["Scheduled", "Unhealthy"]


def test_a_pod_that_a_node_lists_says_least(tmp_path):
    node = printed(
        "Name:\tworker\nNon-terminated Pods:\t(2 in total)\n  Namespace\tName\tAge\n  ---------\t----\t---\n"
        "  shop\tweb-1\t10m\n  shop\tweb-3\t10m\nEvents:\t<none>\n"
    )
    table = printed("NAME\tREADY\tSTATUS\tRESTARTS\tAGE\nweb-1\t1/1\tRunning\t0\t10m\n", padding=3)
    files = {
        "a.txt": output("kubectl_describe", node, kind="node", name="worker"),
        "b.txt": output("kubectl_get_by_name", table, kind="pod", namespace="shop"),
    }
    first, second = objects(made(tmp_path, files), "pods")
    assert first["status"] == {"phase": "Running"}
    assert second["spec"] == {"nodeName": "worker"}


def test_logs_of_the_only_container(tmp_path):
    case = made(
        tmp_path,
        {
            "a.txt": describe(),
            "b.txt": output("kubectl_logs", "hello", pod_name="web-1", namespace="shop"),
            "kubectl_previous_logs.txt": output("fetch_pod_logs", "bye", pod_name="web-1", namespace="shop"),
            "d.txt": output("kubectl_logs", "who?", pod_name="other", namespace="shop"),
        },
    )
    assert (case / "logs/shop/web-1/app.log").read_text() == "hello\n"
    assert (case / "logs/shop/web-1/app.previous.log").read_text() == "bye\n"
    assert "left out: other." in labels(case)["source"]
    assert not (case / "logs/shop/other").exists()


def test_a_container_that_a_template_names(tmp_path):
    job = printed("Name:\timport\nNamespace:\tshop\nPod Template:\n  Containers:\n   run:\n    Image:\tx\n")
    case = made(
        tmp_path,
        {
            "a.txt": output("kubectl_describe", job, kind="job", name="import", namespace="shop"),
            "b.txt": output("kubectl_logs", "hello", pod_name="import-2lhkn", namespace="shop"),
            "c.txt": output("kubectl_logs", "other", pod_name="importer-2lhkn", namespace="shop"),
        },
    )
    assert [p.relative_to(case).as_posix() for p in case.rglob("*.log")] == ["logs/shop/import-2lhkn/run.log"]


def test_the_alert_is_about_what_was_asked(tmp_path):
    request = {"title": "PodBroken", "subject": {"name": "web-1", "namespace": "shop", "subject_type": "deployment"}}
    case = made(tmp_path, {"a.txt": describe(), "investigate_request.json": request})
    (alert,) = json.loads((case / "alert.json").read_text())["alerts"]
    assert alert["labels"] == {"alertname": "PodBroken", "namespace": "shop", "pod": "web-1"}


def test_an_alert_of_prometheus_is_kept(tmp_path):
    raw = {"labels": {"alertname": "Watchdog"}, "startsAt": "2024-11-29 06:15:32.570000+00:00"}
    case = made(tmp_path, {"issue_data.json": {"raw": raw}}, "13_Watchdog")
    (alert,) = json.loads((case / "alert.json").read_text())["alerts"]
    assert alert == {"status": "firing", "labels": {"alertname": "Watchdog"}, "startsAt": "2024-11-29T06:15:32Z"}
    assert labels(case)["healthy"] is True
    assert "objects" not in {p.name for p in case.iterdir()}


def test_a_case_without_an_expectation(tmp_path):
    with pytest.raises(BadInput, match="it has no expected_output"):
        made(tmp_path, {"test_case.yaml": "a: b\n"})
