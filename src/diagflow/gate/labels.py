"""What is known to be right about a recording; analysis never sees it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Final

from diagflow.model import BadInput, Entity

_KEYS: Final = frozenset(
    {"healthy", "causes", "forbidden", "ruled_out", "time", "source", "family", "alert", "synthetic"}
)
_KEYS_OF_ONE: Final = frozenset({"id", "ref", "entity"})


@dataclass(frozen=True, slots=True)
class Expected:
    """One thing that a label names.

    Attributes:
        id: of the cause; where it is there, it alone decides.
        ref: row of the catalogue, for causes that have no rule yet.
        entity: canonical form, `*` and `?` as wildcards; empty for any.
    """

    id: str = ""
    ref: str = ""
    entity: str = ""

    def fits(self, cause: str, refs: Iterable[str], entities: Iterable[Entity]) -> bool:
        """True when a cause of a diagnosis is this one, at one of its entities."""
        return self.names(cause, refs) and self.at(entities)

    def names(self, cause: str, refs: Iterable[str]) -> bool:
        """True when it is this cause, wherever; a label with an entity alone names every cause."""
        if self.id:
            return cause == self.id
        return not self.ref or self.ref in refs

    def at(self, entities: Iterable[Entity]) -> bool:
        """True when one of the entities is meant."""
        return not self.entity or any(fnmatchcase(str(entity), self.entity) for entity in entities)

    def __str__(self) -> str:
        name = self.id or self.ref or "any cause"
        return f"{name}@{self.entity}" if self.entity else name


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a recording.

    Attributes:
        healthy: nothing is wrong, nothing may be named.
        causes: the true roots. Empty and not healthy: nobody knows them, so that roots are not judged.
        forbidden: what must not be named, as a root or as a consequence.
        ruled_out: what must be ruled out.
        family: what counts once: one fault, one set-up, one run.
        source: where the recording comes from.
        time: the moment that it is about (UTC).
        alert: what led to it, in words.
        synthetic: what of it was written by hand, and after which source; such a recording counts in no figure. Empty:
            all was recorded.
    """

    healthy: bool
    causes: tuple[Expected, ...] = ()
    forbidden: tuple[Expected, ...] = ()
    ruled_out: tuple[Expected, ...] = ()
    family: str = ""
    source: str = ""
    time: datetime | None = None
    alert: str = ""
    synthetic: str = ""

    @property
    def known(self) -> bool:
        """True when what is named can be judged: the true causes are known, or there are none."""
        return self.healthy or bool(self.causes)

    def right(self, cause: str, refs: Iterable[str], entities: Sequence[Entity]) -> bool:
        """True when a named cause is one of those that are true."""
        return any(one.fits(cause, refs, entities) for one in self.causes)


def read_labels(content: Any) -> Labels:
    """Check the content of labels.yaml.

    Raises:
        BadInput: it is none; everything that is wrong is in the message.
    """
    if not isinstance(content, Mapping):
        raise BadInput("the labels are no mapping: write `healthy: true`, or `causes:` with a list")
    problems = [*_problems(content)]
    if problems:
        raise BadInput("labels: " + "; ".join(problems))
    causes = _several(content, "causes")
    return Labels(
        healthy=bool(content.get("healthy", False)),
        causes=causes,
        forbidden=_several(content, "forbidden"),
        ruled_out=_several(content, "ruled_out"),
        family=str(content.get("family") or ""),
        source=str(content.get("source") or ""),
        time=_moment(content.get("time")),
        alert=_words(content.get("alert")),
        synthetic=content.get("synthetic", "").strip(),
    )


def _problems(content: Mapping[str, Any]) -> Iterator[str]:
    unknown = sorted(set(map(str, content)) - _KEYS)
    if unknown:
        yield f"unknown key {', '.join(unknown)} (known are {', '.join(sorted(_KEYS))})"
    if not isinstance(content.get("healthy", False), bool):
        yield "`healthy` is neither true nor false"
    for key in ("causes", "forbidden", "ruled_out"):
        yield from _problems_of_list(key, content.get(key) or [])
    if content.get("healthy") is True and content.get("causes"):
        yield "it is `healthy` and has `causes`: remove one of the two"
    if "healthy" not in content and "causes" not in content:
        yield "neither `healthy` nor `causes` is there"
    for key in ("family", "source"):
        if isinstance(content.get(key), Mapping | list):
            yield f"`{key}` is no text"
    if "synthetic" in content and not _is_said(content["synthetic"]):
        yield "`synthetic` is no text: say what was written by hand, and after which source; if nothing was, remove it"
    if content.get("time") and _moment(content["time"]) is None:
        yield f"`time` {content['time']!r} is no moment such as 2026-01-31T10:00:00Z"


def _is_said(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _problems_of_list(key: str, items: Any) -> Iterator[str]:
    if not isinstance(items, list):
        yield f"`{key}` is no list"
        return
    for number, item in enumerate(items, 1):
        if isinstance(item, str) and item:
            continue
        strings = isinstance(item, Mapping) and all(isinstance(v, str | None) for v in item.values())
        if not strings or not item or set(item) - _KEYS_OF_ONE or not any(item.values()):
            yield f"item {number} of `{key}` is no {{id or ref, entity}}"
        elif item.get("entity") and not _is_entity(item["entity"]):
            yield f"`{key}`: {item['entity']!r} is no entity such as pod/shop/cart-0"


def _is_entity(text: str) -> bool:
    try:
        Entity.parse(text)
    except BadInput:
        return False
    return True


def _several(content: Mapping[str, Any], key: str) -> tuple[Expected, ...]:
    return tuple(_one(item) for item in content.get(key) or ())


def _one(item: str | Mapping[str, str | None]) -> Expected:
    """Read an item; a bare string is an id, or a row of the catalogue (ids have a dot, rows have none)."""
    if isinstance(item, str):
        return Expected(id=item) if "." in item else Expected(ref=item)
    return Expected(item.get("id") or "", item.get("ref") or "", item.get("entity") or "")


def _moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={value[key]}" for key in sorted(value, key=str))
    return "" if value in (None, False) else str(value)


def plain_labels(labels: Labels) -> dict[str, Any]:
    """Return labels as a recording keeps them: what `read_labels` reads, empty parts left out."""
    plain: dict[str, Any] = {"healthy": labels.healthy, "causes": [_plain(one) for one in labels.causes]}
    plain |= {key: [_plain(one) for one in getattr(labels, key)] for key in ("forbidden", "ruled_out")}
    texts = {"family": labels.family, "source": labels.source, "alert": labels.alert, "synthetic": labels.synthetic}
    texts["time"] = labels.time.isoformat() if labels.time else ""
    return plain | {key: text for key, text in texts.items() if text}


def _plain(one: Expected) -> str | dict[str, str]:
    if not one.entity:
        return one.id or one.ref
    return {key: value for key in ("id", "ref", "entity") if (value := getattr(one, key))}
