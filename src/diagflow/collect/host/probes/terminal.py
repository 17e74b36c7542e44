"""`terminal`: the window around the shell, and the settings of Windows Terminal that people argue about."""

import re
from collections.abc import Mapping
from typing import Any, Final

from diagflow.collect.host.jsonc import parse_jsonc
from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.trouble import Absent

_PACKAGES: Final = (
    r"Software\Classes\Local Settings\Software\Microsoft\Windows\CurrentVersion\AppModel\Repository\Packages"
)
_NAME: Final = re.compile(r"Microsoft\.WindowsTerminal(?:Preview)?_([0-9.]+)_.*")
_SETTINGS: Final = (
    r"Packages\Microsoft.WindowsTerminal_8wekyb3d8bbwe\LocalState\settings.json",
    r"Packages\Microsoft.WindowsTerminalPreview_8wekyb3d8bbwe\LocalState\settings.json",
    r"Microsoft\Windows Terminal\settings.json",
)


def probe(look: Look) -> Any:
    """Tell the terminal by what it puts into the environment.

    Raises:
        Absent: it says nothing of itself.
    """
    machine = look.machine
    program = _program(machine)
    settings = _settings(machine) if machine.windows else None
    if program is None and settings is None:
        raise Absent("the terminal says nothing of itself")
    inner = program == "windows-terminal"
    return {
        "program": program,
        "version": _version(machine) if inner else machine.env("TERM_PROGRAM_VERSION") or None,
        **(_relevant(settings) if settings is not None else {}),
    }


def _program(machine: Machine) -> str | None:
    named = machine.env("TERM_PROGRAM").lower()
    if named:
        return named
    if "jetbrains" in machine.env("TERMINAL_EMULATOR").lower():
        return "jetbrains"
    return "windows-terminal" if machine.env("WT_SESSION") else None


def _settings(machine: Machine) -> Mapping[str, Any] | None:
    local = machine.env("LOCALAPPDATA")
    for place in _SETTINGS if local else ():
        data = machine.files.peek(machine.join(local, place))
        found = parse_jsonc(data) if data else None
        if isinstance(found, Mapping):
            return found
    return None


def _relevant(settings: Mapping[str, Any]) -> dict[str, bool]:
    reload = settings.get("compatibility.reloadEnvironmentVariables", True)
    profiles = settings.get("profiles")
    defaults = profiles.get("defaults") if isinstance(profiles, Mapping) else None
    detect = isinstance(defaults, Mapping) and "detectAutomaticEncoding" in defaults
    return {"reload_environment": reload is not False, "detect_automatic_encoding": detect}


def _version(machine: Machine) -> str | None:
    try:
        key = machine.registry.key("HKCU", _PACKAGES) if machine.registry else None
    except OSError:
        return None
    found = [match[1] for name in (key.subkeys if key else ()) if (match := _NAME.fullmatch(name))]
    return max(found, key=lambda v: [int(n) for n in v.split(".") if n], default=None)
