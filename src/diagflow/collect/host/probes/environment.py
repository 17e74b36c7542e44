"""`environment`: the variables that matter, by layer."""

from collections.abc import Mapping
from typing import Any

from diagflow.collect.host.layers import registry_layers
from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.registry import Value
from diagflow.collect.host.stamps import stamp
from diagflow.collect.host.variables import looked_at


def probe(look: Look) -> Any:
    """Read all layers and keep them apart."""
    machine = look.machine
    layers = registry_layers(machine)
    fact: dict[str, Any] = {"process": _kept(machine.environ), "duplicates": _duplicates(machine)}
    if layers is None:
        login = look.known("_login")
        return {**fact, "future": _kept(login["env"]) if "env" in login else None}
    changed = {"user": stamp(layers.user_changed), "machine": stamp(layers.machine_changed)}
    return {
        **fact,
        "user": _typed(layers.user, layers.expanded["user"]),
        "machine": _typed(layers.machine, layers.expanded["machine"]),
        "future": _kept(layers.future),
        "changed": {k: v for k, v in changed.items() if v},
    }


def _kept(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in sorted(variables.items()) if looked_at(name)}


def _typed(values: Mapping[str, Value], expanded: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: {"value": value.text, "type": value.type, "expanded": expanded.get(name)}
        for name, value in sorted(values.items())
        if looked_at(name)
    }


def _duplicates(machine: Machine) -> list[dict[str, Any]]:
    """Return names that the block holds more than once; on Windows their case makes no difference."""
    seen: dict[str, list[str]] = {}
    for name, value in machine.native.raw_environment():
        seen.setdefault(name.upper() if machine.windows else name, []).append(value)
    return [{"name": n, "values": v} for n, v in sorted(seen.items()) if len(v) > 1 and looked_at(n)]
