"""All servers of modules at once, each through the proxy that Go would take.

Loaded only when somebody is asked: HTTP and TLS take as long to load as all other probes.
"""

import socket
import ssl
import threading
import time
from typing import Any, Final

from diagflow.collect.host.goproxy import Server
from diagflow.collect.host.httpproxy import proxy_for
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.trust import context_of
from diagflow.collect.host.wire import SECONDS, Way, asked

_GRACE: Final = 1.0  # a name lookup knows no time limit


def all_asked(machine: Machine, named: list[Server], go: str | None) -> list[dict[str, Any]]:
    """Ask servers and say of each how far it went (see `wire.asked`).

    Args:
        machine: who asks.
        named: the servers.
        go: the release of Go, whose trust counts; None when unknown.
    """
    trust = context_of(machine, go)
    found: dict[int, dict[str, Any]] = {}

    def ask(index: int, server: Server) -> None:
        found[index] = _asked(machine, server, trust)

    threads = [threading.Thread(target=ask, args=pair, daemon=True) for pair in enumerate(named)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + SECONDS + _GRACE
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return [found.get(i) or _silent(server) for i, server in enumerate(named)]


def _silent(server: Server) -> dict[str, Any]:
    said = {"name": server.name, "url": server.url, "host": server.host, "port": server.port}
    return {**said, "ok": False, "kind": "dns", "error": "no answer from the name lookup"}


def _asked(machine: Machine, server: Server, trust: ssl.SSLContext) -> dict[str, Any]:
    try:
        way = Way(proxy_for(server, machine.environ), trust)
    except ValueError as e:
        said = {"name": server.name, "url": server.url, "host": server.host, "port": server.port, "through": "proxy"}
        return {**said, "error": str(e)}  # a kind of proxy that Go may speak and we do not: nothing is known
    return asked(server, way, machine.now)


def is_listening(host: str, port: int) -> bool:
    """Say whether a connection comes about."""
    try:
        socket.create_connection((host, port), timeout=3.0).close()
    except (OSError, ValueError):
        return False
    return True
