"""Folders that a program keeps in step with a cloud."""

import re
from typing import Final

from diagflow.collect.host.machine import Machine
from diagflow.collect.host.pathlist import same

_NAMES: Final = (
    ("onedrive", re.compile(r"onedrive( - .+)?", re.IGNORECASE)),
    ("dropbox", re.compile(r"dropbox( \(.+\))?", re.IGNORECASE)),
    ("google-drive", re.compile(r"google ?drive|my drive", re.IGNORECASE)),
    ("icloud", re.compile(r"icloud ?drive|mobile documents", re.IGNORECASE)),
    ("nutstore", re.compile(r"nutstore( files)?|坚果云", re.IGNORECASE)),
)


def synced(machine: Machine, path: str) -> str | None:
    """Return which program keeps a folder in step (`onedrive`, `dropbox`, ...); None for none that is known."""
    inner = same(path, windows=machine.windows) + machine.paths.sep
    for name in ("ONEDRIVE", "ONEDRIVECOMMERCIAL", "ONEDRIVECONSUMER"):
        top = machine.env(name)
        if top and inner.startswith(same(top, windows=machine.windows) + machine.paths.sep):
            return "onedrive"
    parts = re.split(r"[\\/]", path) if machine.windows else path.split("/")
    return next((program for program, form in _NAMES if any(form.fullmatch(part) for part in parts)), None)
