"""A thing that can be ill, written `kind[.group]/[namespace/]name`."""

import re
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, Self
from urllib.parse import quote, unquote

from diagflow.model.errors import BadInput

# Characters of Kubernetes names (RFC 1123 and the ":" of RBAC names), of URLs in names, and of `*` in labels.
_SAFE = ":@*+,;=!$'()~"
_PLAIN = re.compile(r"[a-zA-Z0-9._-]+").fullmatch  # nearly all names: quoting is slow where there is nothing to quote


class _Hashed:
    """Room for a hash, which is no field: it differs from process to process."""

    __slots__ = ("_hash",)

    _hash: int


@dataclass(frozen=True, slots=True, order=True)
class Entity(_Hashed):
    """One thing, by its kind, API group (only where the kind is ambiguous), namespace and name.

    `str()` gives the canonical form, e.g. `pod/shop/cart-0`, `node/worker-1`,
    `gateway.networking.istio.io/shop/web`; `parse` reads it back.
    """

    kind: str
    name: str
    namespace: str = ""
    group: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the canonical form.

        Raises:
            BadInput: `text` is not `kind/name` or `kind/namespace/name`.
        """
        parts = [unquote(p) for p in text.split("/")]
        if len(parts) not in (2, 3) or not all(parts):
            raise BadInput(f"{text!r} is no entity: write kind/namespace/name or kind/name, as pod/shop/cart-0")
        kind, _, group = parts[0].lower().partition(".")
        namespace = parts[1] if len(parts) == 3 else ""  # noqa: PLR2004
        return cls(kind=kind, name=parts[-1], namespace=namespace, group=group)

    def __hash__(self) -> int:
        """Hash the fields, once: the same few hundred entities are looked up tens of thousands of times."""
        try:
            return self._hash
        except AttributeError:
            found = hash((self.name, self.namespace, self.kind, self.group))
            object.__setattr__(self, "_hash", found)
            return found

    def __eq__(self, other: object) -> bool:
        """Compare what differs most often first; what a dataclass would write makes two tuples each time."""
        if self is other:
            return True
        if not isinstance(other, Entity):
            return NotImplemented
        return (
            self.name == other.name
            and self.namespace == other.namespace
            and self.kind == other.kind
            and self.group == other.group
        )

    def __str__(self) -> str:
        kind = f"{self.kind}.{self.group}" if self.group else self.kind
        parts = [kind, self.namespace, self.name] if self.namespace else [kind, self.name]
        return "/".join(p if _PLAIN(p) else quote(p, safe=_SAFE, errors="replace") for p in parts)


in_order: Final = attrgetter("kind", "name", "namespace", "group")
"""The key that sorts entities in their own order, without a call of Python for each comparison."""

CLUSTER = Entity("cluster", "local")
"""The whole cluster: the entity of a verdict that names nothing smaller."""

HOST = Entity("host", "local")
"""This machine."""
