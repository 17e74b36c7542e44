"""Whatever a machine holds: no probe breaks, and what it says can be kept."""

import json
import os
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diagflow.collect.host.facts import Facts
from diagflow.collect.host.native import CodePages, Process
from diagflow.collect.host.outcome import Outcome
from diagflow.collect.host.probes import NAMES, probes
from diagflow.collect.host.trouble import Absent, Forbidden
from diagflow.collect.host.variables import GO
from tests.collect.host.make import NOW, linux, put, windows

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="makes up machines in folders of Linux")
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])

ODD = st.sampled_from(
    [
        "",
        " ",
        "%",
        "%PATH%",
        "\0",
        "a\0b",
        "\ud800",
        "\udcff",
        "C:",
        "C:\\",
        "\\\\",
        "//",
        "/",
        "..",
        "~",
        "张三",
        '"',
        ";",
        "x" * 9000,
    ]
)
WORDS = st.lists(ODD | st.sampled_from(["C:\\Go\\bin", "C:\\Users\\li", "go", "on", "off", "=", ",", "|"]), max_size=4)
TEXTS = WORDS.map("".join)
DATA = TEXTS | st.none() | st.integers(-1, 2**64) | st.binary(max_size=9) | st.lists(TEXTS, max_size=2) | st.booleans()
TYPES = st.sampled_from(
    ["REG_SZ", "REG_EXPAND_SZ", "REG_DWORD", "REG_BINARY", "REG_MULTI_SZ", "REG_NONE", "REG_TYPE_99"]
)
NAMES_OF_VARIABLES = st.sampled_from(
    [
        "Path",
        "PATH",
        "PATHEXT",
        "TEMP",
        "HTTPS_PROXY",
        "NO_PROXY",
        "SSL_CERT_FILE",
        "USERPROFILE",
        "APPDATA",
        "ONEDRIVE",
        *GO,
    ]
)
VALUES_OF_KEYS = st.sampled_from(
    [
        "installed",
        "installLocation",
        "DisplayName",
        "ExecutionPolicy",
        "EnableScripts",
        "Personal",
        "RemotePath",
        "ProxyServer",
    ]
)
KEYS = st.sampled_from(
    [
        "HKCU\\Environment",
        "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment",
        "HKCU\\Software\\GoProgrammingLanguage",
        "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{A}",
        "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{A}@32",
        "HKCU\\SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell",
        "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\User Shell Folders",
        "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings",
        "HKCU\\Network\\C",
    ]
)
REGISTRIES = st.dictionaries(
    KEYS, st.dictionaries(NAMES_OF_VARIABLES | VALUES_OF_KEYS, st.tuples(TYPES, DATA), max_size=4), max_size=5
)
ENVIRONMENTS = st.dictionaries(NAMES_OF_VARIABLES.map(str.upper), TEXTS, max_size=6)
JSON = st.recursive(DATA.filter(lambda d: not isinstance(d, bytes)), lambda inner: st.lists(inner, max_size=2) | st.dictionaries(ODD, inner, max_size=2), max_leaves=4)  # fmt: skip  # noqa: E501
ANSWERS = st.one_of(
    st.builds(Outcome, rc=st.integers(-9, 9), stdout=st.binary(max_size=40), stderr=st.binary(max_size=40)),
    st.builds(Outcome, rc=st.just(0), stdout=JSON.map(lambda v: json.dumps(v).encode())),
    st.just(Outcome(timed_out=True)),
    st.just(Outcome(error="no", errno=2)),
)


def look(machine):
    """Look at everything; what a probe raises must be a state that it means."""
    facts = Facts(machine, probes(None), offline=True)
    facts.start(NAMES)
    for name in NAMES:
        try:
            value = facts.wait(name)
        except (Absent, Forbidden, TimeoutError):
            continue
        assert json.loads(json.dumps(value, ensure_ascii=False).encode()) == value


@QUICK
@given(registry=REGISTRIES, env=ENVIRONMENTS, answer=ANSWERS, oem=st.sampled_from([None, 437, 936, 65001, 12345]))
def test_windows(registry, env, answer, oem):
    with tempfile.TemporaryDirectory() as folder:
        chain = [Process(2, 1, "pwsh.exe", NOW), Process(1, 0, "\ud800", None)]
        block = [("Path", "a"), ("PATH", "\0"), ("", "")]
        machine = windows(
            Path(folder),
            env=env,
            keys=registry,
            run=lambda *_args, **_how: answer,
            pages=CodePages(oem, oem),
            parents=chain,
            environment=block,
        )
        look(machine)


PLACES = st.sampled_from(
    [
        "c/Go/bin/go.exe",
        "c/Program Files/Go/bin/go.exe",
        "c/Program Files/Go/VERSION",
        "c/Program Files/Go/pkg/tool/windows_amd64/link.exe",
        "c/Program Files/Go/go.env",
        "c/Users/li/AppData/Roaming/go/env",
        "c/Users/li/AppData/Roaming/Code/User/settings.json",
        "c/Users/li/AppData/Roaming/Code/logs/1/window1/exthost/golang.go/Go.log",
        "c/Users/li/.vscode/extensions/golang.go-1/x",
        "c/Users/li/AppData/Local/Microsoft/Windows Terminal/settings.json",
        "c/Users/li/AppData/Local/VirtualStore/Program Files/Go/x",
        "c/Users/li/.wslconfig",
        "c/Users/li/go.mod",
        "c/Users/li/go.work",
        "c/Users/li/main.go",
        "c/Users/li/go/bin/gopls.exe",
        "c/Windows/go.shim",
        "c/Windows/go.exe",
    ]
)
CONTENTS = st.one_of(
    st.binary(max_size=60),
    TEXTS.map(lambda t: t.encode("utf-16", "surrogatepass")),
    st.sampled_from(
        [
            b"go1.27.3\n",
            b"MZ",
            b"{",
            b'{"profiles": 3}',
            b"[wsl2]\nmemory=99999999999TB",
            b"\xff Go buildinf:\x08\x02" + b"\xff" * 60,
        ]
    ),
    st.sampled_from(["loop", "folder", "pipe", "nowhere"]),
)


def make(path: Path, content: bytes | str) -> None:
    if isinstance(content, bytes):
        put(path, content)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    kinds = {
        "loop": lambda: path.symlink_to(path.parent),
        "folder": path.mkdir,
        "pipe": lambda: os.mkfifo(path),
        "nowhere": lambda: path.symlink_to("nowhere"),
    }
    kinds[content]()


@QUICK
@given(files=st.dictionaries(PLACES, CONTENTS, max_size=8), answer=ANSWERS)
def test_files_of_windows(files, answer):
    with tempfile.TemporaryDirectory() as folder:
        for place, content in files.items():
            make(Path(folder) / place, content)
        env = {"PATH": "C:\\Windows;C:\\Go\\bin;C:\\Users\\li\\go\\bin", "WT_SESSION": "x"}
        look(windows(Path(folder), env=env, run=lambda *_args, **_how: answer))


LINUX = st.sampled_from(
    [
        "etc/wsl.conf",
        "etc/os-release",
        "etc/environment",
        "proc/1/comm",
        "proc/sys/kernel/osrelease",
        "usr/local/go/VERSION",
    ]
)


@QUICK
@given(
    files=st.dictionaries(LINUX, CONTENTS, max_size=5),
    env=ENVIRONMENTS,
    answer=ANSWERS,
    cwd=st.sampled_from(["/", "", "/gone"]),
)
def test_linux(files, env, answer, cwd):
    with tempfile.TemporaryDirectory() as folder:
        for place, content in files.items():
            make(Path(folder) / place, content)
        look(linux(Path(folder), env={"SHELL": "/bin/bash", **env}, cwd=cwd, run=lambda *_args, **_how: answer))
