"""Records what the doctor sees on a scenario's machine, as a recording of a corpus: a bundle with its labels."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from diagflow.rules import load
from lab.errors import LabError
from lab.windows import remedy, runner
from lab.windows.scenario import Scenario

DIAGFLOW: Final = str(Path(sys.executable).with_name("diagflow"))
_WINDOWS: Final = r"C:\ProgramData\lab\incident.zip"


def record(broken: Scenario, corpus: Path) -> str:
    """Makes the machine, asks the doctor, and puts the bundle into the corpus; returns its name there.

    Raises:
        LabError: what came out is not what the scenario says, so that its labels would be in doubt.
    """
    words = runner.doctor(broken)
    name = broken.name.replace("/", "-")
    with tempfile.TemporaryDirectory() as folder, runner.open_machine(broken) as machine:
        result = runner.Result(broken, remedy.take(machine, broken.prepare))
        place = _WINDOWS if broken.platform == "windows" else f"{machine.home}/incident.zip"
        done = machine.diagflow([*words[:2], "--record", place, *words[2:]])
        diagnosis = runner.look(result, done, broken.expect, "")
        if result.complaints:
            raise LabError(f"{broken.name}: {'; '.join(result.complaints)}")
        kept = Path(folder, f"{name}.zip")
        shutil.copy(machine.locate(place), kept)
        _add(kept, broken, diagnosis, corpus)
    return name


def _add(bundle: Path, broken: Scenario, diagnosis: dict[str, Any], corpus: Path) -> None:
    right = ["--healthy"] if broken.healthy else [w for cause in _true(broken, diagnosis) for w in ("--cause", cause)]
    words = [DIAGFLOW, "gate", "add", bundle, *right, "--to", corpus, "--relabel"]
    words += ["--family", f"scenario {broken.name}", "--source", f"lab scenario {broken.name}: {broken.description}"]
    words += [w for one in _ids(broken.expect.must_not) for w in ("--forbidden", one)]
    words += [w for one in _ids(broken.expect.ruled_out) for w in ("--ruled-out", one)]
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"{broken.name}: {done.stderr.strip()}")


def _true(broken: Scenario, diagnosis: dict[str, Any]) -> list[str]:
    """Returns what the scenario says is wrong, and what it says may be wrong too, where it is named."""
    roots = [cause for cause in diagnosis["causes"] if cause["role"] == "root"]
    allowed = {one["id"] for one in roots if not {one["id"], *one["refs"]}.isdisjoint(broken.expect.may)}
    true = {one["id"] for one in roots if not {one["id"], *one["refs"]}.isdisjoint(broken.expect.causes)}
    return sorted(true | allowed)


def _ids(names: list[str]) -> list[str]:
    """Returns ids, for a row of the catalogue those of all causes that cover it."""
    causes = load(about="host").causes.values()
    return sorted({cause.id for cause in causes for name in names if name == cause.id or name in cause.refs})


def usable(broken: Scenario) -> bool:
    """Whether it says what is right: a machine of which nobody can tell teaches nothing."""
    return broken.healthy or bool(broken.expect.causes)
