"""Recordings on disk for the tests."""

from collections.abc import Mapping, Sequence
from pathlib import Path

START = 1_767_225_600
"""2026-01-01T00:00:00Z, in seconds."""


def moment(minute: int) -> str:
    return f"2026-01-01T{minute // 60:02d}:{minute % 60:02d}:00Z"


def folder(path: Path, series: Mapping[str, Sequence[float | None]], every: int = 60) -> Path:
    """An incident folder whose series are `name{label=value,...}` and a sample each minute; None is a gap."""
    path.mkdir(parents=True, exist_ok=True)
    parsed = [(*_named(text), values) for text, values in series.items()]
    names = sorted({name for _, labels, _ in parsed for name in labels})
    lines = ["timestamp,metric,value" + "".join(f",{name}" for name in names)]
    for metric, labels, values in parsed:
        own = "".join(f",{labels.get(name, '')}" for name in names)
        lines += [f"{START + every * n},{metric},{v}{own}" for n, v in enumerate(values) if v is not None]
    (path / "metrics.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _named(text: str) -> tuple[str, dict[str, str]]:
    metric, _, rest = text.removesuffix("}").partition("{")
    return metric, dict(part.split("=") for part in rest.split(",") if part)


def prometheus(path: Path, *rules: str, group: str = "") -> Path:
    """A rule file of Prometheus."""
    listed = "".join(f"  - {rule}\n" for rule in rules)
    path.write_text(f"groups:\n- name: a\n{group}  rules:\n{listed}", encoding="utf-8")
    return path
