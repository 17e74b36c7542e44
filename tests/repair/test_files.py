"""Edits of the go env file and of go.mod: what is not meant stays, byte for byte."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.model import Act, Operation
from diagflow.repair import Refused, plan, write_undo
from diagflow.repair.files import FileChange, env_clean, env_set, env_unset, go_mod_line

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"GOPROXY=direct\n"),
        (b"GOOS=linux", b"GOOS=linux\nGOPROXY=direct\n"),
        (b"GOPROXY=x\nGOOS=linux\n", b"GOPROXY=direct\nGOOS=linux\n"),
        (b"GOPROXY=a\nGOPROXY=b\n", b"GOPROXY=a\nGOPROXY=direct\n"),
    ],
)
def test_a_value_is_set_where_go_reads_it(before: bytes, after: bytes):
    assert env_set(before, "GOPROXY", "direct") == after


@given(st.lists(st.sampled_from([b"GOOS=linux", b"# note", b"", b"GOFLAGS=-v\r", b"\xff\xfe", b"GOROOT=/x"])))
def test_unsetting_what_is_not_there_changes_no_byte(lines: list[bytes]):
    data = b"\n".join(lines)
    assert env_unset(data, ["GOPROXY"]) == data
    assert b"GOROOT=" not in env_unset(data, ["GOROOT"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_encoding_becomes_what_go_reads(encoding: str):
    data = "GOPROXY=https://proxy/\r\nGOROOT=C:\\旧\r\nGOBIN=C:\\张三\r\n".encode(encoding)
    assert env_clean(data, ["GOROOT"]) == "GOPROXY=https://proxy/\nGOBIN=C:\\张三\n".encode()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("before", "directive", "value", "after"),
    [
        ("module x\n\ngo 1.99\n", "go", "1.22.0", "module x\n\ngo 1.22.0\n"),
        ("module x\n\ngo 1.22\n\ntoolchain go1.99\n", "toolchain", "", "module x\n\ngo 1.22\n\n"),
        ("module x\n\ngo 1.22\n", "toolchain", "go1.22.10", "module x\n\ngo 1.22\n\ntoolchain go1.22.10\n"),
        ("module x\n", "go", "1.22.0", "module x\n\ngo 1.22.0\n"),
        ("module x\n\ngo 1.22\n// go 1.99\n", "go", "1.24.0", "module x\n\ngo 1.24.0\n// go 1.99\n"),
    ],
)
def test_one_line_of_go_mod_changes(newline: str, before: str, directive: str, value: str, after: str):
    old, new = (text.replace("\n", newline).encode() for text in (before, after))
    assert go_mod_line(old, directive, value) == new


def test_two_operations_on_one_file_are_one_change_and_what_is_right_is_none(tmp_path: Path):
    env = tmp_path / "env"
    env.write_bytes(b"GOOS=linux\nGOARCH=arm64\n")
    gone = [Operation(Act.UNSET, name, layers="session,go-env") for name in ("GOOS", "GOARCH", "GOBIN")]
    made = plan(gone, windows=False, env_file=env, go_mod=None)
    (change,) = made.changes
    assert isinstance(change, FileChange)
    assert (change.after, made.left) == (b"", ())
    assert plan([gone[2]], windows=False, env_file=env, go_mod=None).changes == ()


@pytest.mark.parametrize(
    "operation",
    [
        Operation(Act.RUN, words=("go", "clean", "-modcache")),
        Operation(Act.UNSET, "GOROOT", layers="session"),
        Operation(Act.UNSET, "GOROOT", layers="machine"),
        Operation(Act.UNSET, "GOROOT", layers="user"),  # a shell's profile
        Operation(Act.GO_MOD, "go", "1.22.0"),  # no go.mod here
    ],
)
def test_what_cannot_be_undone_is_left_to_the_user(operation: Operation):
    made = plan([operation], windows=False, env_file=None, go_mod=None)
    assert (made.changes, made.left) == ((), (operation,))


@pytest.mark.skipif(os.name == "nt", reason="runs the script for sh")
def test_undo_brings_back_every_byte(tmp_path: Path):
    env, mod, new = tmp_path / "it's env", tmp_path / "go.mod", tmp_path / "new env"
    env.write_bytes(b"\xef\xbb\xbfGOROOT=/x\r\n")
    mod.write_bytes(b"module x\r\ngo 1.99\r\n")
    operations = [Operation(Act.ENV_FILE, str(env), "GOROOT"), Operation(Act.GO_MOD, "go", "1.22.0")]
    changes = [
        *plan(operations, windows=False, env_file=None, go_mod=mod).changes,
        *plan([Operation(Act.SET, "GOOS", "linux", "go-env")], windows=False, env_file=new, go_mod=None).changes,
    ]
    script = write_undo(changes, tmp_path / "undo", NOW, windows=False)
    for change in changes:
        change.apply()
    assert (env.read_bytes(), mod.read_bytes()) == (b"", b"module x\r\ngo 1.22.0\r\n")
    assert new.read_bytes() == b"GOOS=linux\n"
    subprocess.run(["sh", str(script)], check=True, cwd="/")
    assert env.read_bytes() == b"\xef\xbb\xbfGOROOT=/x\r\n"
    assert mod.read_bytes() == b"module x\r\ngo 1.99\r\n"
    assert not new.exists()


def test_a_file_that_has_changed_meanwhile_is_left_alone(tmp_path: Path):
    env = tmp_path / "env"
    env.write_bytes(b"GOOS=linux\n")
    (change,) = plan([Operation(Act.UNSET, "GOOS", layers="go-env")], windows=False, env_file=env, go_mod=None).changes
    env.write_bytes(b"GOOS=darwin\n")
    with pytest.raises(Refused, match="has changed in the meantime"):
        change.apply()
    assert env.read_bytes() == b"GOOS=darwin\n"


def test_without_a_way_back_nothing_is_changed(tmp_path: Path):
    (tmp_path / "undo").write_text("a file where the folder should be")
    with pytest.raises(Refused, match="nothing was changed"):
        write_undo([], tmp_path / "undo", NOW, windows=False)
