"""Where a variable of the environment comes from: this process, the user's registry, the machine's, the next logon."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from diagflow.collect.host.machine import Machine
from diagflow.collect.host.pathlist import expand, merge_path
from diagflow.collect.host.registry import Key, Value

USER: Final = ("HKCU", "Environment")
MACHINE: Final = ("HKLM", r"SYSTEM\CurrentControlSet\Control\Session Manager\Environment")

# Set by the logon itself, from the user's profile; the registry has them nowhere that survives a logon.
_LOGON: Final = (
    "ALLUSERSPROFILE", "APPDATA", "COMPUTERNAME", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "PROGRAMDATA",
    "PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432", "PUBLIC", "SYSTEMDRIVE", "SYSTEMROOT", "USERDOMAIN",
    "USERNAME", "USERPROFILE",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layers:
    """The registry's two environments, by name in upper case, and what a new logon makes of them.

    Attributes:
        user: values of the user's key.
        machine: values of the machine's key.
        expanded: the user's and the machine's values as a new logon would see them, by layer.
        future: the environment of a new logon, as far as it comes from the registry.
        user_changed: when the user's key was last written.
        machine_changed: when the machine's key was last written.
    """

    user: Mapping[str, Value]
    machine: Mapping[str, Value]
    expanded: Mapping[str, Mapping[str, str]]
    future: Mapping[str, str]
    user_changed: datetime | None = None
    machine_changed: datetime | None = None


def registry_layers(machine: Machine) -> Layers | None:
    """Read the layers; None where there is no registry."""
    if machine.registry is None:
        return None
    system = _key(machine, *MACHINE)
    user = _key(machine, *USER)
    logon = {name: machine.env(name) for name in _LOGON if machine.env(name)}
    ours = _upper(system)
    theirs = _upper(user)
    for_machine = _expanded(ours, logon)
    for_user = _expanded(theirs, {**logon, **for_machine})
    future = {**logon, **for_machine, **for_user}
    path = merge_path(for_machine.get("PATH", ""), for_user.get("PATH", ""))
    if path:
        future["PATH"] = path
    expanded = {"user": for_user, "machine": for_machine}
    changed = [key.written if key else None for key in (user, system)]
    return Layers(theirs, ours, expanded, future, *changed)


def _key(machine: Machine, hive: str, path: str) -> Key | None:
    try:
        return machine.registry.key(hive, path) if machine.registry else None
    except OSError:  # the layer is unknown; the others are not
        return None


def _upper(key: Key | None) -> dict[str, Value]:
    return {name.upper(): value for name, value in key.values.items()} if key else {}


def _expanded(values: Mapping[str, Value], known: Mapping[str, str]) -> dict[str, str]:
    """Expand as a logon does: plain strings first, so that those that refer to them find them."""
    found = {n: v.text for n, v in values.items() if v.type == "REG_SZ" and v.text is not None}
    for name, value in values.items():
        if value.type == "REG_EXPAND_SZ" and value.text is not None:
            found[name] = expand(value.text, {**known, **found})
    return {n: v.partition("\0")[0] for n, v in found.items()}  # a NUL ends a variable


def layer_of(layers: Layers | None, name: str, value: str) -> str:
    """Return the layer that a variable of this process comes from: `user`, `machine` or `process`."""
    if layers is not None:
        for layer in ("user", "machine"):
            if layers.expanded[layer].get(name.upper()) == value:
                return layer
    return "process"
