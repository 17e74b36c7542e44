"""The commands of causes can be run as they are printed: what stands in quotes is whole."""

import json
import re
import shlex
from collections.abc import Iterator

import pytest

from diagflow.rules import load_packs

PACKS = ["kubernetes", "node", "go"]
_PATCH = re.compile(r"^(?:-p|--patch)=(.+)$", re.DOTALL)


def commands(tool: str) -> list[str]:
    """Every command that uses a tool, with something for each placeholder."""
    causes = load_packs(PACKS).causes.values()
    told = [c for cause in causes for advice in (cause.remedy, cause.check) if advice for c in advice.commands]
    filled = {re.sub(r"\{[a-z][a-z0-9_]*\}", "x", c.en) for c in told}
    return sorted(c for c in filled if c.startswith(tool))


def patches(command: str) -> Iterator[str]:
    """What `kubectl patch` is given; of other commands `-p` means something else."""
    words = shlex.split(command, comments=True)
    for number, word in enumerate(words if "patch" in words else ()):
        if word in ("-p", "--patch"):
            yield words[number + 1]
        elif found := _PATCH.match(word):
            yield found[1]


@pytest.mark.parametrize("command", commands("kubectl"))
def test_a_kubectl_command_is_whole(command: str) -> None:
    assert "{{" not in command
    for patch in patches(command):
        json.loads(patch)


def test_there_are_patches_to_look_at() -> None:
    assert sum(1 for command in commands("kubectl") for _ in patches(command)) > 5
