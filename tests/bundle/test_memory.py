import math
import random

import pytest

from diagflow.bundle import Bundle
from diagflow.model import Coverage, Query, State
from tests.bundle.make import FIELDS, NOW, PODS, bundle, incident, objects, pod, reading, readings


def query(text: str) -> Query:
    return Query.parse(text)


def test_what_was_recorded_is_answered_as_it_was():
    made = bundle()
    for one in readings():
        found = made.get(one.query)
        assert (found.query, found.state, found.source, found.detail) == (one.query, one.state, one.source, one.detail)
        assert made.has(one.query)


def test_what_was_not_recorded_is_absent_and_says_so():
    made = bundle()
    found = made.get(query("objects:services"))
    assert (found.state, found.detail, found.time) == (State.ABSENT, "not recorded", NOW)
    assert not made.has(query("objects:services"))


def test_why_nothing_was_recorded_is_told_by_kind():
    made = Bundle(incident(), unrecorded={"promql": "nobody was asked"})
    assert made.get(query("promql:up")).detail == "nobody was asked"
    assert made.get(query("objects:pods")).detail == "not recorded"


def test_all_namespaces_answer_one():
    made = bundle()
    asked = query("objects:pods#namespace=front")
    found = made.get(asked, ["status.phase"])
    assert (found.query, found.state, [e.plain(0)["metadata"]["name"] for e in [found.data]]) == (
        asked,
        State.DATA,
        ["web-0"],
    )
    assert made.get(query("objects:pods#namespace=other")).state is State.EMPTY
    assert made.has(asked)


def test_one_namespace_does_not_answer_all():
    made = bundle([objects([pod("a")], query=query("objects:pods#namespace=shop"))])
    assert made.get(PODS).state is State.ABSENT


def test_an_incomplete_list_answers_one_namespace_incompletely():
    made = bundle([objects([pod("a")], coverage=Coverage(complete=False), detail="half a body")])
    found = made.get(query("objects:pods#namespace=other"))
    assert (found.state, found.answered, found.detail) == (State.EMPTY, False, "half a body")


@pytest.mark.parametrize("state", [State.FORBIDDEN, State.ERROR])
def test_who_may_not_list_all_may_list_one(state: State):
    made = bundle([reading("objects:pods", None, state)])
    assert not made.has(query("objects:pods#namespace=shop"))


def test_a_wider_answer_goes_before_a_refusal():
    refused = reading("objects:pods#namespace=shop", None, State.ERROR, detail="timeout")
    assert bundle([refused]).get(refused.query).detail == "timeout"
    assert bundle([refused, objects([pod("a")])]).get(refused.query).state is State.DATA


def test_a_field_that_was_not_kept_is_absent_and_named():
    found = bundle().get(PODS, ["status.phase", "status.reason", "spec.containers[].image"])
    assert found.state is State.ABSENT
    assert found.detail == "recorded without spec.containers[].image, status.reason"


def test_a_path_below_a_kept_one_and_the_identity_are_kept():
    made = bundle([objects([pod("a")], fields=frozenset({"status"}))])
    assert made.get(PODS, ["status.conditions[].reason", "metadata.name", "metadata.labels.app"]).state is State.DATA


def test_whole_objects_have_every_field():
    assert bundle([objects([pod("a")], fields=None)]).get(PODS, ["anything.at[].all"]).state is State.DATA


def test_a_longer_log_answers_a_shorter_one():
    made = bundle([reading("log:shop/cart-0/app#tail=5", "1\n2\n3\n4\n5")])
    assert made.get(query("log:shop/cart-0/app#tail=2")).data == "4\n5"
    assert made.get(query("log:shop/cart-0/app#tail=9")).state is State.ABSENT
    assert made.get(query("log:shop/cart-0/app#previous=true&tail=2")).state is State.ABSENT
    assert made.get(query("log:shop/other/app#tail=2")).state is State.ABSENT


def test_a_log_shorter_than_asked_for_is_the_whole_log():
    made = bundle([reading("log:shop/cart-0/app#tail=5", "1\n2\n")])
    assert made.get(query("log:shop/cart-0/app#tail=900")).data == "1\n2\n"
    assert made.get(query("log:shop/cart-0/app")).data == "1\n2\n"


def test_a_log_that_was_cut_off_answers_nothing_else():
    made = bundle([reading("log:a/b/c#tail=5", "1\n2\n", coverage=Coverage(complete=False))])
    assert not made.has(query("log:a/b/c#tail=2"))


def test_names_of_a_resource_are_one():
    made = bundle([objects([], query=query("objects:deployments.apps"))])
    assert made.get(query("objects:deployments")).state is State.EMPTY
    assert made.get(query("objects:deployments")).query == query("objects:deployments")
    assert made.get(query("objects:deployments.extensions")).state is State.EMPTY


def test_a_namespace_means_nothing_to_nodes():
    made = bundle([objects([pod("n1", "")], query=query("objects:nodes"))])
    assert len(made.get(query("objects:nodes#namespace=shop")).data) == 1


def test_whole_objects_are_no_list():
    made = bundle([reading("object:pod/shop/cart-0", {"kind": "Pod"})])
    assert made.get(PODS).state is State.ABSENT
    assert made.get(query("object:pod/shop/cart-0")).data == {"kind": "Pod"}


def test_a_later_reading_takes_the_place_of_an_earlier_one():
    made = bundle()
    first = made.digest()
    made.add(objects([pod("new")]))
    assert len(made.get(PODS).data) == 1
    assert made.digest() != first


def test_readings_come_in_order_whatever_the_order_of_adding():
    expected = bundle()
    for seed in range(5):
        shuffled = readings()
        random.Random(seed).shuffle(shuffled)  # no secret
        made = bundle(shuffled)
        assert [r.query for r in made.readings()] == [r.query for r in expected.readings()]
        assert made.digest() == expected.digest()


def test_each_part_of_what_was_read_is_in_the_digest():
    base = bundle([reading("fact:a", 1)]).digest()
    others = [
        bundle([reading("fact:a", 2)]),
        bundle([reading("fact:b", 1)]),
        bundle([reading("fact:a", 1, detail="x")]),
        bundle([reading("fact:a", 1, product="x")]),
        bundle([reading("fact:a", 1, coverage=Coverage(complete=False))]),
        bundle([]),
    ]
    changed = bundle([reading("fact:a", 1)])
    changed.incident = incident()
    digests = [b.digest() for b in [*others, changed]]
    assert base not in digests
    assert len(set(digests)) == len(digests)


def test_live_data_is_what_will_be_read_again():
    made = bundle([reading("fact:a", {"tuple": (1, 2)})])
    assert made.get(query("fact:a")).data == {"tuple": [1, 2]}


def test_numbers_that_json_does_not_have_stay_numbers():
    made = bundle()
    assert math.isnan(made.get(query("promql:up")).data[0]["value"])
    assert made.get(query("promql:up#end=0&start=-300&step=60")).data[0]["values"][1] == [2.0, math.inf]


def test_a_list_of_plain_objects_becomes_an_object_list():
    made = Bundle(incident())
    made.add(reading("objects:pods", [pod("a")]))
    assert made.get(PODS).data.entity(0).name == "a"
    assert made.get(PODS).fields is None


def test_kept_fields_are_those_of_the_list():
    one = objects([pod("a")])
    made = Bundle(incident())
    made.add(reading("objects:pods", one.data))
    assert made.get(PODS).fields == FIELDS
