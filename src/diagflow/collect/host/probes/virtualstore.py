"""`virtualstore`: files of Go that Windows wrote elsewhere than a 32-bit program asked for."""

from collections.abc import Iterator
from typing import Any, Final

from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.trouble import Absent

_MOST: Final = 1000
_DEEPEST: Final = 8


def probe(look: Look) -> Any:
    r"""List what lies under `VirtualStore\\Program Files*\Go*`.

    Raises:
        Absent: not on Windows.
    """
    machine = look.machine
    if not machine.windows:
        raise Absent("only on Windows")
    top = machine.join(machine.env("LOCALAPPDATA"), "VirtualStore") if machine.env("LOCALAPPDATA") else ""
    files: list[str] = []
    for programs in machine.files.names(top) if top else ():
        for name in machine.files.names(machine.join(top, programs)):
            if programs.lower().startswith("program files") and name.lower().startswith("go"):
                files += _below(machine, machine.join(top, programs, name), _DEEPEST)
    return {"files": files[:_MOST]}


def _below(machine: Machine, path: str, deep: int) -> Iterator[str]:
    if not machine.files.is_dir(path):
        yield path
    elif deep:
        for name in machine.files.names(path):
            yield from _below(machine, machine.join(path, name), deep - 1)
