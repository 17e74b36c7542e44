"""`kubernetes-reasons/holmesgpt`: what HolmesGPT's tools had printed: kubectl, logs, findings of Robusta.

Objects come from YAML, else from `kubectl describe`, else from a row of `kubectl get`, else from a tree of kube-lineage
or a finding. No list is whole: nobody asked for all. Ages count from the latest moment that the outputs name, or imply
(no event is older than what it is about). What is left out, and why, is in docs/corpora.md.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from diagflow.bundle.folder import moment
from diagflow.bundle.folder.documents import documents
from diagflow.bundle.folder.problem import Unreadable
from diagflow.bundle.foreign import describe, grepped, lineage, table
from diagflow.bundle.foreign.ages import age_of, repeated, time_of
from diagflow.bundle.resources import kind_of, plural_of
from diagflow.gate.convert import labels
from diagflow.gate.convert.draft import Draft, is_object
from diagflow.gate.convert.holmesalert import alert_of
from diagflow.gate.convert.holmesfinding import events_of
from diagflow.gate.convert.source import Source
from diagflow.gate.convert.toolcalls import Call, call_of

FORM: Final = "corpus holmesgpt (a folder for each case, with test_case.yaml)"

_TABLES: Final = frozenset(
    {"kubectl_get_by_kind_in_namespace", "kubectl_get_by_kind_in_cluster", "kubectl_get_by_name"}
)
_PRINTED_TIME: Final = re.compile(r"\b[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}")
_AGE_OF_EVENT: Final = re.compile(r"^  (?:Normal|Warning) +\S+ +(\w+(?: \(x\d+ over \w+\))?) ", re.MULTILINE)
_HASHES: Final = {"Deployment": "-[a-z0-9]{5,10}-[a-z0-9]{5}", "Job": "-[a-z0-9]{5}"}
"""What follows the name of a workload in that of its pod."""

_POD: Final = "pod/default/"
_CAUSES: Final[dict[str, tuple[str, str]]] = {
    "01_oom_kill": ("K8S-025", _POD + "analytics-exporter-fast-76897854c-cw5wh"),
    "02_crashloop_backoff": ("K8S-026", _POD + "logging-agent"),
    "03_cpu_throttling": ("K8S-039", _POD + "frontend-service"),
    "04_image_pull_backoff": ("K8S-016", _POD + "customer-relations-webapp-5d98ffcfd-tz4nc"),
    "05_crashpod": ("K8S-108", _POD + "db-certs-authenticator-757f89d977-795x7"),
    "07_job_syntax_error": ("K8S-026", _POD + "product-data-scraper-*"),  # a command that its shell cannot read
    "08_memory_pressure": ("K8S-007", "node/ip-172-31-40-111.us-east-2.compute.internal"),
    "10_KubeDeploymentReplicasMismatch": ("K8S-003", _POD + "user-profile-resources-*"),
    "11_KubePodCrashLooping": ("K8S-044", _POD + "payment-processing-worker-747ccfb9db-pd6wz"),
    "12_KubePodNotReady": ("K8S-003", _POD + "user-profile-resources-659d4dd659-cq4kq"),
    "14_tempo": ("APP-014", "deployment/minishop/fraud-service"),
    "15_dns_resolution": ("K8S-080", "networkpolicy.networking.k8s.io/investigate-namespace-15/default-deny-egress"),
}
"""Rows of the catalogue, by case, for what `expected_output` says; of the others the catalogue has no row."""

_HEALTHY: Final = frozenset({"13_Watchdog"})
_FAMILIES: Final = {"10_KubeDeploymentReplicasMismatch": "gpu", "12_KubePodNotReady": "gpu"}
"""Cases with one fault."""


def drafts(source: Source) -> Iterator[Draft]:
    """Yield a recording for each case."""
    for name in source.names("*/test_case.yaml"):
        yield _draft(source, name.partition("/")[0])


def _draft(source: Source, case: str) -> Draft:
    calls = [call for name in source.names(f"{case}/*.txt") if (call := call_of(source.text(name), name))]
    now = _now(source, case, calls)
    objects = _objects(calls, now)
    logs, unnamed = _logs(calls, objects)
    alert = alert_of(source, case, objects)
    return Draft(case, _labels(source, case, now, unnamed), objects, whole=False, logs=logs, alert=alert)


def _labels(source: Source, case: str, now: datetime | None, unnamed: Sequence[str]) -> dict[str, Any]:
    test = source.yaml(f"{case}/test_case.yaml")
    expected = test.get("expected_output") if isinstance(test, dict) else None
    sentences = [expected] if isinstance(expected, str) else expected
    if not isinstance(sentences, list) or not sentences:
        raise source.wrong(f"{case}/test_case.yaml", "it has no expected_output")
    said = f"HolmesGPT {case}, expected: {' '.join(map(str, sentences))}"
    if unnamed:
        said += f" Logs without a container's name were left out: {', '.join(unnamed)}."
    family = _FAMILIES.get(case, case)
    if case in _HEALTHY:
        return labels.healthy(said, family, time=now)
    ref, entity = _CAUSES.get(case, ("", ""))
    return labels.ill(said, family, [{"ref": ref, "entity": entity}] if ref else [], time=now)


def _now(source: Source, case: str, calls: Sequence[Call]) -> datetime | None:
    """Return the latest moment that anything names or implies."""
    times = moment.times_of(_objects(calls, None))
    times |= {time for call in calls for time in _observed(call)}
    alert = alert_of(source, case, [])
    known = [*times, *filter(None, [moment.of_alert(alert)])]
    return max(known, default=None)


def _observed(call: Call) -> Iterator[datetime]:
    """Yield moments at which something was described, or before: no event is older than what it is about."""
    if call.tool != "kubectl_describe":
        return
    yield from filter(None, (moment.parse(time_of(text)) for text in _PRINTED_TIME.findall(call.output)))
    kind = _kind(call)
    first = next(describe(call.output, kind), None)
    begun = _begun(first) if first else None
    ages = filter(None, (age_of(repeated(text)[2]) for text in _AGE_OF_EVENT.findall(call.output)))
    oldest = max(ages, default=None)
    if begun and oldest:
        yield begun + oldest


def _begun(one: dict[str, Any]) -> datetime | None:
    metadata, status = one["metadata"], one.get("status", {})
    return moment.parse(metadata.get("creationTimestamp")) or moment.parse(status.get("startTime"))


def _kind(call: Call) -> str:
    return kind_of(plural_of(call.arguments.get("kind", "")))


def _objects(calls: Sequence[Call], now: datetime | None) -> list[dict[str, Any]]:
    """Return each object once, from the output that says most about it."""
    ranked = [(rank, o) for call in calls for rank, o in _printed(call, now)]
    ranked.sort(key=lambda one: one[0])  # keeps the order of the files within a rank
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for _, one in ranked:
        found.setdefault(_identity(one), one)
    return _numbered(found.values())


def _identity(one: dict[str, Any]) -> tuple[str, ...]:
    """Return what makes two objects the same; the names of events were not printed."""
    metadata = one["metadata"]
    if one["kind"] != "Event":
        return one["kind"], str(metadata.get("namespace") or ""), str(metadata["name"])
    about = one["involvedObject"]
    return "Event", about.get("namespace", ""), about["kind"], about["name"], one["reason"], one["message"]


def _numbered(objects: Any) -> list[dict[str, Any]]:
    """Return the objects; an event gets a name that no other has."""
    found = []
    for number, one in enumerate(objects, 1):
        if one["kind"] == "Event":
            name = f"{one['involvedObject']['name']}.{number}"
            found.append({**one, "metadata": {**one["metadata"], "name": name}})
        else:
            found.append(one)
    return found


def _printed(call: Call, now: datetime | None) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of one output, each with a rank: the less, the more it says."""
    kind = _kind(call)
    namespace = call.arguments.get("namespace", "")
    if call.tool == "kubectl_get_yaml":
        yield from ((0, one) for one in _documents(call.output))
    elif call.tool == "kubectl_describe":
        first = True
        for one in describe(call.output, kind, now):
            yield (1 if first or one["kind"] == "Event" else 3), one  # a pod that a node lists is a name
            first = False
    elif call.tool in _TABLES:
        yield from ((2, one) for one in table(call.output, kind, namespace, now))
    elif call.tool == "kubectl_events":
        yield from ((2, one) for one in table(call.output, "Event", namespace, now))
    elif call.tool == "kubectl_find_resource" and kind == "Pod":
        yield from ((2, one) for one in grepped(call.output, now))
    elif call.tool == "kubectl_lineage_children":
        yield from ((3, one) for one in lineage(call.output, namespace, now))
    elif call.tool == "fetch_finding_by_id":
        yield from ((3, one) for one in events_of(call.output))


def _documents(text: str) -> list[dict[str, Any]]:
    try:
        found = list(documents(text.encode(), ".yaml"))
    except Unreadable:
        return []
    return [one for one in found if is_object(one) and one["kind"] != "Event"]


def _logs(calls: Sequence[Call], objects: Sequence[dict[str, Any]]) -> tuple[dict[tuple[str, ...], str], list[str]]:
    """Return logs by namespace, pod and container, and the pods whose container nobody named."""
    logs: dict[tuple[str, ...], str] = {}
    unnamed = set()
    for call in calls:
        namespace, pod = call.arguments.get("namespace", ""), call.arguments.get("pod_name", "")
        if "logs" not in call.tool or not namespace or pod in ("", "*") or not call.output.strip():
            continue
        container = _container(namespace, pod, objects)
        if not container:
            unnamed.add(pod)
            continue
        previous = ".previous" if call.previous else ""
        text = call.output.rstrip("\n") + "\n"
        held = logs.get((namespace, pod, container + previous), "")
        logs[namespace, pod, container + previous] = max(held, text, key=len)
    return logs, sorted(unnamed)


def _container(namespace: str, pod: str, objects: Sequence[dict[str, Any]]) -> str:
    """Return the one container of a pod, by itself or by the template of its workload; empty where there are more."""
    near = [o for o in objects if o["metadata"].get("namespace") == namespace and isinstance(o.get("spec"), dict)]
    for one in near:
        if one["kind"] == "Pod" and one["metadata"]["name"] == pod and one["spec"].get("containers"):
            return _only(one["spec"])
    for one in near:
        hashes = _HASHES.get(one["kind"])
        if hashes and re.fullmatch(re.escape(one["metadata"]["name"]) + hashes, pod):
            template = one["spec"].get("template")
            return _only(template.get("spec") if isinstance(template, dict) else None)
    return ""


def _only(spec: Any) -> str:
    if not isinstance(spec, dict):
        return ""
    every = [one for key in ("containers", "initContainers") for one in spec.get(key) or () if isinstance(one, dict)]
    return str(every[0].get("name") or "") if len(every) == 1 else ""
