"""Which proxy leads to a server, by the environment variables that kubectl and curl obey."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from diagflow.collect.noproxy import is_loopback, unproxied
from diagflow.collect.urls import http_url
from diagflow.model import BadInput

__all__ = ["is_loopback", "proxy_from_environment", "usable_proxy"]


def proxy_from_environment(url: str, env: Mapping[str, str]) -> str:
    """Return the proxy's URL, or the empty string: HTTPS_PROXY or HTTP_PROXY, unless NO_PROXY or the loopback says no.

    Raises:
        BadInput: the variable holds no URL of a proxy that we can use.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", str(parts.port or (443 if parts.scheme == "https" else 80))
    name = "https_proxy" if parts.scheme == "https" else "http_proxy"
    proxy = env.get(name.upper()) or env.get(name) or ""
    if not proxy or is_loopback(host) or unproxied(host, port, env.get("NO_PROXY") or env.get("no_proxy") or ""):
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
