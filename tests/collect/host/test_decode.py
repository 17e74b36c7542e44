"""Text of unknown encoding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.collect.host.decode import bom, decode

CHINESE = "go: 系统找不到指定的路径。\r\n"


@pytest.mark.parametrize(
    ("data", "oem", "ansi", "expected"),
    [
        (CHINESE.encode(), 936, 936, (CHINESE, "utf-8")),
        (CHINESE.encode("utf-8-sig"), 936, 936, (CHINESE, "utf-8")),
        (CHINESE.encode("utf-16"), 437, 1252, (CHINESE, "utf-16le")),
        (("\ufeff" + CHINESE).encode("utf-16-be"), 437, 1252, (CHINESE, "utf-16be")),
        ("NAME  STATE\r\n".encode("utf-16-le"), 437, 1252, ("NAME  STATE\r\n", "utf-16le")),
        ("NAME  STATE\r\n".encode("utf-16-be"), 437, 1252, ("NAME  STATE\r\n", "utf-16be")),
        (CHINESE.encode("gbk"), 936, 936, (CHINESE, "cp936")),
        (CHINESE.encode("gbk"), 65001, 936, (CHINESE, "cp936")),
        (CHINESE.encode("gbk"), None, None, (CHINESE, "cp936")),
        ("Größe".encode("cp850"), 850, 1252, ("Größe", "cp850")),
        ("café".encode("cp1252"), None, None, ("café", "cp1252")),
        (b"", 936, 936, ("", "utf-8")),
        (b"a", 936, 936, ("a", "utf-8")),
        (b"\x81", 932, 1252, ("\ufffd", "cp1252")),
        (b"\xff\xff", 99999, None, ("ÿÿ", "cp1252")),
        (CHINESE.encode("gbk"), 437, 1252, (CHINESE, "cp936")),
        ("C:\\Users\\李\\go".encode("gbk"), None, None, ("C:\\Users\\李\\go", "cp936")),
        ("señal".encode("cp1252"), None, None, ("señal", "cp1252")),
        ("Größe überschritten".encode("cp1252"), 1252, 1252, ("Größe überschritten", "cp1252")),
        ("システム".encode("cp932"), 932, 932, ("システム", "cp932")),
        ("시스템".encode("cp949"), 949, 949, ("시스템", "cp949")),
    ],
)
def test_encodings(data, oem, ansi, expected):
    assert decode(data, oem, ansi) == expected


def test_lines_of_two_programs():
    """`go` writes UTF-8, the gcc that it starts writes the machine's page."""
    go, gcc = "go: 张三/x.go\n", "错误：没有那个文件\n"
    for oem in (936, 437, None):
        assert decode(go.encode() + gcc.encode("gbk") + go.encode(), oem, oem) == (go + gcc + go, "cp936")


def test_a_text_that_was_cut_off():
    text, _ = decode("go: 好\n张三".encode()[:-1], 936, 936)
    assert text.startswith("go: 好\n")


def test_one_nul_in_a_text_is_no_utf_16():
    assert decode(b"go: unexpected NUL in input\0 in file x.go:1:1\n")[1] == "utf-8"


@pytest.mark.parametrize(("data", "name"), [(b"\xff\xfea\0", "utf-16le"), (b"\xfe\xff\0a", "utf-16be"), (b"a", "")])
def test_marks(data, name):
    assert bom(data) == name


@given(st.binary(max_size=200), st.sampled_from([None, 437, 932, 936, 65001, 7]), st.sampled_from([None, 1252, 936]))
def test_it_never_fails(data, oem, ansi):
    text, encoding = decode(data, oem, ansi)
    assert isinstance(text, str)
    assert encoding


@given(st.text(max_size=80))
def test_utf_8_is_kept(text):
    assert decode(text.encode("utf-8-sig")) == (text, "utf-8")


def test_what_fits_the_page_of_the_machine_is_not_weighed(monkeypatch):
    """Weighing takes longer than decoding, and a log may have a hundred megabytes."""
    monkeypatch.setattr("diagflow.collect.host.decode._chinese", None)
    assert decode(CHINESE.encode("gbk") * 2, 936, 936) == (CHINESE * 2, "cp936")
    assert decode(CHINESE.encode() * 2, 437, 1252) == (CHINESE * 2, "utf-8")
