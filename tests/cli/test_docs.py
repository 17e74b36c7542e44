"""The commands that the documents show: each exists and takes these options; nothing is run."""

import re
import shlex
from pathlib import Path

import pytest

from diagflow.cli.app import build

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SHOWN = re.compile(r"^    (?:\S+ \| )?diagflow (.+)$", re.MULTILINE)


def words(line: str) -> list[str]:
    """Return the arguments of a line; what the shell does with its output is no part of them."""
    found = shlex.split(line, comments=True)
    ends = [n for n, word in enumerate(found) if word in ("<", ">", "|", "||")]
    return found[: min(ends, default=len(found))]


COMMANDS = [(page.name, line) for page in PAGES for line in SHOWN.findall(page.read_text(encoding="utf-8"))]


def test_commands_are_found():
    assert len([line for name, line in COMMANDS if name == "README.md"]) > 15


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_a_command_that_is_shown_can_be_typed(page, line):
    command, rest, context = build(), words(line), None
    while hasattr(command, "commands"):
        context = command.make_context(page, rest, parent=context)
        rest = [*context._protected_args, *context.args]  # click's public name for it warns
        if not rest:
            return  # such as `diagflow doctor`
        _, command, rest = command.resolve_command(context, rest)
    command.make_context(command.name, rest, parent=context)
