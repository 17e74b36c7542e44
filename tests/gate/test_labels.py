"""Labels: what is read, what is refused, what fits."""

import pytest

from diagflow.gate.labels import Expected, plain_labels, read_labels
from diagflow.model import BadInput, Entity
from tests.gate.make import NOW

POD = Entity.parse("pod/shop/cart-0")


def test_labels_of_a_fault():
    labels = read_labels(
        {
            "healthy": False,
            "causes": [{"id": "kubernetes.a", "ref": "K8S-001", "entity": "pod/shop/cart-*"}],
            "forbidden": ["kubernetes.b", "K8S-002"],
            "ruled_out": [],
            "time": "2026-01-31T10:00:00Z",
            "source": "a lab",
            "family": "one",
            "alert": {"name": "PodDown"},
            "synthetic": "the kernel log, after drivers/edac/edac_mc.c\n",
        }
    )
    assert labels.right("kubernetes.a", (), (POD,))
    assert labels.forbidden == (Expected(id="kubernetes.b"), Expected(ref="K8S-002"))
    assert (labels.family, labels.alert, labels.time) == ("one", "name=PodDown", NOW)
    assert labels.synthetic == "the kernel log, after drivers/edac/edac_mc.c"
    assert read_labels(plain_labels(labels)) == labels


def test_what_was_recorded_is_not_synthetic():
    labels = read_labels({"healthy": True})
    assert labels.synthetic == ""
    assert "synthetic" not in plain_labels(labels)


@pytest.mark.parametrize(
    ("expected", "fits"),
    [
        (Expected(id="kubernetes.a"), True),
        (Expected(id="kubernetes.b", ref="K8S-001"), False),  # the id alone decides
        (Expected(ref="K8S-001"), True),
        (Expected(ref="K8S-009"), False),
        (Expected(id="kubernetes.a", entity="pod/shop/cart-*"), True),
        (Expected(id="kubernetes.a", entity="pod/shop/web-*"), False),
        (Expected(entity="pod/shop/cart-0"), True),
        (Expected(entity="node/n"), False),
    ],
)
def test_what_fits(expected, fits):
    assert expected.fits("kubernetes.a", ("K8S-001",), (POD,)) is fits


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([], "no mapping"),
        ({}, "neither `healthy` nor `causes`"),
        ({"healthy": True, "causes": [{"id": "kubernetes.a"}]}, "remove one of the two"),
        ({"healthy": "yes"}, "neither true nor false"),
        ({"causes": "kubernetes.a"}, "`causes` is no list"),
        ({"causes": [{"cause": "kubernetes.a"}]}, "item 1 of `causes`"),
        ({"causes": [{}]}, "item 1 of `causes`"),
        ({"causes": [{"id": "kubernetes.a", "entity": "cart"}]}, "'cart' is no entity"),
        ({"healthy": True, "famly": "x"}, "unknown key famly"),
        ({"healthy": True, "time": "yesterday"}, "no moment"),
        ({"healthy": True, "family": ["a", "b"]}, "`family` is no text"),
        ({"healthy": True, "source": {"url": "x"}}, "`source` is no text"),
        ({"healthy": True, "time": "2026-01-31T10:00:00"}, "no moment"),
        *(
            ({"healthy": True, "synthetic": no_text}, "`synthetic` is no text")
            for no_text in (["x"], True, "", " ", None)
        ),
    ],
)
def test_what_is_refused(content, said):
    with pytest.raises(BadInput, match=said):
        read_labels(content)


def test_all_problems_come_at_once():
    with pytest.raises(BadInput) as e:
        read_labels({"healthy": 1, "causes": 2, "x": 3})
    assert str(e.value).count(";") == 2
