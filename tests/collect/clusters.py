"""A pretended API server for tests, and a reader of it."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from diagflow.collect.kubeauth import Access
from diagflow.collect.kubernetes import KubernetesReader
from diagflow.collect.web import Advice, Endpoint
from diagflow.model import Query, Reading, Want
from tests.collect.serving import Answer, Exchange, Server, routes, serving

NOW = datetime(2026, 1, 31, 10, 0, 0, tzinfo=UTC)
VERSION = {"major": "1", "minor": "37", "gitVersion": "v1.37.0"}


def pod(name: str, namespace: str = "shop", **status: Any) -> dict[str, Any]:
    """A pod as a list of an API server holds it."""
    return {"metadata": {"name": name, "namespace": namespace, "uid": f"uid-{name}"}, "status": status}


def listed(items: Sequence[dict[str, Any]], kind: str = "PodList", **meta: Any) -> dict[str, Any]:
    """A list as an API server sends it."""
    return {"kind": kind, "apiVersion": "v1", "metadata": {"resourceVersion": "7", **meta}, "items": list(items)}


@dataclass
class Cluster:
    """A pretended cluster and who reads it."""

    server: Server
    reader: KubernetesReader

    def read(self, query: str, *fields: str, seconds: float = 5.0) -> Reading:
        """Read one thing."""
        (reading,) = self.read_all([Want(Query.parse(query), frozenset(fields))], seconds=seconds)
        return reading

    def read_all(self, wants: Sequence[Want], *, seconds: float = 5.0) -> list[Reading]:
        """Read several."""
        return list(self.reader.read(wants, deadline=time.monotonic() + seconds))


def access_to(url: str, **more: Any) -> Access:
    """How to reach a plain server, as some user."""
    return Access("prod", "prod-admin", "default", "admin", Endpoint(url, Advice("is it up?", "check the CA"), **more))


@contextmanager
def cluster(table: dict[str, Any], default: Answer | None = None) -> Iterator[Cluster]:
    """Serve `table` (path -> JSON or a callable) as an API server and read it."""
    with serving(routes({"/version": VERSION, **table}, default)) as server:
        reader = KubernetesReader(access_to(server.url), clock=lambda: NOW)
        try:
            yield Cluster(server, reader)
        finally:
            reader.close()


def asked(server: Server, path: str) -> list[Exchange]:
    """The requests for one path."""
    return [exchange for exchange in server.requests if exchange.path == path]
