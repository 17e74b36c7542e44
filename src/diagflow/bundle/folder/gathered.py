"""What other tools leave out: they gather some namespaces or some objects, and no file says which they did not.

`kubectl cluster-info dump` writes `NAMESPACE/KIND.json` of `kube-system` and one namespace, unless it is told others
(kubernetes, staging/src/k8s.io/kubectl/pkg/cmd/clusterinfo/clusterinfo_dump.go). A support bundle has
`cluster-resources/KIND/NAMESPACE.json`, and `KIND-errors.json` for what it could not list (replicatedhq/troubleshoot,
pkg/collect/cluster_resources.go). `oc adm inspect`, which every must-gather is made of, writes
`namespaces/NAMESPACE/GROUP/KINDS.yaml` and `cluster-scoped-resources/GROUP/KINDS/NAME.yaml` of what it was asked for
and of what that refers to (openshift/oc, pkg/cli/admin/inspect/util.go: dirPathForInfo, filenameForInfo).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from diagflow.bundle.folder.documents import documents
from diagflow.bundle.folder.files import Found, body_of
from diagflow.bundle.folder.hints import resource_of
from diagflow.bundle.folder.objects import Kind
from diagflow.bundle.folder.problem import Unreadable
from diagflow.bundle.resources import has_namespace

_INSPECTED: Final = re.compile(
    r".*/(?:namespaces/(?P<ns>[^/]+)/(?:(?P=ns)\.yaml|pods/[^/]+/.+|(?:core|apps|batch|autoscaling|policy|extensions)/.+"
    r"|[^/]+\.[^/]+/.+)|cluster-scoped-resources/[^/]+/.+)"
)
_WEBHOOKS: Final = re.compile(r"(?:^|.*/)web_hooks/[^/]+\.yaml")
_DUMPED: Final = re.compile(r"(?P<root>|.*/)(?P<ns>[^/]+)/replication-controllers\.(?:json|yaml)")
_BUNDLED: Final = re.compile(r"(?:^|.*/)cluster-resources/(?P<kind>[^/]+)/(?P<ns>[^/]+)\.json")
_ERRORS: Final = re.compile(r"(?:^|.*/)cluster-resources/(?P<kind>[^/]+)-errors\.json")

_EVERYWHERE: Final = frozenset({"kube-public", "kube-node-lease"})
"""Namespaces that every cluster has and nobody asks for: where they were gathered, all were."""

_ALL_OF: Final = frozenset(
    {
        "nodes",
        "certificatesigningrequests.certificates.k8s.io",
        "persistentvolumes",
        "storageclasses.storage.k8s.io",
        "volumeattachments.storage.k8s.io",
        "csidrivers.storage.k8s.io",
        "csinodes.storage.k8s.io",
        "mutatingwebhookconfigurations.admissionregistration.k8s.io",
        "validatingwebhookconfigurations.admissionregistration.k8s.io",
    }
)
"""Of what a must-gather has all: openshift/must-gather, collection-scripts/gather and gather_admission_webhooks."""

_ENDED_EARLY: Final = re.compile(rb"gather never finished|gather did not start|gather output not downloaded")
"""openshift/oc, pkg/cli/admin/mustgather/mustgather.go: processNextWorkItem; it writes what it says to this file."""


def lacking(files: Sequence[Found], kinds: dict[str, Kind]) -> Iterator[tuple[str, str]]:
    """Yield each resource whose list may lack objects that the cluster has, and why."""
    yield from _must_gather(files, kinds)
    yield from _dump(files, kinds)
    yield from _support_bundle(files, kinds)


def is_inspected(file: Found) -> bool:
    """True for what `oc adm inspect` wrote, also where only a folder of it was named."""
    return bool(_INSPECTED.fullmatch(file.path.absolute().as_posix()))


def stamps(files: Sequence[Found]) -> str:
    """Return when a must-gather began and ended, as it says so; nothing where there is none."""
    if not any(is_inspected(file) for file in files):
        return ""
    return next((_start(f).decode(errors="replace") for f in files if f.parts[-1] == "timestamp"), "")


def _must_gather(files: Sequence[Found], kinds: dict[str, Kind]) -> Iterator[tuple[str, str]]:
    inspected = {file.name for file in files if is_inspected(file)}
    if not inspected:
        return
    hooks = {file.name for file in files if _WEBHOOKS.fullmatch(file.name)}
    by_script = any(file.parts[-1] == "version" and b"openshift/must-gather" in _start(file) for file in files)
    early = any(_ENDED_EARLY.search(_start(file)) for file in files if file.parts[-1] == "must-gather.logs")
    for resource, kind in kinds.items():
        if not kind.files & (inspected | hooks):
            continue
        if early:
            yield resource, "the must-gather ended early (must-gather.logs)"
        elif not (by_script and resource in _ALL_OF):
            yield resource, "a must-gather has only what it was asked for, not all of the cluster"


def _dump(files: Sequence[Found], kinds: dict[str, Kind]) -> Iterator[tuple[str, str]]:
    found = [match for match in (_DUMPED.fullmatch(file.name) for file in files) if match]
    names = {match["ns"] for match in found}
    if not names or names >= _EVERYWHERE:
        return
    dumped = tuple(f"{match['root']}{match['ns']}/" for match in found)
    for resource, kind in kinds.items():
        if has_namespace(resource) and any(file.startswith(dumped) for file in kind.files):
            yield resource, f"the dump has {_some(names)} only"


def _support_bundle(files: Sequence[Found], kinds: dict[str, Kind]) -> Iterator[tuple[str, str]]:
    names: dict[str, set[str]] = {}
    for file in files:
        listed, failed = _BUNDLED.fullmatch(file.name), _ERRORS.fullmatch(file.name)
        if listed:
            names.setdefault(resource_of(listed["kind"]), set()).add(listed["ns"])
        if failed and resource_of(failed["kind"]) in kinds and _says_something(file):
            yield resource_of(failed["kind"]), f"{file.name} says what could not be listed"
    for resource, namespaces in names.items():
        if resource in kinds and has_namespace(resource) and not namespaces >= _EVERYWHERE:
            yield resource, f"the support bundle has {_some(namespaces)} only"


def _some(names: set[str]) -> str:
    few = sorted(names)[:3]
    return f"namespace{'s' * (len(names) > 1)} {', '.join(few)}{' ...' * (len(names) > len(few))}"


def _says_something(file: Found) -> bool:
    try:
        return any(documents(body_of(file), file.suffix))
    except (OSError, UnicodeDecodeError, Unreadable):
        return False  # an empty file is none


def _start(file: Found) -> bytes:
    try:
        return body_of(file)
    except (OSError, UnicodeDecodeError):
        return b""
