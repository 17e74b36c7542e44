from typing import Any

import pytest

from diagflow.analyze.subject import Subject
from diagflow.rules.cel import Activation, shared

OBJECT = {"metadata": {"name": "cart-0"}, "spec": {"containers": [{"name": "app"}, {"name": "proxy"}]}}
CONTAINER = {"name": "app", "restartCount": 3}


class Bound:
    """Counts how often values are bound."""

    def __init__(self, **values: Any) -> None:
        self.values = values
        self.count = 0

    def __call__(self) -> Activation:
        self.count += 1
        return shared().activation(**self.values)


def subjects() -> tuple[Subject, Bound, Bound]:
    whole, part = Bound(object=OBJECT), Bound(object=OBJECT, container=CONTAINER)
    return Subject(part.values, part, Subject(whole.values, whole)), whole, part


@pytest.mark.parametrize(
    ("source", "value", "bound"),
    [
        ("'pod/' + object.metadata.name", "pod/cart-0", (1, 0)),
        ("object.metadata.name + container.name", "cart-0app", (0, 1)),
        ("size(object.spec.containers)", 2, (0, 1)),
    ],
)
def test_what_does_not_look_at_the_container_is_evaluated_at_its_object(
    source: str, value: Any, bound: tuple[int, int]
):
    subject, whole, part = subjects()
    assert [subject.value(source), subject.value(source)] == [value, value]
    assert (whole.count, part.count) == bound


@pytest.mark.parametrize(
    ("source", "found", "bound"),
    [
        ("size(object.metadata.name) == 6", True, (1, 0)),
        ("size(container.name) == 6", False, (0, 1)),
        ("object.metadata.name == 'cart-0'", True, (0, 0)),
        ("", True, (0, 0)),
    ],
)
def test_a_condition_is_judged_on_no_more_than_it_looks_at(source: str, found: bool, bound: tuple[int, int]):  # noqa: FBT001
    subject, whole, part = subjects()
    assert subject.holds(source) is found
    assert (whole.count, part.count) == bound
