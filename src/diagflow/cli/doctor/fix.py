"""`--fix`: show what would be changed, ask, write the way back, change it, look again."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from diagflow.cli.doctor.live import Live
from diagflow.collect.host import Machine
from diagflow.collect.host.layers import registry_layers
from diagflow.engine import Result
from diagflow.feedback.shells import commands
from diagflow.model import Operation, Query
from diagflow.model.diagnosis import Diagnosis
from diagflow.repair import Change, Plan, Refused, plan, write_undo

_NAMED: Final = 5
"""Causes that one run puts right; with more, the first ones first."""


def fixed(live: Live, result: Result, *, yes: bool) -> int:
    """Carry out what can be undone and diagnose again; the exit status is that of the second diagnosis.

    Args:
        live: the first run.
        result: what it found.
        yes: do not ask.
    """
    original = live.original(result.diagnosis)
    made = _planned(live, result, original)
    _say_left(made.left, original)
    if not made.changes:
        _say("nothing of this can be changed from here; the commands above are yours to run")
        return result.diagnosis.exit_status
    for change in made.changes:
        _say("", *(f"  {line}" for line in change.show()))
    if not (yes or _agreed()):
        _say("nothing was changed")
        return result.diagnosis.exit_status
    script = write_undo(made.changes, _undo_folder(), result.diagnosis.incident.now, windows=live.machine.windows)
    _say(f"to undo all of it: {script}")
    for change in made.changes:
        change.apply()
    return _again(live, result, made.changes)


def _again(live: Live, before: Result, changes: Iterable[Change]) -> int:
    """Look again, as a new terminal would see it, and say what has become of each cause."""
    changed = [name.upper() for change in changes for name in change.variables()]
    second = live.again(_as_in_a_new_terminal(live.machine, changed))
    result = second.diagnose()
    second.show(result)
    new = {c.id for c in result.diagnosis.causes} - {c.id for c in before.diagnosis.causes}
    gone = {c.id for c in before.diagnosis.causes} - {c.id for c in result.diagnosis.causes}
    _say(f"gone: {', '.join(sorted(gone)) or 'nothing'}" + (f"; new: {', '.join(sorted(new))}" if new else ""))
    if changed:
        _say("open a new terminal: this one still has the old environment")
    return result.diagnosis.exit_status


def _as_in_a_new_terminal(machine: Machine, changed: Iterable[str]) -> Machine:
    """Return the machine with the variables that were changed as the next logon sees them."""
    layers = registry_layers(machine)
    future = layers.future if layers else {}
    environment = {k: v for k, v in machine.environ.items() if k.upper() not in changed}
    environment.update({name: future[name] for name in changed if name in future})
    return replace(machine, environ=environment)


def _planned(live: Live, result: Result, original: Diagnosis) -> Plan:
    roots = [cause for cause in original.causes if cause.root][:_NAMED]
    operations = tuple(dict.fromkeys(o for cause in roots for o in cause.remedy.operations))
    env_file = _fact(live, result, "env_file").get("path")
    go_mod = (_fact(live, result, "module").get("go_mod") or {}).get("path")
    return plan(
        operations,
        windows=live.machine.windows,
        env_file=Path(env_file) if env_file else None,
        go_mod=Path(go_mod) if go_mod else None,
    )


def _fact(live: Live, result: Result, name: str) -> Mapping[str, Any]:
    """Return a fact as it was read, with the originals."""
    from diagflow.cli.doctor.originals import restored

    data = result.bundle.get(Query.of("fact", name)).data
    return restored(data, live.redactor.restored) if isinstance(data, dict) else {}


def _say_left(left: Iterable[Operation], diagnosis: Diagnosis) -> None:
    lines = commands(left, diagnosis.source)
    if lines:
        _say("for you to run (it cannot be undone from here, or needs an administrator or your own shell):")
        _say(*(f"  {line}" for line in lines))


def _undo_folder() -> Path:
    from platformdirs import user_state_path

    return user_state_path("diagflow", appauthor=False) / "undo"


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise Refused("nothing was changed: nobody can be asked here; --yes does without")
    sys.stderr.write("change it? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes", "是")


def _say(*lines: str) -> None:
    sys.stderr.write("".join(f"{line}\n" for line in lines))
