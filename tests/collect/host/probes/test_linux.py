"""The facts of Linux machines: real shells, real git, real programs; made-up files of WSL."""

import dataclasses
import os
import shutil
import subprocess
import sys

import pytest

from diagflow.collect.host.machine import this_machine
from diagflow.collect.host.native import CodePages, Process
from diagflow.collect.host.outcome import Outcome
from diagflow.collect.host.probes import login
from diagflow.collect.host.probes.host import shell_of
from diagflow.collect.host.trouble import Absent, Forbidden
from tests.collect.host.make import NOW, environ, fact, here, linux, program, put, script, tree, windows

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at Linux")
RELEASES = {
    "5.15.167.4-microsoft-standard-WSL2\n": 2,
    "4.4.0-19041-Microsoft\n": 1,
    "6.8.0-49-generic\n": 0,
}


@pytest.mark.parametrize(("release", "wsl"), RELEASES.items())
def test_wsl(tmp_path, release, wsl):
    put(tmp_path / "proc/sys/kernel/osrelease", release)
    put(tmp_path / "etc/wsl.conf", "[interop]\nappendWindowsPath = FALSE # why\nappendWindowsPath=false\n")
    put(tmp_path / "etc/os-release", 'ID=ubuntu\nVERSION_ID="24.04"\nbroken\n')
    put(tmp_path / "mnt/c/Users/li/.wslconfig", "[wsl2]\nmemory=4GB\n")
    found = fact(linux(tmp_path, env={"HOME": "/home/张 三", "USERPROFILE": "/mnt/c/Users/li"}), "host")
    assert (found["wsl"], found["distro"], found["home_ascii"], found["home_spaces"]) == (
        wsl,
        "ubuntu 24.04",
        False,
        True,
    )
    assert found["wsl_config"] == ({"append_windows_path": False} if wsl else {}) | {"memory": 4 << 30}


@pytest.mark.parametrize("text", ["", "[interop\nx", "[interop]\n", "\0", "appendWindowsPath=false"])
def test_a_wsl_conf_that_says_nothing(tmp_path, text):
    put(tmp_path / "proc/sys/kernel/osrelease", "x-microsoft-standard-WSL2")
    put(tmp_path / "etc/wsl.conf", text)
    assert fact(linux(tmp_path), "host")["wsl_config"] == {"append_windows_path": True}


@pytest.mark.parametrize(
    ("names", "shell"),
    [
        (["python.exe", "pwsh.exe", "cmd.exe"], "pwsh"),
        (["CMD.EXE"], "cmd"),
        (["explorer.exe"], None),
        (["-zsh"], "zsh"),
        (["dash", "bash"], "sh"),
    ],
)
def test_shells(tmp_path, names, shell):
    assert shell_of(windows(tmp_path), [Process(i, i + 1, n, NOW) for i, n in enumerate(names)]) == shell


def test_shells_without_parents(tmp_path):
    assert shell_of(windows(tmp_path, env={"MSYSTEM": "MINGW64"}), []) == "bash"
    assert shell_of(linux(tmp_path, env={"SHELL": "/usr/bin/fish"}), []) == "fish"
    assert shell_of(linux(tmp_path, env={"SHELL": "/usr/bin/nu"}), []) is None


def test_code_pages(tmp_path):
    found = fact(windows(tmp_path, pages=CodePages(936, 936, None)), "host")
    assert (found["oem_code_page"], found["ansi_code_page"], "output_code_page" in found) == (936, 936, False)


def test_a_folder_that_is_gone(tmp_path):
    gone = dataclasses.replace(linux(tmp_path), cwd="")
    assert not {"cwd", "cwd_filesystem"} & set(fact(gone, "host"))
    with pytest.raises(Absent, match="current folder"):
        fact(gone, "module")
    assert "repository" not in fact(gone, "git")


def test_this_process_whose_folder_was_deleted(tmp_path):
    code = (
        "import os, sys; os.mkdir('x'); os.chdir('x'); os.rmdir('../x')\n"
        "from diagflow.collect.host import this_machine; print(repr(this_machine().cwd))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "''\n"


# A new terminal


def session(tmp_path, program_="/bin/bash", **files):
    (tmp_path / "home").mkdir()
    for name, text in files.items():
        put(tmp_path / "home" / f".{name}", text)
    put(tmp_path / "proc/1/comm", "systemd\n")
    machine = here({"HOME": str(tmp_path / "home"), "SHELL": program_, "PATH": "/session:/mnt/c/Windows"})
    return dataclasses.replace(machine, files=linux(tmp_path).files)


def test_a_new_terminal_reads_its_start_files(tmp_path):
    machine = session(
        tmp_path, bash_profile="export GOPROXY=off; . ~/.bashrc", bashrc="PATH=$PATH:/from-rc; alias go='go1.99 -x'"
    )
    put(tmp_path / "etc/environment", 'GOFLAGS="-mod=mod"\n')
    found = fact(machine, "_login")
    assert (found["env"]["GOPROXY"], found["env"]["GOFLAGS"]) == ("off", "-mod=mod")
    assert "/from-rc" in found["env"]["PATH"].split(":")
    assert "/session" not in found["env"]["PATH"]
    assert found["alias"] == "alias go='go1.99 -x'"
    assert fact(machine, "environment")["future"]["GOPROXY"] == "off"
    path = fact(machine, "path")
    assert path["go"][0] == path["future_go"][0] == {"path": "go", "kind": "alias", "target": "alias go='go1.99 -x'"}


def test_a_function_of_the_shell(tmp_path):
    machine = session(tmp_path, bash_profile="go() { echo mine; }")
    assert "echo mine" in fact(machine, "path")["go"][0]["target"]
    assert "alias" not in fact(dataclasses.replace(machine, environ={**machine.environ, "SHELL": "/bin/sh"}), "_login")


def test_what_a_session_begins_with(tmp_path):
    put(tmp_path / "etc/environment", '# x\nexport A="b c"\nPATH=/system\nbroken\n')
    env = {"HOME": "/h", "GOFLAGS": "-x", "PATH": "/session:/mnt/c/Windows:/mnt/data/bin"}
    found = login._start(linux(tmp_path, env=env))
    assert found == {"TERM": "dumb", "A": "b c", "HOME": "/h", "PATH": "/system:/mnt/c/Windows"}


@pytest.mark.parametrize(
    "text",
    ["read answer; echo $answer", "exec cat", "exit 3", "echo hello; echo -e 'a\\0b'", "kill -9 $$", "set -e; false"],
)
def test_start_files_that_do_strange_things(tmp_path, text):
    try:
        found = fact(session(tmp_path, bash_profile=text), "_login")
    except Absent as e:
        assert "did not say" in str(e)  # noqa: PT017
    else:
        assert found["env"]["HOME"] == str(tmp_path / "home")


def test_nobody_logs_in_to_a_container(tmp_path):
    put(tmp_path / "proc/1/comm", "sh\n")
    with pytest.raises(Absent, match="container"):
        fact(linux(tmp_path, env={"SHELL": "/bin/bash"}), "_login")
    assert "future" not in fact(linux(tmp_path, env={"SHELL": "/bin/bash"}), "path")


def test_a_shell_with_another_language(tmp_path):
    with pytest.raises(Absent, match="fish"):
        fact(session(tmp_path, program_="/usr/bin/fish"), "_login")


# Go that does not answer


def broken(tmp_path, lines):
    tree(tmp_path / "go", "go1.27.3")
    script(tmp_path / "go/bin/go", lines)
    put(tmp_path / "go/go.env", "GOPROXY=https://p.example\n")
    return here({"PATH": f"{tmp_path}/go/bin:/usr/bin:/bin", "HOME": str(tmp_path), "GOFLAGS": "-mod=mod"}, tmp_path)


@pytest.mark.parametrize(
    ("lines", "rc"),
    [
        ("echo garbage", 0),
        ("echo '[1]'", 0),
        ("echo '{'; exit 2", 2),
        ("read x; echo >&2 no; exit 1", 1),
        ("kill -9 $$", -9),
    ],
)
def test_values_are_computed_where_go_says_none(tmp_path, lines, rc):
    found = fact(broken(tmp_path, lines), "go_env")
    assert (found["rc"], found["computed"], found["timed_out"]) == (rc, True, False)
    assert (found["values"]["GOPROXY"], found["sources"]["GOPROXY"]) == ("https://p.example", "goroot_file")
    assert (found["values"]["GOFLAGS"], found["sources"]["GOFLAGS"]) == ("-mod=mod", "process")
    assert (found["root_version"], found["tool_version"]) == ("go1.27.3", "go1.27.3")


def test_a_go_that_hangs(tmp_path, monkeypatch):
    from diagflow.collect.host import look  # noqa: PLC0415  # its limit is made short

    monkeypatch.setattr(look, "LIMIT", 2.0)
    machine = broken(tmp_path, "sleep 60")
    assert fact(machine, "go")["timed_out"] is True
    found = fact(machine, "go_env")
    assert (found["timed_out"], found["computed"], "rc" in found) == (True, True, False)


@pytest.mark.parametrize("content", [b"", b"text", b"MZ"])
def test_a_go_that_is_no_program(tmp_path, content):
    machine = broken(tmp_path, "")
    program(tmp_path / "go/bin/go", content)
    found = fact(machine, "go")
    assert (found["errno"], "rc" in found, found["error"]) == (8, False, "Exec format error")
    (hit,) = [h for h in fact(machine, "path")["go"] if h["path"].startswith(str(tmp_path))]
    assert hit["kind"] == ("empty" if not content else "script")


@pytest.mark.skipif(shutil.which("go") is None, reason="needs a go command")
def test_what_is_installed_is_asked_without_what_is_set(tmp_path):
    env = environ(os.environ["PATH"], HOME=str(tmp_path), GOROOT="/gone", GOFLAGS="-bad")
    put(tmp_path / ".config/go/env", "GOROOT=/gone/too\n")
    machine = here(env, tmp_path)
    installed, used = fact(machine, "go"), fact(machine, "go_env")
    assert (installed["rc"], installed["version"]) == (0, installed["env"]["GOVERSION"])
    assert used["rc"] != 0
    assert "GOROOT" in used["stderr"]
    assert (used["values"]["GOROOT"], used["sources"]["GOROOT"]) == ("/gone", "process")
    assert used["tool_version"] == installed["version"]
    assert "root_version" not in used


# The other facts


def test_env_file(tmp_path):
    path = put(tmp_path / "e", b"\xef\xbb\xbfGOOS=js\r\nGOARCH=wasm\r\nGOFLAGS=-v\n")
    found = fact(here({"GOENV": str(path), "GOARCH": "arm64", "GOFLAGS": "-v"}), "env_file")
    assert found == {
        "path": str(path),
        "from": "GOENV",
        "exists": True,
        "size": path.stat().st_size,
        "bom": "utf-8",
        "nul": False,
        "cr": True,
        "entries": {"GOARCH": "wasm\r", "GOFLAGS": "-v"},
        "raw_cr": ["GOARCH"],
        "ignored": ["\ufeffGOOS=js"],
        "keys": ["GOARCH", "GOFLAGS"],
        "shadowed": [{"name": "GOARCH", "value": "wasm\r", "os_value": "arm64", "layer": "process"}],
    }


def test_env_files_that_are_none(tmp_path):
    assert fact(here({"GOENV": "off"}), "env_file") == {"path": "off", "exists": False, "from": "off"}
    (tmp_path / "dir").mkdir()
    for name, exists in (("dir", True), ("gone", False)):
        found = fact(here({"GOENV": str(tmp_path / name)}), "env_file")
        assert found == {"path": str(tmp_path / name), "exists": exists, "from": "GOENV"}
    with pytest.raises(Absent):
        fact(here({}), "env_file")


def test_an_env_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = put(tmp_path / "e", "x")
    machine = here({"GOENV": str(path)})

    def closed(*_args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(machine.files), "read", closed)
    with pytest.raises(Forbidden, match="may not be read"):
        fact(machine, "env_file")


def test_module(tmp_path):
    put(tmp_path / "go.work", "go 1.22\nuse ./m\n")
    put(tmp_path / "m/go.mod", b"\xef\xbb\xbfmodule x\r\ngo 1.22.x\r\n")
    put(tmp_path / "m/go.sum")
    put(tmp_path / "m/a/a.go", "package a\n".encode("utf-16"))
    put(tmp_path / "m/a/aux_linux.go", "package a\n")
    put(tmp_path / "m/a/nul.go", b"package a\0\n")
    for ignored in ("vendor/v.go", "_x/x.go", ".git/g.go", "testdata/t.go"):
        put(tmp_path / "m" / ignored, b"\0")
    (tmp_path / "m/a/again").symlink_to(tmp_path / "m")
    found = fact(here({"HOME": "/h"}, tmp_path / "m/a"), "module")
    assert found["dir"] == str(tmp_path / "m")
    assert found["go_mod"] == {
        "path": str(tmp_path / "m/go.mod"), "exists": True, "bom": "utf-8", "nul": False, "cr": True, "module": "x",
        "go": "1.22.x", "valid_go": False, "used": True,
    }  # fmt: skip
    assert (found["go_work"]["path"], found["go_work"]["go"]) == (str(tmp_path / "go.work"), "1.22")
    assert (found["go_sum"], found["vendor"], found["sources"]) == ({"exists": True}, True, 3)
    assert [(b["path"].rpartition("/")[2], b["bom"]) for b in found["bad_files"]] == [
        ("a.go", "utf-16le"),
        ("nul.go", ""),
    ]
    assert [p.rpartition("/")[2] for p in found["reserved_names"]] == ["aux_linux.go", "nul.go"]


def test_no_module_and_gopath(tmp_path):
    put(tmp_path / "go.mod", "module x\n")
    folder = tmp_path / "src/example"
    folder.mkdir(parents=True)
    env = {"GOPATH": str(tmp_path), "GO111MODULE": "off", "GOWORK": "off"}
    found = fact(here(env, folder), "module")
    assert (found["in_gopath_src"], found["gopath_go_mod"], found["go_mod"]["used"]) == (True, True, False)
    assert found["go_work"] == {"exists": False, "used": False}
    in_temp = fact(here({"TMPDIR": str(tmp_path)}, folder), "module")
    assert in_temp["go_mod"]["used"] is False


@pytest.mark.parametrize(
    ("cwd", "env", "program_"),
    [
        ("C:\\Users\\li\\OneDrive - ACME\\x", {}, "onedrive"),
        ("D:\\Sync\\x", {"ONEDRIVE": "d:\\sync\\"}, "onedrive"),
        ("D:\\Synced\\x", {"ONEDRIVE": "D:\\Sync"}, None),
        ("C:\\Users\\li\\坚果云\\x", {}, "nutstore"),
        ("C:\\src", {}, None),
    ],
)
def test_synced_folders(tmp_path, cwd, env, program_):
    machine = dataclasses.replace(windows(tmp_path, env=env), cwd=cwd)
    assert fact(machine, "module").get("synced") == program_


def test_shares_of_wsl(tmp_path):
    keys = {"HKCU\\Network\\Z": {"RemotePath": ("REG_SZ", "\\\\wsl.localhost\\Ubuntu")}}
    for cwd, share, unc in (
        ("Z:\\home", True, False),
        ("\\\\wsl$\\Ubuntu\\x", True, True),
        ("\\\\srv\\x", False, True),
    ):
        found = fact(dataclasses.replace(windows(tmp_path, keys=keys), cwd=cwd), "module")
        assert (found["wsl_share"], found["unc"]) == (share, unc)


def test_directories(tmp_path):
    put(tmp_path / "file")
    values = {
        "values": {
            "GOCACHE": f"{tmp_path}/new/cache",
            "GOPATH": f"{tmp_path}/g:/other",
            "GOMODCACHE": f"{tmp_path}/file/mod",
        },
        "sources": {"GOCACHE": "env_file"},
    }
    machine = here({"TMPDIR": str(tmp_path / "temp 张"), "PATH": ""}, tmp_path)
    (tmp_path / "temp 张").mkdir()
    found = fact(machine, "directories", go_env=lambda _: values)
    cache = found["gocache"]
    assert (cache["set"], cache["exists"], cache["writable"], cache["ascii"]) == (True, False, True, True)
    assert cache["free_bytes"] > 0
    assert (found["gomodcache"]["writable"], found["gomodcache"]["errno"]) == (False, 20)
    assert found["gotmpdir"]["path"] == str(tmp_path / "temp 张")
    assert (found["temp"]["set"], found["temp"]["ascii"], found["gotmpdir"]["set"]) == (True, False, False)
    assert (found["gobin"]["path"], found["gopath"]["path"]) == (f"{tmp_path}/g/bin", f"{tmp_path}/g")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "temp 张"]
    assert list((tmp_path / "temp 张").iterdir()) == []


def test_a_relative_cache_is_nowhere(tmp_path):
    values = {"values": {"GOCACHE": "cache"}, "sources": {"GOCACHE": "process"}}
    found = fact(here({"PATH": ""}, tmp_path), "directories", go_env=lambda _: values)
    assert (found["gocache"]["writable"], found["gocache"]["error"]) == (False, "no folder above it exists")


def test_program_files(tmp_path):
    values = {"values": {"GOPATH": "C:\\Program Files\\Go"}, "sources": {}}
    found = fact(windows(tmp_path), "directories", go_env=lambda _: values)
    assert [found[n]["program_files"] for n in ("gopath", "gobin", "cwd")] == [True, True, False]


def git(folder, *words):
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_git(tmp_path):
    env = environ("/usr/local/bin:/usr/bin:/bin", HOME=str(tmp_path))
    (tmp_path / "r/inner").mkdir(parents=True)
    assert fact(here(env, tmp_path / "r"), "git")["kind"] == "not-a-repository"
    git(tmp_path / "r", "init")
    put(tmp_path / ".gitconfig", "[core]\n longpaths = true\n[safe]\n directory = /a\n directory = *\n")
    found = fact(here(env, tmp_path / "r/inner"), "git")
    assert (found["kind"], found["status_rc"], found["repository"]) == ("ok", 0, str(tmp_path / "r"))
    assert (found["core_longpaths"], found["safe_directories"]) == ("true", 2)
    put(tmp_path / "r/.git/HEAD", "garbage")
    assert fact(here(env, tmp_path / "r"), "git")["status_rc"] == 128


@pytest.mark.skipif(shutil.which("git") is None or os.geteuid() != 0, reason="needs git, and root to give files away")
def test_a_repository_of_somebody_else(tmp_path):
    (tmp_path / "r").mkdir()
    git(tmp_path / "r", "init")
    os.chown(tmp_path / "r", 4242, 4242)
    found = fact(here(environ("/usr/local/bin:/usr/bin:/bin", HOME=str(tmp_path)), tmp_path / "r"), "git")
    assert (found["kind"], found["status_rc"]) == ("ownership", 128)
    assert "dubious ownership" in found["stderr"]


def test_git_is_not_there_or_broken(tmp_path):
    (tmp_path / ".git").mkdir()
    assert fact(here({"PATH": ""}, tmp_path), "git") == {"repository": str(tmp_path), "kind": "missing"}
    script(tmp_path / "git", "exit 9")
    found = fact(here({"PATH": str(tmp_path)}, tmp_path), "git")
    assert (found["kind"], found["rc"]) == ("error", 9)


# The compiler


def compiler(tmp_path, cc="", *, source="env_file", **how):
    values = {"values": {"CC": cc} if cc else {}, "sources": {"CC": source} if cc else {}}
    return fact(here({"PATH": str(tmp_path), **how}, tmp_path), "compiler", go_env=lambda _: values)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
def test_a_real_compiler(tmp_path):
    real = shutil.which("gcc")
    found = compiler(tmp_path, f'"{real}" -m64')
    said = subprocess.check_output([str(real), "-dumpmachine"], text=True).strip()
    assert (found["path"], found["machine"], found["rc"], found["quoted"]) == (real, said, 0, True)
    assert found["version"].startswith(subprocess.check_output([str(real), "-dumpversion"], text=True).strip())


def test_compilers_that_are_none(tmp_path):
    assert compiler(tmp_path) == {
        "cc": "gcc", "cc_from": "default", "set": False, "quoted": False, "spaces": False, "found": False,
    }  # fmt: skip
    assert compiler(tmp_path, "/a b/gcc", source="user")["cc_from"] == "env"
    assert compiler(tmp_path, '"open')["error"] == "a quote is not closed"
    assert compiler(tmp_path, "  ")["error"] == "the setting is blank"
    script(tmp_path / "gcc", "echo sorry >&2; exit 4")
    found = compiler(tmp_path)
    assert (found["found"], found["rc"], found["error"]) == (True, 4, "sorry")
    assert "machine" not in found


def test_an_old_mingw(tmp_path):
    """It repeats the name of a library that it does not have."""
    answers = {"-dumpmachine": "i686-w64-mingw32", "--print-file-name=libmingwex.a": "C:/mingw/lib/libmingwex.a"}

    def run(argv, **_how):
        about = b"Thread model: win32\ngcc version 8.1.0 (x)" if argv[1] == "-v" else b""
        return Outcome(0, answers.get(argv[1], argv[1].partition("=")[2]).encode() + b"\r\n", about)

    put(tmp_path / "c/mingw/gcc.exe", b"MZ")
    machine = windows(tmp_path, env={"PATH": "C:\\mingw"}, run=run)
    found = fact(machine, "compiler", go_env=lambda _: {})
    assert {k: found[k] for k in ("machine", "version", "threads", "libsynchronization", "libmingwex")} == {
        "machine": "i686-w64-mingw32",
        "version": "8.1.0",
        "threads": "win32",
        "libsynchronization": False,
        "libmingwex": True,
    }


def test_this_machine():
    """Whatever it is, nothing breaks, and what every Linux has is there."""
    machine = this_machine()
    host = fact(machine, "host")
    assert (host["os"], host["memory_bytes"] > 0, host["wine"]) == ("linux", True, False)
    chain = fact(machine, "processes")["chain"]
    assert chain[0]["pid"] == os.getppid()
    assert chain[0]["started"] < f"{machine.now():%Y-%m-%dT%H:%M:%SZ}"


def test_files_that_import_c_are_named(tmp_path):
    put(tmp_path / "m" / "go.mod", "module m\n\ngo 1.22\n")
    one = put(tmp_path / "m" / "one.go", 'package m\n\n// int x;\nimport "C"\n')
    block = put(tmp_path / "m" / "block.go", 'package m\n\nimport (\n\t"C"\n\t"fmt"\n)\n')
    put(tmp_path / "m" / "none.go", 'package m\n\n// import "C" is not here\nvar s = "C"\n')
    found = fact(here({"PATH": "/usr/bin"}, tmp_path / "m"), "module")
    assert sorted(found["cgo"]) == sorted([str(one), str(block)])


def test_modules_in_folders_of_the_module_are_named(tmp_path):
    put(tmp_path / "m" / "go.mod", "module m.example\n\ngo 1.22\n")
    put(tmp_path / "m" / "api" / "go.mod", "module m.example/api\n")
    put(tmp_path / "m" / "tools" / "go.mod", "// nothing yet\n")
    put(tmp_path / "m" / "vendor" / "x" / "go.mod", "module x.example\n")
    put(tmp_path / "m" / "api" / "api.go", "package api\n")
    found = fact(here({"PATH": "/usr/bin"}, tmp_path / "m"), "module")
    assert (found["nested"], found["sources"]) == (["m.example/api"], 1)
