"""Forms of files: programs, build information, JSON with comments, commands in settings, certificates, events."""

import json
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagflow.collect.host.binaries import HEAD, machine_of
from diagflow.collect.host.buildinfo import MARK, MOST, BuildInfo, parse_build_info
from diagflow.collect.host.der import issuer_of
from diagflow.collect.host.events import parse_event, parse_events
from diagflow.collect.host.files import Files
from diagflow.collect.host.gomod import parse_mod
from diagflow.collect.host.jsonc import parse_jsonc
from diagflow.collect.host.posix import go_arch, mount_of
from diagflow.collect.host.quoted import split_command
from diagflow.collect.host.tidy import tidy
from tests.collect.host.make import pe
from tests.collect.pems import pem

GO = shutil.which("go") or ""


@pytest.mark.parametrize(
    ("head", "machine"),
    [
        (pe(0x14C), "386"),
        (pe(0x8664), "amd64"),
        (pe(0xAA64), "arm64"),
        (pe(0x1C4), "other"),
        (pe(0x8664)[:0x82], None),
        (b"MZ", None),
        (b"", None),
        (b"#!/bin/sh\n", None),
        (b"\x7fELF\2\1" + b"\0" * 12 + b"\xb7\0", "arm64"),
        (b"\x7fELF\1\2" + b"\0" * 12 + b"\0\x03", "386"),
        (b"\x7fELF", None),
        (b"\xcf\xfa\xed\xfe\x0c\0\0\1", "arm64"),
        (b"\xca\xfe\xba\xbe", "other"),
    ],
)
def test_machines(head, machine):
    assert machine_of(head) == machine


@pytest.mark.skipif(sys.platform != "linux", reason="looks at a Linux program")
def test_the_machine_of_a_real_program():
    real = Path(sys.executable).resolve()
    assert machine_of(real.read_bytes()[:HEAD]) == go_arch(subprocess.check_output(["uname", "-m"], text=True).strip())


@pytest.mark.skipif(not GO, reason="needs a go command")
def test_build_information_is_what_go_says():
    """Of a program that is surely there: the formatter beside go."""
    real = str(Path(GO).resolve().parent / "gofmt")
    said = subprocess.check_output([GO, "version", "-m", real], text=True)
    found = parse_build_info(Files().find(real, MARK, MOST) or b"")
    assert found is not None
    assert found.go == said.split()[1]
    assert f"GOOS={found.os}" in said
    assert f"GOARCH={found.arch}" in said


def built(version: str, lines: str) -> bytes:
    info = b"0" * 16 + lines.encode() + b"1" * 16
    size = bytes([len(info) & 0x7F | 0x80, len(info) >> 7])
    return MARK + b"\x08\x02" + b"\0" * 16 + bytes([len(version)]) + version.encode() + size + info


def test_build_information_of_a_tool():
    lines = "path\tgolang.org/x/tools/gopls\nmod\tgolang.org/x/tools/gopls\tv0.20.0\th1:x=\nbuild\tGOOS=windows\n"
    data = built("go1.26.8 X:x", lines)
    assert parse_build_info(data) == BuildInfo("go1.26.8", "v0.20.0", "windows")
    assert parse_build_info(data.replace(b"\x08\x02", b"\x08\x00")) is None  # Go 1.17 and older


@given(st.binary(max_size=120))
def test_nothing_breaks_the_readers(data):
    parse_build_info(MARK + data)
    machine_of(b"MZ" + data)
    machine_of(b"\x7fELF" + data)
    parse_jsonc(data)
    issuer_of(data)
    issuer_of(b"\x30\x81" + data)
    parse_mod(data)
    parse_event(data.decode("latin-1"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1, // why\n /* and\n more */ "b": [1, 2,],}', {"a": 1, "b": [1, 2]}),
        (
            '{"url": "http://x//y", "c": "/* no */", "d": ",}", "e": "\\"//"}',
            {"url": "http://x//y", "c": "/* no */", "d": ",}", "e": '"//'},
        ),
        ('\ufeff{"a": null}', {"a": None}),
        ("{broken", None),
        ("", None),
    ],
)
def test_json_with_comments(text, value):
    assert parse_jsonc(text.encode()) == value


SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=9)


def nested(inner):
    return st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)


@given(st.recursive(SCALARS, nested, max_leaves=8))
def test_plain_json_is_read_as_it_is(value):
    assert parse_jsonc(json.dumps(value, indent=1).encode()) == value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("gcc", ["gcc"]),
        (' "C:\\Program Files\\gcc.exe" -m64 ', ["C:\\Program Files\\gcc.exe", "-m64"]),
        ("C:\\Program Files\\gcc.exe", ["C:\\Program", "Files\\gcc.exe"]),
        ("'a b'c", ["a b", "c"]),
        ('ab"c d"', ['ab"c', 'd"']),
        ('"open', None),
        ("", []),
        (" \t", []),
    ],
)
def test_commands_in_settings(value, words):
    assert split_command(value) == words


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl to compare with")
def test_who_issued_a_certificate():
    der = ssl.PEM_cert_to_DER_cert(Path(pem("server.pem")).read_text())
    said = subprocess.check_output(["openssl", "x509", "-noout", "-issuer", "-in", pem("server.pem")], text=True)
    assert issuer_of(der)["CN"] in said
    assert issuer_of(der[:60]) == {}


EVENT = """<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><EventID>3077</EventID>
<TimeCreated SystemTime="2026-11-20T08:00:00.1234567Z"/></System><EventData>
<Data Name="File Name">\\Device\\x.exe</Data><Data Name="Empty"/></EventData></Event>"""


def test_events():
    event = {"id": 3077, "time": "2026-11-20T08:00:00Z", "data": {"File Name": "\\Device\\x.exe", "Empty": ""}}
    assert parse_event(EVENT) == event
    assert parse_events([EVENT, "<broken", 7]) == [event]
    assert parse_events(EVENT) == [event]  # of one event ConvertTo-Json makes no list
    assert parse_events(None) is None


MOUNTS = """22 1 0:20 / / rw - ext4 /dev/sda1 rw
30 22 0:30 / /mnt/c rw,noatime - 9p C:\\134 rw
31 22 0:31 / /home/a\\040b rw - btrfs /dev/sdb rw
32 22 0:32 / /home/a\\040b rw - tmpfs none rw
nonsense
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/", "ext4"), ("/mnt/c/x", "9p"), ("/mnt/cc", "ext4"), ("/home/a b/x", "tmpfs"), ("/mnt", "ext4")],
)
def test_mounts(path, kind):
    assert mount_of(MOUNTS, path) == kind


@given(st.text(max_size=20) | st.binary(max_size=20).map(lambda b: b.decode("utf-8", "surrogateescape")))
def test_every_text_can_be_kept(text):
    kept = tidy({text: [text, None]})
    json.dumps(kept, ensure_ascii=False).encode()
    assert "\ufffd" in str(kept) or text in kept
