"""Where the paths of `container` stand in an object.

A container joins an entry of the spec with one of the status, by name; for a workload the spec is that of the pod
template, and there is no status.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

PREFIX: Final = "container."

_SPECS: Final = ("containers", "initContainers", "ephemeralContainers")
_STATUSES: Final = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")
_TEMPLATES: Final = {"pod": "", "cronjob": "spec.jobTemplate.spec.template.", "podtemplate": "template."}


def in_object(paths: Iterable[str], kind: str) -> frozenset[str]:
    """Return the paths in an object of `kind` that hold container paths (without `container.`), and what joins them."""
    return _joins(kind).union(*(_expanded(path, kind) for path in paths))


@lru_cache(maxsize=64)
def _joins(kind: str) -> frozenset[str]:
    restarts = _template(kind) + "spec.initContainers[].restartPolicy"
    return frozenset({*_in_spec("name", kind), *_in_spec("image", kind), *_in_status("name"), restarts})


@lru_cache(maxsize=4096)
def _expanded(path: str, kind: str) -> tuple[str, ...]:
    head, _, tail = path.partition(".")
    if head == "type":
        return ()
    if head in ("name", "image"):
        return (*_in_spec(path, kind), *_in_status(path))
    if head == "spec":
        return _in_spec(tail, kind)
    return _in_status(tail if head == "status" else path)


def _template(kind: str) -> str:
    return _TEMPLATES.get(kind, "spec.template.")


def _in_spec(rest: str, kind: str) -> tuple[str, ...]:
    return tuple(_joined(f"{_template(kind)}spec.{name}[]", rest) for name in _SPECS)


def _in_status(rest: str) -> tuple[str, ...]:
    return tuple(_joined(f"status.{name}[]", rest) for name in _STATUSES)


def _joined(head: str, rest: str) -> str:
    return f"{head}.{rest}" if rest else head.removesuffix("[]")
