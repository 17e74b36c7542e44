"""Facts from the registry of a made-up Windows: `environment`, `path`, `installs`, `registry`, `processes`."""

import threading
from datetime import timedelta

import pytest

from diagflow.collect.host import reachable
from diagflow.collect.host.native import Process
from tests.collect.host.make import NOW, Said, fact, linux, pe, program, put, script, tree, windows

USER = "HKCU\\Environment"
MACHINE = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"
UNINSTALL = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall"
SHELL = [Process(7, 1, "pwsh.exe", NOW)]


def registry(user=None, machine=None, **more):
    return {USER: user or {}, MACHINE: machine or {}, **more}


def test_layers_are_kept_apart(tmp_path):
    keys = registry(
        {
            "GoProxy": ("REG_SZ", "%USERPROFILE%"),
            "GOBIN": ("REG_EXPAND_SZ", "%UserProfile%\\b"),
            "Secret": ("REG_SZ", "x"),
        },
        {"GOFLAGS": ("REG_SZ", "-v"), "GOPROXY": ("REG_SZ", "off"), "windir": ("REG_EXPAND_SZ", "%SystemRoot%")},
    )
    found = fact(windows(tmp_path, env={"GOFLAGS": "-x"}, keys=keys), "environment")
    assert found["process"]["GOFLAGS"] == "-x"
    assert found["user"] == {
        "GOBIN": {"value": "%UserProfile%\\b", "type": "REG_EXPAND_SZ", "expanded": "C:\\Users\\li\\b"},
        "GOPROXY": {"value": "%USERPROFILE%", "type": "REG_SZ", "expanded": "%USERPROFILE%"},
    }
    assert found["machine"]["WINDIR"]["expanded"] == "C:\\Windows"
    assert {n: found["future"][n] for n in ("GOPROXY", "GOFLAGS", "GOBIN")} == {
        "GOPROXY": "%USERPROFILE%",
        "GOFLAGS": "-v",
        "GOBIN": "C:\\Users\\li\\b",
    }
    assert found["changed"] == {"user": "2026-11-20T08:00:00Z", "machine": "2026-11-20T08:00:00Z"}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (("REG_DWORD", 5), {"type": "REG_DWORD"}),
        (("REG_BINARY", b"\xff"), {"type": "REG_BINARY"}),
        (("REG_MULTI_SZ", ["a", "b"]), {"type": "REG_MULTI_SZ"}),
        (("REG_SZ", None), {"type": "REG_SZ"}),
        (("REG_SZ", "on\0rest"), {"type": "REG_SZ", "value": "on\0rest", "expanded": "on"}),
        (("REG_SZ", "\ud800"), {"type": "REG_SZ", "value": "?", "expanded": "?"}),
    ],
)
def test_values_that_are_no_strings(tmp_path, value, kept):
    found = fact(windows(tmp_path, keys=registry({"GOPATH": value})), "environment")
    assert found["user"] == {"GOPATH": kept}


def test_names_that_are_there_twice(tmp_path):
    block = [
        ("Path", "a"),
        ("PATH", "b"),
        ("goproxy", "x"),
        ("GOPROXY", "x"),
        ("GOOS", "js"),
        ("Other", "1"),
        ("OTHER", "2"),
    ]
    machine = windows(tmp_path, environment=block)
    assert fact(machine, "environment")["duplicates"] == [
        {"name": "GOPROXY", "values": ["x", "x"]},
        {"name": "PATH", "values": ["a", "b"]},
    ]


def test_a_stale_session(tmp_path):
    """Go was put on the machine's PATH after this session began."""
    tree(tmp_path / "c/Program Files/Go", "go1.27.3", exe="go.exe")
    keys = registry(machine={"Path": ("REG_EXPAND_SZ", "%SystemRoot%;C:\\Program Files\\Go\\bin")})
    machine = windows(tmp_path, keys=keys)
    found = fact(machine, "path")
    assert found["go"] == []
    (hit,) = found["future_go"]
    assert hit == {
        "path": "C:\\Program Files\\Go\\bin\\go.exe",
        "dir": "C:\\Program Files\\Go\\bin",
        "index": 1,
        "layer": "machine",
        "size": 256,
        "kind": "file",
        "machine": "amd64",
        "root": "C:\\Program Files\\Go",
        "version": "go1.27.3",
    }
    assert [e["layer"] for e in found["entries"]] == ["machine"]


def test_entries_of_a_damaged_path(tmp_path):
    put(tmp_path / "c/a b/x")
    path = 'C:\\a b; "C:\\a b" ;%USERPROFILE%\\go\\bin;bin;/c/go/bin;;C:\\gone'
    keys = registry({"Path": ("REG_SZ", "%USERPROFILE%\\go\\bin;C:\\gone")}, {"PATH": ("REG_EXPAND_SZ", "C:\\A B\\")})
    found = fact(windows(tmp_path, env={"PATH": path}, keys=keys), "path")
    shown = [(e["dir"], e["layer"], {k for k in ("exists", "quoted", "blank", "unexpanded", "relative", "msys") if e[k]}) for e in found["entries"]]  # fmt: skip  # noqa: E501
    assert shown == [
        ("C:\\a b", "machine", {"exists"}),
        ("C:\\a b", "machine", {"exists", "quoted", "blank"}),
        ("%USERPROFILE%\\go\\bin", "user", {"unexpanded", "relative"}),
        ("bin", "session", {"relative"}),
        ("/c/go/bin", "session", {"relative", "msys"}),
        ("", "session", {"relative"}),
        ("C:\\gone", "user", set()),
    ]
    assert {
        k: found[k] for k in ("user_type", "user_length", "machine_length", "last_user_entry_exists", "duplicates")
    } == {
        "user_type": "REG_SZ",
        "user_length": 28,
        "machine_length": 7,
        "last_user_entry_exists": False,
        "duplicates": 1,
    }
    assert found["user_holds_machine"] is False


def test_setx_merged_the_two(tmp_path):
    keys = registry({"Path": ("REG_SZ", "C:\\u;c:\\windows;C:\\M")}, {"Path": ("REG_SZ", "C:\\Windows;C:\\m;")})
    assert fact(windows(tmp_path, keys=keys), "path")["user_holds_machine"] is True


@pytest.mark.parametrize(
    ("name", "content", "kind", "machine"),
    [
        ("go.exe", pe(0x14C), "file", "386"),
        ("go.exe", b"", "empty", None),
        ("go.exe", b"just text", "file", "other"),
        ("go.cmd", b"@echo off", "script", "other"),
        ("go.bat", b"", "empty", None),
    ],
)
def test_hits(tmp_path, name, content, kind, machine):
    put(tmp_path / "c/tools" / name, content)
    (hit,) = fact(windows(tmp_path, env={"PATH": "C:\\tools"}), "path")["go"]
    assert (hit["kind"], hit.get("machine"), "root" in hit) == (kind, machine, False)


def test_hits_stand_in_the_order_of_path_and_pathext(tmp_path):
    for name in ("b/go.exe", "b/go.cmd", "b/go", "b/go.ps1", "a/go.bat"):
        put(tmp_path / "c" / name, b"x")
    env = {"PATH": "C:\\b;C:\\a", "PATHEXT": ".CMD;.EXE;.BAT"}
    names = [h["path"] for h in fact(windows(tmp_path, env=env), "path")["go"]]
    assert names == ["C:\\b\\go.cmd", "C:\\b\\go.exe", "C:\\a\\go.bat"]
    names = [h["path"] for h in fact(windows(tmp_path, env=env, parents=SHELL), "path")["go"]]
    assert names[0] == "C:\\b\\go.ps1"
    bash = windows(tmp_path, env={**env, "MSYSTEM": "UCRT64"})
    assert [h["path"] for h in fact(bash, "path")["go"]] == ["C:\\b\\go", "C:\\b\\go.exe"]


def test_cmd_looks_into_the_current_folder_first(tmp_path):
    put(tmp_path / "c/Users/li/go.cmd", "@echo off")
    put(tmp_path / "c/tools/go.exe", pe(0x8664))
    for env, shell, indexes in (
        ({}, "cmd.exe", [-1, 0]),
        ({}, "powershell.exe", [0]),
        ({"NODEFAULTCURRENTDIRECTORYINEXEPATH": ""}, "cmd.exe", [0]),
    ):
        machine = windows(tmp_path, env={"PATH": "C:\\tools", **env}, parents=[Process(2, 1, shell, NOW)])
        assert [hit["index"] for hit in fact(machine, "path")["go"]] == indexes


def test_a_share_that_does_not_answer_holds_up_nobody(tmp_path, monkeypatch):
    tree(tmp_path / "c/Go", "go1.22.1", exe="go.exe")
    machine = windows(tmp_path, env={"PATH": "\\\\dead\\bin;C:\\Go\\bin"})
    monkeypatch.setattr(Said, "remote", lambda _, path: path.startswith("\\\\"))
    for_ever = threading.Event()
    local = type(machine.files).local

    def slow(files, path):
        if path.startswith("\\\\dead"):
            for_ever.wait(30)
        return local(files, path)

    monkeypatch.setattr(type(machine.files), "local", slow)
    monkeypatch.setattr(reachable, "_PATIENCE", 0.2)
    found = fact(machine, "path")
    for_ever.set()
    assert [e["exists"] for e in found["entries"]] == [False, True]
    assert [h["version"] for h in found["go"]] == ["go1.22.1"]


def test_a_shim_of_scoop_leads_to_a_tree(tmp_path):
    tree(tmp_path / "c/Users/li/scoop/apps/go/1.26.6", "go1.26.6", exe="go.exe")
    put(tmp_path / "c/shims/go.exe", pe(0x8664))
    put(tmp_path / "c/shims/go.shim", 'path = "C:\\Users\\li\\scoop\\apps\\go\\1.26.6\\bin\\go.exe"\r\n')
    machine = windows(tmp_path, env={"PATH": "C:\\shims"})
    (hit,) = fact(machine, "path")["go"]
    assert (hit["version"], hit["target"]) == ("go1.26.6", "C:\\Users\\li\\scoop\\apps\\go\\1.26.6\\bin\\go.exe")
    (found,) = fact(machine, "installs")["found"]
    assert (found["source"], found["on_path"], found["version"]) == ("scoop", True, "go1.26.6")


def test_a_path_of_32_kb(tmp_path):
    path = ";".join(f"C:\\folder-{i:04}" for i in range(2500))
    found = fact(windows(tmp_path, env={"PATH": path}, keys=registry({"Path": ("REG_SZ", path)})), "path")
    assert (found["total_length"], found["user_length"], len(found["entries"])) == (len(path), len(path), 200)


def test_installs(tmp_path):
    tools = ("asm.exe", "cgo.exe", "compile.exe", "cover.exe", "link.exe", "vet.exe")
    tree(tmp_path / "c/Program Files/Go", "go1.27.3", exe="go.exe", tools=tools)
    tree(tmp_path / "c/Users/li/sdk/go1.9.7", "go1.9.7", exe="go.exe", content=pe(0x14C), tools=tools[:4])
    put(tmp_path / "c/Go/VERSION", "go1.5")  # no go command: the rest of an uninstalled one
    keys = registry(
        **{
            "HKCU\\Software\\GoProgrammingLanguage": {
                "installed": ("REG_DWORD", 1),
                "installLocation": ("REG_SZ", "C:\\Program Files\\Go\\"),
            },
            f"{UNINSTALL}\\{{A}}": {
                "DisplayName": ("REG_SZ", "Go Programming Language amd64 go1.27.3"),
                "InstallLocation": ("REG_SZ", "C:\\Program Files\\Go\\"),
            },
            f"{UNINSTALL}\\{{B}}": {"DisplayName": ("REG_SZ", "Something else")},
            f"{UNINSTALL}\\{{C}}": {"DisplayName": ("REG_DWORD", 7)},
            f"{UNINSTALL}\\{{D}}@32": {"DisplayName": ("REG_SZ", "Go Programming Language 386 go1.20")},
        }
    )
    found = fact(windows(tmp_path, keys=keys), "installs")
    assert [(i["root"], i["version"], i["source"], i["machine"], i["tools_missing"]) for i in found["found"]] == [
        ("C:\\Program Files\\Go", "go1.27.3", "msi", "amd64", []),
        ("C:\\Users\\li\\sdk\\go1.9.7", "go1.9.7", "sdk", "386", ["link", "vet"]),
    ]
    assert found["newest"] == "go1.27.3"
    assert found["msi"] == {"installed": True, "location": "C:\\Program Files\\Go\\"}
    assert [(u["version"], u["arch"], u["view"], u.get("location")) for u in found["uninstall"]] == [
        ("go1.27.3", "amd64", 64, "C:\\Program Files\\Go\\"),
        ("go1.20", "386", 32, None),
    ]


def test_files_of_two_releases_in_one_tree(tmp_path):
    info = b"\xff Go buildinf:\x08\x02" + b"\0" * 16 + b"\x08go1.22.1\x00"
    tree(tmp_path / "c/Program Files/Go", "go1.27.3", exe="go.exe", content=pe(0x8664) + info)
    (found,) = fact(windows(tmp_path), "installs")["found"]
    assert (found["mixed"], found["source"]) == (True, "zip")


def test_no_go_at_all(tmp_path):
    machine = windows(tmp_path)
    assert fact(machine, "installs")["found"] == []
    for name in ("go", "go_env"):
        with pytest.raises(Exception, match="no go on PATH"):
            fact(machine, name)


def test_the_registry_may_not_be_read(tmp_path):
    class Closed:
        def key(self, *_args, **_how):
            raise PermissionError(13, "Access is denied")

    machine = windows(tmp_path, keys=Closed())
    assert fact(machine, "environment")["user"] == {}
    assert fact(machine, "installs")["uninstall"] == []
    assert fact(machine, "registry") == {"hklm_go": False, "compat_layers": []}
    assert "effective" in fact(machine, "powershell")


def test_other_keys(tmp_path):
    keys = {
        "HKLM\\SOFTWARE\\Go@32": {},
        "HKLM\\SYSTEM\\CurrentControlSet\\Control\\FileSystem": {"LongPathsEnabled": ("REG_DWORD", 0)},
        "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System": {"EnableLUA": ("REG_SZ", "1")},
        "HKCU\\Software\\Microsoft\\Windows NT\\CurrentVersion\\AppCompatFlags\\Layers": {
            "C:\\Go\\bin\\go.exe": ("REG_SZ", "~ RUNASINVOKER"),
            "C:\\game.exe": ("REG_SZ", "WIN7RTM"),
        },
    }
    assert fact(windows(tmp_path, keys=keys), "registry") == {
        "hklm_go": True,
        "long_paths": False,
        "compat_layers": ["C:\\Go\\bin\\go.exe: ~ RUNASINVOKER"],
    }


def test_who_knows_an_old_environment(tmp_path):
    parents = [
        Process(9, 8, "powershell.exe", NOW + timedelta(minutes=1)),
        Process(8, 7, "Code.exe", NOW - timedelta(hours=3)),
        Process(7, 1, "explorer.exe", None),
    ]
    found = fact(windows(tmp_path, keys=registry(), parents=parents), "processes")
    assert [p["name"] for p in found["chain"]] == ["powershell.exe", "Code.exe", "explorer.exe"]
    assert found["stale"] == [{"name": "Code.exe", "pid": 8, "started": "2026-11-20T05:00:00Z"}]
    assert fact(linux(tmp_path, parents=parents), "processes")["stale"] == []


def test_programs_of_linux_need_the_executable_bit(tmp_path):
    program(tmp_path / "a/go")
    put(tmp_path / "b/go", "no program")
    script(tmp_path / "c/go", "true")
    path = ":".join(str(tmp_path / n) for n in "bac")
    hits = fact(linux(tmp_path, env={"PATH": path}), "path")["go"]
    assert [(h["index"], h["kind"]) for h in hits] == [(1, "file"), (2, "script")]
    assert all("layer" not in h for h in hits)


@pytest.mark.parametrize(
    ("keys", "mapped"),
    [
        ({"HKCU\\Network\\z": {"RemotePath": ("REG_SZ", "\\\\srv\\share")}}, True),
        ({"HKCU\\Network\\y": {}}, False),
        ({}, False),
    ],
)
def test_a_letter_that_the_user_has_mapped_is_told_from_one_that_is_not(tmp_path, keys, mapped):
    found = fact(windows(tmp_path, keys=keys, env={"GOCACHE": "Z:\\cache"}), "directories")
    assert found["gocache"]["mapped"] is mapped
    assert found["cwd"]["mapped"] is False
