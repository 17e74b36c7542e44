"""The proxy that Go takes to a server: HTTPS_PROXY or HTTP_PROXY, unless NO_PROXY or the loopback says no."""

from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from diagflow.collect.host.goproxy import Server
from diagflow.collect.noproxy import is_loopback, unproxied


def proxy_for(server: Server, env: Mapping[str, str]) -> SplitResult | None:
    """Return the parts of the proxy's URL; None for none.

    Raises:
        ValueError: the variable names no proxy that we speak; Go may know it (socks5).
    """
    name = f"{server.parts.scheme}_proxy"
    proxy = env.get(name.upper()) or env.get(name) or ""
    excepted = env.get("NO_PROXY") or env.get("no_proxy") or ""
    if not proxy or is_loopback(server.host) or unproxied(server.host, str(server.port), excepted):
        return None
    parts = proxy_parts(proxy)
    if parts.scheme != "http" or not parts.hostname:
        raise ValueError(f"a proxy of the kind {parts.scheme or 'without a name'} is not tried here")
    return parts


def proxy_parts(url: str) -> SplitResult:
    """Return the parts of a proxy's URL; `http://` is added where no scheme is given.

    Raises:
        ValueError: it is none.
    """
    parts = urlsplit(url if "://" in url else f"http://{url}")
    parts.port  # noqa: B018  # it raises for what is no port
    return parts
