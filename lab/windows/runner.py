"""Runs a scenario: break, look, put right, look again."""

import json
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any

from lab.linux_go import machine as linux
from lab.windows import judge, remedy
from lab.windows import machine as windows
from lab.windows.scenario import Expected, Scenario
from lab.windows.space import Done


@dataclass(slots=True)
class Result:
    """What came out; no complaints is success."""

    scenario: Scenario
    complaints: list[str] = field(default_factory=list)
    diagnosis: dict[str, Any] = field(default_factory=dict)
    printed: str = ""
    seconds: float = 0.0


def open_machine(scenario: Scenario) -> AbstractContextManager[Any]:
    """Makes the scenario's machine, on whichever platform."""
    return windows.open_machine(scenario) if scenario.platform == "windows" else linux.open_machine(scenario)


def doctor(scenario: Scenario, command: list[str] | None = None) -> list[str]:
    """Returns the words that ask the doctor."""
    asked = scenario.run if command is None else command
    words = ["doctor", "go", "-o", "json", "--lang", "en", *scenario.doctor]
    return [*words, "--", *asked] if asked else words


def run(scenario: Scenario) -> Result:
    """Runs one scenario from beginning to end.

    Raises:
        LabError: the machine could not be made.
    """
    began = time.monotonic()
    result = Result(scenario)
    with open_machine(scenario) as machine:
        result.complaints += remedy.take(machine, scenario.prepare)
        asked = doctor(scenario)
        result.diagnosis = look(result, machine.diagflow(asked), scenario.expect, "")
        if scenario.remedy and "without" not in scenario.remedy:
            result.complaints += remedy.apply(scenario.remedy, machine, asked)
            _again(result, machine, scenario)
    result.seconds = time.monotonic() - began
    return result


def _again(result: Result, machine: Any, scenario: Scenario) -> None:
    """The second look: the machine must be healthy, in the session that a new terminal would have."""
    kept = {} if scenario.then.get("session") == "new" else machine.environment
    machine.environment = {**kept, **scenario.then.get("environment", {})}
    words = doctor(scenario, scenario.then.get("run"))
    expected = replace(Expected(scenario.then.get("status", 0)), may=scenario.then.get("may", []))
    look(result, machine.diagflow(words), expected, "after the remedy: ")


def look(result: Result, done: Done, expected: Expected, when: str) -> dict[str, Any]:
    """Compares a look with what must come out; complaints go into the result."""
    result.printed += done.err
    try:
        diagnosis: dict[str, Any] = json.loads(done.out)
    except ValueError:
        said = " / ".join((done.err or done.out).strip().splitlines()[-4:])
        result.complaints.append(f"{when}no diagnosis (exit status {done.rc}): {said[-800:]}")
        return {}
    found = judge.complaints(expected, done.rc, diagnosis, done.err)
    result.complaints += [f"{when}{line}" for line in found]
    return diagnosis
