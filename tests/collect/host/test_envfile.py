"""The go env file, as Go reads it: real Go has the last word."""

import json
import os
import shutil
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diagflow.collect.host.envfile import parse_env_file

GO = shutil.which("go") or ""
NAMES = ("GOPRIVATE", "GOINSECURE")

needs_go = pytest.mark.skipif(not GO, reason="needs a go command")


@pytest.mark.parametrize(
    ("data", "entries", "ignored"),
    [
        (b"", {}, ()),
        (b"GOPROXY=off\nGOFLAGS=-mod=mod\n", {"GOPROXY": "off", "GOFLAGS": "-mod=mod"}, ()),
        (b"GO111MODULE=on\r\nGOOS=linux\r\n", {"GO111MODULE": "on\r", "GOOS": "linux\r"}, ()),
        (b"\xef\xbb\xbfGOOS=linux\nGOARCH=arm64", {"GOARCH": "arm64"}, ("\ufeffGOOS=linux",)),
        ("GOOS=linux\n".encode("utf-16"), {}, ("\ufffd\ufffdG\0O\0O\0S\0=\0l\0i\0n\0u\0x\0",)),
        (b"# a comment\n\n  \nset GOOS=linux\nGOOS\ngoos=x\n", {}, ("set GOOS=linux", "GOOS", "goos=x")),
        (b"GOOS=a\nGOOS=b=c\n", {"GOOS": "b=c"}, ()),
        (b"GOOS =linux\n", {"GOOS ": "linux"}, ()),
        (b"GOPATH=/\xff\n", {"GOPATH": "/\udcff"}, ()),
    ],
)
def test_lines(data, entries, ignored):
    file = parse_env_file(data)
    assert (file.entries, file.ignored) == (entries, ignored)


@needs_go
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.lists(
        st.sampled_from(
            [
                b"GOPRIVATE=",
                b"GOINSECURE=",
                b"\n",
                b"\r\n",
                b"\xef\xbb\xbf",
                b"\0",
                b"x",
                b" ",
                b"#",
                b"=",
                b"G",
                b"\xff",
            ]
        ),
        max_size=16,
    ).map(b"".join)
)
def test_go_reads_the_same(tmp_path, data):
    file = tmp_path / "env"
    file.write_bytes(data)
    kept = {n: v for n, v in os.environ.items() if not n.startswith("GO")}
    done = subprocess.run(
        [GO, "env", "-json", *NAMES],
        env={**kept, "GOENV": str(file), "GOTOOLCHAIN": "local"},
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    ours = parse_env_file(data).entries
    shown = {name: ours.get(name, "").encode("utf-8", "surrogateescape").decode("utf-8", "replace") for name in NAMES}
    assert json.loads(done.stdout) == shown


@given(st.binary(max_size=300))
def test_nothing_breaks_it(data):
    file = parse_env_file(data)
    assert len(file.entries) + len(file.ignored) <= data.count(b"\n") + 1
