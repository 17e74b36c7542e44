"""Lists, single objects and logs of a cluster, when all is well and when it is not."""

import gzip
import json
import time
from typing import Any

import pytest

from diagflow.collect.kubernetes import KubernetesReader
from diagflow.model import Coverage, Query, State, Want
from diagflow.model.projection import ObjectList
from tests.collect.clusters import NOW, access_to, asked, cluster, listed, pod
from tests.collect.serving import Exchange, free_port, serving, status

PODS = "/api/v1/pods"


def test_a_list_holds_the_declared_fields_alone():
    body = listed([pod("a", phase="Running", podIP="10.0.0.1"), pod("b", phase="Pending")])
    with cluster({PODS: body}) as c:
        reading = c.read("objects:pods", "status.phase")
    assert reading.state is State.DATA
    assert reading.time == NOW
    assert reading.product == "kubernetes 1.37.0"
    assert reading.source == "kubernetes"
    assert reading.answered
    assert isinstance(reading.data, ObjectList)
    assert reading.data.plain(0) == {
        "metadata": {"name": "a", "namespace": "shop", "uid": "uid-a"},
        "status": {"phase": "Running"},
    }
    assert str(reading.data.entity(1)) == "pod/shop/b"
    assert reading.fields == frozenset({"status.phase"})


def test_lists_come_from_the_servers_cache_without_pages():
    with cluster({PODS: listed([])}) as c:
        c.read("objects:pods", "status.phase")
        (request,) = asked(c.server, PODS)
    assert request.query == {"resourceVersion": "0"}


def test_an_empty_list_is_a_complete_empty():
    with cluster({PODS: {**listed([]), "items": None}}) as c:
        reading = c.read("objects:pods", "status.phase")
    assert (reading.state, reading.answered, len(reading.data)) == (State.EMPTY, True, 0)


def test_a_kind_is_read_once_however_many_want_it():
    wants = [
        Want(Query.of("objects", "pods"), frozenset({"status.phase"})),
        Want(Query.of("objects", "pods"), frozenset({"spec.nodeName"})),
        Want(Query.of("objects", "nodes"), frozenset({"spec.taints"})),
    ]
    with cluster({PODS: listed([pod("a", phase="Running")]), "/api/v1/nodes": listed([], "NodeList")}) as c:
        readings = c.read_all(wants)
        assert len(asked(c.server, PODS)) == 1
    assert sorted(str(r.query) for r in readings) == ["objects:nodes", "objects:pods", "objects:pods"]
    assert readings[0].fields is not None
    assert {r.fields for r in readings if r.query.target == "pods"} == {frozenset({"status.phase", "spec.nodeName"})}


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("objects:deployments.apps", "/apis/apps/v1/deployments"),
        ("objects:deployments.apps#namespace=shop", "/apis/apps/v1/namespaces/shop/deployments"),
        ("objects:horizontalpodautoscalers.autoscaling", "/apis/autoscaling/v2/horizontalpodautoscalers"),
        ("objects:nodes#namespace=shop", "/api/v1/nodes"),
        ("objects:events", "/api/v1/events"),
        ("objects:endpointslices.discovery.k8s.io", "/apis/discovery.k8s.io/v1/endpointslices"),
    ],
)
def test_built_in_kinds_need_no_discovery(query: str, path: str):
    with cluster({path: listed([], "List")}) as c:
        assert c.read(query, "spec.x").state is State.EMPTY
        assert c.server.paths() == ["/version", path]


def test_secrets_are_asked_for_as_metadata_only():
    item = {
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {"name": "db", "namespace": "shop"},
    }
    with cluster({"/api/v1/secrets": listed([item], "PartialObjectMetadataList")}) as c:
        reading = c.read("objects:secrets", "data", "type", "metadata.annotations")
        (request,) = asked(c.server, "/api/v1/secrets")
    assert request.headers["Accept"] == "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
    assert reading.fields == frozenset({"metadata.annotations"})
    assert reading.data.plain(0) == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "db", "namespace": "shop"},
    }


def test_a_server_that_sends_no_metadata_lists_is_not_asked_for_whole_secrets():
    def refuse(exchange: Exchange) -> None:
        exchange.json(status(406, "only the following media types are accepted"), 406)

    with cluster({"/api/v1/secrets": refuse}) as c:
        assert c.read("objects:secrets").state is State.ERROR
        assert len(asked(c.server, "/api/v1/secrets")) == 1


def test_a_kind_of_which_only_metadata_is_wanted_costs_only_metadata():
    def answer(exchange: Exchange) -> None:
        lean = "PartialObjectMetadata" in exchange.headers["Accept"]
        items = [{"apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": {"name": "w"}}]
        exchange.json(listed(items, "PartialObjectMetadataList") if lean else status(500, "no"))

    with cluster({"/api/v1/configmaps": answer}) as c:
        reading = c.read("objects:configmaps", "metadata.labels")
    assert reading.data.plain(0)["kind"] == "ConfigMap"


def test_one_object_of_a_wrong_type_is_left_out_and_named():
    bad = {"metadata": {"name": "odd", "namespace": "shop"}, "status": "what?"}
    with cluster({PODS: listed([pod("a", phase="Running"), bad])}) as c:
        reading = c.read("objects:pods", "status.phase")
    assert reading.state is State.DATA
    assert [reading.data.plain(i)["metadata"]["name"] for i in range(len(reading.data))] == ["a"]
    assert not reading.coverage.complete
    assert reading.detail.startswith("1 of 2 objects could not be read: shop/odd: Expected `object | null`, got `str`")


def test_only_objects_of_a_wrong_type_are_an_error():
    with cluster({PODS: listed([{"metadata": [], "status": {}}])}) as c:
        reading = c.read("objects:pods", "status.phase")
    assert reading.state is State.ERROR
    assert "object 1" in reading.detail


def test_pages_are_put_together():
    def answer(exchange: Exchange) -> None:
        token = exchange.query.get("continue", "")
        page = {"": ("a", "1"), "1": ("b", "2"), "2": ("c", "")}[token]
        exchange.json(listed([pod(page[0])], **{"continue": page[1]}))

    with cluster({PODS: answer}) as c:
        reading = c.read("objects:pods", "status.phase")
    assert [str(reading.data.entity(i)) for i in range(3)] == ["pod/shop/a", "pod/shop/b", "pod/shop/c"]
    assert reading.answered


def test_a_failure_in_the_middle_of_the_pages_keeps_what_came_and_says_so():
    def answer(exchange: Exchange) -> None:
        if "continue" in exchange.query:
            exchange.json(status(500, "etcd is gone"), 500)
        else:
            exchange.json(listed([pod("a")], **{"continue": "x"}))

    with cluster({PODS: answer}) as c:
        reading = c.read("objects:pods", "status.phase")
    assert (reading.state, reading.coverage.complete, len(reading.data)) == (State.DATA, False, 1)
    assert (
        reading.detail
        == "only the first 1 objects: the API server could not list pods in all namespaces (500): etcd is gone"
    )


def test_an_expired_page_begins_the_list_anew_once():
    def answer(exchange: Exchange) -> None:
        if exchange.query.get("continue"):
            exchange.json(status(410, "too old resource version", reason="Expired"), 410)
        elif exchange.query.get("resourceVersion") == "0":
            exchange.json(listed([pod("old")], **{"continue": "x"}))
        else:
            exchange.json(listed([pod("new1"), pod("new2")]))

    with cluster({PODS: answer}) as c:
        reading = c.read("objects:pods", "status.phase")
    assert [str(reading.data.entity(i)) for i in range(2)] == ["pod/shop/new1", "pod/shop/new2"]
    assert reading.answered


def test_a_list_that_expires_again_is_an_error():
    with cluster({PODS: lambda e: e.json(status(410, "gone"), 410)}) as c:
        reading = c.read("objects:pods", "status.phase")
        assert len(asked(c.server, PODS)) == 2
    assert (reading.state, reading.detail) == (State.ERROR, "the list of pods expired twice while it was read")


def test_a_refused_right_says_which_rule_grants_it():
    message = 'pods is forbidden: User "jane" cannot list resource "pods" in API group "" at the cluster scope'
    with cluster({PODS: lambda e: e.json(status(403, message, reason="Forbidden"), 403)}) as c:
        reading = c.read("objects:pods", "status.phase")
    assert reading.state is State.FORBIDDEN
    assert reading.detail == (
        "jane may not list pods in all namespaces: a role with the rule "
        '{apiGroups: [""], resources: ["pods"], verbs: ["list"]} allows it'
    )


def test_refused_credentials_name_the_user():
    with cluster({PODS: lambda e: e.json(status(401, "Unauthorized"), 401)}) as c:
        reading = c.read("objects:pods", "status.phase")
    assert reading.state is State.ERROR
    assert (
        reading.detail == "the API server refuses the credentials of user admin (401): log in again, or use --context"
    )


def test_a_busy_server_is_asked_again_when_it_wants_that():
    calls: list[int] = []

    def answer(exchange: Exchange) -> None:
        calls.append(1)
        if len(calls) < 3:
            exchange.json(status(429, "too many requests"), 429, **{"Retry-After": "0"})
        else:
            exchange.json(listed([pod("a")]))

    with cluster({PODS: answer}) as c:
        assert c.read("objects:pods", "status.phase").state is State.DATA
    assert len(calls) == 3


def test_a_busy_server_that_wants_more_time_than_there_is():
    def answer(exchange: Exchange) -> None:
        exchange.json(status(429, "too many requests"), 429, **{"Retry-After": "60"})

    with cluster({PODS: answer}) as c:
        start = time.monotonic()
        reading = c.read("objects:pods", "status.phase", seconds=20)
        assert time.monotonic() - start < 10
        assert len(asked(c.server, PODS)) == 1
    assert reading.state is State.ERROR
    assert reading.detail == (
        "the API server has too much to do to list pods in all namespaces (429) and wants to be asked again in 60 s, "
        "after the deadline"
    )


OTHERS = {"kind": "APIGroupDiscoveryList", "items": [{"metadata": {"name": "apps"}, "versions": [{"version": "v1"}]}]}


def test_of_a_kind_that_is_not_served_there_are_no_objects():
    with cluster({"/apis": OTHERS}) as c:
        reading = c.read("objects:widgets.example.com", "spec.x")
        one = c.read("object:widget.example.com/shop/a")
    assert (reading.state, reading.detail) == (State.EMPTY, "this cluster has no kind widgets.example.com")
    assert reading.coverage == Coverage(complete=True)
    assert (list(reading.data), one.state) == ([], State.EMPTY)


@pytest.mark.parametrize("groups", [{"kind": "APIGroupDiscoveryList", "items": []}, {}])
def test_whoever_serves_no_kinds_at_all_is_no_api_server(groups):
    with cluster({"/apis": groups}) as c:
        reading = c.read("objects:widgets.example.com", "spec.x")
    assert reading.state is State.ERROR
    assert reading.detail.endswith("/apis is no list of kinds: is it an API server?")


def test_an_own_kind_that_is_not_there_is_an_error_and_not_none():
    with cluster({"/apis": OTHERS}) as c:
        pods = c.read("objects:pods", "status.phase")
        budgets = c.read("objects:poddisruptionbudgets.policy", "spec")
    assert pods.state is State.ERROR
    assert pods.detail.endswith("has no list of pods (404): is it an API server?")
    assert (budgets.state, budgets.detail) == (State.EMPTY, "this cluster has no kind poddisruptionbudgets.policy")


def test_a_group_whose_server_does_not_answer_may_have_any_kind():
    stale = {"metadata": {"name": "example.com"}, "versions": [{"version": "v1", "freshness": "Stale"}]}
    with cluster({"/apis": {**OTHERS, "items": [*OTHERS["items"], stale]}}) as c:
        reading = c.read("objects:widgets.example.com", "spec.x")
        other = c.read("objects:widgets.example.org", "spec.x")
    nobody = "whoever serves example.com to the API server does not answer it"
    assert reading.state is State.ERROR
    assert reading.detail == f"nobody knows whether there is a kind widgets.example.com: {nobody}"
    assert other.state is State.EMPTY


def test_custom_kinds_are_found_by_aggregated_discovery():
    served = {"resource": "gateways", "responseKind": {"kind": "Gateway"}, "scope": "Namespaced", "verbs": ["list"]}
    groups = {
        "kind": "APIGroupDiscoveryList",
        "items": [
            {"metadata": {"name": "networking.istio.io"}, "versions": [{"version": "v1", "resources": [served]}]}
        ],
    }
    path = "/apis/networking.istio.io/v1/gateways"
    item = {"apiVersion": "networking.istio.io/v1", "kind": "Gateway", "metadata": {"name": "web", "namespace": "shop"}}
    with cluster({"/apis": groups, path: listed([item], "GatewayList")}) as c:
        wants = [
            Want(Query.of("objects", n), frozenset({"spec.x"})) for n in ("gateways.networking.istio.io", "gateways")
        ]
        readings = c.read_all(wants)
        assert len(asked(c.server, "/apis")) == 1
        assert "g=apidiscovery.k8s.io;v=v2" in asked(c.server, "/apis")[0].headers["Accept"]
    assert [r.state for r in readings] == [State.DATA, State.DATA]
    assert str(readings[0].data.entity(0)) == "gateway.networking.istio.io/shop/web"


def test_custom_kinds_are_found_by_the_discovery_of_old_servers():
    groups = {
        "kind": "APIGroupList",
        "groups": [{"name": "example.com", "versions": [{"groupVersion": "x", "version": "v1"}]}],
    }
    resources = {"kind": "APIResourceList", "resources": [
        {"name": "widgets/status", "kind": "Widget", "namespaced": True, "verbs": ["get"]},
        {"name": "widgets", "kind": "Widget", "namespaced": True, "verbs": ["get", "list"]},
    ]}  # fmt: skip
    table = {
        "/apis": groups,
        "/apis/example.com/v1": resources,
        "/apis/example.com/v1/widgets": listed([], "WidgetList"),
    }
    with cluster(table) as c:
        assert c.read("objects:widgets.example.com", "spec.x").state is State.EMPTY


def test_a_built_in_kind_under_another_version_is_found_by_discovery():
    served = {"resource": "flowschemas", "responseKind": {"kind": "FlowSchema"}, "scope": "Cluster", "verbs": ["list"]}
    group = "flowcontrol.apiserver.k8s.io"
    groups = {
        "kind": "APIGroupDiscoveryList",
        "items": [{"metadata": {"name": group}, "versions": [{"version": "v1beta3", "resources": [served]}]}],
    }
    with cluster({"/apis": groups, f"/apis/{group}/v1beta3/flowschemas": listed([], "FlowSchemaList")}) as c:
        assert c.read(f"objects:flowschemas.{group}", "spec.x").state is State.EMPTY


def test_a_parameter_that_we_do_not_know_is_not_ignored():
    with cluster({PODS: listed([pod("a")])}) as c:
        reading = c.read("objects:pods#labels=x", "status.phase")
    assert (reading.state, reading.detail) == (State.ABSENT, "objects cannot be narrowed by labels")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"kind": "PodList", "items": [{"metadata"', "no JSON that can be read"),
        (b"<html>login</html>", "no JSON that can be read"),
        (b'{"kind": "Status"}', "a Status where a list should be"),
        (b"[]", "no list of objects"),
        (b"", "no JSON that can be read"),
        (b'{"kind":"PodList","items":[{"metadata":{"name":"\xff"}}]}', "no JSON that can be read"),
        (b'{"kind":"PodList","items":' + b"[" * 100_000, "no list of objects"),
    ],
)
def test_what_is_no_list_is_an_error(body: bytes, said: str):
    with cluster({PODS: lambda e: e.send(body)}) as c:
        reading = c.read("objects:pods", "status.phase")
    assert reading.state is State.ERROR
    assert reading.detail.startswith(f"{c.server.url} sent {said}")
    assert "\n" not in reading.detail


def test_half_a_body_is_an_error_that_says_how_much_came():
    def answer(exchange: Exchange) -> None:
        exchange.head(200, **{"Content-Length": "1000", "Content-Type": "application/json"})
        exchange.write(b'{"kind": "PodList", "items": [')
        exchange.hang_up()

    with cluster({PODS: answer}) as c:
        reading = c.read("objects:pods", "status.phase")
    assert reading.state is State.ERROR
    assert reading.detail == (
        f"{c.server.url} cut the connection in the middle of its answer, after 30 bytes: what came is unusable"
    )


def test_a_trickling_server_does_not_outlast_the_deadline():
    def answer(exchange: Exchange) -> None:
        exchange.head(200, **{"Content-Length": "100000"})
        while not c.server.done.wait(0.05):
            exchange.write(b" ")

    with cluster({PODS: answer}) as c:
        start = time.monotonic()
        reading = c.read("objects:pods", "status.phase", seconds=0.6)
        took = time.monotonic() - start
    assert 0.5 < took < 4  # trickling would take an hour and a half
    assert reading.state is State.ERROR
    assert "did not answer within the deadline: only" in reading.detail


def test_trickling_headers_do_not_outlast_the_deadline_either():
    def answer(exchange: Exchange) -> None:
        exchange.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not c.server.done.wait(0.05):
            exchange.write(b"x")

    with cluster({PODS: answer}) as c:
        start = time.monotonic()
        reading = c.read("objects:pods", "status.phase", seconds=0.6)
        assert time.monotonic() - start < 4
    assert reading.state is State.ERROR
    assert reading.detail == f"{c.server.url} did not answer within the deadline"


def test_a_server_that_ends_in_the_middle_gives_what_it_gave():
    """The API server is killed after it has answered for nodes: its pods are an error, the nodes stand."""

    def answer(exchange: Exchange) -> None:
        exchange.head(200, **{"Transfer-Encoding": "chunked"})
        exchange.write(b'5\r\n{"kin\r\n')
        exchange.hang_up()

    with cluster({PODS: answer, "/api/v1/nodes": listed([], "NodeList")}) as c:
        wants = [Want(Query.of("objects", n), frozenset({"spec.x"})) for n in ("nodes", "pods")]
        states = {r.query.target: r.state for r in c.read_all(wants)}
    assert states == {"nodes": State.EMPTY, "pods": State.ERROR}


def test_a_dropped_connection_is_tried_once_more():
    calls: list[int] = []

    def answer(exchange: Exchange) -> None:
        calls.append(1)
        if len(calls) == 1:
            exchange.hang_up()
        else:
            exchange.json(listed([pod("a")]))

    with cluster({PODS: answer}) as c:
        assert c.read("objects:pods", "status.phase").state is State.DATA
    assert len(calls) == 2


def test_nobody_listens():
    url = f"http://127.0.0.1:{free_port()}"
    reader = KubernetesReader(access_to(url))
    wants = [Want(Query.of("objects", n)) for n in ("pods", "nodes", "services")]
    readings = list(reader.read(wants, deadline=time.monotonic() + 5))
    reader.close()
    assert {r.state for r in readings} == {State.ERROR}
    assert {r.detail for r in readings} == {f"{url} refuses connections; is it up?"}


def test_an_unknown_host():
    reader = KubernetesReader(access_to("http://nowhere.invalid"))
    (reading,) = reader.read([Want(Query.of("objects", "pods"))], deadline=time.monotonic() + 5)
    reader.close()
    assert reading.state is State.ERROR
    assert reading.detail.startswith("http://nowhere.invalid cannot be reached: its name is not known here")


def test_compressed_lists_are_asked_for_and_read():
    body = gzip.compress(json.dumps(listed([pod("a")])).encode())

    def answer(exchange: Exchange) -> None:
        assert exchange.headers["Accept-Encoding"] == "gzip"
        half = exchange.path.endswith("nodes")
        exchange.send(body[: len(body) // 2] if half else body, 200, **{"Content-Encoding": "gzip"})

    with serving(answer) as server:
        reader = KubernetesReader(access_to(server.url, compress=True))
        wants = [Want(Query.of("objects", n), frozenset({"spec.x"})) for n in ("pods", "nodes")]
        readings = {r.query.target: r for r in reader.read(wants, deadline=time.monotonic() + 5)}
        reader.close()
    assert readings["pods"].state is State.DATA
    assert readings["nodes"].state is State.ERROR
    assert "ended in the middle of its answer" in readings["nodes"].detail


def test_events_cover_the_time_that_the_server_provably_keeps():
    def event(name: str, **times: Any) -> dict[str, Any]:
        return {"metadata": {"name": name, "namespace": "shop", "creationTimestamp": "2026-01-31T08:00:00Z"}, **times}

    items = [
        event("a", lastTimestamp="2026-01-31T09:30:00Z"),
        event(
            "b",
            lastTimestamp=None,
            eventTime="2026-01-31T09:10:00.000001Z",
            series={"lastObservedTime": "2026-01-31T09:20:00Z"},
        ),
    ]
    with cluster({"/api/v1/events": listed(items, "EventList")}) as c:
        reading = c.read("objects:events", "reason")
    assert reading.coverage.start is not None
    assert reading.coverage.start.isoformat() == "2026-01-31T09:20:00+00:00"
    assert reading.coverage.end == NOW


def test_no_events_cover_nothing_but_now():
    with cluster({"/api/v1/events": listed([], "EventList")}) as c:
        reading = c.read("objects:events", "reason")
    assert (reading.state, reading.coverage.start) == (State.EMPTY, NOW)


def test_a_whole_object():
    whole = {"apiVersion": "v1", "kind": "Pod", **pod("cart-0", phase="Running")}
    with cluster({"/api/v1/namespaces/shop/pods/cart-0": whole}) as c:
        assert c.read("object:pod/shop/cart-0").data == whole
        gone = c.read("object:pod/shop/cart-1")
    assert (gone.state, gone.answered, gone.detail) == (State.EMPTY, True, "there is no such object")


def test_of_one_secret_only_metadata():
    path = "/api/v1/namespaces/shop/secrets/db"
    lean = {"apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": {"name": "db"}}
    with cluster({path: lean}) as c:
        reading = c.read("object:secret/shop/db")
        assert (
            asked(c.server, path)[0].headers["Accept"] == "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
        )
    assert reading.data["kind"] == "Secret"


@pytest.mark.parametrize("target", ["pod/shop/..", "pod/%2e%2e/x", "pod/a%2Fb/x", "pod", "pod/shop/a b"])
def test_names_that_would_lead_elsewhere_are_not_asked_for(target: str):
    with cluster({}) as c:
        reading = c.read(f"object:{target}")
        assert c.server.paths() == ["/version"]
    assert reading.state is State.ABSENT


def test_other_kinds_of_questions_are_absent():
    with cluster({}) as c:
        assert c.read("fact:cpu").state is State.ABSENT


def test_the_source_names_the_cluster_and_its_version():
    with cluster({}) as c:
        assert c.reader.source() == {
            "cluster": "prod",
            "context": "prod-admin",
            "server": c.server.url,
            "version": "1.37.0",
        }


def test_the_source_without_a_version_when_nobody_answers():
    reader = KubernetesReader(access_to(f"http://127.0.0.1:{free_port()}"))
    assert "version" not in reader.source()
    reader.close()


def test_a_built_in_kind_that_this_cluster_does_not_serve():
    with cluster({"/apis": OTHERS}) as c:
        reading = c.read("objects:resourceslices.resource.k8s.io", "spec.driver")
    assert (reading.state, reading.detail) == (
        State.EMPTY,
        "this cluster has no kind resourceslices.resource.k8s.io",
    )


def test_kinds_that_may_not_be_looked_up():
    with cluster({"/apis": lambda e: e.json(status(403, 'forbidden: User "jane" cannot get path "/apis"'), 403)}) as c:
        reading = c.read("objects:widgets.example.com", "spec.x")
    assert reading.state is State.FORBIDDEN
    assert reading.detail == "jane may not get /apis: the ClusterRole system:discovery allows it"


def test_a_web_page_instead_of_kinds():
    with cluster({"/apis": lambda e: e.send(b"<html>")}) as c:
        reading = c.read("objects:widgets.example.com", "spec.x")
    assert reading.state is State.ERROR
    assert reading.detail == f"{c.server.url}/apis is no list of kinds: is it an API server?"


def test_a_server_that_redirects():
    with cluster({PODS: lambda e: e.send(b"", 307, Location="https://console.example/")}) as c:
        reading = c.read("objects:pods", "status.phase")
    assert reading.detail == (
        "the server redirects to https://console.example/: the kubeconfig's server is no API server"
    )


def test_an_answer_that_unpacks_to_more_than_memory_holds(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("diagflow.collect.web.MAX_BODY", 100_000)
    bomb = gzip.compress(b" " * 10_000_000)
    with cluster({PODS: lambda e: e.send(bomb, 200, **{"Content-Encoding": "gzip"})}) as c:
        reading = c.read("objects:pods", "status.phase")
    assert reading.state is State.ERROR
    assert reading.detail == f"{c.server.url} sends more than 1 GiB: ask for less (--namespace)"


def test_words_of_a_server_cannot_draw_on_a_terminal():
    with cluster({PODS: lambda e: e.json(status(500, "a\x1b[2Jb\r\nc" + "x" * 900), 500)}) as c:
        detail = c.read("objects:pods", "status.phase").detail
    assert "\x1b" not in detail
    assert "\n" not in detail
    assert len(detail) < 450


def test_a_server_that_is_no_api_server():
    with cluster({}, default=lambda e: e.send(b"404 page not found", 404)) as c:
        reading = c.read("objects:nodes", "spec.taints")
    assert reading.state is State.ERROR
    assert reading.detail == f"{c.server.url} has no list of nodes (404): is it an API server?"


def test_whole_objects_come_without_bookkeeping():
    one = {**pod("a", phase="Running", podIP="10.0.0.1"), "kind": "Pod"}
    one["metadata"]["managedFields"] = [{"manager": "kubelet"}]
    with cluster({PODS: listed([one])}) as c:
        reading = c.read("objects:pods", "status.phase", "*")
    assert reading.fields is None
    assert reading.data.plain(0)["status"] == {"phase": "Running", "podIP": "10.0.0.1"}
    assert "managedFields" not in reading.data.plain(0)["metadata"]


def test_secrets_stay_metadata_even_when_whole_objects_are_wanted():
    with cluster(
        {"/api/v1/secrets": {"kind": "PartialObjectMetadataList", "items": [{"metadata": {"name": "s"}}]}}
    ) as c:
        c.read("objects:secrets", "metadata.name", "*")
        (request,) = asked(c.server, "/api/v1/secrets")
    assert "PartialObjectMetadataList" in request.headers["Accept"]
