"""Parts of the faults: what shares a cause or a family is judged together."""

from diagflow.gate.folds import FOLDS, folds_of
from diagflow.gate.labels import read_labels
from diagflow.gate.one import faults_of
from diagflow.gate.outcome import Lesson


def parts(**several):
    """Recordings, each with its marks."""
    return folds_of({key: Lesson(" + ".join(marks), frozenset(marks), ()) for key, marks in several.items()})


def test_a_fault_that_comes_alone_and_with_another_is_one_part():
    found = parts(a=["k.a"], both=["k.a", "k.c"], b=["k.b"], c=["k.c"])
    assert found["a"] == found["both"] == found["c"] != found["b"]


def test_healthy_and_ill_windows_of_one_run_are_one_part():
    found = parts(ill=["k.a", "lab/run 1"], well=["lab/run 1"], other=["lab/run 2"])
    assert found["ill"] == found["well"] != found["other"]


def test_what_meets_by_way_of_others_is_one_part_in_whatever_order():
    links = {f"r{n}": [f"k.{n}", f"k.{n + 1}"] for n in range(30)}
    scattered = dict(sorted(links.items(), key=lambda item: (int(item[0][1:]) * 7) % 30))
    assert set(parts(**links).values()) == set(parts(**scattered).values()) == {0}


def test_there_are_as_many_parts_as_can_be_told_apart_and_not_more_than_ten():
    assert set(parts(**{f"r{n}": [f"k.{n}"] for n in range(4)}).values()) == {0, 1, 2, 3}
    assert set(parts(**{f"r{n}": [f"k.{n}"] for n in range(40)}).values()) == set(range(FOLDS))
    assert parts() == {}


def test_the_order_of_recordings_does_not_matter():
    some = {f"r{n}": [f"k.{n % 7}", f"lab/{n}"] for n in range(20)}
    assert parts(**some) == parts(**dict(reversed(some.items())))


def test_faults_are_known_by_the_ids_of_causes(ruleset):
    labels = read_labels({"causes": ["kubernetes.quota-exceeded", {"ref": "K8S-999"}], "family": "f"})
    assert faults_of(labels, ruleset) == ["K8S-999", "kubernetes.quota-exceeded"]
    assert faults_of(read_labels({"healthy": True, "family": "f"}), ruleset) == ["f"]
