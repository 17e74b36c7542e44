"""What every reading passes before it enters a bundle, live too: analysis never sees a secret."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, Self

import msgspec

from diagflow.bundle.redact.personal import Personal
from diagflow.bundle.redact.text import Texts
from diagflow.bundle.redact.token import Tokens
from diagflow.bundle.redact.walk import Walker
from diagflow.bundle.resources import canonical
from diagflow.model import BadInput, Incident, Reading
from diagflow.model.projection import ObjectList
from diagflow.model.series import SeriesBlock

_KEY_BYTES: Final = 32


def new_key() -> bytes:
    """Return a random key, for one bundle; it is never stored, so that no secret can be guessed from its token."""
    return secrets.token_bytes(_KEY_BYTES)


class Redactor:
    """Replaces secrets by tokens of the same shape.

    What it knows: the values of environment variables, options, headers and keys by their names; tokens, keys,
    credentials in URLs and connection strings by their form, in any text (messages, logs, annotations, configuration).
    Kinds, namespaces, names, uids, hashes, image references without credentials and public certificates stay.
    """

    __slots__ = ("_personal", "_texts", "_tokens")

    def __init__(self, key: bytes, personal: Iterable[str] = ()) -> None:
        """Make one.

        Args:
            key: of the tokens.
            personal: names of persons and machines, replaced in what a host says (facts and its commands' output).
        """
        self._tokens = Tokens(key)
        self._texts = Texts(self._tokens)
        self._personal = Personal(personal, self._tokens)

    @classmethod
    def new(cls) -> Self:
        """Return one with a random key."""
        return cls(new_key())

    def reading(self, reading: Reading) -> Reading:
        """Return the reading without secrets; its objects are changed in place.

        Raises:
            BadInput: data that is no list of objects is nested too deep to be looked at.
        """
        reading = replace(reading, detail=self._texts.text(reading.detail))
        if reading.query.kind == "objects" and reading.data is not None:
            return self._objects(reading)
        data = self._data(reading.query.kind, reading.data)
        if reading.query.kind in ("fact", "log"):
            return replace(reading, data=self._personal.of(data), detail=self._personal.of(reading.detail))
        return replace(reading, data=data)

    def restored(self, text: str) -> str:
        """Return a text with what its tokens stand for, as far as this redactor made them: for the live terminal."""
        return self._tokens.restored(text)

    def incident(self, incident: Incident) -> Incident:
        """Return the incident without secrets in its alert and labels."""
        return replace(incident, alert=self._json(incident.alert), labels=self._json(dict(incident.labels)))

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        return self._texts.text(text)

    def _objects(self, reading: Reading) -> Reading:
        items = list(reading.data)
        walker = Walker(self._texts, _special(canonical(reading.query.target)))
        too_deep = [i for i, item in enumerate(items) if not _walk(walker, item)]
        for i in reversed(too_deep):
            del items[i]
        known = isinstance(reading.data, ObjectList)
        kind = reading.data.kind if known else ""
        data = ObjectList(items, reading.data.fields if known else reading.fields, kind)
        said = _said(reading.detail, walker.dropped, len(too_deep))
        complete = reading.coverage.complete and not too_deep
        return replace(reading, data=data, detail=said, coverage=replace(reading.coverage, complete=complete))

    def _data(self, kind: str, data: Any) -> Any:
        if isinstance(data, str):
            return self._texts.text(data)
        if kind == "promql" and isinstance(data, list):
            return [self._series(s) for s in data]
        if isinstance(data, SeriesBlock):
            return self._block(data)
        if kind == "object" and isinstance(data, dict):
            Walker(self._texts).object(data)
            return data
        return self._json(data, fields=kind not in ("fact", "host"))

    def _series(self, series: Mapping[str, Any]) -> Mapping[str, Any]:
        """Labels are names; what is a secret by its form is none."""
        labels = series.get("labels") or {}
        return {**series, "labels": {k: self._texts.text(v) if isinstance(v, str) else v for k, v in labels.items()}}

    def _block(self, block: SeriesBlock) -> SeriesBlock:
        """Values of labels repeat: each is looked at once."""
        known = {value: self._texts.text(value) for labels in block.labels for value in labels.values()}
        return replace(block, labels=tuple({k: known[v] for k, v in labels.items()} for labels in block.labels))

    def _json(self, data: Any, *, fields: bool = True) -> Any:
        if data is None:
            return None
        try:
            copy = msgspec.json.decode(msgspec.json.encode(data))
            return Walker(self._texts, "none", fields=fields).value("", copy)
        except RecursionError:
            raise BadInput("a reading is nested too deep to be looked at") from None


def _special(resource: str) -> str:
    """Return how a walker shall take objects of a resource; it need not look at the kind of each."""
    return resource if resource in ("secrets", "configmaps") else "none"


def _walk(walker: Walker, item: Any) -> bool:
    try:
        walker.object(item)
    except RecursionError:
        return False
    return True


def _said(detail: str, dropped: int, too_deep: int) -> str:
    """Say what was left out."""
    parts = [detail] if detail else []
    if dropped:
        parts.append(f"the data of {dropped} Secrets was left out")
    if too_deep:
        parts.append(f"{too_deep} objects are nested too deep and were left out")
    return "; ".join(parts)
