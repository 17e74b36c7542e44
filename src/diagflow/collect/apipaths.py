"""Where in the API a kind of objects is: known for Kubernetes' own kinds, else looked up by discovery.

https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar
from urllib.parse import quote

import msgspec

from diagflow.bundle.resources import canonical, has_namespace, kind_of
from diagflow.collect.web import Answer
from diagflow.model.typed import from_json

T = TypeVar("T")

# Versions of the built-in groups that are served by 1.24 to 1.37; for a server that has another one discovery is asked.
_VERSIONS: Final = {"autoscaling": "v2"}

_FORM: Final = "application/json;g=apidiscovery.k8s.io;v={};as=APIGroupDiscoveryList"
_AGGREGATED: Final = ",".join([_FORM.format("v2"), _FORM.format("v2beta1"), "application/json"])


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of objects in the API.

    Attributes:
        group: API group; empty for the core group.
        version: version of the group.
        plural: as it stands in paths.
        kind: as it stands in objects.
        namespaced: False when its objects stand outside of namespaces.
    """

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool

    @property
    def api_version(self) -> str:
        """As it stands in objects."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def name(self) -> str:
        """As queries and kubectl name it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def secret(self) -> bool:
        """True for secrets, of which nothing but metadata is ever asked for."""
        return (self.group, self.plural) == ("", "secrets")

    def path(self, namespace: str = "", name: str = "") -> str:
        """Return the path of a list, or of one object."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        inside = f"/namespaces/{quote(namespace, safe='')}" if namespace and self.namespaced else ""
        return f"{root}{inside}/{self.plural}" + (f"/{quote(name, safe='')}" if name else "")


def builtin(target: str) -> Resource | None:
    """Return where Kubernetes' own kinds are, None for any other."""
    name = canonical(target)
    kind = kind_of(name)
    if not kind:
        return None
    plural, _, group = name.partition(".")
    return Resource(group, _VERSIONS.get(group, "v1"), plural, kind, has_namespace(name))


class Undiscovered(Exception):  # noqa: N818  # a state, with its reason
    """Discovery did not answer, so nobody knows whether the kind exists."""

    def __init__(self, answer: Answer, path: str) -> None:
        super().__init__(path)
        self.answer = answer
        self.path = path


class NotServed(Exception):  # noqa: N818  # an answer, and no failure
    """The server says which kinds it serves, and this one is not among them."""


class Stale(Exception):  # noqa: N818  # a state, with its reason
    """The server of a group's kinds does not answer the API server, so nobody knows what it serves."""

    def __init__(self, group: str) -> None:
        super().__init__(group)
        self.group = group


class Ask(Protocol):
    """Asks the API server."""

    def __call__(self, path: str, *, accept: str, deadline: float) -> Answer:
        """Return the answer; raises `WebError`."""
        ...


class _Kind(msgspec.Struct):
    kind: str = ""


class _Served(msgspec.Struct):
    resource: str
    scope: str = "Namespaced"
    responseKind: _Kind = msgspec.field(default_factory=_Kind)  # noqa: N815  # as it is printed
    verbs: list[str] = []


class _Version(msgspec.Struct):
    version: str
    resources: list[_Served] | None = None
    freshness: str = "Current"  # "Stale" where the APIService behind it is not available


class _Name(msgspec.Struct):
    name: str = ""


class _Group(msgspec.Struct):
    metadata: _Name = msgspec.field(default_factory=_Name)
    versions: list[_Version] | None = None
    name: str = ""  # of the older form


class _Groups(msgspec.Struct):
    kind: str = ""
    items: list[_Group] | None = None
    groups: list[_Group] | None = None  # of the older form


class _OldResource(msgspec.Struct):
    name: str
    kind: str
    namespaced: bool = True
    verbs: list[str] = []


class _OldResources(msgspec.Struct):
    resources: list[_OldResource] | None = None


class Discovery:
    """Looks up kinds that are not built in; asks the server at most once for the list of groups."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._groups: _Groups | None = None

    def find(self, target: str, deadline: float) -> Resource:
        """Return where `target` (`gateways.networking.istio.io`, or without the group) is.

        Raises:
            WebError: the server gave no answer.
            Undiscovered: it refused to say, or what it said is no list of kinds.
            NotServed: it serves no such kind.
            Stale: whoever would serve it does not answer.
        """
        plural, _, group = target.partition(".")
        listed = self._list(deadline)
        if listed.kind == "APIGroupDiscoveryList":
            found = _of_aggregated(listed, plural, group)
        else:
            found = self._of_groups(listed, plural, group, deadline)
        resource = next(found, None)
        if resource is not None:
            return resource
        if stale := next((name for name, v in _versions(listed.items, group) if v.freshness == "Stale"), ""):
            raise Stale(stale)
        raise NotServed

    def _list(self, deadline: float) -> _Groups:
        with self._lock:
            if self._groups is None:
                answer = self._asked("/apis", deadline, accept=_AGGREGATED)
                groups = _decoded(answer, "/apis", _Groups)
                if not (groups.items or groups.groups):  # every API server has some: this is something else
                    raise Undiscovered(answer, "/apis")
                self._groups = groups
            return self._groups

    def _asked(self, path: str, deadline: float, *, accept: str = "application/json") -> Answer:
        answer = self._ask(path, accept=accept, deadline=deadline)
        if not answer.ok:
            raise Undiscovered(answer, path)
        return answer

    def _of_groups(self, listed: _Groups, plural: str, group: str, deadline: float) -> Iterator[Resource]:
        """Ask each version of the groups in question, the preferred first, as servers before 1.26 need it."""
        for name, version in _versions(listed.groups, group):
            path = f"/apis/{quote(name, safe='')}/{quote(version.version, safe='')}"
            for r in _decoded(self._asked(path, deadline), path, _OldResources).resources or ():
                if r.name == plural and "list" in r.verbs:
                    yield Resource(name, version.version, plural, r.kind, r.namespaced)


def _decoded(answer: Answer, path: str, kind: type[T]) -> T:
    try:
        return from_json(answer.body, kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Undiscovered(answer, path) from None


def _of_aggregated(listed: _Groups, plural: str, group: str) -> Iterator[Resource]:
    for name, version in _versions(listed.items, group):
        for r in version.resources or ():
            if r.resource == plural and "list" in r.verbs:
                yield Resource(name, version.version, plural, r.responseKind.kind, r.scope == "Namespaced")


def _versions(groups: list[_Group] | None, wanted: str) -> Iterator[tuple[str, _Version]]:
    for group in groups or ():
        name = group.name or group.metadata.name
        if not wanted or name == wanted:
            yield from ((name, version) for version in group.versions or ())
