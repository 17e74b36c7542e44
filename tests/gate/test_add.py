"""From an incident to a recording."""

import shutil
from zipfile import ZipFile

import pytest

from diagflow.bundle import open_bundle, save
from diagflow.gate.add import Wanted, add
from diagflow.gate.causeids import expected_of
from diagflow.gate.corpus import find_recordings, open_recording
from diagflow.model import BadInput
from tests.gate.conftest import CORPUS
from tests.gate.make import write

QUOTA = "kubernetes.quota-exceeded"
PLACE = "resourcequota/saffron-1b77/harbor-6a51"


@pytest.fixture
def incident(tmp_path):
    """A bundle as `diagnose --record` leaves it: without labels."""
    opened = open_bundle(CORPUS / "faults" / "quota.zip")
    save(opened.bundle, tmp_path / "incident.zip", diagnosis=b"{}")
    return tmp_path / "incident.zip"


def wanted(incident, **more):
    return Wanted(incident, incident.parent / "corpus", **more)


def test_one_word_is_enough(incident, ruleset):
    added = add(wanted(incident, causes=(QUOTA,)), ruleset)
    assert added.path == incident.parent / "corpus" / "incident.zip"
    assert [str(one) for one in added.labels.causes] == [f"{QUOTA}@{PLACE}"]  # where the diagnosis names it
    assert (added.outcome.wrong, added.notes) == ((), ())
    (recording,) = find_recordings([incident.parent / "corpus"])
    opened = open_recording(recording)
    assert (opened.labels.causes, opened.labels.family) == (added.labels.causes, "corpus/incident")
    assert opened.bundle.digest() == open_bundle(incident).bundle.digest()
    assert open_bundle(recording.path).diagnosis == b"{}"


def test_a_row_of_the_catalogue_is_a_name_too(incident, ruleset):
    added = add(wanted(incident, causes=("k8s-011",)), ruleset)
    assert added.labels.causes[0].id == QUOTA
    unknown = add(wanted(incident, causes=("K8S-999@node/n",), name="other"), ruleset)
    assert (unknown.labels.causes[0].id, unknown.labels.causes[0].ref) == ("", "K8S-999")


def test_a_wrong_answer_is_said(incident, ruleset):
    added = add(wanted(incident, causes=("kubernetes.insufficient-cpu",)), ruleset)
    assert added.outcome.false == (f"{QUOTA}@{PLACE}",)
    assert "has no entity" in added.notes[0]


def test_an_entity_that_is_not_there_is_noted_with_a_near_one(incident, ruleset):
    added = add(wanted(incident, causes=(QUOTA,), entity="resourcequota/saffron-1b77/harbor-6a5"), ruleset)
    assert f"({PLACE} is)" in added.notes[0]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "say what is right: --cause ID, or --healthy"),
        ({"causes": (QUOTA,), "healthy": True}, "a healthy recording has no cause"),
        ({"causes": ("kubernetes.quota-exceedet",)}, "did you mean `kubernetes.quota-exceeded`"),
        ({"causes": ("nonsense",)}, "diagflow rules list has all"),
        ({"causes": ("kubernetes.pod-not-ready",)}, "is a symptom, which is never a root: behind it may be kubernetes"),
        ({"causes": (QUOTA,), "entity": "harbor"}, "'harbor' is no entity"),
        ({"causes": (f"{QUOTA}@harbor",)}, "'harbor' is no entity"),
        ({"causes": (f"{QUOTA}@{PLACE}",), "entity": PLACE}, "given twice"),
        ({"causes": (QUOTA, "kubernetes.insufficient-cpu"), "entity": PLACE}, "with several write --cause ID@ENTITY"),
        ({"causes": (QUOTA,), "forbidden": ("kubernetes.nonsens",)}, "there is no cause kubernetes.nonsens"),
    ],
)
def test_what_is_refused_leaves_nothing(incident, ruleset, more, said):
    with pytest.raises(BadInput, match=said):
        add(wanted(incident, **more), ruleset)
    assert not (incident.parent / "corpus").exists()


def test_a_file_is_no_corpus(incident, ruleset):
    with pytest.raises(BadInput, match=r"incident\.zip cannot be made a folder: .*--to"):
        add(Wanted(incident, incident, causes=(QUOTA,)), ruleset)


def test_a_recording_is_not_overwritten(incident, ruleset):
    add(wanted(incident, causes=(QUOTA,)), ruleset)
    with pytest.raises(BadInput, match="another name with --name"):
        add(wanted(incident, causes=(QUOTA,)), ruleset)


def test_a_folder_that_stays_beside_its_recording_is_told(incident, ruleset):
    """As the corpus has it twice, one of them without labels."""
    corpus = incident.parent / "corpus"
    with ZipFile(incident) as packed:
        packed.extractall(corpus / "unpacked")
    with pytest.raises(BadInput, match=r"--cause ID \(or --healthy\); .* remove \S*/corpus/unpacked after"):
        open_recording(find_recordings([corpus])[0])
    added = add(Wanted(corpus / "unpacked", corpus, causes=(QUOTA,), relabel=True), ruleset)
    assert added.notes == (
        f"{corpus / 'unpacked'} is in the corpus too, and would count twice, or cannot be used: remove it",
    )
    shutil.rmtree(corpus / "unpacked")
    (recording,) = find_recordings([corpus])
    assert open_recording(recording).labels.causes == added.labels.causes


def test_labels_are_replaced_only_when_asked(tmp_path, ruleset):
    path = tmp_path / "corpus" / "quota.zip"
    path.parent.mkdir()
    shutil.copy(CORPUS / "faults" / "quota.zip", path)
    with pytest.raises(BadInput, match=f"has labels already: {QUOTA}@{PLACE}; to replace them, add --relabel"):
        add(Wanted(path, path.parent, causes=(QUOTA,)), ruleset)
    added = add(Wanted(path, path.parent, healthy=True, relabel=True, family="f"), ruleset)
    assert (added.path, added.labels.healthy, added.labels.family) == (path, True, "f")


@pytest.mark.parametrize("said", ["its kernel log", ["its kernel log"]])
def test_new_labels_make_nothing_real_that_was_written_by_hand(tmp_path, ruleset, said):
    """Nor if the old ones cannot be read, which is what they are replaced for."""
    path = write(tmp_path / "a.zip", {"causes": [], "synthetic": said})
    added = add(Wanted(path, tmp_path, healthy=True, relabel=True), ruleset)
    assert added.outcome.synthetic
    assert "its kernel log" in open_bundle(path).labels["synthetic"]
    path = write(tmp_path / "b.zip", {"causes": []})
    assert not add(Wanted(path, tmp_path, healthy=True, relabel=True), ruleset).outcome.synthetic


def test_an_incident_folder_goes_in_redacted(tmp_path, ruleset):
    folder = tmp_path / "incident"
    (folder / "objects").mkdir(parents=True)
    (folder / "objects" / "pods.yaml").write_text(
        "kind: PodList\nitems:\n"
        "- metadata: {name: a, namespace: shop, creationTimestamp: 2026-01-31T10:00:00Z}\n"
        "  spec: {containers: [{name: c, image: i, env: [{name: PASSWORD, value: hunter2-very-secret}]}]}\n"
    )
    added = add(Wanted(folder, tmp_path / "corpus", healthy=True), ruleset)
    bundle = open_bundle(added.path).bundle
    assert "hunter2" not in "".join(entry.packed().decode() for entry in bundle.entries())
    assert "hunter2" not in str(list(bundle.readings()))


def test_one_name_alone_is_not_one_of_several(ruleset):
    known = {"kubernetes.quota-exceeded": ruleset.causes["kubernetes.quota-exceeded"]}
    with pytest.raises(BadInput, match=r"did you mean `kubernetes.quota-exceeded`\?; a cause of your own\? name its"):
        expected_of("mine.quota", known)
