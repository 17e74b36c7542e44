"""What a condition in CEL has read, with the values: the sentence of a match whose author wrote none."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from diagflow.analyze.paths import scalar, values_at
from diagflow.model import Text
from diagflow.rules.reads import reads

MOST_PATHS: Final = 3
"""Paths that are named of many, and values of one path."""
_LONGEST: Final = 80
"""Characters of a value."""

Values = Mapping[str, Sequence[str]]
"""What stands at each path, in words; nothing where nothing is."""


def values_read(source: str, items: Mapping[str, Any]) -> Values:
    """Return the first paths that an expression reads, and what stands there.

    Args:
        source: the expression.
        items: the objects by the variable that they are bound to.
    """
    paths = reads(source).paths if source else {}
    found = [
        (f"{variable}.{path}" if variable in _NAMED else path, values_at(path)(item))
        for variable, item in items.items()
        for path in sorted(paths.get(variable, ()))
        if path
    ]
    return {path: _told(values) for path, values in found[:MOST_PATHS]}


_NAMED: Final = ("facts",)
"""Variables that a reader of the sentence must know the paths of."""


def _told(values: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(told(value) for value in values if value is not None))[:MOST_PATHS]


def told(value: Any) -> str:
    """Return a value in words; lists and objects as JSON, cut where it is long."""
    simple = scalar(value)
    text = msgspec.json.encode(value).decode() if simple is None else simple
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def sentence(en: str, zh: str, values: Values, otherwise: str) -> Text:
    """Return what was read of something.

    Args:
        en: what it is.
        zh: that in Chinese.
        values: what was read.
        otherwise: what to say where nothing was: the condition itself.
    """
    if not values:
        return Text(f"{en}: {otherwise}", f"{zh}：{otherwise}") if otherwise else Text(f"{en} exists", f"{zh} 存在")
    said_en = " and ".join(f"{path} is {', '.join(found) or 'not there'}" for path, found in values.items())
    said_zh = "，".join(
        f"{path} 为 {'、'.join(found)}" if found else f"{path} 不存在" for path, found in values.items()
    )
    return Text(f"{en}: {said_en}", f"{zh}：{said_zh}")
