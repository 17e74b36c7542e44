"""Templates of an alert's labels: `{{ $labels.pod }}` and `{{ $value }}`, of which its identity may hang.

Prometheus takes any template of Go here (`template/template.go`). More than these two in a *label* is rare, since a
label that changes with each value makes a new alert each time; the texts of annotations are not needed here at all.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from diagflow.promql.numbers import general

_ACTION: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_LABEL: Final = re.compile(r"\s*(?:\$labels|\.Labels)\.([A-Za-z_]\w*)\s*", re.ASCII)
_EXTERNAL: Final = re.compile(r"\s*(?:\$externalLabels|\.ExternalLabels)\.([A-Za-z_]\w*)\s*", re.ASCII)
_VALUE: Final = re.compile(r"\s*(?:\$value|\.Value)\s*")


@dataclass(frozen=True, slots=True)
class Label:
    """A place that the value of a label fills."""

    name: str


@dataclass(frozen=True, slots=True)
class Value:
    """A place that the value of the sample fills."""


@dataclass(frozen=True, slots=True)
class Template:
    """Texts and places, one after the other; `text` is all of it as it is written."""

    text: str
    parts: tuple[str | Label | Value, ...]

    @property
    def of_value(self) -> bool:
        """True when it is another text for another value."""
        return any(isinstance(part, Value) for part in self.parts)

    @property
    def fixed(self) -> bool:
        """True when it is the same text whatever comes."""
        return all(isinstance(part, str) for part in self.parts)

    def filled(self, labels: Mapping[str, str], value: float) -> str:
        """Return the text; a label that is not there is empty."""
        return "".join(_filled(part, labels, value) for part in self.parts)


def template(text: str) -> Template | None:
    """Return a text as a template; None if it has more in it than is evaluated here."""
    parts: list[str | Label | Value] = []
    pieces = _ACTION.split(text)
    for number, piece in enumerate(pieces):
        if number % 2 == 0:
            parts.append(piece)
        elif found := _LABEL.fullmatch(piece):
            parts.append(Label(found[1]))
        elif _VALUE.fullmatch(piece):
            parts.append(Value())
        elif not _EXTERNAL.fullmatch(piece):  # a recording has no external labels: nothing comes of them
            return None
    return Template(text, tuple(part for part in parts if part != ""))


def _filled(part: str | Label | Value, labels: Mapping[str, str], value: float) -> str:
    if isinstance(part, Label):
        return labels.get(part.name, "")
    return general(value) if isinstance(part, Value) else part
