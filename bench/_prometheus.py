"""A Prometheus on loopback, with the same samples by remote write."""

import http.client
import json
import socket
import subprocess
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from diagflow.promql import Series

BINARY = Path.home() / ".cache/diagflow-lab/bin/prometheus"
_WINDOW = 60
"""Samples of a series in one request; requests go by time, as scrapes do."""
_BATCH = 500
_HEADERS = {
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}


@dataclass(slots=True)
class Server:
    """A running Prometheus."""

    port: int
    pid: int
    connection: http.client.HTTPConnection

    def write(self, series: Sequence[Series]) -> None:
        """Send all samples, by time."""
        longest = max(len(one.times) for one in series)
        for start in range(0, longest, _WINDOW):
            for first in range(0, len(series), _BATCH):
                some = series[first : first + _BATCH]
                body = b"".join(_field(1, _series(one, start)) for one in some)
                self._post("/api/v1/write", _snappy(body), _HEADERS)

    def query(self, expression: str, *times: int) -> bytes:
        """Ask, and return the answer as it came."""
        path, names = ("query", ("time",)) if len(times) == 1 else ("query_range", ("start", "end", "step"))
        values = {name: f"{time / 1000:.3f}" for name, time in zip(names, times, strict=True)}
        body = urllib.parse.urlencode({"query": expression, **values}).encode()
        return self._post(f"/api/v1/{path}", body, {"Content-Type": "application/x-www-form-urlencoded"})

    def answer(self, expression: str, *times: int) -> Any:
        """Ask, and return the data of the answer."""
        return json.loads(self.query(expression, *times))["data"]

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        self.connection.request("POST", path, body, headers)
        response = self.connection.getresponse()
        answer = response.read()
        if response.status // 100 != 2:
            raise RuntimeError(f"{path}: {response.status} {answer[:300]!r}")
        return answer


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """Start a Prometheus that scrapes nothing, and stop it in the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "prometheus.yml"
    config.write_text("global: {}\nstorage: {tsdb: {out_of_order_time_window: 2h}}\n")
    arguments = [
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--web.enable-remote-write-receiver",
        "--storage.tsdb.retention.time=10y",
        "--log.level=warn",
    ]
    process = subprocess.Popen([BINARY, *arguments])
    try:
        yield _ready(port, process.pid)
    finally:
        process.terminate()
        process.wait(60)


def _ready(port: int, pid: int) -> Server:
    for _ in range(100):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        try:
            connection.request("GET", "/-/ready")
            if connection.getresponse().read() and connection:
                return Server(port, pid, http.client.HTTPConnection("127.0.0.1", port, timeout=300))
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError("Prometheus does not start")


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _field(number: int, body: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(body)) + body


def _series(one: Series, start: int) -> bytes:
    """Return a series with some of its samples, as protobuf; timestamps of our time take six bytes."""
    labels = b"".join(
        _field(1, _field(1, name.encode()) + _field(2, value.encode())) for name, value in sorted(one.labels.items())
    )
    times, values = one.times[start : start + _WINDOW], one.values[start : start + _WINDOW]
    rows = np.zeros((len(times), 18), np.uint8)
    rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 11] = 0x12, 16, 0x09, 0x10
    rows[:, 3:11] = np.ascontiguousarray(values).view(np.uint8).reshape(-1, 8)
    for byte in range(6):
        rows[:, 12 + byte] = (times >> (7 * byte)) & 127 | (128 if byte < 5 else 0)
    return labels + rows.tobytes()


def _snappy(body: bytes) -> bytes:
    """Return a body in the format of snappy, as one literal: nothing is compressed."""
    return _varint(len(body)) + b"\xfc" + (len(body) - 1).to_bytes(4, "little") + body
