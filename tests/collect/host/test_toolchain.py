"""Versions and the choice of toolchains: real Go says which one it would start."""

import itertools
import json
import os
import re
import shutil
import subprocess

import pytest

from diagflow.collect.host.gomod import ModLines, parse_mod
from diagflow.collect.host.gover import Version, from_toolchain, release
from diagflow.collect.host.toolchain import may_download, switch_to
from tests.collect.host.make import environ, fact, here, put, script
from tests.collect.serving import serving

GO = shutil.which("go") or ""
needs_go = pytest.mark.skipif(not GO, reason="needs a go command")
VERSIONS = (
    "1", "1.0", "1.2.3", "1.4beta1", "1.19", "1.19.0", "1.20", "1.20rc1", "1.20.0", "1.20.5", "1.21", "1.21rc1",
    "1.21rc2", "1.21beta3", "1.21.0", "1.21.1", "1.22", "1.99", "1.27rc1", "1.27.3", "2", "2.1", "0", "1.", "1.a",
    "01.2", "1.02", "1.21.0rc1", "1.2.3.4", "1.21rc", "go1.2",
)  # fmt: skip
COMPARE = """package main
import ("encoding/json"; "go/version"; "os")
func main() {
    var versions []string
    json.NewDecoder(os.Stdin).Decode(&versions)
    type pair struct{ A, B string; Order int }
    valid, pairs := map[string]bool{}, []pair{}
    for _, a := range versions {
        valid[a] = version.IsValid("go" + a)
        for _, b := range versions { pairs = append(pairs, pair{a, b, version.Compare("go"+a, "go"+b)}) }
    }
    json.NewEncoder(os.Stdout).Encode(map[string]any{"valid": valid, "pairs": pairs})
}
"""


@needs_go
def test_go_compares_versions_the_same(tmp_path):
    put(tmp_path / "main.go", COMPARE)
    asked = json.dumps(VERSIONS).encode()
    done = subprocess.run([GO, "run", str(tmp_path / "main.go")], input=asked, capture_output=True, check=True)
    said = json.loads(done.stdout)
    assert {v: Version.parse(v) is not None for v in VERSIONS} == said["valid"]
    known = {v: found for v in VERSIONS if (found := Version.parse(v))}
    theirs = {(p["A"], p["B"]): p["Order"] for p in said["pairs"]}
    for a, b in itertools.product(known, known):
        assert (known[a] > known[b]) - (known[a] < known[b]) == theirs[a, b], (a, b)


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("go1.22.3", "1.22.3"),
        ("go1.22.3-x", "1.22.3"),
        ("go1.22 X", "1.22"),
        ("1.22", None),
        ("go1.22/x", None),
        ("", None),
    ],
)
def test_versions_of_toolchains(name, version):
    found = from_toolchain(name)
    assert (found.text if found else None) == version


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("go1.27.3", "go1.27.3"),
        ("go version go1.22rc1 linux/amd64", "go1.22rc1"),
        ("go1.22 X:nocoverage", "go1.22"),
        ("devel go1.28-abc", "go1.28"),
        ("garbage", None),
    ],
)
def test_releases(text, found):
    assert release(text) == found


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("module a.b/c\n\ngo 1.22\n", ModLines("a.b/c", "1.22")),
        ("module `a`\r\ngo 1.22.1 // why\r\ntoolchain go1.23.4\r\n", ModLines("a", "1.22.1", "go1.23.4")),
        ('module "x"\n// go 1.5\n\tgo  1.21\ngo 1.99\n', ModLines("x", "1.21")),
        ("module x\nrequire go 1.2\ngolang 1.3\n", ModLines("x")),
        ("", ModLines()),
    ],
)
def test_lines_of_go_mod(text, lines):
    assert parse_mod(text.encode()) == lines
    assert parse_mod(text.encode("utf-16")) == lines


def test_a_go_line_that_go_refuses():
    assert [parse_mod(f"go {v}\n".encode()).valid_go for v in ("1.22", "1.22.x", "latest")] == [True, False, False]
    assert parse_mod(b"module x\n").valid_go is None


LINES = (
    "",
    "go 1.20",
    "go 1.98",
    "go 1.98.1",
    "go 1.98rc1",
    "go 1.20\ntoolchain go1.97.2",
    "go 1.98\ntoolchain default",
)
SETTINGS = ("auto", "path", "local", "local+auto", "local+path", "go1.96.1", "go1.96.1+auto", "go1.99.0+path")


@needs_go
@pytest.mark.parametrize("setting", SETTINGS)
def test_go_looks_for_the_same_toolchain(tmp_path, setting):
    for index, text in enumerate(LINES):
        folder = put(tmp_path / str(index) / "go.mod", f"module x\n{text}\n").parent
        assert _switches(folder, setting) == switch_to(setting, _local(), parse_mod(f"module x\n{text}\n".encode())), (
            text
        )


def _local() -> str:
    said = subprocess.run([GO, "env", "GOVERSION"], capture_output=True, text=True, check=True, cwd="/")
    return said.stdout.strip()


def _switches(folder, setting):
    """Return the toolchain that go looks for, by what it says when there is none."""
    env = environ(os.environ["PATH"], GOTOOLCHAIN=setting, GOPROXY="off", GOMODCACHE=str(folder / "mod"), GOENV="off")
    done = subprocess.run([GO, "version"], env=env, cwd=folder, capture_output=True, text=True, check=False)
    found = re.search(r'download (go\S+) for|cannot find "(go[^"]+)" in PATH', done.stderr)
    assert (done.returncode == 0) == (found is None), done.stderr
    if found:
        assert may_download(setting) == bool(found[1])
    return (found[1] or found[2]) if found else None


@needs_go
def test_the_doctor_downloads_nothing(tmp_path):
    """With the same settings `go version` asks the proxy for a toolchain."""
    folder = put(tmp_path / "m" / "go.mod", "module x\ngo 1.98\n").parent
    with serving(lambda exchange: exchange.send(b"", 404)) as proxy:
        settings = {"GOTOOLCHAIN": "auto", "GOPROXY": proxy.url, "GOSUMDB": "off", "GOENV": "off"}
        env = environ(os.environ["PATH"], **settings, GOMODCACHE=str(tmp_path / "mod"), HOME=str(tmp_path))
        found = fact(here(env, folder), "go_env")
        assert found["download"] == "go1.98.0"
        assert found["rc"] == 0
        assert {n: found["values"][n] for n in settings} == {**settings, "GOENV": ""}
        assert found["values"]["GOMOD"] == str(folder / "go.mod")
        assert not {"version", "version_rc", "version_stderr"} & set(found)
        assert proxy.paths() == []
        subprocess.run([GO, "version"], env=env, cwd=folder, capture_output=True, check=False)
        assert any("toolchain" in path for path in proxy.paths())


@needs_go
def test_a_toolchain_that_is_there_is_no_download(tmp_path):
    folder = put(tmp_path / "m" / "go.mod", "module x\ngo 1.98\n").parent
    script(
        tmp_path / "bin" / "go1.98.0",
        """case $1 in env) echo '{"GOVERSION": "go1.98.0"}';; *) echo go version go1.98.0 x/y;; esac""",
    )
    path = f"{os.environ['PATH']}:{tmp_path / 'bin'}"
    env = environ(path, GOTOOLCHAIN="auto", GOPROXY="http://127.0.0.1:1", GOENV="off", HOME=str(tmp_path))
    found = fact(here(env, folder), "go_env")
    assert "download" not in found
    assert (found["version"], found["version_rc"], found["values"]) == ("go1.98.0", 0, {"GOVERSION": "go1.98.0"})
