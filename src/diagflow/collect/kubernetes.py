"""The state of a cluster, its events and logs, from the API server."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from diagflow.collect.gather import readings
from diagflow.collect.kubeapi import Api, Refused
from diagflow.collect.kubeauth import Access
from diagflow.collect.kubelogs import read_log
from diagflow.collect.kubeobjects import list_objects, one_object
from diagflow.collect.troubles import WebError
from diagflow.model import Reading, State, Want

WIDTH: Final = 6
"""Requests at once: as many as decoding keeps up with, and far from what an API server throttles."""

_KINDS: Final[Mapping[str, Callable[[Api, Want, float], Reading]]] = {
    "objects": list_objects,
    "object": one_object,
    "log": read_log,
}


class KubernetesReader:
    """Answers `objects:`, `object:` and `log:` queries from one cluster.

    `objects:pods` is an `ObjectList` of the wanted fields, `object:pod/shop/cart-0` the whole object as a dict,
    `log:shop/cart-0/app` the last lines as a string (`tail`: how many, 200 by default; `previous=true`).
    """

    def __init__(self, access: Access, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.api = Api(access, clock)

    def read(self, wants: Sequence[Want], *, deadline: float) -> Iterator[Reading]:
        """Yield one reading for every want; the list of a kind is read once, with the fields of all wants for it."""
        shut = self.api.greet(deadline)

        def error(want: Want, detail: str) -> Reading:
            return self.api.reading(want.query, State.ERROR, detail=detail)

        yield from readings(
            wants,
            lambda want: error(want, shut) if shut else self.answer(want, deadline),
            lambda want: error(want, f"{self.api.url} did not answer within the deadline"),
            width=WIDTH,
            deadline=deadline,
            cancel=self.api.web.abort,
        )

    def answer(self, want: Want, deadline: float) -> Reading:
        """Answer one want, in this thread."""
        read = _KINDS.get(want.query.kind)
        if read is None:
            return self.api.reading(want.query, State.ABSENT, detail=f"Kubernetes knows no {want.query.kind}")
        try:
            return read(self.api, want, deadline)
        except WebError as e:
            return self.api.reading(want.query, State.ERROR, detail=str(e))
        except Refused as e:
            return self.api.reading(want.query, e.state, detail=str(e))

    def source(self) -> Mapping[str, Any]:
        """Describe the cluster; asks for its version, for at most three seconds, if nothing was read yet."""
        self.api.greet(float("inf"))
        access = self.api.access
        plain = {
            "cluster": access.cluster,
            "context": access.context,
            "server": access.endpoint.url,
            "version": self.api.version,
        }
        return {key: value for key, value in plain.items() if value}

    def close(self) -> None:
        """Let go of connections."""
        self.api.web.close()
