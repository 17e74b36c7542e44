"""`kernel-logs`: logs of kernels, labelled by content. They name neither their machine nor a time."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from diagflow.gate.convert import labels
from diagflow.gate.convert.draft import Draft
from diagflow.gate.convert.source import Source

FORM: Final = "corpus kernel-logs (labels.yaml, and a file for each log)"
_NODE: Final = "unnamed"
_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Of a log that has no times. Any does; the diagnosis has to say one."""


def drafts(source: Source) -> Iterator[Draft]:
    """Yield a recording for each log."""
    found = source.yaml("labels.yaml")
    if not isinstance(found, list):
        raise source.wrong("labels.yaml", "it is no list")
    for label in found:
        if not isinstance(label, dict) or not isinstance(label.get("file"), str) or "/" in label["file"]:
            raise source.wrong("labels.yaml", f"{label!r} names no `file`")
        text = source.text(label["file"])
        yield Draft(label["file"], _labels(label), logs={("node", _NODE): text})


def _labels(label: dict[str, Any]) -> dict[str, Any]:
    name = label["file"]
    said = f"kernel-logs {name}: {label.get('cause') or label.get('note') or label.get('ref')}"
    if label.get("healthy"):
        return labels.healthy(said, name, time=_TIME)
    cause = {"ref": str(label.get("ref") or ""), "entity": f"node/{_NODE}"}
    other = label.get("not") if isinstance(label.get("not"), list) else []
    return labels.ill(said, name, [cause], forbidden=[str(one) for one in other or ()], time=_TIME)
