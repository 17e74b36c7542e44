"""Logs of a container."""

from typing import Any

import pytest

from diagflow.model import State
from tests.collect.clusters import asked, cluster
from tests.collect.serving import Exchange, status

PATH = "/api/v1/namespaces/shop/pods/cart-0/log"
QUERY = "log:shop/cart-0/app"


def test_the_last_lines_as_text():
    with cluster({PATH: lambda e: e.send("ready\nsch\u00f6n\n".encode())}) as c:
        reading = c.read(QUERY)
        (request,) = asked(c.server, PATH)
    assert (reading.state, reading.data, reading.answered) == (State.DATA, "ready\nschön\n", True)
    assert request.query == {"container": "app", "tailLines": "200", "limitBytes": "262144"}


def test_previous_run_and_number_of_lines():
    with cluster({PATH: lambda e: e.send(b"panic\n")}) as c:
        c.read(f"{QUERY}#previous=true&tail=50")
        (request,) = asked(c.server, PATH)
    assert request.query["previous"] == "true"
    assert request.query["tailLines"] == "50"


def test_bytes_that_are_no_text_are_replaced():
    with cluster({PATH: lambda e: e.send(b"a\xff\xfeb\n")}) as c:
        assert c.read(QUERY).data == "a\ufffd\ufffdb\n"


def test_long_lines_cost_old_ones_not_new_ones():
    def answer(exchange: Exchange) -> None:
        few = exchange.query["tailLines"] == "20"
        exchange.send(b"newest\n" if few else b"x" * 262144)

    with cluster({PATH: answer}) as c:
        reading = c.read(QUERY)
    assert (reading.state, reading.data, reading.coverage.complete) == (State.DATA, "newest\n", False)
    assert reading.detail == "only the last 20 lines: more exceed 256 KiB"


@pytest.mark.parametrize(
    ("code", "body", "state", "detail"),
    [
        (
            400,
            status(400, 'previous terminated container "app" in pod "cart-0" not found', reason="BadRequest"),
            State.EMPTY,
            'previous terminated container "app" in pod "cart-0" not found',
        ),
        (
            400,
            status(400, 'container "app" in pod "cart-0" is waiting to start: ContainerCreating'),
            State.EMPTY,
            'container "app" in pod "cart-0" is waiting to start: ContainerCreating',
        ),
        (404, status(404, 'pods "cart-0" not found', details={"kind": "pods"}), State.EMPTY, 'pods "cart-0" not found'),
        (
            404,
            status(
                404, "the server could not find the requested resource ( pods/log cart-0)", details={"kind": "pods/log"}
            ),
            State.ABSENT,
            "the kubelet of the pod's node serves no logs (404)",
        ),
        (400, status(400, "container app is not valid for pod cart-0"), State.ABSENT, "the pod has no container app"),
        (
            403,
            status(403, 'pods "cart-0" is forbidden: User "jane" cannot get resource "pods/log" in API group ""'),
            State.FORBIDDEN,
            (
                "jane may not get pods/log in namespace shop: a role with the rule "
                '{apiGroups: [""], resources: ["pods/log"], verbs: ["get"]} allows it'
            ),
        ),
        (
            500,
            status(500, 'Get "https://10.0.0.9:10250/containerLogs/shop/cart-0/app": dial tcp: connection refused'),
            State.ERROR,
            (
                "the API server could not get pods/log in namespace shop (500): "
                'Get "https://10.0.0.9:10250/containerLogs/shop/cart-0/app": dial tcp: connection refused'
            ),
        ),
    ],
)
def test_why_there_is_no_log(code: int, body: dict[str, Any], state: State, detail: str):
    with cluster({PATH: lambda e: e.json(body, code)}) as c:
        reading = c.read(QUERY)
    assert (reading.state, reading.detail) == (state, detail)


def test_a_kubelet_that_has_lost_the_log_says_so_in_the_log():
    with cluster({PATH: lambda e: e.send(b"unable to retrieve container logs for containerd://abc")}) as c:
        reading = c.read(QUERY)
    assert (reading.state, reading.data) == (State.EMPTY, "")
    assert "unable to retrieve" in reading.detail


def test_an_empty_log():
    with cluster({PATH: lambda e: e.send(b"")}) as c:
        reading = c.read(QUERY)
    assert (reading.state, reading.detail) == (State.EMPTY, "the log is empty")


@pytest.mark.parametrize("target", ["shop/cart-0", "shop/../app", "host/journal/x/y", "shop//app", "a/b?x=y/c"])
def test_what_is_no_container_is_not_asked_for(target: str):
    with cluster({}) as c:
        assert c.read(f"log:{target}").state is State.ABSENT
        assert c.server.paths() == ["/version"]
