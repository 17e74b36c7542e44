"""`registry`: the other keys that people suspect."""

import re
from typing import Any, Final

from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.registry import Key
from diagflow.collect.host.trouble import Absent

_FILE_SYSTEM: Final = r"SYSTEM\CurrentControlSet\Control\FileSystem"
_SYSTEM: Final = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"
_LAYERS: Final = r"Software\Microsoft\Windows NT\CurrentVersion\AppCompatFlags\Layers"
_OURS: Final = re.compile(r"\\(?:go|gofmt|gopls|dlv|code|goland64|compile|link)\.exe$", re.IGNORECASE)


def probe(look: Look) -> Any:
    """Read them.

    Raises:
        Absent: there is no registry.
    """
    machine = look.machine
    if machine.registry is None:
        raise Absent("only on Windows")
    return {
        "hklm_go": any(_key(machine, "HKLM", r"SOFTWARE\Go", view) is not None for view in (64, 32)),
        "long_paths": _flag(_key(machine, "HKLM", _FILE_SYSTEM), "LongPathsEnabled"),
        "enable_lua": _flag(_key(machine, "HKLM", _SYSTEM), "EnableLUA"),
        "compat_layers": [line for hive in ("HKCU", "HKLM") for line in _compat(_key(machine, hive, _LAYERS))],
    }


def _compat(key: Key | None) -> list[str]:
    return [f"{name}: {value.text or ''}" for name, value in key.values.items() if _OURS.search(name)] if key else []


def _flag(key: Key | None, name: str) -> bool | None:
    value = key.value(name) if key else None
    return bool(value.number) if value and value.number is not None else None


def _key(machine: Machine, hive: str, path: str, view: int = 64) -> Key | None:
    try:
        return machine.registry.key(hive, path, view) if machine.registry else None
    except OSError:
        return None
