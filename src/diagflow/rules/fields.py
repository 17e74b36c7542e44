"""The fields of Kubernetes' own kinds, as lightkube's models declare them, made from the OpenAPI of Kubernetes.

Importing the models costs a fifth of a second, so only `diagflow rules lint` asks, and no rule waits for it.
"""

import importlib
import pkgutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import msgspec

from diagflow.rules.near import did_you_mean, near

Types = tuple[Any, ...]
"""What may stand at a place: one type of each version of the API; none where anything may."""

_VALUES: Final = (str, int, float, bool, datetime)
_OF_STATUS: Final = ("state", "lastState", "ready", "started", "restartCount")


@dataclass(frozen=True, slots=True)
class Misread:
    """A path at which nothing ever stands.

    Attributes:
        word: the step of the path that is wrong.
        message: what is wrong, what would be right.
    """

    word: str
    message: str


def misread(kind: str, path: str, *, value: bool = False) -> Misread | None:
    """Return what is wrong with a path into objects of a kind; None where nothing is, or nobody knows.

    Args:
        kind: as rules write it; `event` too. Of kinds that are not Kubernetes' own only the metadata are known.
        path: such as `status.conditions[].type`.
        value: the path must lead to one value, that can be compared.
    """
    return _wrong(_roots(kind) or _any_kind(), f"the kind {kind}", path, value=value)


def misread_container(path: str, *, value: bool = False) -> Misread | None:
    """Return what is wrong with a path into what `each: container` gives, such as `state.waiting.reason`."""
    return _wrong((_container(),), "a container", path, value=value)


def is_known(kind: str) -> bool:
    """Return whether all fields of a kind are known."""
    return bool(_roots(kind))


def _wrong(roots: Types, owner: str, path: str, *, value: bool) -> Misread | None:
    here, before = roots, ""
    for step in path.replace("[]", ".[]").split("."):
        below = _below(here, step)
        if below is None:
            return Misread(step if step != "[]" else _last(before), _said(here, owner, before, step))
        if not below:
            return None
        here, before = below, _joined(before, step)
    if value and not any(t in _VALUES for t in here):
        return Misread(_last(path), f"`{path}` of {owner} is no single value: {_deeper(here, path)}")
    return None


def _below(types: Types, step: str) -> Types | None:
    """Return what may stand one step further: nothing where all may, None where nothing ever does."""
    found: list[Any] = []
    for one in types:
        fields = _fields(one)
        if fields is None or (step == "[]" and fields and not _is_list(one)):
            return ()  # a map; or a loop over the names of fields
        if _is_list(one) and step == "[]":
            found += _parts(get_args(one)[0])
        elif step in fields:
            found += _parts(fields[step])
    return None if not found else () if any(_fields(one) is None for one in found) else tuple(found)


def _is_list(one: Any) -> bool:
    origin: Any = get_origin(one)
    return origin is list


def _fields(one: Any) -> Mapping[str, Any] | None:
    """Return the fields below a type, none of lists and values; None where anything may stand."""
    if isinstance(one, dict):
        return one
    if isinstance(one, type) and issubclass(one, msgspec.Struct):
        return _of_struct(one)
    return {} if one in _VALUES or _is_list(one) else None


@lru_cache(maxsize=1024)
def _of_struct(one: type[msgspec.Struct]) -> Mapping[str, Any]:
    hints = get_type_hints(one)
    return {key: hints[name] for key, name in zip(one.__struct_encode_fields__, one.__struct_fields__, strict=True)}


def _parts(hint: Any) -> Iterator[Any]:
    """Yield the alternatives of `Optional[...]` and `Union[...]`."""
    if isinstance(hint, tuple):
        yield from hint
    elif get_origin(hint) in (Union, UnionType):
        yield from (one for one in get_args(hint) if one is not NoneType)
    else:
        yield hint


def _said(here: Types, owner: str, before: str, step: str) -> str:
    shown = f"`{_joined(before, step)}`"
    if step == "[]":
        return f"`{before}` of {owner} is no list: leave out `[]`"
    if any(_is_list(one) for one in here):
        return f"`{before}` of {owner} is a list: write `{before}[].{step}`, in CEL `{before}.exists(x, x.{step} ...)`"
    known = _names(here)
    if not known:
        return f"{shown} is never there: `{before}` of {owner} is a value, with nothing below it"
    elsewhere = _elsewhere(here, step) if not before and not near(step, known) else ""
    return f"{shown} is no field of {owner}: {elsewhere or did_you_mean(step, known, limit=20)}".replace(
        "did you mean `", f"did you mean `{before}{'.' if before else ''}"
    )


def _elsewhere(roots: Types, step: str) -> str:
    """Return where a field is that was looked for at the top: `phase` is in the status."""
    found = [part for part in ("status", "spec", "metadata") if step in _names(_below(roots, part) or ())]
    return f"did you mean `{found[0]}.{step}`?" if found else ""


def _names(types: Types) -> frozenset[str]:
    return frozenset(name for one in types for name in _fields(one) or ())


def _deeper(here: Types, path: str) -> str:
    if any(_is_list(one) for one in here):
        names = _names(tuple(part for one in here for part in _parts(get_args(one)[0])))
        return f"it is a list, so write `{path}[]{'.' if names else ''}{_example(names)}` or the like"
    return f"name a field below it, such as `{path}.{_example(_names(here))}`"


def _example(names: Collection[str]) -> str:
    return next((name for name in ("type", "name", "phase") if name in names), min(names, default=""))


def _joined(before: str, step: str) -> str:
    return f"{before}{step}" if step == "[]" or not before else f"{before}.{step}"


def _last(path: str) -> str:
    return path.removesuffix("[]").rpartition(".")[2].removesuffix("[]")


@lru_cache(maxsize=1)
def _kinds() -> Mapping[str, Types]:
    """Return all kinds, in lower case, each with what its versions declare."""
    import lightkube.models  # noqa: PLC0415  # late, as the module says

    found: dict[str, Types] = {}
    for module in pkgutil.iter_modules(lightkube.models.__path__, "lightkube.models."):
        for name, one in vars(importlib.import_module(module.name)).items():
            if _is_kind(one) and one.__module__ == module.name:
                found[name.lower()] = (*found.get(name.lower(), ()), one)
    return found


def _is_kind(one: Any) -> bool:
    """True for what has its own list in the API: a claim in a container's resources is called like a kind."""
    is_struct = isinstance(one, type) and issubclass(one, msgspec.Struct)
    return is_struct and {"apiVersion", "kind", "metadata"} <= set(one.__struct_fields__)


def _roots(kind: str) -> Types:
    return _kinds().get(kind, ())


def _any_kind() -> Types:
    """Return what every object has; what else is at its top, nobody knows."""
    from lightkube.models.meta_v1 import ObjectMeta  # noqa: PLC0415

    return (_Open({"apiVersion": str, "kind": str, "metadata": ObjectMeta}),)


class _Open(dict[str, Any]):
    """Fields of which some are known, and others may be there."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Any:
        return Any


def _container() -> dict[str, Any]:
    from lightkube.models import core_v1 as core  # noqa: PLC0415

    status = _of_struct(core.ContainerStatus)
    return {
        "name": str,
        "type": str,
        "image": str,
        "spec": (core.Container, core.EphemeralContainer),
        "status": core.ContainerStatus,
        **{name: status[name] for name in _OF_STATUS},
    }
