"""Operations as commands: what a shell makes of them is what was meant, whatever is in a name."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from diagflow.feedback.shells import commands
from diagflow.model import Act, Operation

HOSTILE = ["plain", "two words", "it's", 'a"b', "$(touch owned)", "`touch owned`", "; touch owned", "a\\b\\", "%PATH%"]
POSIX = {"os": "linux", "shell": "bash"}
POWERSHELL = {"os": "windows", "shell": "powershell"}
CMD = {"os": "windows", "shell": "cmd"}
GIT_BASH = {"os": "windows", "shell": "bash"}


def bash(line: str, folder: Path) -> str:
    env = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    return subprocess.run(["bash", "-c", line], cwd=folder, env=env, capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
@pytest.mark.parametrize("word", HOSTILE)
def test_a_word_stays_one_word(word: str, tmp_path: Path):
    (line,) = commands([Operation(Act.RUN, words=("printf", "[%s]", word, word))], POSIX)
    assert bash(line, tmp_path) == f"[{word}][{word}]"
    assert not (tmp_path / "owned").exists()


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
@pytest.mark.parametrize("word", HOSTILE)
def test_a_variable_gets_the_value_now_and_at_the_next_login(word: str, tmp_path: Path):
    now, later = commands([Operation(Act.SET, "GOFLAGS", word, "user,session")], POSIX)
    assert bash(f'{now}; printf %s "$GOFLAGS"', tmp_path) == word
    bash(later, tmp_path)
    assert bash('. ~/.profile; printf %s "$GOFLAGS"', tmp_path) == word
    assert not (tmp_path / "owned").exists()


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_the_go_env_file_is_cleaned_and_kept(tmp_path: Path):
    path = tmp_path / "env file"
    path.write_bytes(b"\xef\xbb\xbfGOPROXY=direct\r\nGOROOT=/nope\r\nGOROOTX=1\r\n")
    (line,) = commands([Operation(Act.ENV_FILE, str(path), "GOROOT")], POSIX)
    bash(line, tmp_path)
    assert path.read_bytes() == b"GOPROXY=direct\nGOROOTX=1\n"
    assert (tmp_path / "env file.bak").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_a_folder_goes_out_of_the_path_of_this_session(tmp_path: Path):
    (line,) = commands([Operation(Act.PATH_REMOVE, "/opt/old go", layers="session")], POSIX)
    assert bash(f'PATH="$PATH:/opt/old go:/x"; {line}; echo "$PATH"', tmp_path).strip().endswith(":/x")
    assert "old go" not in bash(f'PATH="$PATH:/opt/old go:/x"; {line}; echo "$PATH"', tmp_path)


def test_powershell_takes_nothing_apart():
    lines = commands([Operation(Act.RUN, words=("go", "test", "-coverprofile=c.out", "it's", "a b"))], POWERSHELL)
    assert lines == ["go test '-coverprofile=c.out' 'it''s' 'a b'"]
    assert commands([Operation(Act.RUN, words=("C:\\Program Files\\Go\\bin\\go.exe", "env"))], POWERSHELL) == [
        "& 'C:\\Program Files\\Go\\bin\\go.exe' env"
    ]


def test_each_layer_of_a_variable_has_its_own_command():
    gone = Operation(Act.UNSET, "GOROOT", layers="machine,go-env,session,user")
    assert commands([gone], POWERSHELL) == [
        "Remove-Item 'Env:GOROOT'",
        "[Environment]::SetEnvironmentVariable('GOROOT',$null,'User')",
        "[Environment]::SetEnvironmentVariable('GOROOT',$null,'Machine')",
        "go env -u GOROOT",
    ]
    assert commands([gone], CMD)[:2] == ['set "GOROOT="', 'reg delete "HKCU\\Environment" /v GOROOT /f']
    assert commands([gone], GIT_BASH)[1] == "MSYS2_ARG_CONV_EXCL='*' reg delete 'HKCU\\Environment' /v GOROOT /f"


@pytest.mark.parametrize("source", [POWERSHELL, CMD, GIT_BASH])
def test_the_path_of_the_registry_stays_unexpanded(source: dict[str, str]):
    (line,) = commands([Operation(Act.PATH_ADD, "%USERPROFILE%\\go\\bin", layers="user")], source)
    assert "DoNotExpandEnvironmentNames" in line
    assert "ExpandString" in line
    assert "setx" not in line


def test_without_a_shell_it_is_that_of_the_system():
    operation = Operation(Act.SET, "GOPROXY", "direct", "session")
    assert commands([operation], {}) == ["export GOPROXY=direct"]
    assert commands([operation], {"os": "windows"}) == ["$env:GOPROXY = 'direct'"]


def test_what_lacks_an_argument_is_left_out():
    operation = Operation(Act.UNSET, "{name}", layers="{layers}")
    assert operation.fill({"name": "GOROOT"}) is None
    assert operation.fill({"name": "GOROOT", "layers": []}) is None
    filled = operation.fill({"name": "GOROOT", "layers": ["user", "session"]})
    assert filled is not None
    assert [layer.value for layer in filled.where()] == ["session", "user"]


def test_go_mod_lines():
    lines = commands([Operation(Act.GO_MOD, "go", "1.22.0"), Operation(Act.GO_MOD, "toolchain")], POSIX)
    assert [shlex.split(line) for line in lines] == [
        ["go", "mod", "edit", "-go=1.22.0"],
        ["go", "mod", "edit", "-toolchain=none"],
    ]
