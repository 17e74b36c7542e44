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

_DIAGFLOW: Final = str(Path(sys.executable).with_name("diagflow"))
_WINDOWS: Final = r"C:\ProgramData\lab\incident.zip"


def record(broken: Scenario, corpus: Path) -> None:
    """Makes the machine, asks the doctor, and puts the bundle into the corpus.

    Raises:
        LabError: it does not say what is right, or something else came out, so that its labels would be in doubt.
    """
    if not broken.healthy and not broken.expect.causes:
        raise LabError("it does not say what is right: a machine of which nobody can tell teaches nothing")
    words = runner.doctor(broken)
    with tempfile.TemporaryDirectory() as folder, runner.open_machine(broken) as machine:
        result = runner.Result(broken, remedy.take(machine, broken.prepare))
        place = _WINDOWS if broken.platform == "windows" else f"{machine.home}/incident.zip"
        done = machine.diagflow([*words[:2], "--record", place, *words[2:]])
        diagnosis = runner.look(result, done, broken.expect, "")
        if result.complaints:
            raise LabError("; ".join(result.complaints))
        kept = Path(folder, f"{broken.name.replace('/', '-')}.zip")
        shutil.copy(machine.locate(place), kept)
        _add(kept, broken, diagnosis, corpus)


def _add(bundle: Path, broken: Scenario, diagnosis: dict[str, Any], corpus: Path) -> None:
    right = ["--healthy"] if broken.healthy else [w for cause in _true(broken, diagnosis) for w in ("--cause", cause)]
    words = [_DIAGFLOW, "gate", "add", bundle, *right, "--to", corpus, "--relabel"]
    words += ["--family", f"scenario {broken.name}", "--source", f"lab scenario {broken.name}: {broken.description}"]
    words += [w for one in _ids(broken.expect.must_not) for w in ("--forbidden", one)]
    words += [w for one in _ids(broken.expect.ruled_out) for w in ("--ruled-out", one)]
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(done.stderr.strip())


def _true(broken: Scenario, diagnosis: dict[str, Any]) -> list[str]:
    """Returns what the scenario says is wrong, and what it says may be wrong too, where it is named."""
    right = {*broken.expect.causes, *broken.expect.may}
    roots = [cause for cause in diagnosis["causes"] if cause["role"] == "root"]
    return sorted({one["id"] for one in roots if {one["id"], *one["refs"]} & right})


def _ids(names: list[str]) -> list[str]:
    """Returns ids, for a row of the catalogue those of all causes that cover it."""
    causes = load(about="host").causes.values()
    return sorted({cause.id for cause in causes for name in names if name == cause.id or name in cause.refs})
