import errno
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from diagflow.feedback import print_diagnosis, render
from diagflow.feedback.output import put, system_language
from diagflow.model import BadInput
from tests.feedback.samples import hostile, max_pods


def test_render_names_the_formats_and_languages() -> None:
    with pytest.raises(BadInput, match="no format 'pdf': write one of text, json, yaml, markdown, html"):
        render(max_pods(), "pdf")
    with pytest.raises(BadInput, match="no language 'fr': write one of en, zh"):
        render(max_pods(), "json", "fr")


@pytest.mark.parametrize("form", ["text", "json", "yaml", "markdown", "html"])
def test_each_format_ends_with_one_line_end(form: str) -> None:
    shown = render(max_pods(), form)
    assert shown.endswith("\n")
    assert not shown.endswith("\n\n")


@pytest.mark.parametrize("form", ["text", "json", "yaml", "markdown", "html"])
def test_everything_can_be_written_as_utf8(form: str, evil: str) -> None:
    assert render(hostile(evil), form, "zh").encode("utf-8")


def test_a_file_has_the_same_bytes_on_every_system(tmp_path: Path) -> None:
    out = tmp_path / "d.json"
    print_diagnosis(max_pods(), "json", out=out)
    assert out.read_bytes() == render(max_pods(), "json").encode()


def test_no_half_of_a_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(path: Path, document: str, **_: Any) -> None:
        path.write_bytes(document[:10].encode())
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", half)
    with pytest.raises(BadInput, match="No space left"):
        print_diagnosis(max_pods(), "json", out=tmp_path / "d.json")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_a_clear_message(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be written: No such file or directory; name another file with --out"):
        print_diagnosis(max_pods(), "json", out=tmp_path / "missing" / "d.json")


@pytest.mark.parametrize("name", ["a-file/report.json", "n" * 300 + "/report.json", "n" * 300])
def test_where_no_file_can_be_is_a_clear_message_too(tmp_path: Path, name: str) -> None:
    (tmp_path / "a-file").write_text("kept")
    with pytest.raises(BadInput, match=r"cannot be written: .+; name another file with --figures"):
        put("x", tmp_path / name, option="--figures")
    assert (tmp_path / "a-file").read_text() == "kept"


def test_a_name_that_is_no_unicode_is_written_all_the_same(tmp_path: Path) -> None:
    put("a\udcff.zip\n", tmp_path / "report")
    assert (tmp_path / "report").read_bytes() == "a\ufffd.zip\n".encode()


def test_data_is_english_and_text_speaks_the_systems_language(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    print_diagnosis(max_pods(), "json")
    assert json.loads(capsysbinary.readouterr().out)["causes"][0]["title"].startswith("Node worker-1")
    print_diagnosis(max_pods(), "json", "zh")
    assert json.loads(capsysbinary.readouterr().out)["causes"][0]["title"].startswith("节点")
    print_diagnosis(max_pods(), "text")
    assert capsysbinary.readouterr().out.decode().startswith("节点 worker-1")
    print_diagnosis(max_pods(), "text", "en")
    assert capsysbinary.readouterr().out.decode().startswith("Node worker-1")


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_system_language(environment: dict[str, str], lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert system_language() == lang


def _piped(code: str, **environment: str) -> bytes:
    path = ":".join(filter(None, sys.path))
    return subprocess.run(
        [sys.executable, "-c", f"from tests.feedback.samples import *; from diagflow.feedback import *; {code}"],
        env={"PYTHONPATH": path, **environment},
        check=True,
        capture_output=True,
    ).stdout


def test_a_pipe_gets_plain_text_also_where_the_code_page_lacks_a_character() -> None:
    shown = _piped("print_diagnosis(max_pods(), 'text', 'zh')", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert shown.startswith(b"\\u8282\\u70b9 worker-1")
    assert b"\x1b" not in shown


def test_a_pipe_gets_colours_where_somebody_asks_for_them() -> None:
    assert b"\x1b" in _piped("print_diagnosis(max_pods(), 'text')", FORCE_COLOR="1", TERM="xterm-256color")


def test_a_pipe_needs_no_rich() -> None:
    loaded: Any = _piped("import sys; print_diagnosis(max_pods(), 'text', 'zh'); print('rich' in sys.modules)")
    assert loaded.splitlines()[-1].strip() == b"False"


def test_a_pipe_gets_data_as_utf8_whatever_the_code_page() -> None:
    shown = _piped("print_diagnosis(max_pods(), 'json', 'zh')", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert json.loads(shown)["causes"][0]["title"].startswith("节点")


def test_json_needs_neither_rich_nor_jinja() -> None:
    loaded: Any = _piped("import sys; render(max_pods(), 'json'); print(sorted({'rich', 'jinja2'} & {*sys.modules}))")
    assert loaded.strip() == b"[]"
