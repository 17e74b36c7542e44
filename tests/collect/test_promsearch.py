"""Finding a Prometheus among the services of a cluster."""

import time
from typing import Any

import pytest

from diagflow.collect.prometheus import PrometheusReader
from diagflow.collect.promsearch import cluster_doors
from diagflow.model import Query, Reading, State, Want
from tests.collect.clusters import NOW, Cluster, cluster, listed
from tests.collect.serving import status
from tests.collect.test_prometheus import build, vector

SERVICES = "/api/v1/services"


def service(
    name: str, *ports: tuple[str, int], namespace: str = "monitoring", labels: dict[str, str] | None = None, **spec: Any
) -> dict[str, Any]:
    plain = [{"name": n, "port": p, "protocol": "TCP"} for n, p in ports or (("web", 9090),)]
    return {
        "metadata": {"name": name, "namespace": namespace, "labels": labels or {}},
        "spec": {"ports": plain, **spec},
    }


def services(*items: dict[str, Any]) -> dict[str, Any]:
    return listed(items, "ServiceList")


def proxied(name: str, port: int = 9090, namespace: str = "monitoring", scheme: str = "http") -> str:
    return f"/api/v1/namespaces/{namespace}/services/{scheme}:{name}:{port}/proxy/api/v1"


def read(c: Cluster, expression: str = "up") -> Reading:
    reader = PrometheusReader(lambda deadline: cluster_doors(c.reader.api, deadline), NOW)
    (reading,) = reader.read([Want(Query.of("promql", expression))], deadline=time.monotonic() + 5)
    return reading


def test_questions_go_through_the_proxy_of_the_api_server():
    found = service("prometheus-k8s", labels={"app.kubernetes.io/name": "prometheus"})
    base = proxied("prometheus-k8s")
    table = {
        SERVICES: services(service("cart", ("http", 80), namespace="shop"), found),
        f"{base}/status/buildinfo": build(),
        f"{base}/query": vector(({}, "1")),
    }
    with cluster(table) as c:
        reading = read(c)
        assert [r.method for r in c.server.requests] == ["GET"] * len(c.server.requests)
    assert (reading.state, reading.product) == (State.DATA, "prometheus 3.16.0")


@pytest.mark.parametrize(
    ("items", "paths"),
    [
        ([service("prometheus-server", ("http", 80))], [proxied("prometheus-server", 80)]),
        ([service("kps-prometheus", ("http-web", 9090), ("reloader-web", 8080))], [proxied("kps-prometheus")]),
        ([service("prometheus", ("https", 9091))], [proxied("prometheus", 9091, scheme="https")]),
        (
            [service("my-prometheus"), service("prometheus", labels={"app": "prometheus"}, namespace="z")],
            [proxied("prometheus", namespace="z"), proxied("my-prometheus")],
        ),
    ],
)
def test_what_looks_like_one(items: list[dict[str, Any]], paths: list[str]):
    with cluster({SERVICES: services(*items)}) as c:
        doors = cluster_doors(c.reader.api, time.monotonic() + 5)
    assert [f"{door.prefix}/api/v1" for door in doors] == paths


def test_what_is_called_prometheus_and_is_none():
    others = [
        service("prometheus-operator", labels={"app.kubernetes.io/name": "prometheus-operator"}),
        service("prometheus-node-exporter"),
        service("kps-prometheus-alertmanager"),
        service("prometheus-adapter"),
        service("prometheus", type="ExternalName", externalName="x"),
        {"metadata": {"name": "prometheus", "namespace": "bare"}, "spec": {}},
    ]
    with cluster({SERVICES: services(*others)}) as c:
        reading = read(c)
    assert (reading.state, reading.detail) == (
        State.ABSENT,
        "no service of this cluster looks like a Prometheus; give --prometheus URL",
    )


def test_one_that_does_not_answer_is_passed_over():
    table = {
        SERVICES: services(service("prometheus"), service("my-prometheus")),
        f"{proxied('prometheus')}/status/buildinfo": lambda e: e.json(
            status(503, "no endpoints available for service"), 503
        ),
        f"{proxied('my-prometheus')}/status/buildinfo": build(),
        f"{proxied('my-prometheus')}/query": vector(({}, "1")),
    }
    with cluster(table) as c:
        assert read(c).state is State.DATA


def test_another_product_serves_only_where_there_is_no_prometheus_3():
    table = {
        SERVICES: services(service("prometheus")),
        f"{proxied('prometheus')}/status/buildinfo": build("2.50.0"),
        f"{proxied('prometheus')}/query": vector(({}, "0")),
    }
    with cluster(table) as c:
        assert read(c).product == "prometheus 2.50.0"
    newer = {
        SERVICES: services(service("prometheus"), service("my-prometheus")),
        f"{proxied('my-prometheus')}/status/buildinfo": build(),
        f"{proxied('my-prometheus')}/query": vector(({}, "1")),
    }
    with cluster(table | newer) as c:
        reading = read(c)
    assert (reading.state, reading.product) == (State.DATA, "prometheus 3.16.0")


def test_without_the_right_to_list_services():
    with cluster({SERVICES: lambda e: e.json(status(403, "no"), 403)}) as c:
        reading = read(c)
    assert reading.state is State.FORBIDDEN
    assert reading.detail.startswith("no Prometheus can be looked for: we may not list services in all namespaces")
    assert reading.detail.endswith("give --prometheus URL")


def test_without_the_right_to_the_proxy():
    table = {
        SERVICES: services(service("prometheus")),
        f"{proxied('prometheus')}/status/buildinfo": lambda e: e.json(
            status(
                403, 'services "http:prometheus:9090" is forbidden: User "jane" cannot get resource "services/proxy"'
            ),
            403,
        ),
    }
    with cluster(table) as c:
        reading = read(c)
    assert reading.state is State.FORBIDDEN
    assert 'cannot get resource "services/proxy"' in reading.detail
    assert reading.detail.endswith(
        '{apiGroups: [""], resources: ["services/proxy"], verbs: ["get"]} allows it, or give --prometheus URL'
    )


def test_a_prometheus_that_refuses_by_itself_is_no_matter_of_the_clusters_roles():
    table = {
        SERVICES: services(service("prometheus")),
        f"{proxied('prometheus')}/status/buildinfo": lambda e: e.json({"message": "tenants only"}, 403),
    }
    with cluster(table) as c:
        reading = read(c)
    assert reading.state is State.FORBIDDEN
    assert reading.detail.endswith("does not let us ask (403): tenants only")
