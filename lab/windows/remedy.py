"""How a scenario's machine is put right: by the product, by the commands that it gives, or by steps of the scenario."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from lab.windows.space import Done

_INDENT = " " * 6
"""Before a command; the text of a remedy has less."""


class Machine(Protocol):
    """What both platforms have."""

    def run(self, argv: Sequence[str], *, env: Mapping[str, str | None] | None = None) -> Done: ...

    def line(self, command: str) -> Done: ...

    def diagflow(self, words: Sequence[str], env: Mapping[str, str | None] | None = None) -> Done: ...

    def write(self, changes: Mapping[str, Any]) -> None: ...


def apply(remedy: Mapping[str, Any], machine: Machine, doctor: Sequence[str]) -> list[str]:
    """Puts the machine right; returns what went wrong with that, a line each.

    What `--fix` itself says at its end is about its own session, which may still have the old environment; whether the
    machine is healthy is for the second look to say.
    """
    if remedy.get("fix"):
        done = machine.diagflow([*doctor[:2], "--fix", "--yes", *doctor[2:]])
        return [] if done.rc in (0, 1, 3) else [f"--fix ended with {done.rc}: {_tail(done)}"]
    if remedy.get("commands"):
        return _commands(machine, doctor)
    return take(machine, remedy.get("steps", []))


def take(machine: Machine, steps: Sequence[Sequence[str] | Mapping[str, Any]]) -> list[str]:
    """Takes steps, words of a command or changes of files; returns what went wrong, a line each."""
    return [line for step in steps if (line := _step(machine, step))]


def _commands(machine: Machine, doctor: Sequence[str]) -> list[str]:
    """Types what the terminal shows below "Fix" of the first cause; in JSON the names of users are tokens."""
    as_text = [word for word in doctor if word not in ("-o", "json")]
    commands = shown_commands(machine.diagflow(as_text).out)
    if not commands:
        return ["the remedy of the first cause shows no commands"]
    done = {command: machine.line(command) for command in commands}
    return [f"the remedy `{command}` ended with {one.rc}: {_tail(one)}" for command, one in done.items() if one.rc]


def shown_commands(text: str) -> list[str]:
    """Returns the commands below the first "Fix" of a diagnosis as the terminal shows it."""
    lines = text.splitlines()
    if "Fix" not in lines:
        return []
    below = itertools.takewhile(str.strip, lines[lines.index("Fix") + 1 :])
    return [line.strip() for line in below if line.startswith(_INDENT)]


def _step(machine: Machine, step: Sequence[str] | Mapping[str, Any]) -> str:
    if isinstance(step, Mapping):
        machine.write(step)
        return ""
    done = machine.run(step)
    return f"the step `{' '.join(step)}` ended with {done.rc}: {_tail(done)}" if done.rc else ""


def _tail(done: Done) -> str:
    return " / ".join((done.err or done.out).strip().splitlines()[-3:])[-500:]
