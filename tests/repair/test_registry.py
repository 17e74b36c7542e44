"""Changes of the registry, as far as they can be seen without one; Windows itself is in the lab's scenarios."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from diagflow.model import Act, Operation
from diagflow.repair import plan, registry, write_undo
from diagflow.repair.registry import EXPAND, PLAIN, Value, VariableChange, path_with, path_without
from diagflow.repair.undo import registry_file

PATH = r"C:\Windows;%USERPROFILE%\go\bin;;C:\Go\bin\ ;D:\张三"


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> dict[str, Value]:
    values: dict[str, Value] = {}
    monkeypatch.setattr(registry, "read", values.get)
    return values


@pytest.mark.parametrize("folder", [r"C:\Go\bin", r"c:\go\BIN", "C:\\Go\\bin\\"])
def test_an_entry_goes_and_the_others_stay_as_they_are(folder: str):
    assert path_without(PATH, folder) == r"C:\Windows;%USERPROFILE%\go\bin;;D:\张三"


def test_an_entry_comes_to_the_end():
    assert path_with(r"C:\a;", r"%USERPROFILE%\go\bin") == r"C:\a;%USERPROFILE%\go\bin"
    assert path_with("", r"C:\x") == r"C:\x"


def test_what_must_be_expanded_is_written_so(known: dict[str, Value]):
    known["Path"] = Value(r"C:\a", PLAIN)
    known["GOPATH"] = Value(r"%USERPROFILE%\go", PLAIN)
    operations = [
        Operation(Act.PATH_ADD, r"%USERPROFILE%\go\bin", layers="user"),
        Operation(Act.PATH_REMOVE, r"C:\a", layers="user"),
        Operation(Act.SET, "GOPATH", r"%USERPROFILE%\go", "user"),
        Operation(Act.UNSET, "GOROOT", layers="user"),
    ]
    made = plan(operations, windows=True, env_file=None, go_mod=None)
    found = {c.name: c.after for c in made.changes if isinstance(c, VariableChange)}
    assert found == {
        "Path": Value(r"%USERPROFILE%\go\bin", EXPAND),
        "GOPATH": Value(r"%USERPROFILE%\go", EXPAND),
    }  # and GOROOT is not there, so it is no change


def test_the_way_back_is_exact(known: dict[str, Value], tmp_path: Path):
    known["Path"] = Value(PATH, EXPAND)
    made = plan([Operation(Act.PATH_REMOVE, r"C:\Go\bin", layers="user")], windows=True, env_file=None, go_mod=None)
    assert [line for change in made.changes for line in change.show()][1:] == ["- C:\\Go\\bin\\ "]
    script = write_undo(made.changes, tmp_path, datetime(2026, 1, 1, tzinfo=UTC), windows=True)
    assert b'reg import "%~dp00.reg"' in script.read_bytes()
    text = (script.parent / "0.reg").read_bytes().decode("utf-16")
    data = bytes(int(byte, 16) for byte in text.split("hex(2):")[1].split()[0].split(","))
    assert data.decode("utf-16-le") == PATH + "\0"


def test_a_new_variable_is_removed_again():
    assert '"GOBIN"=-' in registry_file([("GOBIN", None)]).decode("utf-16")
