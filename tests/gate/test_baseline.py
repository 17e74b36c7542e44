"""The committed file: reviewable, complete, and read as it was written."""

import json

import pytest

import diagflow
from diagflow.gate.baseline import baseline_of, read_baseline, require_shared, write_baseline
from diagflow.gate.enginedigest import engine_digest
from diagflow.model import BadInput
from tests.gate.make import faulty, healthy, root
from tests.gate.test_compare import RULES


def test_it_is_read_as_it_was_written(tmp_path):
    made = baseline_of([faulty(roots=[root()]), healthy("ü.zip")], RULES, "because ”it” is right")
    write_baseline(made, tmp_path / "baseline.json")
    assert read_baseline(tmp_path / "baseline.json") == made
    assert json.loads((tmp_path / "baseline.json").read_text(encoding="utf-8"))["reason"] == "because ”it” is right"


def test_one_line_a_recording_in_order_and_no_time(tmp_path):
    outcomes = [faulty(f"{n}.zip", roots=[root()]) for n in range(3)]
    texts = []
    for some in (outcomes, outcomes[::-1]):
        write_baseline(baseline_of(some, RULES, "why"), tmp_path / "b.json")
        texts.append((tmp_path / "b.json").read_bytes())
    assert texts[0] == texts[1]
    assert b"0.02" not in texts[0]
    assert sum(line.startswith(b'  "lab/') for line in texts[0].splitlines()) == 3


def test_what_did_not_run_is_kept_and_what_is_gone_is_not():
    old = baseline_of([faulty("a"), faulty("b"), faulty("c", corpus="petshop")], RULES, "old")
    made = baseline_of([faulty("a")], RULES, "new", old)
    assert sorted(made.recordings) == ["lab/a", "petshop/c"]


def test_without_a_file_there_is_none(tmp_path):
    assert read_baseline(tmp_path / "none.json") is None


@pytest.mark.parametrize("body", ["", "[]", '{"schema": 1}', "\xff"])
def test_what_is_no_baseline(tmp_path, body):
    (tmp_path / "b.json").write_bytes(body.encode("latin-1"))
    with pytest.raises(BadInput, match=r"b\.json is no baseline"):
        read_baseline(tmp_path / "b.json")


def test_a_later_version_is_refused(tmp_path):
    write_baseline(baseline_of([], RULES, "why"), tmp_path / "b.json")
    text = (tmp_path / "b.json").read_text().replace("gate-baseline/v1", "gate-baseline/v2")
    (tmp_path / "b.json").write_text(text)
    with pytest.raises(BadInput, match="gate-baseline/v2"):
        read_baseline(tmp_path / "b.json")


def test_an_earlier_version_of_another_form_is_called_so(tmp_path):
    (tmp_path / "b.json").write_text('{"schema": "diagflow.gate-baseline/v0", "passed": []}')
    with pytest.raises(BadInput, match=r"version 'diagflow.gate-baseline/v0', this .*: move it away and make one"):
        read_baseline(tmp_path / "b.json")


def test_what_is_no_utf8_leaves_the_file_as_it_is(tmp_path):
    (tmp_path / "b.json").write_text("before")
    for made in (
        baseline_of([faulty("a\udcff.zip")], RULES, "why"),
        baseline_of([faulty()], RULES, "why\udcff"),
    ):
        with pytest.raises(BadInput, match=r'the reason or a name is none: "[a-z/: "]*\\udcff$'):
            write_baseline(made, tmp_path / "b.json")
    assert (tmp_path / "b.json").read_text() == "before"


def test_with_nothing_to_compare_there_is_no_answer(tmp_path):
    made = baseline_of([faulty("a"), faulty("c", corpus="petshop")], RULES, "why")
    require_shared(made, ["petshop", "new"], tmp_path)
    with pytest.raises(BadInput, match=r"knows nothing of a, b, only lab, petshop, .* lab=FOLDER; if it is new"):
        require_shared(made, ["b", "a"], tmp_path)
    with pytest.raises(BadInput, match="knows nothing of lab, no recording at all"):
        require_shared(baseline_of([], RULES, "why"), ["lab"], tmp_path)


def digest_of(root, monkeypatch):
    monkeypatch.setattr(diagflow, "__file__", str(root / "__init__.py"))
    return engine_digest.__wrapped__()


def test_the_engine_is_known_by_its_source(tmp_path, monkeypatch):
    assert engine_digest().startswith("sha256:")
    assert engine_digest() == engine_digest()
    (tmp_path / "infer").mkdir()
    (tmp_path / "cli").mkdir()
    (tmp_path / "infer" / "a.py").write_bytes(b"x = 1\ny = 2\n")
    first = digest_of(tmp_path, monkeypatch)
    (tmp_path / "cli" / "b.py").write_bytes(b"z = 3\n")  # makes no diagnosis
    (tmp_path / "infer" / "a.py").write_bytes(b"x = 1\r\ny = 2\r\n")
    assert digest_of(tmp_path, monkeypatch) == first
    (tmp_path / "infer" / "a.py").write_bytes(b"x = 1\ny = 3\n")
    assert digest_of(tmp_path, monkeypatch) != first
    other = digest_of(tmp_path, monkeypatch)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights.json").write_bytes(b"{}")
    assert digest_of(tmp_path, monkeypatch) != other
