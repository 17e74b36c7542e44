"""How long a list of 10,000 pods takes from the socket to structs, and what it costs in memory.

    python -m bench.collect_decode [--pods N]

Measures the decoding alone, then the whole way over the loopback, plain and compressed, in the chunks of a Go server.
The server runs in a process of its own, so that CPU time and memory are those of who reads.
"""

import argparse
import gzip
import json
import multiprocessing
import resource
import socket
import time
import zlib
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from diagflow.collect.kubeauth import Access
from diagflow.collect.kubelist import decode_page
from diagflow.collect.kubernetes import KubernetesReader
from diagflow.collect.web import Advice, Endpoint
from diagflow.model import Query, Want

FIELDS = frozenset(
    {
        "spec.nodeName",
        "spec.containers[].name",
        "spec.containers[].image",
        "spec.containers[].resources",
        "spec.tolerations",
        "spec.volumes",
        "status.phase",
        "status.reason",
        "status.conditions",
        "status.containerStatuses[].name",
        "status.containerStatuses[].state",
        "status.containerStatuses[].lastState",
        "status.containerStatuses[].restartCount",
        "status.containerStatuses[].ready",
    }
)
CHUNK = 32 << 10


def pod(number: int) -> dict[str, Any]:
    """A pod of some 6 KB, as clusters have them, with managed fields."""
    name = f"service-{number % 300}-7d9f8c6b5-{number:05d}"
    stamp = "2026-01-31T10:00:00Z"
    managed: dict[str, Any] = {f"f:field-{i}": {f"f:inner-{j}": {} for j in range(8)} for i in range(16)}
    return {
        "metadata": {
            "name": name,
            "namespace": f"team-{number % 40}",
            "uid": f"{number:08d}-aaaa-bbbb-cccc-dddddddddddd",
            "resourceVersion": str(number),
            "creationTimestamp": stamp,
            "labels": {"app": f"service-{number % 300}", "pod-template-hash": "7d9f8c6b5", "tier": "backend"},
            "annotations": {"checksum/config": "a" * 64},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": name[:-6], "uid": "u" * 36}],
            "managedFields": [{"manager": "kubelet", "operation": "Update", "fieldsV1": managed}],
        },
        "spec": {
            "nodeName": f"worker-{number % 1000}",
            "volumes": [
                {"name": "kube-api-access", "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}}
            ],
            "containers": [
                {
                    "name": "app",
                    "image": f"registry.example.com/team/service-{number % 300}:1.2.3",
                    "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
                    "env": [{"name": f"VARIABLE_{i}", "value": f"value-{i}"} for i in range(12)],
                    "volumeMounts": [{"name": "kube-api-access", "mountPath": "/var/run/secrets", "readOnly": True}],
                }
            ],
            "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "tolerationSeconds": 300}],
        },
        "status": {
            "phase": "Running",
            "conditions": [
                {"type": kind, "status": "True", "lastTransitionTime": stamp}
                for kind in ("PodScheduled", "Initialized", "ContainersReady", "Ready")
            ],
            "containerStatuses": [
                {
                    "name": "app",
                    "ready": True,
                    "restartCount": 0,
                    "state": {"running": {"startedAt": stamp}},
                    "lastState": {},
                    "imageID": "sha256:" + "e" * 64,
                }
            ],
        },
    }


def pod_list(count: int) -> bytes:
    """A list as an API server sends it."""
    items = [pod(number) for number in range(count)]
    body = {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": items}
    return json.dumps(body, separators=(",", ":")).encode()


def serve(ready: Connection, pods: int) -> None:
    """Send a list to everybody in chunks, compressed to who asks for that; compressing is paid for each time."""
    body = pod_list(pods)
    listener = socket.create_server(("127.0.0.1", 0))
    ready.send(listener.getsockname()[1])
    while True:
        connection, _ = listener.accept()
        with connection:
            while request := _request(connection):
                if request.startswith(b"GET /version"):
                    _send(connection, b'{"gitVersion":"v1.37.0"}', b"")
                elif b"gzip" in request:
                    _send(connection, _compressed(body), b"Content-Encoding: gzip\r\n")
                else:
                    _send(connection, body, b"")


def _compressed(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=1)  # the level of an API server


def _request(connection: socket.socket) -> bytes:
    request = b""
    while b"\r\n\r\n" not in request:
        chunk = connection.recv(65536)
        if not chunk:
            return b""
        request += chunk
    return request


def _send(connection: socket.socket, body: bytes, header: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + header
    connection.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n")
    for start in range(0, len(body), CHUNK):
        chunk = body[start : start + CHUNK]
        connection.sendall(b"%x\r\n%b\r\n" % (len(chunk), chunk))
    connection.sendall(b"0\r\n\r\n")


def timed(what: str, run: Callable[[], Any], times: int = 5) -> None:
    """Print the best of some runs: by the clock, and in CPU time, which other work on the machine changes less."""
    walls, cpus = [], []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        run()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    print(f"{what:40} {min(walls):6.3f} s by the clock  {min(cpus):6.3f} s CPU   RSS at most {_peak():4.0f} MB")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def over_http(port: int, *, compress: bool) -> None:
    """Read the list once, from the first connection on."""
    endpoint = Endpoint(f"http://127.0.0.1:{port}", Advice("", ""), compress=compress)
    reader = KubernetesReader(Access("bench", "bench", "", "", endpoint))
    (reading,) = reader.read([Want(Query.of("objects", "pods"), FIELDS)], deadline=time.monotonic() + 120)
    reader.close()
    if reading.detail:
        raise SystemExit(reading.detail)


def raw(port: int) -> bytearray:
    """Read the same bytes with nothing but a socket: the floor."""
    body = bytearray()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        while not body.endswith(b"\r\n0\r\n\r\n"):
            body += connection.recv(1 << 18)
    return body


def unchunked(answer: bytearray) -> bytes:
    """Return the body of a chunked answer."""
    rest, body = memoryview(answer)[answer.index(b"\r\n\r\n") + 4 :], b""
    while True:
        size, _, _ = bytes(rest[:20]).partition(b"\r\n")
        if size == b"0":
            return body
        start, length = len(size) + 2, int(size, 16)
        body += rest[start : start + length]
        rest = rest[start + length + 2 :]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pods", type=int, default=10_000)
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(target=serve, args=(there, parser.parse_args().pods), daemon=True)
    server.start()
    port = here.recv()
    print(f"RSS after imports {_peak():.0f} MB")
    timed("reader over the loopback, plain", lambda: over_http(port, compress=False))
    timed("reader over the loopback, compressed", lambda: over_http(port, compress=True))
    timed("bytes over a bare socket", lambda: raw(port))
    body = bytearray(unchunked(raw(port)))
    timed("decode into declared fields", lambda: decode_page(body, FIELDS))
    timed("decode into dicts", lambda: decode_page(body, None), 1)
    small = _compressed(bytes(body))
    timed("compressing", lambda: _compressed(bytes(body)), 2)
    timed("decompressing", lambda: zlib.decompress(small, wbits=31), 2)
    print(f"{len(body) / 1e6:.1f} MB, compressed {len(small) / 1e6:.1f} MB")
    for megabits in (100, 1000, 10_000):
        plain, lean = (8 * size / (megabits * 1e6) for size in (len(body), len(small)))
        print(f"on the wire at {megabits:>6} Mbit/s: plain {plain:6.3f} s, compressed {lean:6.3f} s")
    server.terminate()


if __name__ == "__main__":
    main()
