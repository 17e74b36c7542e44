"""What in a folder is a recording, and how it is opened."""

import json

import pytest
import yaml

from diagflow.gate.corpus import find_recordings, open_recording
from diagflow.model import BadInput
from tests.gate.make import write

HEALTHY = {"healthy": True}


def folder(path, labels, *, alert=False):
    (path / "objects").mkdir(parents=True)
    pod = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "a", "namespace": "b"}}
    (path / "objects" / "pods.yaml").write_text(yaml.safe_dump({"kind": "PodList", "items": [pod]}))
    (path / "labels.yaml").write_text(yaml.safe_dump(labels))
    if alert:
        alerts = [{"status": "firing", "startsAt": "2026-01-01T00:00:00Z", "labels": {"pod": "a", "namespace": "b"}}]
        (path / "alert.json").write_text(json.dumps({"alerts": alerts}))
    return path


def test_bundles_and_incident_folders_at_any_depth(tmp_path):
    write(tmp_path / "faults" / "a.zip", HEALTHY)
    folder(tmp_path / "b", HEALTHY)
    (tmp_path / "notes.txt").write_text("no recording")
    (tmp_path / ".git" / "c").mkdir(parents=True)
    found = find_recordings([tmp_path])
    assert [(r.corpus, r.name) for r in found] == [(tmp_path.name, "b"), (tmp_path.name, "faults/a.zip")]


def test_a_corpus_may_get_another_name(tmp_path):
    write(tmp_path / "a.zip", HEALTHY)
    assert [r.key for r in find_recordings([f"lab={tmp_path}"])] == ["lab/a.zip"]


def test_what_is_no_corpus(tmp_path):
    with pytest.raises(BadInput, match="is no folder"):
        find_recordings([tmp_path / "none"])
    with pytest.raises(BadInput, match="holds no recording"):
        find_recordings([tmp_path])
    write(tmp_path / "x" / "corpus" / "a.zip", HEALTHY)
    write(tmp_path / "y" / "corpus" / "a.zip", HEALTHY)
    with pytest.raises(BadInput, match="both called corpus"):
        find_recordings([tmp_path / "x" / "corpus", tmp_path / "y" / "corpus"])


def test_a_recording_counts_once(tmp_path):
    """Under two names it would be two families, and what is false would be bounded too low."""
    path = write(tmp_path / "all" / "part" / "a.zip", HEALTHY)
    for two in ((f"x={tmp_path / 'all'}", tmp_path / "all"), (tmp_path / "all", tmp_path / "all" / "part")):
        with pytest.raises(
            BadInput, match=r"a\.zip would count twice, as \w+/part/a\.zip and as \w+/.*a\.zip: name its"
        ):
            find_recordings(two)
    (tmp_path / "all" / "b.zip").symlink_to(path)
    with pytest.raises(BadInput, match=r"as all/b\.zip and as all/part/a\.zip"):
        find_recordings([tmp_path / "all"])


@pytest.mark.parametrize(
    ("labels", "family"),
    [
        ({"family": "run 1", "source": "s"}, "lab/run 1"),
        ({"source": "s"}, "lab/s"),
        ({}, "lab/a.zip"),
    ],
)
def test_the_family(tmp_path, labels, family):
    write(tmp_path / "a.zip", HEALTHY | labels)
    (recording,) = find_recordings([f"lab={tmp_path}"])
    assert open_recording(recording).labels.family == family


def test_a_bundle_without_labels_is_no_recording(tmp_path):
    write(tmp_path / "a.zip", None)
    (recording,) = find_recordings([tmp_path])
    with pytest.raises(BadInput, match=r"diagflow gate add .* --cause ID"):
        open_recording(recording)


def test_an_alert_in_a_folder_says_what_it_is_about(tmp_path):
    folder(tmp_path / "a", HEALTHY | {"time": "2026-01-31T10:00:00Z"}, alert=True)
    opened = open_recording(find_recordings([tmp_path])[0])
    assert opened.bundle.incident.now == opened.labels.time
    assert [str(e) for e in opened.bundle.incident.entities] == ["pod/b/a"]


def test_a_folder_that_names_no_time_is_told_where_a_label_goes(tmp_path):
    (recording,) = find_recordings([folder(tmp_path / "a", HEALTHY)])
    with pytest.raises(BadInput, match=r"nothing in it says when .*: add `time: 2026-01-31T10:00:00Z` to its labels$"):
        open_recording(recording)
    (tmp_path / "a" / "labels.yaml").write_text("healthy: true\ntime: 2026-01-31T10:00:00Z\n")
    assert open_recording(recording).labels.healthy


def test_a_digest_is_about_readings_and_labels_and_the_same_each_time(tmp_path):
    recordings = find_recordings([folder(tmp_path / "a", HEALTHY | {"time": "2026-01-31T10:00:00Z"})])
    before = open_recording(recordings[0]).digest
    assert open_recording(recordings[0]).digest == before
    (tmp_path / "a" / "labels.yaml").write_text("healthy: true\nfamily: x\ntime: 2026-01-31T10:00:00Z\n")
    assert open_recording(recordings[0]).digest != before


def test_broken_labels_name_the_place(tmp_path):
    folder(tmp_path / "a", HEALTHY)
    (tmp_path / "a" / "labels.yaml").write_text("healthy: [\n")
    with pytest.raises(BadInput, match=r"labels.yaml:\d"):
        open_recording(find_recordings([tmp_path])[0])


def test_a_circle_of_folders_ends(tmp_path):
    write(tmp_path / "a" / "b.zip", HEALTHY)
    (tmp_path / "a" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert [r.name for r in find_recordings([tmp_path])] == ["a/b.zip"]
