"""The analyzers of Services, Ingresses and webhooks: what the tests beside their rules do not show."""

from typing import Any

import pytest

from diagflow.model import Edge, Entity, Outcome, State, Strength
from diagflow.packs.kubernetes.network import ingresses, services, webhooks
from tests.packs.kubernetes.scheduling_make import DoubleCase, Json, ago

CART = Entity("service", "cart", "shop")
WEB = Entity("ingress", "web", "shop")


def service(name: str = "cart", **spec: Any) -> Json:
    ports = [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": "http"}]
    filled = {"type": "ClusterIP", "selector": {"app": "cart"}, "ports": ports, **spec}
    return {"metadata": {"namespace": "shop", "name": name, "creationTimestamp": ago(3000)}, "spec": filled}


def pod(seconds: float | None = None, labels: Json | None = None, **meta: Any) -> Json:
    """A pod of the Service that has not been ready for so long; None: it is ready."""
    ready: Json = {"type": "Ready", "status": "True"}
    if seconds is not None:
        ready = {"type": "Ready", "status": "False", "lastTransitionTime": ago(seconds)}
    return {
        "metadata": {"namespace": "shop", "name": "cart-x", "labels": labels or {"app": "cart"}, **meta},
        "spec": {"containers": [{"name": "app", "ports": [{"name": "http", "containerPort": 8080}]}]},
        "status": {"phase": "Running", "conditions": [ready]},
    }


def template(kind_labels: Json, name: str = "cart", **spec: Any) -> Json:
    filled = {"template": {"metadata": {"labels": kind_labels}}, **spec}
    return {"metadata": {"namespace": "shop", "name": name}, "spec": filled}


def found(**lists: Any) -> list[tuple[str, Strength | None]]:
    case = DoubleCase(entities=[CART], **lists)
    return [(f.names, f.observations[0].supports) for f in services.run(case) if f.names]


# --- Services -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ([59.0], []),
        ([60.0], [(services.UNREADY, Strength.STRONG)]),
        ([899.0], [(services.UNREADY, Strength.STRONG)]),
        ([900.0], [(services.UNREADY, Strength.CONCLUSIVE)]),
        ([900.0, 30.0], []),
        ([900.0, None], []),
    ],
)
def test_a_service_is_alone_since_the_last_of_its_pods_became_unready(
    seconds: list[float | None], expected: list[tuple[str, Strength]]
) -> None:
    assert found(services=[service()], pods=[pod(s) for s in seconds]) == expected


def test_a_pod_that_is_leaving_gets_no_traffic_and_its_ports_do_not_count() -> None:
    leaving = pod(deletionTimestamp=ago(100))
    assert found(services=[service()], pods=[leaving]) == [(services.UNREADY, Strength.STRONG)]
    assert found(services=[service()], pods=[leaving, pod()]) == []
    wrong = service(ports=[{"port": 80, "targetPort": "web"}])
    assert found(services=[wrong], pods=[leaving]) == [(services.UNREADY, Strength.STRONG)]


@pytest.mark.parametrize(
    ("made", "pods", "led_to"),
    [
        (template({"app": "cart", "v": "2"}), [], ["deployment/shop/cart"]),
        (template({"app": "cart"}, replicas=0), [], []),
        (template({"app": "other"}), [], []),
        (template({"app": "cart"}), [pod()], []),
    ],
)
def test_a_service_without_pods_leads_to_what_should_make_them(made: Json, pods: list[Json], led_to: list[str]) -> None:
    case = DoubleCase(entities=[CART], services=[service()], pods=pods, deployments=[made])
    edges = [edge for finding in services.run(case) for edge in finding.edges]
    assert [str(edge.target) for edge in edges] == led_to
    assert {(edge.source, edge.relation) for edge in edges} <= {(CART, "selects")}


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_a_pod_that_has_ended_is_none(phase: str) -> None:
    ended = pod()
    ended["status"]["phase"] = phase
    made = [template({"app": "other"})]
    expected = [(services.SELECTOR, Strength.CONCLUSIVE)]
    assert found(services=[service()], pods=[ended, pod(labels={"app": "other"})], deployments=made) == expected


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("deployments", template({"app": "cart", "x": "y"}, replicas=0)),
        ("statefulsets", template({"app": "cart"})),
        ("daemonsets", template({"app": "cart"})),
        ("replicasets", template({"app": "cart"})),
        ("jobs", template({"app": "cart"})),
        (
            "cronjobs",
            {"metadata": {"namespace": "shop", "name": "c"}, "spec": {"jobTemplate": template({"app": "cart"})}},
        ),
    ],
)
def test_whoever_makes_such_pods_clears_the_selector(kind: str, made: Json) -> None:
    assert found(services=[service()], pods=[], **{kind: [made]}) == []
    elsewhere = {**made, "metadata": {"namespace": "other", "name": "cart"}}
    assert found(services=[service()], pods=[], **{kind: [elsewhere]}) == [(services.SELECTOR, Strength.STRONG)]


def test_a_workload_of_its_name_that_is_scaled_to_nothing_proves_nothing() -> None:
    made = template({"app": "other"}, replicas=0)
    assert found(services=[service()], pods=[], deployments=[made]) == [(services.SELECTOR, Strength.STRONG)]


def test_who_could_not_be_read_may_make_such_pods() -> None:
    states = {"statefulsets": State.FORBIDDEN}
    assert found(services=[service()], pods=[], deployments=[template({"app": "x"})], states=states) == []


def to_service(**reference: Any) -> Json:
    return {"name": "cart", "namespace": "shop", **reference}


@pytest.mark.parametrize(
    ("kind", "sender"),
    [
        ("apiservices", {"metadata": {"name": "v1.x"}, "spec": {"service": to_service()}}),
        (
            "validatingwebhookconfigurations",
            {"metadata": {"name": "x"}, "webhooks": [{"clientConfig": {"service": to_service()}}]},
        ),
        (
            "mutatingwebhookconfigurations",
            {"metadata": {"name": "x"}, "webhooks": [{"clientConfig": {"service": to_service()}}]},
        ),
        (
            "ingresses",
            {
                "metadata": {"namespace": "shop", "name": "x"},
                "spec": {"defaultBackend": {"service": {"name": "cart", "port": {"number": 80}}}},
            },
        ),
    ],
)
def test_what_sends_to_a_service_that_selects_nothing_makes_it_sure(kind: str, sender: Json) -> None:
    assert found(services=[service()], pods=[], **{kind: [sender]}) == [(services.SELECTOR, Strength.CONCLUSIVE)]


def test_what_names_no_service_sends_to_none() -> None:
    senders = [{"metadata": {"name": "v1.apps"}, "spec": {}}, {"metadata": {"name": "x"}, "spec": {"service": {}}}]
    assert found(services=[service()], pods=[], apiservices=senders) == [(services.SELECTOR, Strength.STRONG)]


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ([{"port": 80, "targetPort": "web"}], [(services.PORT, Strength.CONCLUSIVE)]),
        ([{"port": 80, "targetPort": "http", "protocol": "UDP"}], [(services.PORT, Strength.CONCLUSIVE)]),
        (
            [{"port": 80, "targetPort": "http"}, {"port": 81, "targetPort": "web"}],
            [(services.PORT, Strength.CONCLUSIVE)],
        ),
        ([{"port": 80, "targetPort": 8081}], [(services.PORT, Strength.MODERATE)]),
        ([{"port": 8081}], [(services.PORT, Strength.MODERATE)]),
        ([{"port": 8080}], []),
        ([], []),
    ],
)
def test_ports_by_name_are_sure_and_by_number_a_hint(ports: list[Json], expected: list[Any]) -> None:
    assert found(services=[service(ports=ports)], pods=[pod()]) == expected


def test_one_pod_that_has_the_port_is_enough_as_in_a_rollout_that_renames_it() -> None:
    new = pod()
    new["spec"]["containers"][0]["ports"] = [{"name": "web", "containerPort": 8080}]
    assert found(services=[service()], pods=[pod(), new]) == []
    assert found(services=[service()], pods=[new]) == [(services.PORT, Strength.CONCLUSIVE)]


def test_containers_that_declare_no_ports_say_nothing_about_numbers() -> None:
    silent = pod()
    silent["spec"]["containers"][0].pop("ports")
    assert found(services=[service(ports=[{"port": 80, "targetPort": 9000}])], pods=[silent]) == []


def test_only_what_was_asked_about_is_judged() -> None:
    other = service("other", selector={"app": "nothing"})
    assert found(services=[other], pods=[pod()]) == []


@pytest.mark.parametrize(
    ("state", "outcome"), [(State.FORBIDDEN, Outcome.INCONCLUSIVE), (State.ABSENT, Outcome.NO_MATCH)]
)
def test_pods_that_cannot_be_read(state: State, outcome: Outcome) -> None:
    case = DoubleCase(entities=[CART], services=[service()], states={"pods": state})
    assert [(f.names, f.outcome) for f in services.run(case)] == [("", outcome)]


# --- Ingresses ------------------------------------------------------------------------------------------------------


def ingress(*names: str, port: Any = 80, seconds: float = 3000) -> Json:
    word = "name" if isinstance(port, str) else "number"
    paths = [{"backend": {"service": {"name": n, "port": {word: port}}}} for n in names]
    meta = {"namespace": "shop", "name": "web", "creationTimestamp": ago(seconds)}
    return {"metadata": meta, "spec": {"rules": [{"http": {"paths": paths}}, {"host": "x.example"}]}}


def of_ingress(one: Json, *there: Json, **rest: Any) -> list[tuple[str, Entity, Strength | None]]:
    case = DoubleCase(entities=[WEB], ingresses=[one], services=there, **rest)
    return [(f.names, f.entity, f.observations[0].supports) for f in ingresses.run(case) if f.names]


def test_each_service_that_is_not_there_is_named_once() -> None:
    missing = [(ingresses.MISSING, Entity("service", n, "shop"), Strength.CONCLUSIVE) for n in ("a", "b")]
    assert of_ingress(ingress("a", "cart", "b", "a"), service()) == missing


@pytest.mark.parametrize(("seconds", "strength"), [(59.0, Strength.MODERATE), (60.0, Strength.CONCLUSIVE)])
def test_what_is_applied_together_gets_a_minute(seconds: float, strength: Strength) -> None:
    entity = Entity("service", "cart", "shop")
    assert of_ingress(ingress("cart", seconds=seconds)) == [(ingresses.MISSING, entity, strength)]
    wrong = [(ingresses.PORT, WEB, strength)]
    assert of_ingress(ingress("cart", port=8080, seconds=seconds), service()) == wrong


@pytest.mark.parametrize(
    ("port", "spec", "right"),
    [
        (80, {}, True),
        ("http", {}, True),
        (8080, {}, False),
        ("web", {}, False),
        (8080, {"type": "ExternalName", "ports": []}, True),
        (None, {}, True),
        ("use-annotation", {}, True),
    ],
)
def test_ports_of_the_service(port: Any, spec: Json, *, right: bool) -> None:
    assert (of_ingress(ingress("cart", port=port), service(**spec)) == []) is right


def test_backends_that_are_no_services_are_left_alone() -> None:
    one = ingress()
    one["spec"]["defaultBackend"] = {"resource": {"kind": "StorageBucket", "name": "static"}}
    assert of_ingress(one) == []


@pytest.mark.parametrize(
    ("state", "outcome"), [(State.FORBIDDEN, Outcome.INCONCLUSIVE), (State.ABSENT, Outcome.NO_MATCH)]
)
def test_services_that_cannot_be_read(state: State, outcome: Outcome) -> None:
    case = DoubleCase(entities=[WEB], ingresses=[ingress("cart")], states={"services": state})
    assert [(f.names, f.outcome) for f in ingresses.run(case)] == [("", outcome)]


# --- webhooks -------------------------------------------------------------------------------------------------------

SAID = 'Internal error occurred: failed calling webhook "w.example": failed to call webhook: Post "https://x": EOF'
CONFIGURATION = Entity("validatingwebhookconfiguration", "policy")


def configuration(policy: str | None = "Fail", client: Json | None = None, seconds: float = 3000) -> Json:
    webhook = {"name": "w.example", "clientConfig": client or {"url": "https://x"}}
    webhook |= {"failurePolicy": policy} if policy else {}
    return {"metadata": {"name": "policy", "creationTimestamp": ago(seconds)}, "webhooks": [webhook]}


def refused(message: str = SAID, seconds: float = 100) -> Json:
    failure = {"type": "ReplicaFailure", "message": message, "lastTransitionTime": ago(seconds)}
    return {"metadata": {"namespace": "shop", "name": "cart-1"}, "status": {"conditions": [failure]}}


def event(first: float, last: float, reason: str = "FailedCreate") -> Json:
    about = {"kind": "StatefulSet", "namespace": "shop", "name": "db"}
    times = {"firstTimestamp": ago(first), "lastTimestamp": ago(last)}
    return {
        "metadata": {"namespace": "shop", "name": "e"},
        "reason": reason,
        "message": SAID,
        "involvedObject": about,
        **times,
    }


def of_webhooks(made: Json, **lists: Any) -> list[tuple[str, Entity, Strength | None]]:
    case = DoubleCase(validatingwebhookconfigurations=[made], **lists)
    return [(f.names, f.entity, f.observations[0].supports) for f in webhooks.run(case) if f.names]


@pytest.mark.parametrize(("seconds", "strength"), [(59.0, Strength.STRONG), (60.0, Strength.CONCLUSIVE)])
def test_a_replicaset_that_is_refused(seconds: float, strength: Strength) -> None:
    assert of_webhooks(configuration(), replicasets=[refused(seconds=seconds)]) == [
        (webhooks.FAILING, CONFIGURATION, strength)
    ]


def test_a_webhook_without_a_policy_in_a_cut_out_is_one_that_must_answer() -> None:
    assert of_webhooks(configuration(None), replicasets=[refused()])
    assert not of_webhooks(configuration("Ignore"), replicasets=[refused()])


@pytest.mark.parametrize(
    ("pods", "told"),
    [
        ([pod(61)], ["kubernetes.service-without-endpoints", "kubernetes.pod-not-ready"]),
        ([pod(60)], []),
        ([pod(61), pod()], []),
        ([pod(61, {"app": "other"})], []),
        ([pod(deletionTimestamp=ago(10))], []),
        ([pod(61, deletionTimestamp=ago(10))], ["kubernetes.service-without-endpoints", "kubernetes.pod-not-ready"]),
    ],
)
def test_the_pods_behind_a_webhook_that_fails_are_why_where_none_is_ready(pods: list[Json], told: list[str]) -> None:
    for one in pods:
        one["status"]["conditions"].append({"type": "PodScheduled", "status": "True"})
    served = {"metadata": {"namespace": "shop", "name": "cart"}, "spec": {"selector": {"app": "cart"}}}
    asked = configuration(client={"service": to_service()})
    lists = {"services": [served], "pods": pods}
    found = of_webhooks(asked, replicasets=[refused()], **lists)
    assert {name for name, _, _ in found} - {webhooks.FAILING} == set(told)
    assert of_webhooks(asked, **lists) == []


def test_the_refused_is_connected_with_the_configuration() -> None:
    case = DoubleCase(validatingwebhookconfigurations=[configuration()], replicasets=[refused()])
    (one,) = webhooks.run(case)
    assert one.edges == (Edge(Entity("replicaset", "cart-1", "shop"), "calls", CONFIGURATION),)
    assert one.args == {"webhook": "w.example", "problem": 'Post "https://x": EOF'}


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ('failed calling webhook "w.example": Post "https://x": EOF', 'Post "https://x": EOF'),
        ('failed calling webhook "w.example"; no further details available', "no further details available"),
    ],
)
def test_other_wordings(said: str, problem: str) -> None:
    case = DoubleCase(validatingwebhookconfigurations=[configuration()], replicasets=[refused(said)])
    assert webhooks.run(case)[0].args["problem"] == problem


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (event(100, 40), [(webhooks.FAILING, CONFIGURATION, Strength.CONCLUSIVE)]),
        (event(99, 40), [(webhooks.FAILING, CONFIGURATION, Strength.STRONG)]),
        (event(500, 360), [(webhooks.FAILING, CONFIGURATION, Strength.CONCLUSIVE)]),
        (event(500, 361), []),
        (event(100, 40, "Pulled"), []),
    ],
)
def test_what_events_tell(told: Json, expected: list[Any]) -> None:
    assert of_webhooks(configuration(), events=[told]) == expected


@pytest.mark.parametrize(("seconds", "strength"), [(59.0, Strength.MODERATE), (60.0, Strength.CONCLUSIVE)])
def test_a_service_that_is_not_there(seconds: float, strength: Strength) -> None:
    made = configuration(client={"service": to_service()}, seconds=seconds)
    assert of_webhooks(made, services=[service("other")]) == [(webhooks.MISSING, CART, strength)]
    assert of_webhooks(made, services=[service()]) == []
    assert of_webhooks(made, states={"services": State.FORBIDDEN}) == []


def test_nothing_to_say() -> None:
    (one,) = webhooks.run(DoubleCase(validatingwebhookconfigurations=[configuration()]))
    assert one.outcome is Outcome.NO_MATCH
