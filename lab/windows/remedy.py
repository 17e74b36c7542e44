"""How a scenario's machine is put right: by the product, by the commands that it gives, or by steps of the scenario."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from lab.windows.space import Done


class Machine(Protocol):
    """What both platforms have."""

    def run(self, argv: Sequence[str], *, env: Mapping[str, str | None] | None = None) -> Done: ...

    def diagflow(self, words: Sequence[str], env: Mapping[str, str | None] | None = None) -> Done: ...

    def write(self, changes: Mapping[str, Any]) -> None: ...


def apply(
    remedy: Mapping[str, Any], machine: Machine, doctor: Sequence[str], diagnosis: Mapping[str, Any]
) -> list[str]:
    """Puts the machine right; returns what went wrong with that, a line each."""
    if remedy.get("fix"):
        done = machine.diagflow([*doctor[:2], "--fix", "--yes", *doctor[2:]])
        return [] if done.rc == 0 else [f"--fix ended with {done.rc}: {_tail(done)}"]
    if remedy.get("commands"):
        return _commands(machine, diagnosis)
    complaints = [_step(machine, step) for step in remedy.get("steps", [])]
    return [line for line in complaints if line]


def _commands(machine: Machine, diagnosis: Mapping[str, Any]) -> list[str]:
    causes = diagnosis.get("causes", [])
    commands = causes[0]["remedy"]["commands"] if causes else []
    if not commands:
        return ["the remedy of the first cause has no commands"]
    complaints = []
    for command in commands:
        done = machine.run(shell_words(machine, command))
        if done.rc:
            complaints.append(f"the remedy `{command}` ended with {done.rc}: {_tail(done)}")
    return complaints


def shell_words(machine: Machine, command: str) -> list[str]:
    """Returns the words that run one line of a remedy in the shell of the machine's user."""
    return (
        ["/bin/bash", "-c", command]
        if hasattr(machine, "path")
        else [r"C:\windows\system32\cmd.exe", "/d", "/c", command]
    )


def _step(machine: Machine, step: Sequence[str] | Mapping[str, Any]) -> str:
    if isinstance(step, Mapping):
        machine.write(step)
        return ""
    done = machine.run(step)
    return f"the step `{' '.join(step)}` ended with {done.rc}: {_tail(done)}" if done.rc else ""


def _tail(done: Done) -> str:
    return " / ".join((done.err or done.out).strip().splitlines()[-3:])[-500:]
