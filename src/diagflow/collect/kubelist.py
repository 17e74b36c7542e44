"""Lists of an API server, decoded straight into the fields that somebody declared."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import msgspec

from diagflow.collect.apipaths import Resource
from diagflow.collect.lenient import decode
from diagflow.model import BadInput
from diagflow.model.projection import Projection, projection
from diagflow.model.typed import json_decoder

METADATA_LIST: Final = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
"""Accept header for lists of which a server sends `metadata` alone; one that cannot says 406 and sends nothing."""

METADATA_ONE: Final = METADATA_LIST.replace("MetadataList", "Metadata")
"""The same for one object."""

_NAMED: Final = 3  # broken objects that are named in a detail


class NotAList(Exception):  # noqa: N818  # what it is not
    """The body is no list of Kubernetes objects; the message goes on from "the API server sent"."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, mostly the only one.

    Attributes:
        items: decoded objects.
        token: where the next page begins; empty for none.
        broken: what is wrong with objects that could not be decoded, a line each.
    """

    items: list[Any]
    token: str = ""
    broken: tuple[str, ...] = ()


class _ListMeta(msgspec.Struct, rename={"token": "continue"}):
    token: str = ""


class _Identity(msgspec.Struct):
    name: str = ""
    namespace: str = ""


class _Named(msgspec.Struct):
    metadata: _Identity = msgspec.field(default_factory=_Identity)


def decode_page(body: bytearray, fields: frozenset[str] | None) -> Page:
    """Decode a list; objects that have a field of a wrong type are left out and named.

    Raises:
        NotAList: it is none, or it ends early.
    """
    kept = projection(fields)
    try:
        listed = _decoder(kept.fields).decode(body)
    except msgspec.ValidationError:
        return _one_by_one(body, kept)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        raise NotAList(f"no JSON that can be read ({e})") from None
    return _page(listed, listed.items or [])


def _page(listed: Any, items: list[Any], broken: Iterable[str] = ()) -> Page:
    if not listed.kind.endswith("List"):
        raise NotAList(f"a {listed.kind or 'JSON object'} where a list should be")
    return Page(items, listed.metadata.token, tuple(broken))


def _list_type(item: Any) -> Any:
    members = [
        ("kind", str, ""),
        ("metadata", _ListMeta, msgspec.field(default_factory=_ListMeta)),
        ("items", list[item] | None, None),
    ]
    return msgspec.defstruct("List", members, gc=False)


@lru_cache(maxsize=64)
def _decoder(fields: frozenset[str] | None) -> "msgspec.json.Decoder[Any]":
    return json_decoder(_list_type(projection(fields).item_type))


def _one_by_one(body: bytearray, kept: Projection) -> Page:
    """Decode each object alone, so that a broken one costs only itself."""
    try:
        listed = json_decoder(_list_type(msgspec.Raw)).decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        raise NotAList(f"no list of objects ({e})") from None
    items, broken = [], []
    for index, raw in enumerate(listed.items or ()):
        try:
            items.append(kept.decode_item(raw))
        except BadInput as e:
            broken.append(f"{_name(raw, index)}: {e}")
    return _page(listed, items, broken)


def _name(raw: msgspec.Raw, index: int) -> str:
    meta = (decode(raw, _Named) or _Named()).metadata
    return "/".join(p for p in (meta.namespace, meta.name) if p) or f"object {index + 1}"


def complaint(broken: Iterable[str], total: int) -> str:
    """Return what is wrong with some of `total` objects, in one line; empty when nothing is."""
    lines = list(broken)
    if not lines:
        return ""
    more = f" and {len(lines) - _NAMED:,} more" if len(lines) > _NAMED else ""
    return f"{len(lines):,} of {total:,} objects could not be read: {'; '.join(lines[:_NAMED])}{more}"


def retag(items: Iterable[Any], resource: Resource) -> None:
    """Give objects that say `PartialObjectMetadata` their real kind and API version."""
    for item in items:
        if isinstance(item, dict):
            item["kind"], item["apiVersion"] = resource.kind, resource.api_version
        else:
            names = dict(zip(item.__struct_encode_fields__, item.__struct_fields__, strict=True))
            setattr(item, names["kind"], resource.kind)
            setattr(item, names["apiVersion"], resource.api_version)
