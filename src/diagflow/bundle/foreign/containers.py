"""Containers of `kubectl describe pod`, and of a pod template: what was asked for, and how they are.

kubectl, pkg/describe/describe.go: describeContainers. What it does not print (the message of a waiting container, pull
policy, security context) is not there. A command of several lines is printed like several arguments, and read as such.
"""

import re
from typing import Any, Final
from urllib.parse import urlsplit

from diagflow.bundle.foreign.ages import time_of
from diagflow.bundle.foreign.outline import Entry
from diagflow.bundle.foreign.values import filled, number, quantities_of

_PORT: Final = re.compile(r"(\d{1,5})/(TCP|UDP|SCTP)")
_MOUNT: Final = re.compile(r"(?P<path>.+) from (?P<name>\S+) \((?P<flags>[^)]*)\)")
_FROM_KEY: Final = re.compile(
    r"<set to the key '(?P<key>[^']*)' (?P<of>in secret|of config map) '(?P<name>[^']*)'>(?P<rest>.*)"
)
_FROM_FIELD: Final = re.compile(r".* \(v1:(?P<path>[\w./\[\]'-]+)\)")
_ENV_FROM: Final = re.compile(
    r"(?P<name>\S+) +(?P<kind>ConfigMap|Secret)\b(?: with prefix '(?P<prefix>[^']*)')?(?P<rest>.*)"
)
_PROBE: Final = re.compile(
    r"(?P<what>.*?) ?delay=(\d{1,9})s timeout=(\d{1,9})s period=(\d{1,9})s #success=(\d{1,9}) #failure=(\d{1,9})"
)
_SECONDS: Final = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
_OPTIONAL: Final = "Optional: true"


def containers_of(entry: Entry) -> list[dict[str, Any]]:
    """Return the containers below `Containers:` as the spec has them."""
    return [_spec(one) for one in entry.below if one.key]


def statuses_of(entry: Entry) -> list[dict[str, Any]]:
    """Return how the containers are; one that the kubelet has not told about has no status."""
    return [_status(one) for one in entry.below if one.has("State")]


def _spec(one: Entry) -> dict[str, Any]:
    resources = {kind.lower(): quantities_of(one.get(kind)) for kind in ("Limits", "Requests")}
    probes = {f"{kind.lower()}Probe": _probe(one.get(kind).value) for kind in ("Liveness", "Readiness", "Startup")}
    return {
        "name": one.key,
        **filled(
            {
                "image": one.get("Image").value,
                "command": list(one.get("Command").all_below()),
                "args": list(one.get("Args").all_below()),
                "ports": _ports(one),
                "resources": filled(resources),
                "env": [_variable(line) for line in one.get("Environment").below if line.key],
                "envFrom": [
                    _env_from(found)
                    for line in one.get("Environment Variables from").below
                    if (found := _ENV_FROM.fullmatch(line.text))
                ],
                "volumeMounts": [
                    _mount(found) for line in one.get("Mounts").below if (found := _MOUNT.fullmatch(line.text))
                ],
                **probes,
            }
        ),
    }


def _ports(one: Entry) -> list[dict[str, Any]]:
    inside = _PORT.findall(one.get("Ports").value or one.get("Port").value)
    outside = _PORT.findall(one.get("Host Ports").value or one.get("Host Port").value)
    ports: list[dict[str, Any]] = [{"containerPort": int(port), "protocol": protocol} for port, protocol in inside]
    for port, (on_host, _) in zip(ports, outside, strict=False):
        if int(on_host):
            port["hostPort"] = int(on_host)
    return ports


def _mount(found: re.Match[str]) -> dict[str, Any]:
    flags = found["flags"].split(",")
    path = next((flag.removeprefix("path=").strip('"') for flag in flags if flag.startswith("path=")), "")
    return {"name": found["name"], "mountPath": found["path"], "readOnly": "ro" in flags, **filled({"subPath": path})}


def _variable(line: Entry) -> dict[str, Any]:
    found = _FROM_KEY.fullmatch(line.value)
    if found:
        kind = "secretKeyRef" if found["of"] == "in secret" else "configMapKeyRef"
        reference = {"name": found["name"], "key": found["key"], **_optional(found["rest"])}
        return {"name": line.key, "valueFrom": {kind: reference}}
    field = _FROM_FIELD.fullmatch(f" {line.value}")
    if field:
        return {"name": line.key, "valueFrom": {"fieldRef": {"fieldPath": field["path"]}}}
    return {"name": line.key, "value": "\n".join([line.value, *(below.text for below in line.below)])}


def _env_from(found: re.Match[str]) -> dict[str, Any]:
    kind = "configMapRef" if found["kind"] == "ConfigMap" else "secretRef"
    return {kind: {"name": found["name"], **_optional(found["rest"])}, **filled({"prefix": found["prefix"]})}


def _optional(rest: str) -> dict[str, Any]:
    return {"optional": True} if _OPTIONAL in rest else {}


def _probe(text: str) -> dict[str, Any]:
    found = _PROBE.fullmatch(text)
    if not found:
        return {}
    return {**_handler(found["what"]), **{name: int(n) for name, n in zip(_SECONDS, found.groups()[1:], strict=True)}}


def _handler(text: str) -> dict[str, Any]:
    """Return what a probe does; of `exec [sh -c x y]` nobody knows where one argument ends, so it stays empty."""
    kind, _, rest = text.partition(" ")
    if kind == "http-get":
        try:
            url = urlsplit(rest)
        except ValueError:
            return {}
        host, _, port = url.netloc.rpartition(":")
        action = {"scheme": url.scheme.upper(), "host": host, "port": number(port) or port, "path": url.path}
        return {"httpGet": filled(action)}
    if kind == "tcp-socket":
        host, _, port = rest.rpartition(":")
        return {"tcpSocket": filled({"host": host, "port": number(port) or port})}
    if kind == "grpc":
        port, _, service = rest.removeprefix("<pod>:").partition(" ")
        return {"grpc": filled({"port": number(port), "service": service})}
    return {"exec": {}} if kind == "exec" else {}


def _status(one: Entry) -> dict[str, Any]:
    ready = one.get("Ready").value
    return {
        "name": one.key,
        "state": _state(one.get("State")),
        **filled(
            {
                "ready": ready == "True" if ready else None,  # a text that was cut off ends before it
                "restartCount": number(one.get("Restart Count").value),
                "containerID": one.get("Container ID").value,
                "imageID": one.get("Image ID").value,
                "lastState": _state(one.get("Last State")),
            }
        ),
    }


def _state(entry: Entry) -> dict[str, Any]:
    reason, started = entry.get("Reason").value, time_of(entry.get("Started").value)
    if entry.value == "Running":
        return {"running": filled({"startedAt": started})}
    if entry.value == "Waiting":
        return {"waiting": filled({"reason": reason})}
    if entry.value != "Terminated":
        return {}
    details = {
        "exitCode": number(entry.get("Exit Code").value),
        "reason": reason,
        "message": entry.get("Message").value,
        "signal": number(entry.get("Signal").value),
        "startedAt": started,
        "finishedAt": time_of(entry.get("Finished").value),
    }
    return {"terminated": filled(details)}
