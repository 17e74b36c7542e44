"""An incident as if nobody knew its cause."""

import pytest

from diagflow.analyze import Analysis
from diagflow.gate.labels import Expected, Labels
from diagflow.gate.unknown import can_be_unknown, consequences_of, true_causes, without
from diagflow.model import Cause, Text
from diagflow.rules import RuleSet
from tests.infer.make import brings, match

RULES = RuleSet(
    causes={"k.full": Cause("k.full", Text("full"), refs=("K8S-001",)), "k.other": Cause("k.other", Text("o"))}
)
SEEN = (match("k.full", "node/a"), match("k.full", "node/b"), match("k.other", "node/a"))


@pytest.mark.parametrize(
    "label", [Expected(id="k.full"), Expected(ref="K8S-001"), Expected(id="k.full", entity="node/a")]
)
def test_whatever_names_a_true_cause_is_gone_wherever_it_is(label):
    labels = Labels(healthy=False, causes=(label,))
    assert can_be_unknown(labels)
    left = without(Analysis(verdicts=SEEN), true_causes(labels, RULES))
    assert [v.names for v in left.verdicts] == ["k.other"]


def test_only_what_has_a_name_can_be_taken_away():
    assert not can_be_unknown(Labels(healthy=False, causes=(Expected(entity="service/shop/cart"),)))
    assert not can_be_unknown(Labels(healthy=True))
    assert not can_be_unknown(Labels(healthy=False))


def test_consequences_are_followed_to_the_end():
    rules = RuleSet(
        causes={
            "k.a": Cause("k.a", Text("a"), explains=(brings("k.b"),)),
            "k.b": Cause("k.b", Text("b"), explains=(brings("k.c"),)),
            "k.c": Cause("k.c", Text("c")),
            "k.d": Cause("k.d", Text("d")),
        }
    )
    assert consequences_of(["k.a"], rules) == {"k.b", "k.c"}
    assert consequences_of(["k.d", "k.unknown"], rules) == frozenset()
