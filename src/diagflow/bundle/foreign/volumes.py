"""Volumes of `kubectl describe pod`: those that name something that can be missing.

kubectl, pkg/describe/describe.go: describeVolumes. Of a projected volume kubectl prints the names of its sources alone,
and of any other kind we keep the name.
"""

from collections.abc import Callable
from typing import Any, Final

from diagflow.bundle.foreign.outline import Entry
from diagflow.bundle.foreign.values import filled


def volumes_of(entry: Entry) -> list[dict[str, Any]]:
    """Return the volumes below `Volumes:`."""
    return [{"name": one.key, **_source(one)} for one in entry.below if one.key]


def _source(one: Entry) -> dict[str, Any]:
    read = _KINDS.get(one.get("Type").value.partition(" ")[0])
    return read(one) if read else {}


def _optional(one: Entry) -> dict[str, Any]:
    return {"optional": True} if one.get("Optional").value == "true" else {}


def _host_path(one: Entry) -> dict[str, Any]:
    return {"hostPath": filled({"path": one.get("Path").value, "type": one.get("HostPathType").value})}


def _empty(one: Entry) -> dict[str, Any]:
    return {"emptyDir": filled({"medium": one.get("Medium").value, "sizeLimit": one.get("SizeLimit").value})}


def _config_map(one: Entry) -> dict[str, Any]:
    return {"configMap": {"name": one.get("Name").value, **_optional(one)}}


def _secret(one: Entry) -> dict[str, Any]:
    return {"secret": {"secretName": one.get("SecretName").value, **_optional(one)}}


def _claim(one: Entry) -> dict[str, Any]:
    claim = {"claimName": one.get("ClaimName").value}
    return {"persistentVolumeClaim": {**claim, **({"readOnly": True} if one.get("ReadOnly").value == "true" else {})}}


_KINDS: Final[dict[str, Callable[[Entry], dict[str, Any]]]] = {
    "ConfigMap": _config_map,
    "EmptyDir": _empty,
    "HostPath": _host_path,
    "PersistentVolumeClaim": _claim,
    "Secret": _secret,
}
