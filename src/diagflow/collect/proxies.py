"""Which proxy leads to a server, by the environment variables that kubectl and curl obey."""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from diagflow.collect.urls import http_url
from diagflow.model import BadInput


def proxy_from_environment(url: str, env: Mapping[str, str]) -> str:
    """Return the proxy's URL, or the empty string: HTTPS_PROXY or HTTP_PROXY, unless NO_PROXY or the loopback says no.

    Raises:
        BadInput: the variable holds no URL of a proxy that we can use.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", str(parts.port or (443 if parts.scheme == "https" else 80))
    name = "https_proxy" if parts.scheme == "https" else "http_proxy"
    proxy = env.get(name.upper()) or env.get(name) or ""
    if not proxy or is_loopback(host) or _excepted(host, port, env.get("NO_PROXY") or env.get("no_proxy") or ""):
        return ""
    return usable_proxy(proxy, name.upper())


def usable_proxy(proxy: str, origin: str) -> str:
    """Return the URL of an HTTP proxy, `http://` added where no scheme is given.

    Raises:
        BadInput: it is no URL, or of a kind of proxy that we do not speak.
    """
    url = proxy if "://" in proxy else f"http://{proxy}"
    if http_url(url) is None:
        scheme, _, rest = url.partition("://")
        shown = f"{scheme}://{rest.rpartition('@')[2]}"
        raise BadInput(f"{origin}: {shown} is no http:// or https:// proxy; other kinds are not supported")
    return url


def is_loopback(host: str) -> bool:
    """Return True for names and addresses of this machine itself."""
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _excepted(host: str, port: str, no_proxy: str) -> bool:
    return any(_matches(host, port, entry.strip().lower()) for entry in no_proxy.split(",") if entry.strip())


def _matches(host: str, port: str, entry: str) -> bool:
    if entry == "*":
        return True
    address = _address(host)
    if address is not None:
        network = _network(entry)
        return entry in (host, f"{host}:{port}") or (network is not None and address in network)
    name, _, only = entry.partition(":")
    name = name.removeprefix("*")
    if only and only != port:
        return False
    return host.endswith(name) if name.startswith(".") else host == name or host.endswith(f".{name}")


def _address(host: str) -> "ipaddress.IPv4Address | ipaddress.IPv6Address | None":
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _network(text: str) -> "ipaddress.IPv4Network | ipaddress.IPv6Network | None":
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
