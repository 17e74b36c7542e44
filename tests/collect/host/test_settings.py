"""The settings as computed from the layers: real Go prints the same."""

import json
import os
import shutil
import subprocess

import pytest

from diagflow.collect.host.settings import env_file_place, settings
from tests.collect.host.make import environ, here, linux, put, windows

GO = shutil.which("go") or ""
COMPUTED = (
    "GOPATH", "GOMODCACHE", "GOCACHE", "GOPROXY", "GOSUMDB", "GOTOOLCHAIN", "GOFLAGS", "GOOS", "GOARCH", "GOENV",
    "GOROOT", "GO111MODULE", "GOPRIVATE", "GOTMPDIR",
)  # fmt: skip


@pytest.mark.skipif(not GO, reason="needs a go command")
@pytest.mark.parametrize(
    ("env", "file"),
    [
        ({}, ""),
        ({"GOPATH": "/a:/b", "GOFLAGS": ""}, "GOFLAGS=-mod=mod\nGOPATH=/c\n"),
        ({"XDG_CONFIG_HOME": "{home}/conf", "XDG_CACHE_HOME": "/cache"}, "GOPROXY=off\nGOSUMDB=\n"),
        ({"GOOS": "plan9", "GOARCH": "386"}, "GOOS=js\n"),
        ({"GOENV": "off", "GOTMPDIR": "{home}"}, "GOPROXY=off\n"),
        ({"GOENV": "{home}/other", "GOPRIVATE": "x.y"}, "GOPROXY=off\n"),
        ({}, "GOTOOLCHAIN=local\nGOMODCACHE=/m\n# GOCACHE=/no\nGOCACHE=/yes\n"),
    ],
)
def test_go_says_the_same(tmp_path, env, file):
    variables = environ(os.environ["PATH"], HOME=str(tmp_path), GOTOOLCHAIN="local")
    variables |= {name: value.format(home=tmp_path) for name, value in env.items()}
    if "GOTOOLCHAIN" in file:
        del variables["GOTOOLCHAIN"]
    folder = variables.get("XDG_CONFIG_HOME") or str(tmp_path / ".config")
    put(tmp_path.joinpath(folder, "go", "env"), file)
    put(tmp_path / "other", "GOFLAGS=-x\n")
    done = subprocess.run([GO, "env", "-json"], env=variables, cwd=tmp_path, capture_output=True, check=True)
    said = json.loads(done.stdout)
    found = settings(here(variables), None, said["GOROOT"], said["GOHOSTARCH"])
    # GOENV=off is printed as nothing
    expected = {n: said[n] for n in COMPUTED if said[n]} | ({"GOENV": "off"} if env.get("GOENV") == "off" else {})
    assert {n: found.values[n] for n in COMPUTED if n in found.values} == expected


def test_where_values_come_from(tmp_path):
    put(tmp_path / "home/u/.config/go/env", "GOFLAGS=-mod=mod\nGOPROXY=off\n")
    put(tmp_path / "root/go.env", "GOPROXY=https://p.example\nGOSUMDB=s.example\n")
    machine = linux(tmp_path, env={"HOME": "/home/u", "GOPROXY": "direct"})
    found = settings(machine, None, "/root", "arm64")
    assert found.sources == {
        "GOFLAGS": "env_file", "GOPROXY": "process", "GOSUMDB": "goroot_file", "GOROOT": "default", "GOARCH": "default",
        "GOCACHE": "default", "GOENV": "default", "GOMODCACHE": "default", "GOOS": "default", "GOPATH": "default",
    }  # fmt: skip
    assert found.values["GOPROXY"] == "direct"


@pytest.mark.parametrize("missing", ["HOME", "APPDATA"])
def test_no_home_is_no_place(tmp_path, missing):
    machine = windows(tmp_path, env={"APPDATA": ""}) if missing == "APPDATA" else linux(tmp_path)
    assert env_file_place(machine) is None
    assert "GOENV" not in settings(machine, None, None, None).values


def test_a_relative_xdg_folder_is_none(tmp_path):
    assert env_file_place(linux(tmp_path, env={"HOME": "/h", "XDG_CONFIG_HOME": "conf"})) is None


def test_places_on_windows(tmp_path):
    found = settings(windows(tmp_path), None, "C:\\Go", "amd64").values
    assert found == {
        "GOROOT": "C:\\Go",
        "GOARCH": "amd64",
        "GOOS": "windows",
        "GOENV": "C:\\Users\\li\\AppData\\Roaming\\go\\env",
        "GOCACHE": "C:\\Users\\li\\AppData\\Local\\go-build",
        "GOPATH": "C:\\Users\\li\\go",
        "GOMODCACHE": "C:\\Users\\li\\go\\pkg\\mod",
    }
