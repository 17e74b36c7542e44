"""One server of a scenario, run inside a machine's network: `python serve.py SPEC`, a file in JSON.

Kinds: `modules` is a module proxy with the modules of the spec; `status` answers everything with one status; `tls` is
`modules` over TLS with a certificate from an authority that nobody knows; `silent` takes connections and says nothing.
"""

import io
import json
import ssl
import sys
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_TIME = "2026-01-02T03:04:05Z"


class _Handler(BaseHTTPRequestHandler):
    answers: dict[str, bytes]
    status: int
    silent: bool

    def do_GET(self) -> None:  # the name is the library's
        if self.silent:
            time.sleep(600)
        body = self.answers.get(self.path.rstrip("/"))
        self._answer(200 if body is not None else self.status, body or b"not found\n")

    def do_CONNECT(self) -> None:  # the name is the library's
        self._answer(self.status, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def module_answers(modules: dict[str, dict[str, str]]) -> dict[str, bytes]:
    """Returns what a module proxy says, by path; modules are `path@version` with their files."""
    answers: dict[str, bytes] = {}
    for name, files in modules.items():
        path, _, version = name.partition("@")
        base = f"/{_escaped(path)}/@v"
        answers[f"{base}/list"] = answers.get(f"{base}/list", b"") + f"{version}\n".encode()
        info = json.dumps({"Version": version, "Time": _TIME}).encode()
        answers[f"{base}/{version}.info"] = answers[f"/{_escaped(path)}/@latest"] = info
        answers[f"{base}/{version}.mod"] = files["go.mod"].encode()
        answers[f"{base}/{version}.zip"] = _zip(name, files)
    return answers


def _escaped(path: str) -> str:
    return "".join(_letters(path))


def _letters(path: str) -> Iterator[str]:
    for letter in path:
        yield f"!{letter.lower()}" if letter.isupper() else letter


def _zip(name: str, files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(f"{name}/{path}", (2026, 1, 2, 3, 4, 4)), text)
    return buffer.getvalue()


def main() -> None:
    """Serves until it is ended."""
    spec: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    _Handler.answers = module_answers(spec.get("modules", {}))
    _Handler.status = spec.get("status", 404)
    _Handler.silent = spec["kind"] == "silent"
    server = ThreadingHTTPServer(("127.0.0.1", spec["port"]), _Handler)
    if spec["kind"] == "tls":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        folder = Path(spec["certificates"])
        context.load_cert_chain(folder / "server.pem", folder / "server.key")
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    Path(spec["ready"]).touch()
    server.serve_forever()


if __name__ == "__main__":
    main()
