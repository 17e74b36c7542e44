"""Files that nobody vouches for."""

import os
import sys
from types import SimpleNamespace

import pytest

from diagflow.collect.host.files import Files
from tests.collect.host.make import put

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pipes and links")


def test_what_is_no_path():
    files = Files()
    for path in ("", "a\0b", "/no/such/file", "/etc/passwd/x", "\ud800", "x" * 5000):
        assert files.peek(path) is None
        assert files.names(path) == []
        assert files.target(path) is None
        assert files.find(path, b"x", 1) is None
        assert [look(path) for look in (files.exists, files.is_file, files.is_dir)] == [False] * 3


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert Files().peek(str(tmp_path / "pipe")) is None
    assert Files().find(str(tmp_path / "pipe"), b"x", 1) is None
    assert Files().peek("/dev/zero") is None


def test_links_that_lead_nowhere_or_round(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "gone").symlink_to(tmp_path / "nothing")
    put(tmp_path / "file", "x")
    (tmp_path / "link").symlink_to("file")
    files = Files()
    assert [files.target(str(tmp_path / n)) for n in ("loop", "gone", "file")] == [None] * 3
    assert files.target(str(tmp_path / "link")) == str(tmp_path / "file")
    assert files.exists(str(tmp_path / "loop"))
    assert not files.is_file(str(tmp_path / "loop"))
    assert files.peek(str(tmp_path / "loop")) is None


def test_reading_stops(tmp_path):
    put(tmp_path / "big", "x" * 100)
    assert Files().read(str(tmp_path / "big"), 10) == b"x" * 10
    with pytest.raises(OSError, match=r"Is a directory|no regular file"):
        Files().read(str(tmp_path))


@pytest.mark.parametrize("at", [0, 5, (1 << 20) - 3, (1 << 20) + 7, 3 << 20])
def test_a_mark_is_found_wherever_it_is(tmp_path, at):
    put(tmp_path / "big", b"-" * at + b"<mark>after" + b"." * 50)
    assert (Files().find(str(tmp_path / "big"), b"<mark>", 11) or b"").startswith(b"<mark>after")
    assert Files().find(str(tmp_path / "big"), b"<other>", 11) is None


@pytest.mark.parametrize(("attributes", "read"), [(0x20, True), (0x400020, False), (0x1020, False)])
def test_nothing_is_fetched_from_the_cloud(tmp_path, monkeypatch, attributes, read):
    path = put(tmp_path / "x.go", "package x")
    status = SimpleNamespace(st_file_attributes=attributes, st_mode=path.stat().st_mode)
    monkeypatch.setattr(Files, "status", lambda *_args, **_how: status)
    assert (Files().peek(str(path)) is not None) is read
    assert (Files().find(str(path), b"pack", 9) is not None) is read
