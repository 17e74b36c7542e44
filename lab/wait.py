"""Waiting for something, with a limit and a message that says what did not come."""

import time
from collections.abc import Callable

import httpx2

from lab.errors import LabError

DEAF = 60
"""Seconds after which all who watch an API server that was away ask it again: their pauses grow to between 30 and 60 s
(client-go's `tools/cache/reflector.go`). Until then controllers, scheduler and kubelet hear of nothing."""


def until(condition: Callable[[], bool], what: str, seconds: float, every: float = 0.2) -> float:
    """Returns after how many seconds a condition held.

    Raises:
        LabError: it did not within `seconds`; the message names `what`.
    """
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise LabError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(every)
    return time.monotonic() - began


def answers(client: httpx2.Client, url: str) -> bool:
    """Tells whether a URL answers with 200."""
    try:
        return bool(client.get(url).status_code == httpx2.codes.OK)
    except httpx2.HTTPError:
        return False
