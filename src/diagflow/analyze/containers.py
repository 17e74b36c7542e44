"""The containers of an object: spec and status joined by name.

For a pod that is its own spec and status; for a workload (Deployment, Job, CronJob ...) the pod template, which has no
status.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

PREFIX: Final = "container."
"""Paths that begin so are about one container."""

_LISTS: Final = (
    ("initContainers", "initContainerStatuses", "init"),
    ("containers", "containerStatuses", "main"),
    ("ephemeralContainers", "ephemeralContainerStatuses", "ephemeral"),
)
_OF_STATUS: Final = ("state", "lastState", "ready", "started", "restartCount")
_TEMPLATE: Final = {"pod": "", "cronjob": "spec.jobTemplate.spec.template.", "podtemplate": "template."}


def is_container_path(path: str) -> bool:
    """True for `container.state.waiting.reason` and the like."""
    return path.startswith(PREFIX)


def expand(path: str, kind: str = "pod") -> tuple[str, ...]:
    """Return the paths in the object where the values of a container path stand; none for what is derived (`type`)."""
    head, _, tail = path.removeprefix(PREFIX).partition(".")
    if head == "type":
        return ()
    rest = path.removeprefix(PREFIX)
    if head in ("name", "image"):
        return (*_in_spec(rest, kind), *_in_status(rest))
    if head == "spec":
        return _in_spec(tail, kind)
    return _in_status(tail if head == "status" else rest)


def fields_for(paths: frozenset[str], kind: str = "pod") -> frozenset[str]:
    """Return the paths to keep for container paths: theirs, and what joins spec, status and type."""
    found = {full for path in paths for full in (expand(path, kind) if is_container_path(path) else (path,))}
    if any(is_container_path(path) for path in paths):
        found.update(_in_spec("name", kind), _in_spec("image", kind), _in_status("name"))
        found.add(f"{_template(kind)}spec.initContainers[].restartPolicy")
    return frozenset(found)


def _template(kind: str) -> str:
    return _TEMPLATE.get(kind, "spec.template.")


def _in_spec(rest: str, kind: str) -> tuple[str, ...]:
    return tuple(_path(f"{_template(kind)}spec.{spec}[]", rest) for spec, _, _ in _LISTS)


def _in_status(rest: str) -> tuple[str, ...]:
    return tuple(_path(f"status.{status}[]", rest) for _, status, _ in _LISTS)


def _path(head: str, rest: str) -> str:
    return f"{head}.{rest}" if rest else head


def containers_of(obj: Mapping[str, Any], kind: str = "pod") -> Iterator[dict[str, Any]]:
    """Yield the containers of a plain object, init ones first, in the order of the spec.

    Each has `name`, `type` (`init`, `sidecar`, `main`, `ephemeral`), `image`, `spec`, `status` and what the status
    says: `state`, `lastState`, `ready`, `started`, `restartCount`, where it is known.
    """
    template = _at(obj, _template(kind).rstrip("."))
    pod_spec, status = _at(template, "spec"), _at(obj, "status")
    for in_spec, in_status, type_ in _LISTS:
        specs, states = _by_name(pod_spec.get(in_spec)), _by_name(status.get(in_status))
        for name in [*specs, *(n for n in states if n not in specs)]:
            yield _container(name, type_, specs.get(name, {}), states.get(name, {}))


def _at(obj: Any, path: str) -> Mapping[str, Any]:
    for step in path.split(".") if path else ():
        obj = obj.get(step) if isinstance(obj, Mapping) else None
    return obj if isinstance(obj, Mapping) else {}


def _by_name(items: Any) -> dict[str, Mapping[str, Any]]:
    known = items if isinstance(items, list) else []
    return {str(i.get("name") or ""): i for i in known if isinstance(i, Mapping)}


def _container(name: str, type_: str, spec: Mapping[str, Any], status: Mapping[str, Any]) -> dict[str, Any]:
    if type_ == "init" and spec.get("restartPolicy") == "Always":
        type_ = "sidecar"
    found: dict[str, Any] = {"name": name, "type": type_, "spec": spec, "status": status}
    image = spec.get("image") or status.get("image")
    if image:
        found["image"] = image
    found.update((key, status[key]) for key in _OF_STATUS if key in status)
    return found
