"""Files of waivers."""

from datetime import date

import pytest

from diagflow.gate.waivers import Waiver, read_waivers
from diagflow.model import BadInput

GOOD = "- {recording: lab/a.zip, reason: known, owner: ann, expires: 2026-03-01}\n"


def test_a_waiver(tmp_path):
    (tmp_path / "w.yaml").write_text(GOOD)
    assert read_waivers(tmp_path / "w.yaml") == (Waiver("lab/a.zip", "known", "ann", date(2026, 3, 1)),)


def test_an_empty_file_waives_nothing(tmp_path):
    (tmp_path / "w.yaml").write_text("# none\n")
    assert read_waivers(tmp_path / "w.yaml") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {recording: lab/a.zip, reason: '', owner: ann, expires: 2026-03-01}", "waiver 1: reason"),
        (GOOD + "- {recording: lab/b.zip, reason: x, expires: 2026-03-01}", "waiver 2: owner"),
        ("- {recording: lab/a.zip, reason: x, owner: ann, expires: never}", "waiver 1: expires"),
        ("- {recording: lab/a.zip, reason: x, owner: ann, expires: 2026-13-45}", "waiver 1: expires"),
        ("- {recording: a.zip, reason: x, owner: ann, expires: 2026-03-01}", "waiver 1: recording"),
        (GOOD + GOOD, "lab/a.zip is waived twice"),
        ("recording: lab/a.zip", "write a list"),
        ("- [", r"w\.yaml:\d:\d: is no YAML"),
        ("[" * 100_000, "nested deeper"),
    ],
)
def test_what_is_refused(tmp_path, text, said):
    (tmp_path / "w.yaml").write_text(text)
    with pytest.raises(BadInput, match=said):
        read_waivers(tmp_path / "w.yaml")


def test_a_file_in_another_encoding(tmp_path):
    (tmp_path / "w.yaml").write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(BadInput, match="is no UTF-8 text"):
        read_waivers(tmp_path / "w.yaml")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(BadInput, match="cannot be read"):
        read_waivers(tmp_path / "none.yaml")
