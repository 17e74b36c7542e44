"""What an alert is about that names something without its namespace."""

from datetime import UTC, datetime

import numpy as np
import pytest

from diagflow.bundle import Bundle
from diagflow.collect.pointed import Pointed, pointed
from diagflow.model import Incident, Query, Reading, State
from diagflow.model.projection import ObjectList
from diagflow.promql import Series
from diagflow.promql.sources.packed import pack

NOW = datetime(2026, 1, 31, 10, tzinfo=UTC)


def listed(kind: str, *names: str, version: str = "v1") -> list[dict[str, object]]:
    made: list[dict[str, object]] = []
    for name in names:
        namespace, _, rest = name.rpartition("/")
        made.append({"apiVersion": version, "kind": kind, "metadata": {"name": rest, "namespace": namespace}})
    return made


def bundle_of(**lists: list[dict[str, object]]) -> Bundle:
    bundle = Bundle(Incident(NOW))
    for resource, items in lists.items():
        target = resource.replace("__", ".")
        kind = str(items[0]["kind"])
        bundle.add(Reading(Query.of("objects", target), State.DATA, NOW, ObjectList(items, None, kind)))
    return bundle


def about(bundle: Bundle, within: str = "", **labels: str) -> Pointed:
    alert = {
        "alerts": [{"status": "firing", "labels": {"alertname": "A", **labels}, "startsAt": "2026-01-31T09:00:00Z"}]
    }
    return pointed(Incident(NOW, alert=alert, namespace=within), bundle)


def names(found: Pointed) -> list[str]:
    return [str(entity) for entity in found.incident.entities]


SERVICES = bundle_of(
    services=listed("Service", "shop/cart", "shop/pay", "test/pay", "shop/x"),
    deployments__apps=listed("Deployment", "shop/cart", version="apps/v1"),
    services__serving_knative_dev=listed("Service", "other/cart", version="serving.knative.dev/v1"),
)


@pytest.mark.parametrize(
    ("labels", "entities"),
    [
        ({"service": "cart"}, ["service/shop/cart"]),
        ({"exported_service": "cart"}, ["service/shop/cart"]),
        ({"deployment": "cart"}, ["deployment/shop/cart"]),
        ({"service": "cart", "deployment": "cart"}, ["deployment/shop/cart", "service/shop/cart"]),
        ({"service": "cart", "node": "w-1"}, ["node/w-1", "service/shop/cart"]),
        ({"service": "cart", "namespace": "elsewhere"}, ["service/elsewhere/cart"]),
    ],
)
def test_the_one_of_that_name_is_meant(labels: dict[str, str], entities: list[str]):
    found = about(SERVICES, **labels)
    assert (names(found), found.notes) == (entities, ())


@pytest.mark.parametrize("labels", [{"job": "cart"}, {"app": "cart"}, {}])
def test_what_is_no_name_of_an_object_is_not_looked_up(labels: dict[str, str]):
    found = about(SERVICES, **labels)
    assert (names(found), found.notes) == (["cluster/local"], ())


def test_of_several_none_is_meant_and_that_is_said():
    found = about(SERVICES, service="pay")
    assert names(found) == ["cluster/local"]
    (note,) = found.notes
    assert note.startswith(
        "the alert names service/pay without its namespace, and there are 2 of that name (service/shop/pay,"
        " service/test/pay), so that does not tell what it is about: give the alert a label `namespace`"
    )
    assert names(about(SERVICES, service="pay", node="w-1")) == ["node/w-1"]


def test_many_are_not_all_listed():
    many = bundle_of(services=listed("Service", *(f"ns-{i}/web" for i in range(9))))
    (note,) = about(many, service="web").notes
    assert "there are 9 of that name (service/ns-0/web, service/ns-1/web, service/ns-2/web, ...)" in note


def test_what_is_not_there_is_said():
    found = about(SERVICES, service="gone\n")
    assert names(found) == ["cluster/local"]
    assert found.notes[0].startswith("the alert names service/gone%0A without its namespace, and nothing recorded is")


def test_a_namespace_that_the_user_says_decides():
    found = about(SERVICES, "test", service="pay")
    assert (names(found), found.notes) == (["service/test/pay"], ())
    elsewhere = about(SERVICES, "test", service="cart")
    assert names(elsewhere) == ["cluster/local"]
    (note,) = elsewhere.notes  # there is one, so it is not said that there is none; nor what was done already
    assert ("nothing recorded of the namespace test is called so" in note, "--namespace" in note) == (True, False)


def test_several_alerts_are_placed_each_and_a_note_comes_once():
    one = {"status": "firing", "labels": {"service": "cart"}}
    two = {"status": "firing", "labels": {"service": "pay"}}
    found = pointed(Incident(NOW, alert={"alerts": [one, two, two]}), SERVICES)
    assert (names(found), len(found.notes)) == (["service/shop/cart"], 1)


def test_an_alert_that_fires_by_design_makes_a_scan_and_that_is_said():
    found = about(SERVICES, alertname="Watchdog", service="pay")
    assert found.incident == Incident(NOW)
    (note,) = found.notes
    assert "Watchdog fires by design, also while nothing is wrong, so this is a scan of everything" in note


def test_who_was_named_stays():
    incident = Incident(NOW, entities=about(SERVICES, node="w").incident.entities, alert={"alerts": []})
    assert pointed(incident, SERVICES) == Pointed(incident)


def test_ends_of_relations_and_labels_of_series_are_names_too():
    bundle = Bundle(Incident(NOW))
    edges = [{"from": "service/front", "to": "service/cart", "relation": "calls"}, {"from": 1}, "nonsense"]
    bundle.add(Reading(Query("topology", ""), State.DATA, NOW, edges))
    labels = [{"service": "web", "namespace": "shop"}, {"service": "web", "pod": "a"}, {"service": "db", "pod": "b"}]
    block = pack(Series({"__name__": "up", **one}, np.array([1000]), np.array([1.0])) for one in labels)
    bundle.add(Reading(Query.of("series", "metrics.csv"), State.DATA, NOW, block))
    assert names(about(bundle, service="front")) == ["service/front"]
    assert names(about(bundle, service="web")) == ["service/web", "service/shop/web"]
    assert names(about(bundle, pod="b")) == ["pod/b"]
    assert names(about(bundle, pod="c")) == ["cluster/local"]


def test_a_series_of_an_exporter_is_about_what_it_tells_of():
    bundle = Bundle(Incident(NOW))
    labels = {"namespace": "monitoring", "service": "kube-state-metrics", "exported_namespace": "shop"}
    block = pack([Series({"__name__": "k", **labels, "deployment": "cart"}, np.array([1000]), np.array([1.0]))])
    bundle.add(Reading(Query.of("series", "metrics.csv"), State.DATA, NOW, block))
    assert names(about(bundle, deployment="cart")) == ["deployment/shop/cart"]
