"""Where the user's documents are: OneDrive likes to move them."""

from typing import Final

from diagflow.collect.host.machine import Machine
from diagflow.collect.host.pathlist import expand

_FOLDERS: Final = r"Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"


def documents(machine: Machine) -> str:
    """Return the folder; the empty string where there is no home."""
    try:
        key = machine.registry.key("HKCU", _FOLDERS) if machine.registry else None
    except OSError:
        key = None
    value = key.value("Personal") if key else None
    if value and value.text:
        return expand(value.text, machine.environ)
    return machine.home and machine.join(machine.home, "Documents")
