"""`network`: can the servers that GOPROXY and GOSUMDB name be reached, and is a proxy in between alive?

Nobody else is asked. With `--offline` nobody is.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import SplitResult

from diagflow.collect.host.goproxy import servers
from diagflow.collect.host.httpproxy import proxy_parts
from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine

_INTERNET_SETTINGS: Final = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"


def probe(look: Look) -> Any:
    """Ask all servers at once."""
    machine = look.machine
    return {
        "offline": look.offline,
        "targets": [] if look.offline else _targets(look),
        "proxy": _proxy(machine, offline=look.offline),
        "wininet": _wininet(machine),
        "ssl_cert_file": _cert_file(machine),
    }


def _targets(look: Look) -> list[dict[str, Any]]:
    named = servers(look.known("go_env").get("values") or look.known("_settings").get("values", {}))
    if not named:
        return []
    from diagflow.collect.host.asking import all_asked  # noqa: PLC0415  # HTTP and TLS only where somebody is asked

    return all_asked(look.machine, named, look.known("go").get("version"))


def _proxy(machine: Machine, *, offline: bool) -> dict[str, Any]:
    named = {key: _variable(machine, key) for key in ("https_proxy", "http_proxy", "no_proxy")}
    fact: dict[str, Any] = {key.removesuffix("_proxy") if key != "no_proxy" else key: v for key, v in named.items()}
    first = named["https_proxy"] or named["http_proxy"]
    parts = _parts(first) if first else None
    if parts is None or not parts.hostname:
        return fact
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return {**fact, "host": parts.hostname, "port": port, "listening": None if offline else _up(parts.hostname, port)}


def _up(host: str, port: int) -> bool:
    from diagflow.collect.host.asking import is_listening  # noqa: PLC0415  # see `_targets`

    return is_listening(host, port)


def _variable(machine: Machine, name: str) -> str | None:
    return machine.env(name.upper()) or machine.env(name) or None


def _parts(url: str) -> SplitResult | None:
    try:
        return proxy_parts(url)
    except ValueError:
        return None


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
