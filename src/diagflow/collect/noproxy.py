"""Which servers are asked without the proxy that the environment names: NO_PROXY, and this machine itself."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Return True for names and addresses of this machine itself."""
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def unproxied(host: str, port: str, no_proxy: str) -> bool:
    """Return True when NO_PROXY names the server: `*`, a domain, an address, a network, each with or without a port."""
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
