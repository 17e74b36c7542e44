"""How a scenario's machine is put right: by the product, by the commands that it gives, or by steps of the scenario."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from lab.windows.space import Done


class Machine(Protocol):
    """What both platforms have."""

    def run(self, argv: Sequence[str], *, env: Mapping[str, str | None] | None = None) -> Done: ...

    def line(self, command: str) -> Done: ...

    def diagflow(self, words: Sequence[str], env: Mapping[str, str | None] | None = None) -> Done: ...

    def write(self, changes: Mapping[str, Any]) -> None: ...


def apply(
    remedy: Mapping[str, Any], machine: Machine, doctor: Sequence[str], diagnosis: Mapping[str, Any]
) -> list[str]:
    """Puts the machine right; returns what went wrong with that, a line each.

    What `--fix` itself says at its end is about its own session, which may still have the old environment; whether the
    machine is healthy is for the second look to say.
    """
    if remedy.get("fix"):
        done = machine.diagflow([*doctor[:2], "--fix", "--yes", *doctor[2:]])
        return [] if done.rc in (0, 1, 3) else [f"--fix ended with {done.rc}: {_tail(done)}"]
    if remedy.get("commands"):
        return _commands(machine, diagnosis)
    complaints = [_step(machine, step) for step in remedy.get("steps", [])]
    return [line for line in complaints if line]


def _commands(machine: Machine, diagnosis: Mapping[str, Any]) -> list[str]:
    causes = diagnosis.get("causes", [])
    commands = causes[0]["remedy"]["commands"] if causes else []
    if not commands:
        return ["the remedy of the first cause has no commands"]
    done = {command: machine.line(command) for command in commands}
    return [f"the remedy `{command}` ended with {one.rc}: {_tail(one)}" for command, one in done.items() if one.rc]


def _step(machine: Machine, step: Sequence[str] | Mapping[str, Any]) -> str:
    if isinstance(step, Mapping):
        machine.write(step)
        return ""
    done = machine.run(step)
    return f"the step `{' '.join(step)}` ended with {done.rc}: {_tail(done)}" if done.rc else ""


def _tail(done: Done) -> str:
    return " / ".join((done.err or done.out).strip().splitlines()[-3:])[-500:]
