"""A value with its tokens replaced by what they stand for."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

T = TypeVar("T")


def restored(value: T, restore: Callable[[str], str]) -> T:
    """Return a copy of dataclasses, lists and mappings with `restore` applied to each string in them."""
    changed: Any = _restored(value, restore)
    return changed  # type: ignore[no-any-return]


def _restored(value: Any, restore: Callable[[str], str]) -> Any:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return restore(value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _restored(getattr(value, f.name), restore) for f in fields(value) if f.init})
    if isinstance(value, Mapping):
        return {_restored(k, restore): _restored(v, restore) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_restored(v, restore) for v in value)
    return value
