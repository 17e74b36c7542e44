"""Of which Services the last words of a container speak."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from diagflow.analyze.api import Finding
from diagflow.analyze.case import Ask, LiveCase
from diagflow.model import Edge, Entity, Query, Reading, State, Strength
from diagflow.packs.kubernetes.applog.callees import hosts, run, unknown_hosts
from tests.packs.kubernetes.scheduling_make import NOW

POD = Entity("pod", "cart-0", "shop")
CRASHED = {
    "name": "app",
    "restartCount": 1,
    "state": {"waiting": {"reason": "CrashLoopBackOff"}},
    "lastState": {"terminated": {"exitCode": 1}},
}
SERVICES = [("shop", "postgres", "10.96.7.7"), ("data", "redis", "None"), ("data", "postgres", "fd00::7")]


def related(log: str, status: dict[str, Any] = CRASHED) -> list[str]:
    """Return the Services to which a pod with such a log is related."""
    readings: dict[str, Any] = {
        "objects:pods": [_object("shop", "cart-0", status={"containerStatuses": [status]})],
        "objects:services": [_object(space, name, spec={"clusterIP": ip}) for space, name, ip in SERVICES],
        "log:shop/cart-0/app#previous=true&tail=50": log,
    }

    def read(query: Query) -> Reading:
        return Reading(query, State.DATA, NOW, readings.get(str(query), ""))

    found = run(LiveCase(Ask(NOW, False, (POD,), {}), read))
    assert all(isinstance(e, Edge) and (e.source, e.relation) == (POD, "calls") for f in found for e in f.edges)
    return [str(e.target) for f in found for e in f.edges]


def _object(namespace: str, name: str, **more: Any) -> dict[str, Any]:
    return {"metadata": {"namespace": namespace, "name": name}, **more}


@pytest.mark.parametrize(
    ("line", "service"),
    [
        ("dial tcp 10.96.7.7:5432: connect: connection refused", "service/shop/postgres"),
        ("dial tcp: lookup postgres.data on 10.96.0.10:53: no such host", "service/data/postgres"),
        ("connect ECONNREFUSED 10.96.7.7:5432", "service/shop/postgres"),
        ("getaddrinfo ENOTFOUND redis.data.svc.cluster.local", "service/data/redis"),
        ('connection to server at "postgres" (10.9.9.9), port 5432 failed: FATAL: no', "service/shop/postgres"),
        ("UnknownHostException: redis-0.redis.data.svc.cluster.local", "service/data/redis"),
        ("HTTPConnectionPool(host='redis.data', port=80): timed out", "service/data/redis"),
        ("connection refused: postgres://cart@postgres:5432/shop", "service/shop/postgres"),
        ("Connection to postgres:5432 refused", "service/shop/postgres"),
    ],
)
def test_a_service_is_known_by_its_names_and_its_address(line: str, service: str):
    assert related(f"starting\n{line}\n") == [service]


@pytest.mark.parametrize(
    "line",
    [
        "connected to postgres:5432",  # tells of no failure
        "the postgres table is missing: error",  # a word, no host
        "dial tcp 10.1.1.1:5432: connect: connection refused",
        "lookup redis on 10.96.0.10:53: no such host",  # of another namespace
        "lookup postgres.example.com: no such host",
        "lookup a.b.redis.data: no such host",
    ],
)
def test_what_is_no_service_is_left_alone(line: str):
    assert related(line) == []


def test_only_the_last_words_count():
    assert related("dial tcp 10.96.7.7:5432: connection refused\n" + "step\n" * 20) == []


def test_a_container_without_trouble_is_not_read():
    fine = {"name": "app", "restartCount": 0, "state": {"running": {}}}
    assert related("dial tcp 10.96.7.7:5432: connection refused", fine) == []


def test_hosts_of_one_log_are_bounded():
    assert len(list(hosts("error\n" + "error: a.b:1" * 5000))) == 2000


@pytest.mark.parametrize(
    ("line", "host"),
    [
        ("dial tcp: lookup db on 10.96.0.10:53: no such host", "db"),
        ('{"level":"error","msg":"getaddrinfo ENOTFOUND db"}', "db"),
        ('could not translate host name "db" to address: Name or service not known', "db"),
        ("Failed to resolve 'db' ([Errno -2] Name or service not known)", "db"),
        ("curl: (6) Could not resolve host: db.data.svc", "db.data.svc"),
        ("wget: bad address 'db:8080'", "db"),
        ('[emerg] host not found in upstream "api:8080" in /etc/nginx/nginx.conf:5', "api"),
        ("Caused by: java.net.UnknownHostException: db", "db"),
        ("java.net.UnknownHostException: db: Name or service not known", "db"),
        ("Unknown MySQL server host 'db' (-2)", "db"),
        ("php_network_getaddresses: getaddrinfo for db failed: Name does not resolve", "db"),
    ],
)
def test_a_name_that_the_dns_does_not_know_is_found(line: str, host: str):
    assert list(unknown_hosts(f"ok\n{line}\nbye")) == [(host, line)]


@pytest.mark.parametrize(
    "line",
    [
        "java.net.UnknownHostException: db: Temporary failure in name resolution",
        "dial tcp: lookup db on 10.96.0.10:53: server misbehaving",
        "otel exporter: lookup collector on 10.96.0.10:53: no such host",
        "Unknown MySQL server host 'db' (-3)",
    ],
)
def test_a_name_that_is_only_not_answered_for_is_not(line: str):
    assert list(unknown_hosts(line)) == []


def behind(*pods: dict[str, Any], makers: Sequence[dict[str, Any]] = ()) -> list[Finding]:
    """Return what is found of a pod that a Service refuses, with such pods and ReplicaSets beside it."""
    readings: dict[str, Any] = {
        "objects:pods": [_object("shop", "cart-0", status={"containerStatuses": [CRASHED]}), *pods],
        "objects:services": [
            _object("shop", "postgres", spec={"clusterIP": "10.96.7.7", "selector": {"app": "db"}}),
        ],
        "objects:replicasets.apps": list(makers),
        "objects:statefulsets.apps": [],
    }

    def read(query: Query) -> Reading:
        return Reading(query, State.DATA, NOW, readings.get(str(query), "dial tcp 10.96.7.7:5432: refused"))

    return run(LiveCase(Ask(NOW, False, (POD,), {}), read))


def database(ready: str = "False", *, app: str = "db", placed: str = "True", seconds: float = 61) -> dict[str, Any]:
    since = (NOW - timedelta(seconds=seconds)).isoformat()
    conditions = [
        {"type": "Ready", "status": ready, "lastTransitionTime": since},
        {"type": "PodScheduled", "status": placed},
    ]
    pod = _object("shop", "db-0", status={"phase": "Running", "conditions": conditions})
    pod["metadata"]["labels"] = {"app": app}
    return pod


@pytest.mark.parametrize(
    ("db", "related_to"),
    [
        (database(), ["service/shop/postgres", "pod/shop/db-0"]),
        (database("True"), ["service/shop/postgres"]),
        (database(app="other"), ["service/shop/postgres"]),
    ],
)
def test_pods_behind_a_service_are_called_where_none_is_ready(db: dict[str, Any], related_to: list[str]):
    assert [str(e.target) for e in behind(db)[0].edges] == related_to


def test_a_pod_that_is_unready_to_a_callers_harm_is_a_symptom():
    found = behind(database())[1:]
    assert [(f.names, str(f.entity)) for f in found] == [
        ("kubernetes.service-without-endpoints", "service/shop/postgres"),
        ("kubernetes.pod-not-ready", "pod/shop/db-0"),
    ]
    assert {o.supports for f in found for o in f.observations} == {Strength.CONCLUSIVE}
    assert all("pod cart-0 ends that calls it" in str(f.observations[0].text) for f in found)


@pytest.mark.parametrize("db", [database("True"), database(app="other"), database(seconds=60)])
def test_a_pod_that_is_ready_or_starts_is_none(db: dict[str, Any]):
    assert len(behind(db)) == 1


@pytest.mark.parametrize(("restarts", "told"), [(1, False), (2, True)])
def test_a_pod_that_ends_again_and_again_no_longer_starts(restarts: int, told: bool):  # noqa: FBT001  # a table
    db = database(seconds=5)
    db["status"]["containerStatuses"] = [{"name": "db", "restartCount": restarts}]
    assert (len(behind(db)) > 1) is told


def test_a_pod_that_was_unready_before_it_was_deleted_has_been_so_for_longer():
    gone = database()
    gone["metadata"]["deletionTimestamp"] = NOW.isoformat()
    assert [str(f.entity) for f in behind(gone)[1:]] == ["service/shop/postgres", "pod/shop/db-0"]
    gone["status"]["conditions"][0]["status"] = "True"  # and one that was ready to the end has just left
    assert len(behind(gone)) == 1


def test_a_new_pod_without_a_node_takes_nothing_from_how_long_the_others_have_been_unready():
    new = database(seconds=5, placed="False")
    new["metadata"]["name"] = "db-1"
    assert [str(f.entity) for f in behind(database(), new)[1:]] == ["service/shop/postgres", "pod/shop/db-0"]
    assert len(behind(database(seconds=5), new)) == 1


def test_of_a_pod_without_a_node_only_the_service_is_told():
    assert [f.names for f in behind(database(placed="False"))[1:]] == ["kubernetes.service-without-endpoints"]


@pytest.mark.parametrize(
    ("replicas", "app", "pods", "called"),
    [
        (2, "db", [], True),
        (0, "db", [], False),
        (2, "other", [], False),
        (2, "db", [database("True")], False),
    ],
)
def test_what_should_make_the_pods_is_called_where_there_are_none(
    replicas: int,
    app: str,
    pods: list[dict[str, Any]],
    called: bool,  # noqa: FBT001  # a table
):
    template = {"metadata": {"labels": {"app": app}}}
    maker = _object("shop", "db-5d4", spec={"replicas": replicas, "template": template})
    edges = [str(e.target) for e in behind(*pods, makers=[maker])[0].edges]
    assert ("replicaset/shop/db-5d4" in edges) is called
