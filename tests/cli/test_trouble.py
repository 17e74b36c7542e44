"""A source that fails half-way: the diagnosis that is still possible comes, and the rest is said."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cli.run import Ran, diagflow
from tests.collect.serving import Answer, Exchange, routes, serving, status

VERSION = {"major": "1", "minor": "37", "gitVersion": "v1.37.0"}
PODS = "/api/v1/pods"
NODES = "/api/v1/nodes"
EVENTS = "/api/v1/events"
BUILD = "/api/v1/status/buildinfo"
QUERY = "/api/v1/query"
BUILD_INFO = {"status": "success", "data": {"version": "3.16.0"}}


def ago(minutes: int) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def meta(name: str, namespace: str = "shop") -> dict[str, Any]:
    return {"name": name, "namespace": namespace, "uid": f"uid-{name}", "creationTimestamp": ago(30)}


def running(name: str) -> dict[str, Any]:
    ready = [{"type": "Ready", "status": "True", "lastTransitionTime": ago(29)}]
    one = {
        "name": "app",
        "image": "app:1",
        "ready": True,
        "restartCount": 0,
        "state": {"running": {"startedAt": ago(29)}},
    }
    return {
        "metadata": meta(name),
        "spec": {"nodeName": "n1", "containers": [{"name": "app", "image": "app:1"}]},
        "status": {"phase": "Running", "conditions": ready, "containerStatuses": [one]},
    }


def without_image(name: str) -> dict[str, Any]:
    image = "registry.example/app:2"
    message = f'failed to pull and unpack image "{image}": failed to resolve reference "{image}": {image}: not found'
    one = {
        "name": "app",
        "image": "registry.example/app:2",
        "ready": False,
        "restartCount": 0,
        "state": {"waiting": {"reason": "ErrImagePull", "message": message}},
    }
    unready = [{"type": "Ready", "status": "False", "reason": "ContainersNotReady", "lastTransitionTime": ago(29)}]
    return {
        "metadata": meta(name),
        "spec": {"nodeName": "n1", "containers": [{"name": "app", "image": "registry.example/app:2"}]},
        "status": {"phase": "Pending", "conditions": unready, "containerStatuses": [one]},
    }


def listed(*items: dict[str, Any], kind: str = "List") -> dict[str, Any]:
    return {"kind": kind, "apiVersion": "v1", "metadata": {"resourceVersion": "7"}, "items": list(items)}


def any_list(exchange: Exchange) -> None:
    groups = {"kind": "APIGroupDiscoveryList", "items": [{"metadata": {"name": "apps"}, "versions": []}]}
    exchange.json(groups if exchange.path == "/apis" else listed())


def forbidden(exchange: Exchange) -> None:
    what = exchange.path.rsplit("/", 1)[-1]
    exchange.json(
        status(403, f'{what} is forbidden: User "viewer" cannot list resource "{what}"', reason="Forbidden"), 403
    )


def half(exchange: Exchange) -> None:
    exchange.head(200, Content_Type="application/json", Content_Length="1000000")
    exchange.write(b'{"kind":"PodList","items":[{"metadata":{"name":"a"')
    exchange.hang_up()


def hangs_up(exchange: Exchange) -> None:
    exchange.hang_up()


def late(exchange: Exchange) -> None:
    time.sleep(6)
    exchange.hang_up()


@contextmanager
def api_server(table: dict[str, Any], tmp_path: Any) -> Iterator[str]:
    with serving(routes({"/version": VERSION, **table}, any_list)) as server:
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "prod", "cluster": {"server": server.url}}],
            "users": [{"name": "viewer", "user": {"token": "t"}}],
            "contexts": [{"name": "prod", "context": {"cluster": "prod", "user": "viewer"}}],
            "current-context": "prod",
        }
        path = tmp_path / "kubeconfig"
        path.write_text(json.dumps(config))
        yield str(path)


def scan(table: dict[str, Any], tmp_path: Any, *args: str) -> tuple[Ran, dict[str, Any]]:
    with api_server(table, tmp_path) as kubeconfig:
        ran = diagflow("scan", "-o", "json", *(args or ("--prometheus", "none")), KUBECONFIG=kubeconfig)
    assert "Traceback" not in ran.err
    return ran, json.loads(ran.out)


def missing(found: dict[str, Any]) -> dict[str, str]:
    return {m["needs"]: m["state"] for m in found["missing"]}


def test_all_is_well(tmp_path):
    ran, found = scan({PODS: listed(running("a"))}, tmp_path)
    assert (ran.status, found["status"], ran.err) == (0, "healthy", "")


@pytest.mark.parametrize(
    ("answer", "state"), [(forbidden, "forbidden"), (half, "error"), (hangs_up, "error")], ids=["403", "half", "cut"]
)
def test_no_pods_is_not_healthy(answer, state, tmp_path):
    ran, found = scan({PODS: answer}, tmp_path)
    assert (ran.status, found["status"], found["causes"]) == (3, "unknown", [])
    assert missing(found)["objects:pods"] == state


@pytest.mark.parametrize("answer", [forbidden, half, hangs_up], ids=["403", "half", "cut"])
def test_what_is_still_possible_comes(answer, tmp_path):
    ran, found = scan({PODS: listed(running("a"), without_image("b")), EVENTS: answer}, tmp_path)
    assert ran.status == 1
    assert [(c["id"], c["entity"]) for c in found["causes"]] == [("kubernetes.image-not-found", "pod/shop/b")]
    assert missing(found)["objects:events"] == ("forbidden" if answer is forbidden else "error")


def test_an_api_server_that_is_gone_is_one_clear_message_or_a_reading(tmp_path):
    with api_server({}, tmp_path) as kubeconfig:
        pass
    ran = diagflow("scan", "--prometheus", "none", "-o", "json", KUBECONFIG=kubeconfig)
    assert ran.status == 3
    asked = {state for needs, state in missing(json.loads(ran.out)).items() if needs.startswith("objects:")}
    assert asked == {"error"}


@pytest.mark.parametrize(
    "answer",
    [
        lambda e: e.json({"status": "error", "errorType": "internal", "error": "boom"}, 500),
        half,
        lambda e: e.send(b"<html>log in</html>", Content_Type="text/html"),
        lambda e: e.json(
            {"status": "success", "data": {"resultType": "vector", "result": [{"metric": {}, "value": [1.0, "NaN"]}]}}
        ),
    ],
    ids=["500", "half", "html", "nan"],
)
def test_a_broken_prometheus_takes_nothing_away(answer: Answer, tmp_path):
    pods = {PODS: listed(running("a"), without_image("b"))}
    with serving(routes({BUILD: BUILD_INFO}, answer)) as prometheus:
        ran, found = scan(pods, tmp_path, "--prometheus", prometheus.url)
    assert ran.status == 1
    assert [c["id"] for c in found["causes"]] == ["kubernetes.image-not-found"]


def test_an_answer_after_the_deadline_is_missing_and_the_run_ends(tmp_path):
    pods = {PODS: listed(running("a"), without_image("b"))}
    with serving(routes({BUILD: BUILD_INFO}, late)) as prometheus:
        began = time.monotonic()
        ran, found = scan(pods, tmp_path, "--prometheus", prometheus.url, "--timeout", "3")
        assert time.monotonic() - began < 60
    assert ran.status == 1
    assert "error" in {state for needs, state in missing(found).items() if needs.startswith("promql:")}
