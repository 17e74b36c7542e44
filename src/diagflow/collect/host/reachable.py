"""Which folders on other machines answer: a dead share would hold up whoever only looks for a file in it."""

import threading
import time
from collections.abc import Iterable
from typing import Final

from diagflow.collect.host.machine import Machine

_PATIENCE: Final = 3.0  # seconds for all of them together


def silent(machine: Machine, folders: Iterable[str]) -> frozenset[str]:
    """Return the remote folders that did not answer in time; they are asked side by side, local ones not at all."""
    remote = {folder for folder in folders if folder and machine.windows and machine.native.remote(folder)}
    answered: set[str] = set()

    def ask(folder: str) -> None:
        machine.files.is_dir(folder)
        answered.add(folder)

    threads = [threading.Thread(target=ask, args=(folder,), daemon=True) for folder in remote]
    for thread in threads:
        thread.start()
    end = time.monotonic() + _PATIENCE
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return frozenset(remote - answered)
