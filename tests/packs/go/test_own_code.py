"""Mistakes in the user's own code are that, and nothing that is installed is blamed for them."""

from typing import Any, Final

import pytest
import yaml

from tests.packs.go.mistakes import MISTAKES, RECORDED
from tests.packs.go.worlds import diagnosed, linux, log_alone, windows

SAID: Final[dict[str, dict[str, Any]]] = yaml.safe_load(RECORDED.read_text(encoding="utf-8"))


def test_all_mistakes_are_recorded_and_failed():
    assert SAID.keys() == MISTAKES.keys()
    assert len(MISTAKES) >= 30
    assert [name for name, one in SAID.items() if one["rc"] == 0 or not one["output"]] == []


@pytest.mark.parametrize("machine", [linux, windows])
@pytest.mark.parametrize("name", MISTAKES)
def test_on_a_healthy_machine_it_is_the_users_own_code(name: str, machine: Any):
    said = SAID[name]
    command = {"given": "run", "argv": said["argv"], "rc": said["rc"], "cwd": "/work/shop"}
    found = diagnosed({**machine(), "command": command}, said["output"])
    assert [cause.id for cause in found.causes] == [MISTAKES[name].cause]
    assert found.exit_status == 1


@pytest.mark.parametrize("name", MISTAKES)
def test_from_the_log_alone_it_is_that_or_nobody_can_tell(name: str):
    text = SAID[name]["output"]
    for said in (text, text.replace("\n", "\r\n")):
        found = log_alone(said)
        assert {cause.id for cause in found.causes} <= {"go.own-code"}
        assert found.exit_status in (1, 3)
