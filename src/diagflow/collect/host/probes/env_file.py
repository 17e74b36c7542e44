"""`env_file`: the file of `go env -w`, byte by byte where bytes matter."""

from typing import Any

from diagflow.collect.host.decode import bom
from diagflow.collect.host.envfile import parse_env_file
from diagflow.collect.host.layers import layer_of, registry_layers
from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.settings import Place, env_file_place
from diagflow.collect.host.trouble import Absent, Forbidden


def probe(look: Look) -> Any:
    """Read the file as Go does and say what Go does not.

    Raises:
        Absent: there is no place for the file, as without %AppData%.
        Forbidden: the file may not be read.
    """
    place = env_file_place(look.machine)
    if place is None:
        raise Absent("there is no place for a go env file: the user's folder for settings is not known")
    if place.source == "off":
        return {"path": "off", "exists": False, "from": "off"}
    fact = {"path": place.path, "from": place.source, "exists": look.machine.files.exists(place.path)}
    return {**fact, **_content(look.machine, place)} if look.machine.files.is_file(place.path) else fact


def _content(machine: Machine, place: Place) -> dict[str, Any]:
    try:
        data = machine.files.read(place.path)
    except PermissionError as e:
        raise Forbidden(f"{place.path} may not be read: {e.strerror}") from e
    file = parse_env_file(data)
    return {
        "size": len(data),
        "bom": bom(data),
        "nul": b"\0" in data,
        "cr": b"\r" in data,
        "entries": file.entries,
        "raw_cr": [name for name, value in file.entries.items() if value.endswith("\r")],
        "ignored": list(file.ignored),
        "keys": list(file.entries),
        "shadowed": _shadowed(machine, file.entries),
    }


def _shadowed(machine: Machine, entries: dict[str, str]) -> list[dict[str, str]]:
    """Return the entries that a variable of the system overrides with another value."""
    layers = registry_layers(machine)
    return [
        {
            "name": name,
            "value": value,
            "os_value": machine.env(name),
            "layer": layer_of(layers, name, machine.env(name)),
        }
        for name, value in entries.items()
        if machine.env(name) and machine.env(name) != value
    ]
