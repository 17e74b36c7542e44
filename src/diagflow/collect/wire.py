"""Connections that obey one deadline, however slowly the other side trickles.

The timeouts of HTTP clients count from byte to byte: a server that sends one byte a second never runs into them. So the
deadline is enforced where the bytes are: each operation on a socket gets what is left of the time, no more.
"""

import socket
import ssl
import threading
import time
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import httpcore2

CONNECT_TIMEOUT: Final = 10.0
"""Seconds for reaching a server: one that is there answers in one; one behind a closed firewall never does."""

_READ_SIZE: Final = 1 << 18  # httpcore asks for 64 KiB at a time: four times the calls for a list of 10,000 pods
_FOREVER: Final = 3600.0


class _Clock(threading.local):
    """The deadline of the request that this thread is making (`time.monotonic()`)."""

    deadline: float = float("inf")

    def left(self, timeout: float | None) -> float:
        """Return what is left of the time, at most `timeout`; never 0, which would mean not to block."""
        left = min(self.deadline - time.monotonic(), _FOREVER if timeout is None else timeout)
        return max(left, 0.001)

    def over(self) -> bool:
        return time.monotonic() >= self.deadline


class _Stream(httpcore2.NetworkStream):
    """A connection of which each operation ends with the deadline of the thread that does it."""

    def __init__(self, inner: httpcore2.NetworkStream, clock: _Clock) -> None:
        self._inner = inner
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._clock.over():
            raise httpcore2.ReadTimeout("deadline")
        return self._inner.read(max(max_bytes, _READ_SIZE), self._clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._clock.over():
            raise httpcore2.WriteTimeout("deadline")
        self._inner.write(buffer, self._clock.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        # The socket inside is replaced: the registered stream must be the one whose socket `abort` shuts down.
        self._inner = self._inner.start_tls(ssl_context, server_hostname, self._clock.left(timeout))
        return self

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def abort(self) -> None:
        """End what another thread is doing on this connection; closing it would not wake that thread."""
        sock = self._inner.get_extra_info("socket")
        with suppress(OSError):
            if sock is not None:
                sock.shutdown(socket.SHUT_RDWR)


class Wire(httpcore2.NetworkBackend):
    """Opens connections that obey `until`, and can cut all of them at once."""

    def __init__(self) -> None:
        self._backend = httpcore2.SyncBackend()
        self._clock = _Clock()
        self._lock = threading.Lock()
        self._streams: weakref.WeakSet[_Stream] = weakref.WeakSet()
        self._aborts = 0

    @contextmanager
    def until(self, deadline: float) -> Iterator[None]:
        """Let whatever this thread does on these connections end at `deadline` (`time.monotonic()`)."""
        before, self._clock.deadline = self._clock.deadline, deadline
        try:
            yield
        finally:
            self._clock.deadline = before

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect; the same as httpcore's own, within the deadline."""
        if self._clock.over():
            raise httpcore2.ConnectTimeout("deadline")
        aborts = self._aborts
        left = self._clock.left(timeout)
        stream = _Stream(self._backend.connect_tcp(host, port, left, local_address, socket_options), self._clock)
        with self._lock:
            self._streams.add(stream)
        if aborts != self._aborts:
            stream.abort()
        return stream

    def abort(self) -> None:
        """Cut all connections: threads that wait for an answer get an error at once."""
        self._aborts += 1
        with self._lock:
            streams = list(self._streams)
        for stream in streams:
            stream.abort()
