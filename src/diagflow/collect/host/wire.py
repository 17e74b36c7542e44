"""One question to one server, straight or through a proxy: does a connection come about, does TLS, does HTTP?

`socket`, `ssl` and `http.client` only, and only when somebody asks.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import SplitResult

from diagflow.collect.host.der import issuer_of
from diagflow.collect.host.goproxy import Server

SECONDS: Final = 5.0

# Organisations whose roots all systems have: any other stands between us and the server.
_PUBLIC: Final = (
    "actalis", "amazon", "apple", "buypass", "certum", "cfca", "cloudflare", "comodo", "digicert", "entrust",
    "geotrust", "globalsign", "godaddy", "google trust", "google uk", "harica", "identrust",
    "internet security research", "isrg", "let's encrypt", "microsoft", "quovadis", "rapidssl", "sectigo",
    "ssl corp", "ssl.com", "starfield", "swisssign", "t-systems", "thawte", "trustasia", "trustwave", "usertrust",
    "wotrus", "zerossl",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """How a server is reached: the proxy's URL, or None for straight; and who is trusted."""

    proxy: SplitResult | None
    trust: ssl.SSLContext

    @property
    def name(self) -> str:
        """What facts call it."""
        return "proxy" if self.proxy else "direct"


def asked(server: Server, way: Way, now: Callable[[], datetime], seconds: float = SECONDS) -> dict[str, Any]:
    """Ask a server for anything and say how far it went, as `targets` in `docs/facts.md`."""
    end = time.monotonic() + seconds
    fact: dict[str, Any] = {
        "name": server.name, "url": server.url, "host": server.host, "port": server.port, "through": way.name,
    }  # fmt: skip
    try:
        return {**fact, **_conversation(server, way, now, end)}
    except ssl.SSLCertVerificationError as e:
        return {**fact, "ok": False, "kind": "certificate", "error": e.verify_message, **_issuer(server, way, end)}
    except (OSError, http.client.HTTPException, ValueError) as e:
        return {**fact, "ok": False, "kind": kind_of(e), "error": str(e) or type(e).__name__}


def kind_of(error: BaseException) -> str:
    """Return the kind of a failed connection."""
    kinds: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
        (ssl.SSLCertVerificationError, "certificate"),
        (ssl.SSLError, "tls"),
        ((socket.gaierror, UnicodeError), "dns"),
        (ConnectionRefusedError, "refused"),
        (TimeoutError, "timeout"),
        ((ConnectionResetError, ConnectionAbortedError, BrokenPipeError, http.client.RemoteDisconnected), "reset"),
        ((http.client.HTTPException, _RefusedError), "http"),
    )
    # What is left says that there is no way to the host: for the user the same as no answer.
    return next((kind for types, kind in kinds if isinstance(error, types)), "timeout")


class _RefusedError(OSError):
    """A proxy did not let us through."""


def _conversation(server: Server, way: Way, now: Callable[[], datetime], end: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with _connected(server, way, end) as plain:
        stream = plain
        if server.parts.scheme == "https":
            stream = way.trust.wrap_socket(plain, server_hostname=server.host)
            found |= _described(issuer_of(stream.getpeercert(binary_form=True) or b""))
        try:
            stream.sendall(_request(server, way))
            answer = http.client.HTTPResponse(stream, method="GET")
            answer.begin()
        finally:
            stream.close()
    return {**found, "ok": True, "status": answer.status, "clock_offset": _offset(answer.getheader("Date"), now())}


def _connected(server: Server, way: Way, end: float) -> socket.socket:
    first = way.proxy
    host, port = (first.hostname or "", first.port or 80) if first else (server.host, server.port)
    stream = socket.create_connection((host, port), timeout=_left(end))
    stream.settimeout(_left(end))
    if first and server.parts.scheme == "https":
        try:
            _tunnel(stream, server, first)
        except BaseException:
            stream.close()
            raise
    return stream


def _tunnel(stream: socket.socket, server: Server, proxy: SplitResult) -> None:
    target = f"{server.host}:{server.port}"
    stream.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{_credentials(proxy, 'Proxy-')}\r\n".encode())
    answer = http.client.HTTPResponse(stream, method="CONNECT")
    answer.begin()
    if answer.status != http.client.OK:
        raise _RefusedError(f"the proxy answered {answer.status} {answer.reason}")


def _request(server: Server, way: Way) -> bytes:
    path = server.parts.path or "/"
    plain = server.parts.scheme == "http" and way.proxy is not None
    host = server.parts.netloc.rpartition("@")[2]
    line = f"GET {f'http://{host}{path}' if plain else path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
    more = _credentials(server.parts) + (_credentials(way.proxy, "Proxy-") if plain and way.proxy else "")
    return f"{line}User-Agent: diagflow\r\n{more}\r\n".encode()


def _credentials(parts: SplitResult, prefix: str = "") -> str:
    """Return the header for the user and password in a URL: Go sends them too."""
    if not parts.username:
        return ""
    import base64  # noqa: PLC0415  # hardly ever needed
    from urllib.parse import unquote  # noqa: PLC0415

    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    return f"{prefix}Authorization: Basic {base64.b64encode(pair).decode()}\r\n"


def _issuer(server: Server, way: Way, end: float) -> dict[str, Any]:
    """Ask once more, without trusting: who issued the certificate that is not trusted? Nothing is sent to it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        suppress(OSError, ValueError, http.client.HTTPException),
        _connected(server, way, end) as plain,
        context.wrap_socket(plain, server_hostname=server.host) as stream,
    ):
        return _described(issuer_of(stream.getpeercert(binary_form=True) or b""))
    return {}


def _described(issuer: dict[str, str]) -> dict[str, Any]:
    words = ", ".join(issuer[key] for key in ("O", "CN") if key in issuer)
    return {"issuer": words, "public_issuer": any(name in words.lower() for name in _PUBLIC)} if words else {}


def _offset(date: str | None, now: datetime) -> int | None:
    """Return by how many seconds our clock is ahead of the server's."""
    try:
        return round((now - parsedate_to_datetime(date)).total_seconds()) if date else None
    except (TypeError, ValueError):
        return None


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left
