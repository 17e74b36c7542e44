"""One API server: asking it, and putting its answers and refusals into readings."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

import msgspec

from diagflow.collect.apipaths import Discovery, Resource, Stale, Undiscovered, builtin
from diagflow.collect.kubeauth import Access
from diagflow.collect.lenient import decode
from diagflow.collect.refusals import refusal
from diagflow.collect.troubles import AT_THE_DOOR, WebError
from diagflow.collect.web import Answer, Web
from diagflow.model import Query, Reading, State

GREETING: Final = 3.0
"""Seconds for asking a server who it is."""

JSON: Final = "application/json"


class Refused(Exception):  # noqa: N818  # a state of a reading, not an error
    """A question has no answer; the message says why."""

    def __init__(self, state: State, detail: str) -> None:
        super().__init__(detail)
        self.state = state


class _Version(msgspec.Struct):
    gitVersion: str = ""  # noqa: N815  # as it is printed


class Api:
    """An API server, as somebody with some rights sees it."""

    def __init__(self, access: Access, clock: Callable[[], datetime]) -> None:
        self.access = access
        self.clock = clock
        self.version = ""
        self.web = Web(access.endpoint)
        self._greeting = threading.Lock()
        self._discovery = Discovery(self.web.ask)

    @property
    def url(self) -> str:
        """The server's URL, for details."""
        return self.access.endpoint.url

    def greet(self, deadline: float) -> str:
        """Ask for the version, until it is known; return why nobody can be asked, empty when somebody can.

        This makes the first connection, so that exec plugins and broken networks are met once, not by each request.
        """
        with self._greeting:
            if self.version:
                return ""
            try:
                answer = self.web.ask("/version", deadline=min(deadline, time.monotonic() + GREETING))
            except WebError as e:
                return str(e) if e.trouble in AT_THE_DOOR else ""
            found = decode(answer.body, _Version) if answer.ok else None
            self.version = found.gitVersion.removeprefix("v") if found else ""
            return ""

    def get(self, path: str, deadline: float, *, params: Mapping[str, str] | None = None, accept: str = JSON) -> Answer:
        """Return the answer to one GET.

        Raises:
            WebError: none came.
        """
        return self.web.ask(path, params=params, accept=accept, deadline=deadline)

    def resource(self, target: str, deadline: float) -> Resource:
        """Return where objects named `target` (`pods`, `deployments.apps`, any custom kind) are.

        Raises:
            WebError: the server did not answer.
            NotServed: there is no such kind.
            Refused: nobody may say, or nobody can.
        """
        return builtin(target) or self.discovered(target, deadline)

    def discovered(self, target: str, deadline: float) -> Resource:
        """Return what the server says about where objects named `target` are; raises as `resource`."""
        try:
            return self._discovery.find(target, deadline)
        except Undiscovered as e:
            if e.answer.ok or e.answer.status == HTTPStatus.NOT_FOUND:
                raise Refused(State.ERROR, f"{self.url}{e.path} is no list of kinds: is it an API server?") from None
            raise self.refused(e.answer, verb="get", resource=e.path) from None
        except Stale as e:
            behind = f"whoever serves {e.group} to the API server does not answer it"
            raise Refused(State.ERROR, f"nobody knows whether there is a kind {target}: {behind}") from None

    def refused(self, answer: Answer, *, verb: str, resource: str, group: str = "", where: str = "") -> Refused:
        """Return what the server's refusal means for a reading."""
        user = self.access.user
        return Refused(*refusal(answer, verb=verb, resource=resource, group=group, where=where, user=user))

    def reading(self, query: Query, state: State, **more: Any) -> Reading:
        """Return a reading of now."""
        product = f"kubernetes {self.version}".strip()
        return Reading(query, state, self.clock(), source="kubernetes", product=product, **more)


def require_params(query: Query, known: set[str]) -> None:
    """Refuse what would be narrowed by something unknown: to ignore it gave another answer than was asked for.

    Raises:
        Refused: it has other parameters than `known`.
    """
    unknown = {name for name, _ in query.params} - known
    if unknown:
        raise Refused(State.ABSENT, f"{query.kind} cannot be narrowed by {', '.join(sorted(unknown))}")
