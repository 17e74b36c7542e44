"""What a pod asks for, where it may go, and what it tolerates."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagflow.packs.kubernetes.scheduling.pending import claim_names, owner_of
from diagflow.packs.kubernetes.scheduling.places import Places
from diagflow.packs.kubernetes.scheduling.quantity import amount, show
from diagflow.packs.kubernetes.scheduling.requests import host_ports, pod_requests, ports_conflict
from diagflow.packs.kubernetes.scheduling.selectors import (
    Taint,
    node_wanted,
    requirement_holds,
    selects,
    tolerates,
    untolerated,
)


def asks(cpu: str, **more: str) -> dict[str, Any]:
    return {"resources": {"requests": {"cpu": cpu, **more}}}


@pytest.mark.parametrize(
    ("resource", "text", "units"),
    [
        ("cpu", "1", 1000),
        ("cpu", "250m", 250),
        ("cpu", "0.1", 100),
        ("cpu", "100u", 1),
        ("cpu", 2, 2000),
        ("memory", "1Gi", 1024**3),
        ("memory", "1G", 10**9),
        ("memory", "128974848", 128974848),
        ("memory", "129e6", 129_000_000),
        ("memory", "1.5Mi", 1572864),
        ("memory", "500m", 1),
        ("nvidia.com/gpu", "5", 5),
        ("cpu", "nonsense", 0),
    ],
)
def test_quantities(resource: str, text: Any, units: int) -> None:
    assert amount(resource, text) == units


@settings(deadline=None)
@given(st.integers(0, 10**15), st.sampled_from(["cpu", "memory", "pods", "hugepages-2Mi"]))
def test_what_is_shown_is_near_what_it_was(units: int, resource: str) -> None:
    again = amount(resource, show(resource, units))
    assert abs(again - units) <= units * 0.05


@pytest.mark.parametrize(
    ("resource", "units", "text"),
    [("cpu", 1500, "1500m"), ("cpu", 2000, "2"), ("memory", 16 * 1024**2, "16Mi"), ("memory", 25209405440, "23.5Gi")],
)
def test_amounts_for_people(resource: str, units: int, text: str) -> None:
    assert show(resource, units) == text


@pytest.mark.parametrize(
    ("spec", "cpu"),
    [
        ({"containers": [asks("1"), asks("500m")]}, 1500),
        ({"containers": [asks("1")], "initContainers": [asks("3")]}, 3000),
        ({"containers": [asks("1")], "initContainers": [asks("500m")]}, 1000),
        # a sidecar runs beside the containers
        ({"containers": [asks("1")], "initContainers": [{**asks("2"), "restartPolicy": "Always"}]}, 3000),
        # ... and beside the init containers that come after it, not before
        (
            {
                "containers": [asks("1")],
                "initContainers": [{**asks("2"), "restartPolicy": "Always"}, asks("4")],
            },
            6000,
        ),
        (
            {
                "containers": [asks("1")],
                "initContainers": [asks("4"), {**asks("2"), "restartPolicy": "Always"}],
            },
            4000,
        ),
        ({"containers": [asks("1")], "overhead": {"cpu": "250m"}}, 1250),
        ({"containers": [asks("1")], "resources": {"requests": {"cpu": "3"}}}, 3000),
        ({"containers": [{"resources": {"limits": {"cpu": "2"}}}]}, 2000),
        ({"containers": [{"resources": {"limits": {"cpu": "2"}, "requests": {"cpu": "1"}}}]}, 1000),
    ],
)
def test_requests_as_the_scheduler_adds_them_up(spec: dict[str, Any], cpu: int) -> None:
    assert pod_requests(spec) == {"cpu": cpu}


def test_a_pod_that_asks_for_nothing() -> None:
    assert pod_requests({"containers": [{}]}) == {}


def test_other_resources_are_kept() -> None:
    spec = {"containers": [asks("1", **{"nvidia.com/gpu": "2", "memory": "1Ki"})]}
    assert pod_requests(spec) == {"cpu": 1000, "nvidia.com/gpu": 2, "memory": 1024}


def test_host_ports() -> None:
    spec = {"containers": [{"ports": [{"hostPort": 80}, {"containerPort": 8080}, {"hostPort": 53, "protocol": "UDP"}]}]}
    wanted = host_ports(spec)
    assert wanted == {("0.0.0.0", "TCP", 80), ("0.0.0.0", "UDP", 53)}  # noqa: S104
    assert ports_conflict(wanted, [("10.0.0.1", "TCP", 80)]) == (("0.0.0.0", "TCP", 80),)  # noqa: S104
    assert ports_conflict(wanted, [("10.0.0.1", "UDP", 80)]) == ()
    assert ports_conflict([("10.0.0.1", "TCP", 80)], [("10.0.0.2", "TCP", 80)]) == ()


@pytest.mark.parametrize(
    ("toleration", "tolerated"),
    [
        ({"operator": "Exists"}, True),
        ({"key": "pool", "operator": "Exists"}, True),
        ({"key": "pool", "value": "7"}, True),
        ({"key": "pool", "value": "8"}, False),
        ({"key": "other", "operator": "Exists"}, False),
        ({"key": "pool", "operator": "Exists", "effect": "NoExecute"}, False),
        ({"key": "pool", "operator": "Exists", "effect": "NoSchedule"}, True),
        ({"value": "7"}, False),
        ({"key": "pool", "operator": "Gt", "value": "6"}, True),
        ({"key": "pool", "operator": "Lt", "value": "6"}, False),
        ({"key": "pool", "operator": "Gt", "value": "many"}, False),
        ({"key": "pool", "operator": "Maybe"}, False),
    ],
)
def test_tolerations(toleration: dict[str, str], tolerated: bool) -> None:  # noqa: FBT001
    assert tolerates(toleration, Taint("pool", "7", "NoSchedule")) is tolerated


def test_only_blocking_taints_count_in_the_order_of_the_node() -> None:
    taints = [Taint("a", "", "PreferNoSchedule"), Taint("b", "", "NoExecute"), Taint("c", "1", "NoSchedule")]
    assert untolerated(taints, []) == (taints[1], taints[2])
    assert untolerated(taints, [{"key": "b", "operator": "Exists"}]) == (taints[2],)
    assert [str(t) for t in taints[1:]] == ["b:NoExecute", "c=1:NoSchedule"]


def required(*terms: dict[str, Any]) -> dict[str, Any]:
    return {
        "affinity": {
            "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": list(terms)}}
        }
    }


def expression(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}


@pytest.mark.parametrize(
    ("spec", "selected"),
    [
        ({}, True),
        ({"nodeSelector": {"disk": "ssd"}}, True),
        ({"nodeSelector": {"disk": "hdd"}}, False),
        ({"nodeSelector": {"gpu": ""}}, False),
        (required(expression("disk", "In", "ssd", "nvme")), True),
        (required(expression("disk", "NotIn", "ssd")), False),
        (required(expression("gpu", "NotIn", "a100")), True),
        (required(expression("disk", "Exists")), True),
        (required(expression("disk", "DoesNotExist")), False),
        (required(expression("cores", "Gt", "15")), True),
        (required(expression("cores", "Lt", "15")), False),
        (required(expression("disk", "Gt", "15")), False),
        (required(expression("disk", "In", "hdd"), expression("cores", "Exists")), True),
        (required({}), False),
        (required(), False),
        (required({"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["worker-1"]}]}), True),
        (required({"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["worker-2"]}]}), False),
        ({"nodeSelector": {"disk": "ssd"}, **required(expression("disk", "In", "hdd"))}, False),
    ],
)
def test_which_nodes_a_pod_wants(spec: dict[str, Any], selected: bool) -> None:  # noqa: FBT001
    places = Places({"worker-1": {"disk": "ssd", "cores": "16"}})
    assert places.selected(spec) == ({"worker-1"} if selected else set())


def test_an_unknown_operator_selects_nothing() -> None:
    assert not requirement_holds({"a": "b"}, {"key": "a", "operator": "Like", "values": ["b"]})


def test_what_a_pod_wants_in_words() -> None:
    spec = {
        "nodeSelector": {"disk": "ssd"},
        **required(expression("zone", "In", "a", "b"), expression("gpu", "Exists")),
    }
    assert node_wanted(spec) == "disk=ssd, zone In [a, b] or gpu Exists"
    assert node_wanted({}) == ""


def test_label_selectors() -> None:
    labels = {"app": "web"}
    assert selects({"matchLabels": {"app": "web"}}, labels)
    assert not selects({"matchLabels": {"app": "db"}}, labels)
    assert selects({}, labels)
    assert not selects(None, labels)
    assert not selects({"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}, labels)


@pytest.mark.parametrize(
    ("meta", "owner"),
    [
        ({"name": "x"}, "pod/x"),
        (
            {"name": "x", "ownerReferences": [{"kind": "StatefulSet", "name": "db", "controller": True}]},
            "statefulset/db",
        ),
        (
            {
                "name": "x",
                "labels": {"pod-template-hash": "7f"},
                "ownerReferences": [{"kind": "ReplicaSet", "name": "web-7f", "controller": True}],
            },
            "deployment/web",
        ),
        ({"name": "x", "ownerReferences": [{"kind": "ReplicaSet", "name": "bare"}]}, "replicaset/bare"),
    ],
)
def test_what_a_person_would_edit(meta: dict[str, Any], owner: str) -> None:
    assert owner_of(meta) == owner


def test_claims_of_a_pod() -> None:
    volumes = [
        {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
        {"name": "tmp", "ephemeral": {"volumeClaimTemplate": {}}},
        {"name": "config", "configMap": {}},
    ]
    assert claim_names("web-0", {"volumes": volumes}) == {"data": False, "web-0-tmp": True}
