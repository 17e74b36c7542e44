"""JSON and YAML: the wire form as text, UTF-8, keys sorted, the same bytes everywhere."""

import json
from collections.abc import Mapping
from typing import Any, Final

import yaml

from diagflow.feedback.visible import deceives, escaped

_UNBROKEN: Final = 1 << 20
"""Columns: one scalar is one line, so that a search for a sentence finds it."""


def as_json(wire: Mapping[str, Any]) -> str:
    """Return the wire form as JSON; characters that a terminal would obey stand as escapes."""
    return escaped(json.dumps(wire, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)) + "\n"


def as_json_line(wire: Mapping[str, Any]) -> str:
    """Return the wire form as JSON in one line, for JSON Lines."""
    line = json.dumps(wire, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return escaped(line) + "\n"


def as_yaml(wire: Mapping[str, Any]) -> str:
    """Return the wire form as YAML 1.1 and 1.2 alike."""
    return escaped(yaml.dump(dict(wire), Dumper=_Dumper, sort_keys=True, allow_unicode=True, width=_UNBROKEN, indent=2))


class _Dumper(yaml.CSafeDumper):
    """Without aliases: equal parts are written twice, as in JSON."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # the signature is PyYAML's
        return True


def _string(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    """Text of several lines as a block; what must be escaped between double quotes, the only place for escapes."""
    style = '"' if deceives(value) else "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _string)
