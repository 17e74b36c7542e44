"""The other parts of an incident folder: alert, changes, topology, labels; each may be missing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from diagflow.bundle.folder import moment
from diagflow.bundle.folder.documents import documents
from diagflow.bundle.folder.files import Found, body_of
from diagflow.bundle.folder.problem import Problem, Unreadable
from diagflow.model import BadInput, Entity
from diagflow.model.series import SeriesBlock

CHANGES: Final = ("config", "flag", "release", "rollout")
"""Kinds of changes that `changes.json` can tell about, so that it says something if there are none."""

SERIES: Final = frozenset({"metrics.parquet", "metrics.csv", "metrics.prom"})
"""Files with metrics."""
_LINE: Final = re.compile(r"^:(\d+):")
_SPANS: Final = frozenset({"spans.parquet", "spans.csv", "spans.json"})
_NAMES: Final = {"alert.json": "alert", "changes.json": "changes", "topology.json": "topology"}
LABELS: Final = ("labels.yaml", "labels.yml", "labels.json")
"""What a recording says of itself; the gate's."""


@dataclass(slots=True)
class Parts:
    """What stands beside objects and logs.

    Attributes:
        alert: the webhook body.
        changes: by kind; None without the file.
        topology: relations; None without the file.
        labels: of a recording.
        series: of each file with metrics; where it cannot be read, why not.
        last: the time of the last sample.
        unread: files with spans, by their query kind.
        problems: what could not be used.
    """

    alert: dict[str, Any] | None = None
    changes: dict[str, list[Any]] | None = None
    topology: list[Any] | None = None
    labels: Any = None
    series: dict[str, SeriesBlock | str] = field(default_factory=dict)
    last: datetime | None = None
    unread: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def take(self, file: Found) -> bool:
        """Read a file if it is one of these parts, and return whether it is."""
        if file.name in SERIES:
            self._metrics(file)
            return True
        if file.name in _SPANS:
            self.unread["spans"] = file.name
            return True
        if file.name in LABELS:
            self.labels = self._content(file)
            return True
        name = _NAMES.get(file.name)
        if name:
            self._part(name, file, self._content(file))
        return name is not None

    def _metrics(self, file: Found) -> None:
        from diagflow.bundle.folder.metrics import block_of  # noqa: PLC0415  # numpy: few folders have metrics

        try:
            self.series[file.name], last = block_of(file)
        except BadInput as e:
            why = _LINE.sub(r"line \1:", str(e).removeprefix(str(file.path))).lstrip(": ")
            self.series[file.name] = why
            self.problems.append(Problem(file.name, why))
        else:
            self.last = max((time for time in (self.last, last) if time), default=None)

    def _content(self, file: Found) -> Any:
        try:
            found = list(documents(body_of(file), file.suffix))
        except Unreadable as e:
            self.problems.append(e.problem(file.name))
        except (OSError, UnicodeDecodeError) as e:
            self.problems.append(Problem(file.name, f"cannot be read: {getattr(e, 'strerror', None) or e}"))
        else:
            return found[0] if len(found) == 1 else found
        return None

    def _part(self, name: str, file: Found, content: Any) -> None:
        if content is None:
            return
        if name == "alert":
            self._alert(file, content)
        elif not isinstance(content, list):
            self.problems.append(Problem(file.name, "is no list"))
        elif name == "changes":
            self.changes = {kind: [] for kind in CHANGES}
            self._changes(file, content)
        else:
            self.topology = [edge for i, edge in enumerate(content) if self._usable(file, i, _wrong_edge(edge))]

    def _alert(self, file: Found, content: Any) -> None:
        """Take a webhook body; a bare alert or a list of alerts becomes one."""
        if isinstance(content, dict) and "alerts" not in content and "labels" in content:
            content = [content]
        if isinstance(content, list):
            content = {"alerts": content}
        alerts = content.get("alerts") if isinstance(content, dict) else None
        if not isinstance(alerts, list) or not all(isinstance(a, dict) for a in alerts):
            self.problems.append(Problem(file.name, "is no body of an Alertmanager webhook: it has no list `alerts`"))
            return
        self.alert = content

    def _changes(self, file: Found, content: list[Any]) -> None:
        assert self.changes is not None  # noqa: S101  # the caller made it
        for i, change in enumerate(content):
            if self._usable(file, i, _wrong_change(change)):
                self.changes.setdefault(change["kind"], []).append(change)

    def _usable(self, file: Found, index: int, wrong: str) -> bool:
        if wrong:
            self.problems.append(Problem(file.name, f"item {index + 1} {wrong}"))
        return not wrong


def _wrong_change(change: Any) -> str:
    if not isinstance(change, Mapping) or not isinstance(change.get("kind"), str) or not change["kind"]:
        return "has no `kind` (rollout, config, release or flag)"
    if moment.parse(change.get("time")) is None:
        return "has no `time` such as 2026-01-01T00:00:00Z"
    return _wrong_entity(change.get("entity"), "entity")


def _wrong_edge(edge: Any) -> str:
    if not isinstance(edge, Mapping) or not isinstance(edge.get("relation"), str):
        return 'is no relation such as {"from": "service/shop/a", "to": "service/shop/b", "relation": "calls"}'
    return _wrong_entity(edge.get("from"), "from") or _wrong_entity(edge.get("to"), "to")


def _wrong_entity(text: Any, name: str) -> str:
    try:
        Entity.parse(text if isinstance(text, str) else "")
    except BadInput:
        return f"has no entity such as deployment/shop/cart as `{name}`"
    return ""
