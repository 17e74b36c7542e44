"""Loopback servers for tests: they say exactly what a test tells them, also what no sane server would say."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Exchange:
    """One request, and the means to answer it."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    handler: BaseHTTPRequestHandler

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form, or of the URL's query."""
        return {**self.query, **dict(parse_qsl(self.body.decode()))}

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        """Answer properly."""
        self.head(status, **{"Content-Length": str(len(body)), **headers})
        self.write(body)

    def json(self, value: Any, status: int = 200, **headers: str) -> None:
        """Answer with JSON."""
        self.send(json.dumps(value).encode(), status, **{"Content-Type": "application/json", **headers})

    def head(self, status: int = 200, **headers: str) -> None:
        """Begin an answer."""
        self.handler.send_response(status)
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()

    def write(self, body: bytes) -> None:
        """Send bytes as they are."""
        self.handler.wfile.write(body)
        self.handler.wfile.flush()

    def hang_up(self) -> None:
        """Cut the connection."""
        self.handler.close_connection = True
        with suppress(OSError):
            self.handler.connection.shutdown(socket.SHUT_RDWR)


Answer = Callable[[Exchange], None]


@dataclass
class Server:
    """A server that is up."""

    url: str
    port: int
    requests: list[Exchange] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)
    """Set when the test is over: whoever dawdles stops."""

    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [exchange.path for exchange in self.requests]


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves is what tests are about."""


@contextmanager
def serving(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve on a free port of the loopback until the block ends."""
    server = Server("", 0)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            with suppress(OSError, ssl.SSLError):
                super().handle_one_request()
                return
            self.close_connection = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            exchange = Exchange(self.command, parts.path, dict(parse_qsl(parts.query)), dict(self.headers), body, self)
            server.requests.append(exchange)
            answer(exchange)

        do_POST = do_GET  # noqa: N815  # the name that http.server looks for
        do_CONNECT = do_GET  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name in the base class
            """Be quiet."""

    http = _Quiet(("127.0.0.1", 0), Handler)
    if tls is not None:
        http.socket = tls.wrap_socket(http.socket, server_side=True, do_handshake_on_connect=False)
    server.port = http.server_address[1]
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.done.set()
        http.shutdown()
        http.server_close()
        thread.join()


def routes(table: Mapping[str, Any], default: Answer | None = None) -> Answer:
    """Answer by path: with a callable, or with JSON."""

    def answer(exchange: Exchange) -> None:
        found = table.get(exchange.path)
        if callable(found):
            found(exchange)
        elif found is not None:
            exchange.json(found)
        elif default is not None:
            default(exchange)
        else:
            not_found(exchange)

    return answer


def not_found(exchange: Exchange) -> None:
    """Say 404 as an API server does for a path that it does not know."""
    exchange.json(status(404, "the server could not find the requested resource"), 404)


def status(code: int, message: str, **more: Any) -> dict[str, Any]:
    """The body of an API server's refusal."""
    return {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": code, **more}


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
