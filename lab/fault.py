"""What a fault is: one YAML file that says how to break the lab and what must then be diagnosed.

    description: one sentence
    alert:       {name: KubePodNotReady, labels: {pod: '{{name("web")}}-.*'}}     whose webhook body is diagnosed;
                 without one, what a scan of its namespace says
    nodes:       kwok nodes that exist only for this fault; `conditions` are what others than a kubelet say of it
    real_node:   what changes on the real one: unschedulable, taints, kubelet (its settings), pod_range (new pods get
                 their addresses from it), boot_id (what the API server is told that it was before)
    firewall:    iptables rules of the lab's network, without -A
    components:  what happens to the lab's own: {scheduler: kill}, {resolver: freeze}, {etcd: [--quota-backend-bytes=1]}
                 (started again with these flags too)
    before:      objects that must be there first, and `settled`, the conditions that say they are
    objects:     what shows the fault; without a namespace of their own they go to the fault's
    statuses:    what a controller that is not here, or is switched off, would write: [{kind, name, status}]
    wait:        conditions that hold when the components have said all that there is to say
    then:        objects applied after that (a change that breaks what worked), and `wait_then`
    delete:      what is deleted right after them: {kind: namespace, name: '{{name("x")}}'}
    pod_metrics: true where metrics-server must be there
    scan_after:  seconds from the last change after which a scan names it, where that is more than a minute
    alone:       true where other faults would feel this one, beyond what nodes and firewalls make obvious
    metrics:     selectors of the series that a recording needs, as `kubelet_volume_stats_used_bytes`
    kernel_log:  true where a recording needs what the kernel said meanwhile, as the real node's log
    synthetic:   what of it is written by hand, and after which source: what this machine has not got (broken hardware,
                 other people's controllers). The gate keeps such a recording out of its figures
    series:      of such a one, [{series: 'up{job="x"}', values: '0x5 1x15'}] as in a rule's tests: a sample a minute,
                 the last one at the moment of the recording
    node_logs:   of such a one, {NODE: text}
    said_alert:  of such a one, the alert that those series would raise: {name: ..., labels: {...}}
    shows:       ids of symptoms that its diagnosis has, beside the cause
    labels:      causes, forbidden, ruled_out, as in a recording's labels.yaml

Everything in `{{ }}` is filled in before the YAML is read: `name("role")` and `node("role")` give neutral names that
follow from the seed, `namespace`, `real_node`, `image`, `image_of_another_cpu` and `image_that_jumps` say themselves;
`ago("49h")` is a time before the file was read.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from lab import images, names
from lab.errors import LabError
from lab.paths import SOURCE

_FOLDER = SOURCE / "faults"
_PLACEHOLDER = re.compile(r"""\{\{\s*(\w+)\s*(?:\(\s*["']([^"']+)["']\s*\))?\s*\}\}""")

_AGO = re.compile(r"(\d+)([smh])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}


@dataclass(frozen=True, slots=True)
class AlertOf:
    """The alert that is diagnosed: its name, and patterns for labels."""

    name: str
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault with its names filled in."""

    name: str
    """`area/slug`, as its file lies under `lab/faults`."""
    namespace: str
    description: str
    alert: AlertOf | None
    nodes: list[dict[str, Any]] = field(default_factory=list)
    real_node: dict[str, Any] = field(default_factory=dict)
    firewall: list[str] = field(default_factory=list)
    components: dict[str, str | list[str]] = field(default_factory=dict)
    before: list[dict[str, Any]] = field(default_factory=list)
    settled: list[dict[str, Any]] = field(default_factory=list)
    objects: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    wait: list[dict[str, Any]] = field(default_factory=list)
    then: list[dict[str, Any]] = field(default_factory=list)
    delete: list[dict[str, str]] = field(default_factory=list)
    wait_then: list[dict[str, Any]] = field(default_factory=list)
    pod_metrics: bool = False
    metrics: list[str] = field(default_factory=list)
    kernel_log: bool = False
    synthetic: str = ""
    series: list[dict[str, str]] = field(default_factory=list)
    node_logs: dict[str, str] = field(default_factory=dict)
    said_alert: AlertOf | None = None
    shows: list[str] = field(default_factory=list)
    labels: dict[str, Any] = field(default_factory=dict)
    alone: bool = False
    scan_after: float = 0.0

    @property
    def pause(self) -> float:
        """Seconds that must pass in any case before it is a fault."""
        waits = (*self.settled, *self.wait, *self.wait_then)
        return sum(float(condition.get("pause", 0)) for condition in waits)

    @property
    def is_live(self) -> bool:
        """True where a look at the lab can name it: what it says is not only in its recording."""
        return not (self.series or self.node_logs or self.said_alert or self.kernel_log)

    @property
    def is_felt_by_others(self) -> bool:
        """True where no other fault may be in place beside it."""
        return bool(self.alone or self.nodes or self.real_node or self.firewall or self.components or self.pod_metrics)


def all_names() -> list[str]:
    """Returns the names of all faults, sorted."""
    return sorted(str(path.relative_to(_FOLDER).with_suffix("")) for path in _FOLDER.rglob("*.yaml"))


def load(name: str, seed: int, real_node: str) -> Fault:
    """Reads one fault; `name` may leave out the area.

    Raises:
        LabError: there is no such fault, or its file is wrong.
    """
    path = _find(name)
    full = str(path.relative_to(_FOLDER).with_suffix(""))
    namespace = names.name(seed, full, "namespace")
    content = yaml.safe_load(fill(path.read_text(), seed=seed, fault=full, real_node=real_node, where=path))
    alert, said = content.pop("alert", None), content.pop("said_alert", None)
    try:
        alerts = [AlertOf(**one) if one else None for one in (alert, said)]
        return Fault(name=full, namespace=namespace, alert=alerts[0], said_alert=alerts[1], **content)
    except TypeError as error:
        raise LabError(f"{path}: {error}; the keys are those that `python -m pydoc lab.fault` names") from error


def fill(text: str, *, seed: int, fault: str, real_node: str, where: Path) -> str:
    """Fills in the placeholders of a fault's text.

    Raises:
        LabError: an unknown placeholder, with its line.
    """
    plain = {
        "namespace": names.name(seed, fault, "namespace"),
        "real_node": real_node,
        "image": images.BUSYBOX,
        "image_of_another_cpu": images.ANOTHER_CPU,
        "image_that_jumps": images.JUMPS,
    }

    def value(found: re.Match[str]) -> str:
        word, role = found[1], found[2]
        ago = _AGO.fullmatch(role or "") if word == "ago" else None
        if ago:
            return f"{datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])}):%Y-%m-%dT%H:%M:%SZ}"
        if role and word in ("name", "node"):
            return (names.name if word == "name" else names.node)(seed, fault, role)
        if not role and word in plain:
            return plain[word]
        line = text.count("\n", 0, found.start()) + 1
        raise LabError(f"{where}:{line}: unknown placeholder {found[0]}")

    return _PLACEHOLDER.sub(value, text)


def _find(name: str) -> Path:
    found = [_FOLDER / f"{known}.yaml" for known in all_names() if name in (known, known.rpartition("/")[2])]
    if len(found) != 1:
        raise LabError(f"there is no fault {name!r}; `python -m lab fault list` prints all")
    return found[0]
