from dataclasses import replace

from diagflow.feedback.effects import ordered
from diagflow.model import Entity, Instruction, Text
from diagflow.model.diagnosis import Diagnosis, NamedCause, SeenSymptom
from tests.feedback.samples import healthy, pod, three_roots


def cause(name: str, *explained_by: str) -> NamedCause:
    thing = Entity("node", "a")
    empty = Instruction(Text(""))
    return NamedCause(
        name, thing, (thing,), 0.9, Text(name), Text(""), empty, empty, root=not explained_by, explained_by=explained_by
    )


def symptom(name: str, *explained_by: str) -> SeenSymptom:
    return SeenSymptom(name, pod("x"), (pod("x"), pod("y")), Text(name), explained_by=explained_by)


def diagnosis(*found: NamedCause | SeenSymptom) -> Diagnosis:
    return replace(
        healthy(),
        causes=tuple(f for f in found if isinstance(f, NamedCause)),
        symptoms=tuple(f for f in found if isinstance(f, SeenSymptom)),
    )


def shown(d: Diagnosis) -> tuple[dict[str, list[str]], list[str]]:
    result = ordered(d)
    return {c.id: [e.id for e in effects] for c, effects in result.roots}, [s.id for s in result.alone]


def test_a_chain_ends_at_its_root() -> None:
    roots, alone = shown(three_roots())
    assert roots == {
        "kubernetes.secret-missing": ["kubernetes.rollout-stuck", "kubernetes.no-endpoints"],
        "kubernetes.image-not-found": [],
        "kubernetes.node-tainted": [],
    }
    assert alone == []


def test_a_chain_goes_through_symptoms() -> None:
    d = diagnosis(cause("root"), cause("last", "middle@pod/shop/y"), symptom("middle", "root@node/a"))
    assert shown(d) == ({"root": ["last", "middle"]}, [])


def test_an_effect_of_two_roots_stands_under_both() -> None:
    d = diagnosis(cause("a"), cause("b"), symptom("s", "a@node/a", "b@node/a"))
    assert shown(d) == ({"a": ["s"], "b": ["s"]}, [])


def test_nothing_found_is_left_out() -> None:
    d = diagnosis(cause("orphan", "gone@node/a"), symptom("lonely", "gone@node/a"), symptom("alone"))
    assert shown(d) == ({"orphan": []}, ["lonely", "alone"])


def test_a_cycle_ends() -> None:
    d = diagnosis(cause("a", "b@node/a"), cause("b", "a@node/a"))
    assert shown(d) == ({"a": [], "b": []}, [])
