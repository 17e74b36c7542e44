"""Healthy machines: nothing is named, nothing is left open, exit status 0."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest

from diagflow.model.diagnosis import Status
from tests.packs.go.worlds import diagnosed, linux, sdk, windows

Facts = dict[str, Any]


def several_sdks() -> Facts:
    facts = windows("go1.26.6")
    facts["installs"]["found"] += [
        sdk(r"C:\Users\li\sdk\go1.22.10", "go1.22.10"),
        sdk(r"C:\Users\li\sdk\go1.27.3", "go1.27.3"),
    ]
    facts["installs"]["newest"] = "go1.27.3"
    return facts


def corporate() -> Facts:
    facts = windows()
    theirs = {
        "GOPROXY": "https://go.corp.example",
        "GOFLAGS": "-mod=mod",
        "GOSUMDB": "off",
        "GOPRIVATE": "*.corp.example",
    }
    facts["go_env"]["values"] |= theirs
    facts["go_env"]["sources"] |= dict.fromkeys(theirs, "machine")
    facts["environment"]["process"] |= theirs
    return facts


def by_go_env_w() -> Facts:
    facts = windows()
    entries = {"GOPROXY": "https://go.corp.example", "GOBIN": r"C:\Users\li\bin"}
    facts["env_file"] |= {
        "exists": True,
        "size": 60,
        "bom": "",
        "nul": False,
        "cr": False,
        "entries": entries,
        "raw_cr": [],
        "ignored": [],
        "keys": list(entries),
        "shadowed": [],
    }
    facts["go_env"]["values"] |= entries
    facts["go_env"]["sources"] |= dict.fromkeys(entries, "env_file")
    return facts


def cross_build_in_this_window() -> Facts:
    facts = windows()
    facts["environment"]["process"] |= {"GOOS": "linux"}
    facts["go_env"]["values"] |= {"GOOS": "linux"}
    facts["go_env"]["sources"] |= {"GOOS": "process"}
    return facts


def older_go_first_in_this_window() -> Facts:
    facts = linux()
    old = {
        **facts["path"]["go"][0],
        "path": "/home/li/sdk/go1.22.1/bin/go",
        "root": "/home/li/sdk/go1.22.1",
        "version": "go1.22.1",
    }
    facts["path"]["go"] = [old, *facts["path"]["go"]]
    facts["installs"]["found"].append({**sdk("/home/li/sdk/go1.22.1", "go1.22.1"), "on_path": True})
    return facts


def toolchain_to_fetch() -> Facts:
    facts = windows("go1.24.11")
    facts["go_env"]["download"] = "go1.27.3"
    for key in ("version", "version_rc", "version_stderr"):
        del facts["go_env"][key]
    return facts


def container() -> Facts:
    facts = linux()
    del facts["path"]["future"], facts["path"]["future_go"], facts["environment"]["future"]
    return facts


def read_only_module_cache() -> Facts:
    facts = linux()
    facts["directories"]["gomodcache"] |= {"writable": False, "error": "Read-only file system", "errno": 30}
    return facts


def wsl() -> Facts:
    facts = linux()
    facts["host"] |= {"wsl": 2}
    windows_bin = {
        **facts["path"]["entries"][1],
        "raw": "/mnt/c/Program Files/Go/bin",
        "dir": "/mnt/c/Program Files/Go/bin",
        "index": 2,
    }
    facts["path"]["entries"].append(windows_bin)
    return facts


def a_module() -> Facts:
    facts = windows()
    facts["module"]["go_mod"] = {
        "path": r"C:\shop\go.mod",
        "exists": True,
        "bom": "",
        "nul": False,
        "cr": True,
        "module": "shop",
        "go": "1.22",
        "valid_go": True,
        "used": True,
    }
    return facts


HEALTHY: Final[dict[str, Callable[[], Facts]]] = {
    **{f"Windows, {v}": partial(windows, v) for v in ("go1.22.10", "go1.24.11", "go1.26.6", "go1.27.3")},
    "Windows, a name with a blank": lambda: windows(user="Li Ming"),
    "Windows, a Chinese name": lambda: windows(user="张三"),
    "Linux": linux,
    "several SDKs": several_sdks,
    "corporate settings": corporate,
    "settings by go env -w": by_go_env_w,
    "a cross build in this window": cross_build_in_this_window,
    "an older Go first in this window": older_go_first_in_this_window,
    "a toolchain to fetch": toolchain_to_fetch,
    "a container": container,
    "a read-only module cache": read_only_module_cache,
    "WSL": wsl,
    "a module with CRLF in go.mod": a_module,
}


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_machine_gets_no_word(name: str):
    found = diagnosed(HEALTHY[name]())
    assert [(cause.id, [str(e.text.en) for e in cause.evidence]) for cause in found.causes] == []
    assert (found.status, found.exit_status, found.symptoms, found.candidates) == (Status.HEALTHY, 0, (), ())


@pytest.mark.parametrize("name", HEALTHY)
def test_nor_when_its_command_succeeded(name: str):
    found = diagnosed(
        {**HEALTHY[name](), "command": {"given": "run", "argv": ["go", "build"], "rc": 0}}, "go: downloading x v1.0.0\n"
    )
    assert (found.causes, found.exit_status) == ((), 0)


@pytest.mark.parametrize("name", HEALTHY)
def test_a_command_that_failed_without_a_word_is_a_symptom_alone(name: str):
    found = diagnosed({**HEALTHY[name](), "command": {"given": "run", "argv": ["go", "build"], "rc": 1}}, "")
    assert (found.causes, [one.id for one in found.symptoms], found.exit_status) == ((), ["go.command-failed"], 3)


def test_claims_are_refuted_on_a_machine_that_has_what_they_describe():
    found = diagnosed(windows(user="张三"))
    ruled_out = {one.id for one in found.ruled_out}
    assert {
        "go.claim-gopath",
        "go.claim-goroot",
        "go.claim-spaces",
        "go.claim-non-ascii",
        "go.claim-alias",
        "go.claim-registry-key",
    } <= ruled_out
