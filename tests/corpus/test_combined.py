"""Several unrelated faults at once: a scan names the root of each, and nothing else is a root."""

from pathlib import Path

import pytest

from diagflow.bundle import open_bundle
from diagflow.gate.labels import Labels, read_labels
from diagflow.model.diagnosis import NamedCause
from tests.corpus.test_corpus import diagnosed

HERE = Path(__file__).parent
COMBINED = sorted((HERE / "combined").glob("*.zip"))


def roots(path: Path) -> list[NamedCause]:
    return [cause for cause in diagnosed(path, everything=True).diagnosis.causes if cause.root]


def labels_of(path: Path) -> Labels:
    return read_labels(open_bundle(path).labels)


def test_there_are_pairs_triples_and_more():
    sizes = [len(labels_of(path).causes) for path in COMBINED]
    assert min(sizes) == 2
    assert sizes.count(2) >= 12
    assert sizes.count(3) >= 9
    assert max(sizes) == 10


@pytest.mark.parametrize("path", COMBINED, ids=lambda p: p.stem)
def test_every_fault_has_its_root_and_there_is_no_other(path: Path):
    labels, found = labels_of(path), roots(path)
    missed = [str(one) for one in labels.causes if not any(one.fits(c.id, c.refs, c.entities) for c in found)]
    invented = [f"{c.id}@{e}" for c in found for e in c.entities if not labels.right(c.id, c.refs, (e,))]
    assert (missed, invented) == ([], [])
