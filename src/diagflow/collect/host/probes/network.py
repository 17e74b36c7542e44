"""`network`: can the servers that GOPROXY and GOSUMDB name be reached, and is a proxy in between alive?

Nobody else is asked. With `--offline` nobody is.
"""

import socket
import ssl
import threading
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import SplitResult

from diagflow.collect.host.goproxy import Server, servers
from diagflow.collect.host.httpproxy import proxy_for, proxy_parts
from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.trust import context_of
from diagflow.collect.host.wire import SECONDS, Way, asked

_INTERNET_SETTINGS: Final = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
_GRACE: Final = 1.0  # a name lookup knows no time limit


def probe(look: Look) -> Any:
    """Ask all servers at once."""
    machine = look.machine
    values = look.known("go_env").get("values") or look.known("_settings").get("values", {})
    named = [] if look.offline else servers(values)
    targets = _all(machine, named, context_of(machine, look.known("go").get("version"))) if named else []
    return {
        "offline": look.offline,
        "targets": targets,
        "proxy": _proxy(machine, offline=look.offline),
        "wininet": _wininet(machine),
        "ssl_cert_file": _cert_file(machine),
    }


def _all(machine: Machine, named: list[Server], trust: ssl.SSLContext) -> list[dict[str, Any]]:
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


def _proxy(machine: Machine, *, offline: bool) -> dict[str, Any]:
    named = {key: _variable(machine, key) for key in ("https_proxy", "http_proxy", "no_proxy")}
    fact: dict[str, Any] = {key.removesuffix("_proxy") if key != "no_proxy" else key: v for key, v in named.items()}
    first = named["https_proxy"] or named["http_proxy"]
    parts = _parts(first) if first else None
    if parts is None or not parts.hostname:
        return fact
    port = parts.port or (443 if parts.scheme == "https" else 80)
    listening = None if offline else _listening(parts.hostname, port)
    return {**fact, "host": parts.hostname, "port": port, "listening": listening}


def _variable(machine: Machine, name: str) -> str | None:
    return machine.env(name.upper()) or machine.env(name) or None


def _parts(url: str) -> SplitResult | None:
    try:
        return proxy_parts(url)
    except ValueError:
        return None


def _listening(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=3.0).close()
    except (OSError, ValueError):
        return False
    return True


def _wininet(machine: Machine) -> Mapping[str, Any] | None:
    """Return the proxy of Windows' own programs, which Go does not look at."""
    try:
        key = machine.registry.key("HKCU", _INTERNET_SETTINGS) if machine.registry else None
    except OSError:
        return None
    if key is None:
        return None
    enabled, server = key.value("ProxyEnable"), key.value("ProxyServer")
    return {"enabled": bool(enabled and enabled.number), "server": server.text if server else None}


def _cert_file(machine: Machine) -> dict[str, Any] | None:
    path = machine.env("SSL_CERT_FILE")
    if not path:
        return None
    data = machine.files.peek(path, 4 << 20)
    count = data.count(b"-----BEGIN CERTIFICATE-----") if data is not None else None
    return {"path": path, "exists": machine.files.is_file(path), "certificates": count}
