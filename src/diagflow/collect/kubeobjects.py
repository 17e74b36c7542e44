"""Objects of a cluster: lists with the declared fields, and single whole objects."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from diagflow.bundle.resources import resource_of
from diagflow.collect.apipaths import NotServed, Resource
from diagflow.collect.kubeapi import JSON, Api, Refused, require_params
from diagflow.collect.kubelist import METADATA_LIST, METADATA_ONE, NotAList, Page, complaint, decode_page, retag
from diagflow.collect.lenient import decode
from diagflow.collect.troubles import WebError
from diagflow.model import BadInput, Coverage, Entity, Reading, State, Want
from diagflow.model.projection import WHOLE, ObjectList, reader_of

NAME: Final = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.:]*[A-Za-z0-9])?")
"""Names that may stand in a path; they come from readings, and must not lead elsewhere."""

_CACHED: Final = {"resourceVersion": "0"}  # from the server's memory: no load on etcd, at most a moment old
_MAX_PAGES: Final = 10_000
_EVENT_TIMES: Final = ("lastTimestamp", "eventTime", "series.lastObservedTime")


class _NoSuchPath(Exception):  # noqa: N818  # decides where to look next
    """The server does not serve this version of the kind."""


class _Expired(Exception):  # noqa: N818  # decides to begin anew
    """The server no longer has what it would have to go on from."""


@dataclass(frozen=True, slots=True)
class _Listing:
    """What to list: where, and which fields to keep of each object."""

    resource: Resource
    namespace: str
    fields: frozenset[str]

    @property
    def where(self) -> str:
        if not self.resource.namespaced:
            return ""
        return f"in namespace {self.namespace}" if self.namespace else "in all namespaces"

    @property
    def metadata_only(self) -> bool:
        """True when nothing but metadata is wanted; of secrets nothing else is ever asked for."""
        return self.resource.secret or all(f.startswith("metadata.") for f in self.fields)

    @property
    def kept(self) -> frozenset[str] | None:
        """The fields that the objects will really have; None for whole objects."""
        if WHOLE in self.fields and not self.resource.secret:
            return None
        return frozenset(f for f in self.fields if f.startswith("metadata.")) if self.resource.secret else self.fields


def list_objects(api: Api, want: Want, deadline: float) -> Reading:
    """Read one list, in one namespace if the query says so, with the wanted fields.

    Events cover what the server provably still keeps: the time since the oldest last occurrence of one. Of a kind that
    the server does not serve there are no objects: the list is empty, and says why.

    Raises:
        WebError: no answer came.
        Refused: the server refused, or sent no list.
    """
    query = want.query
    require_params(query, {"namespace"})
    try:
        resource = api.resource(query.target, deadline)
    except NotServed:
        return _of_no_kind(api, want)
    fields = want.fields.union(_EVENT_TIMES) if resource.name == "events" else want.fields
    listing = _Listing(resource, query.param("namespace"), fields)
    try:
        return _listed(api, want, listing, deadline)
    except _NoSuchPath:
        return _elsewhere(api, want, listing, deadline)


def _elsewhere(api: Api, want: Want, listing: _Listing, deadline: float) -> Reading:
    """Read a list that is not where Kubernetes has it: in another version, or not at all."""
    odd = Refused(State.ERROR, f"{api.url} has no list of {listing.resource.name} (404): is it an API server?")
    if not listing.resource.group:
        raise odd
    try:
        found = api.discovered(listing.resource.name, deadline)
    except NotServed:
        return _of_no_kind(api, want)
    if found == listing.resource:
        raise odd
    return _listed(api, want, replace(listing, resource=found), deadline)


def _of_no_kind(api: Api, want: Want) -> Reading:
    none = ObjectList([], want.fields)
    detail = f"this cluster has no kind {want.query.target}"
    return api.reading(want.query, State.EMPTY, data=none, coverage=Coverage(), detail=detail, fields=want.fields)


def _listed(api: Api, want: Want, listing: _Listing, deadline: float) -> Reading:
    page, cut = _pages(api, listing, deadline)
    broken = complaint(page.broken, len(page.items) + len(page.broken))
    if broken and not page.items:
        raise Refused(State.ERROR, broken)
    if listing.kept is None:
        _without_bookkeeping(page.items)
    data = ObjectList(page.items, listing.kept, listing.resource.kind)
    since, until = _kept_since(data, api.clock()) if listing.resource.name == "events" else (None, None)
    return api.reading(
        want.query,
        State.DATA if page.items else State.EMPTY,
        data=data,
        coverage=Coverage(since, until, complete=not (broken or cut)),
        detail="; ".join(d for d in (broken, cut) if d),
        fields=listing.kept,
    )


def _without_bookkeeping(items: list[Any]) -> None:
    """Drop who set which field when: half of a whole object's bytes, and nothing to diagnose by."""
    for item in items:
        item.get("metadata", {}).pop("managedFields", None)


def _pages(api: Api, listing: _Listing, deadline: float) -> tuple[Page, str]:
    """Return all pages as one, and why the rest is missing if it is.

    We never ask for pages; a server may still answer in them. An expired page starts the list anew, once.
    """
    for params in (_CACHED, {}):
        try:
            return _rest(api, listing, _page(api, listing, params, deadline), deadline)
        except _Expired:
            continue
    raise Refused(State.ERROR, f"the list of {listing.resource.name} expired twice while it was read")


def _rest(api: Api, listing: _Listing, first: Page, deadline: float) -> tuple[Page, str]:
    pages, cut = [first], ""
    while pages[-1].token and len(pages) < _MAX_PAGES:
        try:
            pages.append(_page(api, listing, {"continue": pages[-1].token}, deadline))
        except (WebError, Refused) as e:
            cut = f"only the first {sum(len(p.items) for p in pages):,} objects: {e}"
            break
    items = first.items if len(pages) == 1 else [item for page in pages for item in page.items]
    return Page(items, "", tuple(line for page in pages for line in page.broken)), cut


def _page(api: Api, listing: _Listing, params: Mapping[str, str], deadline: float) -> Page:
    path, lean = listing.resource.path(listing.namespace), listing.metadata_only
    answer = api.get(path, deadline, params=params, accept=METADATA_LIST if lean else JSON)
    if lean and answer.status == HTTPStatus.NOT_ACCEPTABLE and not listing.resource.secret:
        lean = False
        answer = api.get(path, deadline, params=params)
    if answer.status == HTTPStatus.NOT_FOUND:
        raise _NoSuchPath
    if answer.status == HTTPStatus.GONE:
        raise _Expired
    if not answer.ok:
        r = listing.resource
        raise api.refused(answer, verb="list", resource=r.plural, group=r.group, where=listing.where)
    try:
        page = decode_page(answer.body, listing.kept)
    except NotAList as e:
        raise Refused(State.ERROR, f"{api.url} sent {e}") from None
    if lean:
        retag(page.items, listing.resource)
    return page


def _kept_since(events: ObjectList, now: datetime) -> tuple[datetime, datetime]:
    """Return the time that a list of events covers: what happened since the oldest last occurrence is still kept."""
    times = [reader_of(path) for path in (*_EVENT_TIMES, "metadata.creationTimestamp")]
    last = [max((str(t) for read in times for t in read(event)), default="") for event in events]
    oldest = min((t for t in last if t), default="")
    try:
        return (datetime.fromisoformat(oldest).astimezone(UTC) if oldest else now), now
    except ValueError:
        return now, now


def one_object(api: Api, want: Want, deadline: float) -> Reading:
    """Read one whole object (`object:pod/shop/cart-0`); of a secret its metadata only.

    Raises:
        WebError: no answer came.
        Refused: the server refused, or there is no such kind.
    """
    entity = _entity(want.query.target)
    kind = resource_of(entity.kind, f"{entity.group}/" if entity.group else "")
    try:
        resource = api.resource(kind, deadline)
    except NotServed:
        return api.reading(want.query, State.EMPTY, detail=f"this cluster has no kind {kind}")
    path = resource.path(entity.namespace, entity.name)
    answer = api.get(path, deadline, accept=METADATA_ONE if resource.secret else JSON)
    if answer.status == HTTPStatus.NOT_FOUND:
        return api.reading(want.query, State.EMPTY, detail="there is no such object")
    if not answer.ok:
        where = f"in namespace {entity.namespace}" if entity.namespace else ""
        raise api.refused(answer, verb="get", resource=resource.plural, group=resource.group, where=where)
    obj = decode(answer.body, dict[str, Any])
    if obj is None:
        raise Refused(State.ERROR, f"{api.url} sent no JSON object for {entity}")
    if resource.secret:
        retag([obj], resource)
    return api.reading(want.query, State.DATA, data=obj)


def _entity(target: str) -> Entity:
    try:
        entity = Entity.parse(target)
    except BadInput as e:
        raise Refused(State.ABSENT, str(e)) from None
    if not all(NAME.fullmatch(name) for name in (entity.name, entity.namespace or entity.name)):
        raise Refused(State.ABSENT, f"{entity} is no name that Kubernetes allows")
    return entity
