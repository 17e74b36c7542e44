"""Finding the strings of a reading that may hold secrets, and changing them in place.

Objects come as structs with few fields or as dicts. Of structs, the fields that can hold a secret are worked out once
for each type, so that a list of ten thousand costs little more than the strings in question.
"""

import types
from functools import lru_cache
from typing import Any, Final, Union, get_args, get_origin

import msgspec

from diagflow.bundle.redact.names import is_secret, is_secret_field, is_secret_name
from diagflow.bundle.redact.text import Texts

LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
"""A whole second copy of the object, as somebody once wrote it, Secrets too: dropped."""

_SAFE_WORDS = """
    name namespace uid kind apiVersion resourceVersion generation generateName selfLink creationTimestamp
    deletionTimestamp phase nodeName hostIP podIP podIPs hostIPs ip reason type labels matchLabels
    nodeSelector ownerReferences managedFields finalizers capacity allocatable requests limits resources
    images containerID schedulerName serviceAccountName serviceAccount priorityClassName restartPolicy
    dnsPolicy imagePullPolicy terminationMessagePath terminationMessagePolicy protocol startTime
    startedAt finishedAt lastTransitionTime lastProbeTime lastHeartbeatTime lastUpdateTime
    lastScheduleTime lastSuccessfulTime completionTime firstTimestamp lastTimestamp eventTime
    observedGeneration fieldPath qosClass nodeInfo mountPath subPath devicePath operator effect
    topologyKey secretName claimName volumeName storageClassName accessModes volumeMode provisioner
    clusterIP clusterIPs secretKeyRef configMapKeyRef secretRef configMapRef imagePullSecrets secrets
    tolerations topologySpreadConstraints
"""
_SAFE: Final = frozenset(_SAFE_WORDS.split())
"""Fields of Kubernetes objects that hold names, times, numbers or words of a fixed list, wherever they stand."""

_NO_TEXT: Final = frozenset({int, float, bool, type(None), msgspec.UnsetType})
_WORDS: Final = frozenset({"status"})
"""Fields that hold a word of a fixed list where they hold a string, and else may hold anything."""

_ARGUMENTS: Final = frozenset({"args", "command"})
_SECRET_DATA: Final = frozenset({"data", "stringData"})
_CONFIG_DATA: Final = frozenset({"data", "binaryData"})


class Walker:
    """Changes the strings below a value in place.

    Attributes:
        texts: what redacts one string.
        resource: `secrets` or `configmaps` where the objects are these, else anything.
        fields: True for fields of objects (where `secret: name` names an object), False for environments and facts.
        dropped: how many Secrets had data, which was dropped.
    """

    __slots__ = ("_plans", "dropped", "fields", "resource", "texts")

    def __init__(self, texts: Texts, resource: str = "", *, fields: bool = True) -> None:
        self.texts = texts
        self.resource = resource
        self.fields = fields
        self.dropped = 0
        self._plans: dict[type, Plan] = {}

    def object(self, item: Any) -> None:
        """Redact one Kubernetes object, a struct or a dict.

        Raises:
            RecursionError: it is nested too deep.
        """
        resource = self.resource or _resource(item)
        if resource == "secrets":
            self._drop_data(item)
        elif resource == "configmaps":
            self._config(item)
        self.value("", item)

    def value(self, key: str, value: Any) -> Any:
        """Redact a value in place and return it, or what takes its place."""
        kind = type(value)
        if kind in _NO_TEXT:
            return value
        if kind is str:
            return self._string(key, value)
        if kind is dict:
            self._dict(key, value)
        elif kind is list:
            self._list(key, value)
        elif isinstance(value, msgspec.Struct):
            self._struct(key, value)
        return value

    def _string(self, key: str, value: str) -> str:
        if is_secret_name(key) and (is_secret_field if self.fields else is_secret)(key, value):
            return self.texts.named(key, value)
        return value if key in _WORDS else self.texts.text(value)

    def _dict(self, key: str, value: dict[str, Any]) -> None:
        if key == "annotations":
            value.pop(LAST_APPLIED, None)
        pair = "value" in value and _is_pair(key, value["value"], value.get("name"))
        if pair:
            value["value"] = self._pair(value.get("name"), value["value"])
        for name, below in value.items():
            kind = type(below)
            if kind in _NO_TEXT or name in _SAFE or (pair and name == "value"):
                continue
            # Most are texts, so without detours.
            new = self.texts.text(below) if kind is str and _is_text(name) else self.value(name, below)
            if new is not below:
                value[name] = new  # no new key: the iteration goes on

    def _list(self, key: str, value: list[Any]) -> None:
        if key in _ARGUMENTS:
            value[:] = self.texts.arguments(value)
            return
        for i, below in enumerate(value):
            new = self.value(key, below)
            if new is not below:
                value[i] = new

    def _struct(self, key: str, value: msgspec.Struct) -> None:
        plan = self._plans.get(type(value))
        if plan is None:
            plan = self._plans[type(value)] = _plan(type(value))
        self._members(key, value, plan)

    def _members(self, key: str, value: msgspec.Struct, plan: "Plan") -> None:
        """Redact what a struct holds, as its plan says."""
        for attribute, name, below, texts in plan:
            found = getattr(value, attribute)
            if found is None or found is msgspec.UNSET:
                continue
            if below is None:
                if texts and type(found) is str:  # most fields, so without detours
                    new = self.texts.text(found)
                    if new is not found:
                        setattr(value, attribute, new)
                elif type(found) is not str or name not in _WORDS:
                    self._leaf(key, value, attribute, name, found)
            elif type(found) is list:
                for item in found:
                    self._members(name, item, below)
            else:
                self._members(name, found, below)

    def _leaf(self, key: str, value: msgspec.Struct, attribute: str, name: str, found: Any) -> None:
        """Redact a field that may hold anything."""
        if name == "value" and _is_pair(key, found, _get(value, "name")):
            new = self._pair(_get(value, "name"), found)
        else:
            new = self.value(name, found)
        if new is not found:
            setattr(value, attribute, new)

    def _pair(self, name: Any, value: str) -> str:
        """Redact the value of `{name: ..., value: ...}`; without a name nobody can say that it is harmless."""
        if not isinstance(name, str):
            return self.texts.named("", value)
        if is_secret(name, value):
            return self.texts.named(name, value)
        return self.texts.text(value)

    def _drop_data(self, item: Any) -> None:
        found = [name for name in _SECRET_DATA if _get(item, name)]
        for name in found:
            _drop(item, name)
        self.dropped += bool(found)

    def _config(self, item: Any) -> None:
        for name in _CONFIG_DATA:
            data = _get(item, name)
            if isinstance(data, dict):
                for key, value in data.items():
                    data[key] = self._config_value(name, key, value)

    def _config_value(self, name: str, key: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if name == "binaryData" or is_secret(key, value):
            return self.texts.named(key, value)
        return self.texts.text(value, config=True)


def _is_pair(key: str, value: Any, name: Any) -> bool:
    """True for `{name: ..., value: ...}`, and for an item of `env` of which only the value was kept."""
    return isinstance(value, str) and (isinstance(name, str) or key == "env")


def _resource(item: Any) -> str:
    """Return the resource of an object that says its kind, as far as it makes a difference."""
    return {"Secret": "secrets", "ConfigMap": "configmaps"}.get(str(_get(item, "kind")), "")


def _get(item: Any, name: str) -> Any:
    if isinstance(item, dict):
        return item.get(name)
    attribute = _attribute(type(item), name)
    found = getattr(item, attribute) if attribute else None
    return None if found is msgspec.UNSET else found


def _drop(item: Any, name: str) -> None:
    if isinstance(item, dict):
        del item[name]
    else:
        setattr(item, _attribute(type(item), name), msgspec.UNSET)


def _attribute(kind: type, name: str) -> str:
    names = getattr(kind, "__struct_encode_fields__", ())
    return str(kind.__struct_fields__[names.index(name)]) if name in names else ""  # type: ignore[attr-defined]


Plan = list[tuple[str, str, "Plan | None", bool]]
"""The fields of a struct below which there may be a secret: attribute, name, the plan of the structs that the field
holds, itself or in a list (without one it may hold anything), and whether a string there is a text like any other.
"""


def _plan(kind: type) -> Plan:
    plan: Plan = []
    for field in msgspec.structs.fields(kind):
        struct = _struct_of(field.type)
        below = None if struct is None else _plan(struct)
        if field.encode_name not in _SAFE and below != []:
            plan.append((field.name, field.encode_name, below, _is_text(field.encode_name)))
    return plan


@lru_cache(maxsize=4096)
def _is_text(name: str) -> bool:
    return name not in _WORDS and name != "value" and not is_secret_name(name)


def _struct_of(kind: Any) -> type | None:
    """Return the type of struct that a field holds, itself or in a list; None if it may hold something else."""
    if get_origin(kind) in (Union, types.UnionType):
        kinds = [k for k in get_args(kind) if k not in (type(None), msgspec.UnsetType)]
        return _struct_of(kinds[0]) if len(kinds) == 1 else None
    if get_origin(kind) is list:
        kind = get_args(kind)[0]
    return kind if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else None
