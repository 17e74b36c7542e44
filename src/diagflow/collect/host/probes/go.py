"""`go`: what is installed, asked so that nothing the user has set, and no module, gets in the way."""

import shutil
import tempfile
from typing import Any, Final

import msgspec

from diagflow.collect.host.choice import chosen
from diagflow.collect.host.gover import release
from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.outcome import Outcome
from diagflow.collect.host.trouble import Absent

_WITHOUT: Final = ("GOROOT", "GOFLAGS", "GOWORK", "GOTOOLCHAIN", "GOENV")
NONE: Final = "there is no go on PATH and no installation of Go where it is usually put"
MOST_STDERR: Final = 4000


def probe(look: Look) -> Any:
    """Run `go env -json`, which tells the version too: one process instead of two.

    Raises:
        Absent: there is no Go.
    """
    choice = chosen(look)
    if choice is None:
        raise Absent(NONE)
    folder = _empty(look.machine)
    try:
        done = look.run([choice.path, "env", "-json"], env=_env(look.machine), cwd=folder or None)
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
    values = values_of(done)
    return {
        "path": choice.path,
        "root": values.get("GOROOT") or choice.root,
        **ending(look.machine, done),
        "version": release(values.get("GOVERSION", "")),
        "os": values.get("GOHOSTOS"),
        "arch": values.get("GOHOSTARCH"),
        "env": values or None,
    }


def values_of(done: Outcome) -> dict[str, str]:
    """Return what `go env -json` printed; nothing when it printed anything else."""
    try:
        found = msgspec.json.decode(done.stdout)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return {k: v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}


def ending(machine: Machine, done: Outcome) -> dict[str, Any]:
    """Return how a command ended, as facts say it."""
    stderr = machine.text(done.stderr[:MOST_STDERR]).strip()
    return {
        "rc": done.rc,
        "timed_out": done.timed_out,
        "stderr": stderr,
        "error": done.error or None,
        "errno": done.errno,
    }


def _env(machine: Machine) -> dict[str, str]:
    kept = {name: value for name, value in machine.environ.items() if name not in _WITHOUT}
    return {**kept, "GOTOOLCHAIN": "local", "GOWORK": "off", "GOFLAGS": "", "GOENV": "off"}


def _empty(machine: Machine) -> str:
    """Return a fresh folder in which there is no module; the empty string where none can be made."""
    for parent in (None, machine.home or None):
        try:
            return tempfile.mkdtemp(prefix="diagflow-", dir=parent)
        except (OSError, ValueError):
            continue
    return ""
