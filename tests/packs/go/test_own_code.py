"""Mistakes in the user's own code are that, and nothing that is installed is blamed for them."""

import re
from collections.abc import Callable
from typing import Any, Final

import pytest
import yaml

from tests.packs.go.mistakes import MISTAKES, RECORDED
from tests.packs.go.mistakes.mistake import MODULE
from tests.packs.go.worlds import diagnosed, linux, log_alone, windows

SAID: Final[dict[str, dict[str, Any]]] = yaml.safe_load(RECORDED.read_text(encoding="utf-8"))
Machine = Callable[[], dict[str, Any]]


def with_gcc() -> dict[str, Any]:
    """Return a Linux on which cgo is on."""
    facts = linux()
    facts["go_env"]["values"] |= {"CGO_ENABLED": "1"}
    facts["compiler"] |= {"found": True, "path": "/usr/bin/gcc", "machine": "x86_64-linux-gnu"}
    return facts


def test_they_are_of_many_kinds_in_many_modules():
    modules = {frozenset({"go.mod": MODULE, **mistake.files}.items()) for mistake in MISTAKES.values()}
    assert len(modules) >= 100
    assert len({re.sub(r"[0-9]+", "", one["output"]) for one in SAID.values()}) >= 100
    kinds = {verb: [m for m in MISTAKES.values() if m.argv[0] == verb] for verb in ("build", "vet", "test", "run")}
    assert all(len(mistakes) >= 15 for mistakes in kinds.values())


def test_none_is_a_matter_of_the_installation():
    assert {mistake.cause for mistake in MISTAKES.values()} == {"go.own-code", "go.import-path", ""}
    owned = [name for name, mistake in MISTAKES.items() if mistake.cause == "go.own-code"]
    assert len(owned) >= 0.9 * len(MISTAKES)


def test_all_are_recorded_and_failed():
    assert SAID.keys() == MISTAKES.keys()
    assert [name for name, one in SAID.items() if one["argv"] != ["go", *MISTAKES[name].argv]] == []
    assert [name for name, one in SAID.items() if one["rc"] == 0 or not one["output"]] == []


@pytest.mark.parametrize("machine", [linux, windows, with_gcc])
@pytest.mark.parametrize("name", MISTAKES)
def test_on_a_healthy_machine_it_is_the_users_own_code_or_nobody_can_tell(name: str, machine: Machine):
    found = on(machine(), name)
    expected = MISTAKES[name].cause
    assert [cause.id for cause in found.causes] == ([expected] if expected else [])
    assert found.exit_status == (1 if expected else 3)


def on(facts: dict[str, Any], name: str) -> Any:
    """Diagnose the mistake on a machine."""
    said = SAID[name]
    command = {"given": "run", "argv": said["argv"], "rc": said["rc"], "cwd": "/work/shop"}
    module = re.match("module (.*)|", MISTAKES[name].files.get("go.mod", MODULE))
    here = {"path": "/work/shop/go.mod", "exists": True, "used": True, "valid_go": True, "module": module and module[1]}
    facts["module"] |= {"dir": "/work/shop", "go_mod": here}
    return diagnosed(facts | {"command": command}, said["output"])


@pytest.mark.parametrize("name", MISTAKES)
def test_from_the_log_alone_it_is_that_or_nobody_can_tell(name: str):
    text = SAID[name]["output"]
    # A package of one's own looks like one of another module where go.mod is not there to see.
    allowed = {"go.own-code", "go.missing-requirement"} if "no required module" in text else {"go.own-code"}
    for said in (text, text.replace("\n", "\r\n")):
        found = log_alone(said)
        assert {cause.id for cause in found.causes} <= allowed
        assert found.exit_status in (1, 3)
