"""`powershell`: which scripts PowerShell runs, and what its profiles say, without starting it."""

import re
from collections.abc import Mapping
from typing import Any, Final

from diagflow.collect.host.decode import decode
from diagflow.collect.host.documents import documents
from diagflow.collect.host.jsonc import parse_jsonc
from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.registry import Key
from diagflow.collect.host.trouble import Absent

_SHELL: Final = r"SOFTWARE\Microsoft\PowerShell\1\ShellIds\Microsoft.PowerShell"
_ENGINE: Final = r"SOFTWARE\Microsoft\PowerShell\3\PowerShellEngine"
_SCOPES: Final = ("MachinePolicy", "UserPolicy", "Process", "CurrentUser", "LocalMachine")
_PROFILES: Final = ("profile.ps1", "Microsoft.PowerShell_profile.ps1")
_GO: Final = re.compile(
    r"\bGO(?:PROXY|PATH|ROOT|BIN|FLAGS|PRIVATE|SUMDB)\b|\\go\\bin|\\Go\\bin|\bgo(?:\.exe)?\b", re.IGNORECASE
)


def probe(look: Look) -> Any:
    """Look at the PowerShell that the user is in: 7 and newer keeps everything elsewhere than 5.1.

    Raises:
        Absent: not on Windows.
    """
    machine = look.machine
    if not machine.windows:
        raise Absent("only on Windows")
    core = look.known("host").get("shell") == "pwsh"
    policies = _core_policies(machine) if core else _policies(machine)
    engine = None if core else _key(machine, "HKLM", _ENGINE)
    version = engine.value("PowerShellVersion") if engine else None
    default = "RemoteSigned" if core else "Restricted"
    return {
        "version": version.text if version else None,
        "edition": "Core" if core else "Desktop",
        "policies": policies,
        "effective": next((policies[s] for s in _SCOPES if policies[s] != "Undefined"), default),
        "profiles": _profiles(machine, core=core),
    }


def _policies(machine: Machine) -> dict[str, str]:
    group = r"SOFTWARE\Policies\Microsoft\Windows\PowerShell"
    return {
        "MachinePolicy": _group(_key(machine, "HKLM", group)),
        "UserPolicy": _group(_key(machine, "HKCU", group)),
        "Process": machine.env("PSEXECUTIONPOLICYPREFERENCE") or "Undefined",
        "CurrentUser": _text(_key(machine, "HKCU", _SHELL)),
        "LocalMachine": _text(_key(machine, "HKLM", _SHELL)),
    }


def _core_policies(machine: Machine) -> dict[str, str]:
    group = r"SOFTWARE\Policies\Microsoft\PowerShellCore"
    return {
        "MachinePolicy": _group(_key(machine, "HKLM", group)),
        "UserPolicy": _group(_key(machine, "HKCU", group)),
        "Process": machine.env("PSEXECUTIONPOLICYPREFERENCE") or "Undefined",
        "CurrentUser": _configured(machine, machine.join(documents(machine), "PowerShell")),
        "LocalMachine": _configured(machine, machine.join(machine.env("PROGRAMFILES"), "PowerShell", "7")),
    }


def _group(key: Key | None) -> str:
    """Return what a group policy says: scripts switched off altogether, or a policy by name."""
    enabled = key.value("EnableScripts") if key else None
    if enabled is None:
        return "Undefined"
    return _text(key) if enabled.number else "Restricted"


def _text(key: Key | None) -> str:
    value = key.value("ExecutionPolicy") if key else None
    return value.text if value and value.text else "Undefined"


def _configured(machine: Machine, folder: str) -> str:
    data = machine.files.peek(machine.join(folder, "powershell.config.json"))
    settings = parse_jsonc(data) if data else None
    value = settings.get("Microsoft.PowerShell:ExecutionPolicy") if isinstance(settings, Mapping) else None
    return value if isinstance(value, str) else "Undefined"


def _profiles(machine: Machine, *, core: bool) -> list[dict[str, Any]]:
    mine = machine.join(documents(machine), "PowerShell" if core else "WindowsPowerShell")
    system = machine.join(machine.env("SYSTEMROOT"), "System32", "WindowsPowerShell", "v1.0")
    shared = machine.join(machine.env("PROGRAMFILES"), "PowerShell", "7") if core else system
    paths = [machine.join(folder, name) for folder in (shared, mine) for name in _PROFILES]
    found = ((path, machine.files.peek(path)) for path in paths)
    return [{"path": p, "mentions_go": bool(_GO.search(decode(d)[0]))} for p, d in found if d is not None]


def _key(machine: Machine, hive: str, path: str) -> Key | None:
    try:
        return machine.registry.key(hive, path) if machine.registry else None
    except OSError:
        return None
