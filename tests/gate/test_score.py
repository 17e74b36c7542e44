"""One diagnosis beside its labels."""

import pytest

from diagflow.gate import score
from diagflow.gate.labels import read_labels
from diagflow.gate.outcome import Check, Prediction
from diagflow.model import Entity, Incident, Instruction, Text
from diagflow.model.diagnosis import Diagnosis, NamedCause, RuledOut, Status, Suspect
from tests.gate.make import NOW

POD = Entity.parse("pod/shop/cart-0")
NODE = Entity.parse("node/n")


def cause(name, entity=POD, *, confidence=0.9, root=True, refs=()):
    text = Text("x")
    return NamedCause(name, entity, (entity,), confidence, text, text, Instruction(text), Instruction(text), refs, root)


def diagnosis(*causes, status=None, **more):
    found = status or (Status.DIAGNOSED if causes else Status.UNKNOWN)
    return Diagnosis(found, Incident(now=NOW), {}, tuple(causes), **more)


LABELS = read_labels(
    {"causes": [{"id": "k.a", "entity": "pod/shop/cart-*"}], "forbidden": ["k.b"], "ruled_out": ["k.c"]}
)


def checks(found, labels=LABELS, scanned=None):
    return score.checks_of(labels, score.roots_of(found, labels), found, scanned)


def test_all_is_right():
    out = RuledOut("k.c", NODE, Text("x"), Text("y"))
    assert set(checks(diagnosis(cause("k.a"), ruled_out=(out,))).items()) == {
        (Check.TOP1, True),
        (Check.TOP3, True),
        (Check.ALL, True),
        (Check.CLEAN, True),
        (Check.ALLOWED, True),
        (Check.RULED_OUT, True),
    }


@pytest.mark.parametrize(
    ("causes", "wrong"),
    [
        ((), {Check.TOP1, Check.TOP3, Check.ALL}),
        ((cause("k.a", NODE),), {Check.TOP1, Check.TOP3, Check.ALL, Check.CLEAN}),  # the right cause in another place
        ((cause("k.x"), cause("k.a")), {Check.TOP1, Check.CLEAN}),
        ((cause("k.x"), cause("k.y"), cause("k.z"), cause("k.a")), {Check.TOP1, Check.TOP3, Check.CLEAN}),
        ((cause("k.a"), cause("k.x")), {Check.CLEAN}),
        ((cause("k.a"), cause("k.x", root=False)), set()),  # a consequence is no false cause
        ((cause("k.a"), cause("k.b", root=False)), {Check.ALLOWED}),  # but a forbidden one is
        ((cause("k.a", root=False),), {Check.TOP1, Check.TOP3, Check.ALL}),
    ],
)
def test_what_is_wrong(causes, wrong):
    found = checks(diagnosis(*causes))
    assert {check for check, holds in found.items() if not holds} == wrong | {Check.RULED_OUT}


def test_two_true_causes_must_both_be_named():
    labels = read_labels({"causes": ["k.a", {"ref": "K8S-001"}]})
    one, both = diagnosis(cause("k.a")), diagnosis(cause("k.q", refs=("K8S-001",)), cause("k.a"))
    assert checks(one, labels) == {Check.TOP1: True, Check.TOP3: True, Check.ALL: False, Check.CLEAN: True}
    assert all(checks(both, labels).values())
    assert score.missed(one, labels) == ("K8S-001",)


def test_a_healthy_recording_is_called_healthy():
    labels = read_labels({"healthy": True})
    assert checks(diagnosis(status=Status.HEALTHY), labels) == {Check.CLEAN: True, Check.QUIET: True}
    assert checks(diagnosis(), labels) == {Check.CLEAN: True, Check.QUIET: False}
    assert checks(diagnosis(), labels, diagnosis(status=Status.HEALTHY))[Check.QUIET]
    assert checks(diagnosis(cause("k.a")), labels) == {Check.CLEAN: False, Check.QUIET: False}


def test_where_nobody_knows_the_cause_roots_are_not_judged():
    labels = read_labels({"healthy": False, "causes": [], "forbidden": ["k.b"]})
    found = diagnosis(cause("k.x"))
    assert checks(found, labels) == {Check.ALLOWED: True}
    assert score.false_roots(score.roots_of(found, labels), labels) == ()
    assert score.prediction(score.roots_of(found, labels), labels) is None


def test_where_only_the_place_is_known_suspects_count():
    labels = read_labels({"causes": [{"entity": "service/shop/cart"}]})
    places = [Suspect(Entity.parse(f"service/shop/{name}"), 0.5) for name in ("a", "b", "cart", "d")]
    assert checks(diagnosis(suspects=tuple(places)), labels)[Check.SUSPECT]
    assert not checks(diagnosis(suspects=(*places[:2], places[3], places[2])), labels)[Check.SUSPECT]
    assert Check.SUSPECT not in checks(diagnosis())


def test_the_best_answer_is_what_confidence_is_about():
    found = diagnosis(cause("k.x", confidence=0.7), cause("k.a", confidence=0.6))
    assert score.prediction(score.roots_of(found, LABELS), LABELS, 3) == Prediction(0.7, 0.7, right=False, seed=3)
    assert score.prediction((), LABELS) is None


def test_what_an_alert_and_a_scan_name_is_one_root_and_says_where():
    healthy = read_labels({"healthy": True})
    alerted = score.roots_of(diagnosis(cause("k.a", confidence=0.982), cause("k.b")), healthy)
    scanned = score.roots_of(diagnosis(cause("k.c", confidence=0.6), cause("k.a", confidence=0.881)), healthy)
    found = [(r.id, r.confidence, r.in_scan, r.behind_alert) for r in score.with_scan(alerted, scanned)]
    assert found == [("k.a", 0.982, 0.881, True), ("k.b", 0.9, None, True), ("k.c", 0.6, 0.6, False)]
