"""`goland`: GoLand's own debugger, and the options of its Java machine that people blame."""

from collections.abc import Iterator
from typing import Any, Final

from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.probes.tools import described

_DLV: Final = ("plugins", "go-plugin", "lib", "dlv")
_OURS: Final = ("-Xss", "-Xmx", "-Dgo.", "-Ddlv")


def probe(look: Look) -> Any:
    """Look where the installer, Toolbox and snap put it."""
    machine = look.machine
    programs = [path for path in _programs(machine) if machine.files.is_dir(path)]
    configs = [path for path in _named(machine, _config_parent(machine)) if machine.files.is_dir(path)]
    if not programs and not configs:
        return {"installed": False}
    dlv = next((d for path in programs for d in _debuggers(machine, path)), None)
    return {
        "installed": True,
        "dlv": described(look, dlv) if dlv else None,
        "vm_options": [line for folder in configs for line in _options(machine, folder)],
    }


def _programs(machine: Machine) -> Iterator[str]:
    local = machine.env("LOCALAPPDATA")
    if machine.windows:
        yield from _named(machine, machine.join(machine.env("PROGRAMFILES"), "JetBrains"))
        if local:
            yield from _named(machine, machine.join(local, "Programs"))
            yield from _named(machine, machine.join(local, "JetBrains", "Toolbox", "apps"))
    elif machine.platform == "darwin":
        yield "/Applications/GoLand.app/Contents"
    else:
        yield "/snap/goland/current"
        yield from _named(machine, "/opt")
        if machine.home:
            yield from _named(machine, machine.join(machine.home, ".local", "share", "JetBrains", "Toolbox", "apps"))


def _config_parent(machine: Machine) -> str:
    if machine.windows:
        return machine.join(machine.env("APPDATA"), "JetBrains") if machine.env("APPDATA") else ""
    if not machine.home:
        return ""
    inner = ("Library", "Application Support") if machine.platform == "darwin" else (".config",)
    return machine.join(machine.home, *inner, "JetBrains")


def _named(machine: Machine, parent: str) -> list[str]:
    """Return the folders that bear its name, the newest release first."""
    names = [name for name in machine.files.names(parent) if name.lower().startswith("goland")] if parent else []
    return [machine.join(parent, name) for name in reversed(names)]


def _debuggers(machine: Machine, program: str) -> Iterator[str]:
    """Return the debuggers of this system; their folders are named by system and, lately, architecture."""
    folder = machine.join(program, *_DLV)
    system = "mac" if machine.platform == "darwin" else machine.platform
    for name in machine.files.names(folder):
        path = machine.join(folder, name, "dlv.exe" if machine.windows else "dlv")
        if name.startswith(system) and machine.files.is_file(path):
            yield path


def _options(machine: Machine, folder: str) -> list[str]:
    """Return what the user has set that bears on stacks, memory or Go."""
    files = [name for name in machine.files.names(folder) if name.endswith(".vmoptions")]
    texts = (machine.files.peek(machine.join(folder, name)) or b"" for name in files)
    lines = (line.strip() for text in texts for line in text.decode("utf-8", "replace").splitlines())
    return [line for line in lines if line.startswith(_OURS)]
