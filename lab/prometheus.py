"""A Prometheus by itself on loopback, without the rest of the lab: what it is told by remote write is all it knows."""

import http.client
import json
import socket
import subprocess
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from diagflow.promql import Series
from lab import paths, remotewrite
from lab.errors import LabError
from lab.wait import until

SPAN = 600_000
"""How much time one request of remote write covers, in milliseconds."""
_BATCH = 2_000
_PATIENCE = 120.0


def binary() -> Path:
    """Returns where `python -m lab build` puts Prometheus."""
    return paths.Cache(paths.cache_home()).bin / "prometheus"


@dataclass(slots=True)
class Server:
    """A running Prometheus, and a connection to it."""

    port: int
    pid: int
    connection: http.client.HTTPConnection

    def write(self, series: Sequence[Series]) -> None:
        """Sends all samples, by time."""
        for some in remotewrite.in_time(series, SPAN):
            for first in range(0, len(some), _BATCH):
                body = remotewrite.request(some[first : first + _BATCH])
                status, answer = self._post("/api/v1/write", body, remotewrite.HEADERS)
                if status // 100 != 2:
                    raise LabError(f"Prometheus does not take samples: {status} {answer[:300]!r}")

    def query(self, expression: str, *times: int) -> bytes:
        """Asks at a moment, or from start to end at each step (milliseconds); returns the answer as it came."""
        path, names = ("query", ("time",)) if len(times) == 1 else ("query_range", ("start", "end", "step"))
        values = {name: f"{time / 1000:.3f}" for name, time in zip(names, times, strict=True)}
        body = urllib.parse.urlencode({"query": expression, **values}).encode()
        return self._post(f"/api/v1/{path}", body, {"Content-Type": "application/x-www-form-urlencoded"})[1]

    def answer(self, expression: str, *times: int) -> Mapping[str, Any]:
        """Asks, and returns the whole answer, which may say that the expression is refused."""
        found: Mapping[str, Any] = json.loads(self.query(expression, *times))
        return found

    def _post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        self.connection.request("POST", path, body, dict(headers))
        response = self.connection.getresponse()
        return response.status, response.read()


@contextmanager
def running(folder: Path, *features: str) -> Iterator[Server]:
    """Starts a Prometheus that scrapes nothing and keeps its data in `folder`, and stops it in the end.

    Raises:
        LabError: it was not built, or does not start.
    """
    if not binary().exists():
        raise LabError(f"{binary()} does not exist: run `python -m lab build`")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "prometheus.yml"
    config.write_text("global: {}\n")
    arguments = [
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--web.enable-remote-write-receiver",
        "--storage.tsdb.retention.time=100y",
        "--log.level=error",
        *([f"--enable-feature={','.join(features)}"] if features else []),
    ]
    process = subprocess.Popen([binary(), *arguments])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        yield _ready(process, Server(port, process.pid, connection))
    finally:
        connection.close()
        process.terminate()
        process.wait(60)


def _ready(process: subprocess.Popen[bytes], server: Server) -> Server:
    def ready() -> bool:
        if process.poll() is not None:
            raise LabError(f"Prometheus ended with status {process.returncode}; what it printed says why")
        try:
            server.connection.request("GET", "/-/ready")
            response = server.connection.getresponse()
            response.read()
        except OSError:
            server.connection.close()
            return False
        return response.status == HTTPStatus.OK

    until(ready, f"Prometheus on port {server.port}", _PATIENCE)
    return server
