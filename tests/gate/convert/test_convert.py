"""What holds for every converter: the same bytes, clear errors, nothing left behind, no way out of the folder."""

import pytest

from diagflow.gate.convert import CORPORA, convert
from diagflow.gate.convert.draft import Draft
from diagflow.gate.convert.draft import write as write_draft
from diagflow.model import BadInput
from tests.cli.run import diagflow
from tests.gate.convert.make import converted, write

LOGS = {
    "labels.yaml": "- {file: a, ref: NODE-022, cause: hung}\n",
    "a": "INFO: task x:1 blocked for more than 120 s.\n",
}


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_same_source_gives_the_same_bytes(tmp_path):
    first = contents(converted(tmp_path / "1", "kernel-logs", LOGS))
    assert first == contents(converted(tmp_path / "2", "kernel-logs", LOGS))
    assert set(first) == {"a/labels.yaml", "a/logs/node/unnamed.log"}


def refusal(*args):
    with pytest.raises(BadInput) as e:
        convert(*args)
    return str(e.value)


def test_wrong_words_are_told(tmp_path):
    source = write(tmp_path / "source", LOGS)
    assert "there are faults, holmesgpt" in refusal("no-such", source, tmp_path / "made")
    assert "is no folder" in refusal("kernel-logs", tmp_path / "nowhere", tmp_path / "made")
    assert "is there already" in refusal("kernel-logs", source, source)


@pytest.mark.parametrize("corpus", CORPORA)
def test_another_folder_is_told_and_nothing_is_left(corpus, tmp_path):
    source = write(tmp_path / "source", {"unrelated.txt": "x"})
    said = refusal(corpus, source, tmp_path / "made")
    assert str(source) in said
    assert "corpus" in said
    assert [p.name for p in tmp_path.iterdir()] == ["source"]


def test_damage_says_where_and_leaves_nothing(tmp_path):
    broken = {**LOGS, "labels.yaml": LOGS["labels.yaml"] + "- {file: gone, healthy: true}\n"}
    said = refusal("kernel-logs", write(tmp_path / "source", broken), tmp_path / "made")
    assert "source/gone is not there" in said
    assert [p.name for p in tmp_path.iterdir()] == ["source"]


def test_broken_yaml_has_its_place(tmp_path):
    said = refusal(
        "kernel-logs", write(tmp_path / "source", {"labels.yaml": "- {file: a}\n- {file: b\n"}), tmp_path / "made"
    )
    assert "source/labels.yaml:3:1: is no YAML" in said


def test_no_utf8_is_told(tmp_path):
    said = refusal("kernel-logs", write(tmp_path / "source", {**LOGS, "a": b"\xff\xfe\x00"}), tmp_path / "made")
    assert "source/a is no UTF-8 text" in said


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    source = write(tmp_path / "source", {"labels.yaml": LOGS["labels.yaml"]})
    (tmp_path / "secret").write_text("secret")
    (source / "a").symlink_to(tmp_path / "secret")
    assert "link out of the folder" in refusal("kernel-logs", source, tmp_path / "made")


def test_names_of_others_lead_nowhere_else(tmp_path):
    draft = Draft("one", {"healthy": True}, logs={("..", "../../x", "a/b"): "text", ("ns", "pod", "app.previous"): ""})
    write_draft(draft, tmp_path)
    found = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.log")}
    assert found == {"one/logs/%2E%2E/..%2F..%2Fx/a%2Fb.log", "one/logs/ns/pod/app.previous.log"}


def test_the_command(tmp_path):
    source = write(tmp_path / "source", LOGS)
    ran = diagflow("gate", "convert", "kernel-logs", source, tmp_path / "made")
    assert (ran.status, ran.out) == (0, "")
    assert "1 recordings written" in ran.err
    again = diagflow("gate", "convert", "kernel-logs", source, tmp_path / "made")
    assert again.status == 2
    assert "is there already" in again.err
