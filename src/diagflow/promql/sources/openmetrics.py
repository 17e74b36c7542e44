"""`metrics.prom`: OpenMetrics text with a timestamp at each sample."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from diagflow.model.errors import BadInput
from diagflow.promql.sources.gather import Gathered, Labels, milliseconds
from diagflow.promql.storage import Storage

_SAMPLE: Final = re.compile(
    r"([a-zA-Z_:][a-zA-Z0-9_:]*)?(?:\{((?:[^\"{}]|\"(?:[^\"\\]|\\.)*\")*)\})?\s+(\S+)(?:\s+(\S+))?\s*(?:#.*)?$"
)
_LABEL: Final = re.compile(
    r"\s*(?:([a-zA-Z_][a-zA-Z0-9_]*)|\"((?:[^\"\\]|\\.)*)\")(?:\s*=\s*\"((?:[^\"\\]|\\.)*)\")?\s*(,|$)"
)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)


def read_openmetrics(path: Path) -> Storage:
    """Return the samples of a file.

    Raises:
        BadInput: a line is no sample, or has no timestamp.
    """
    try:
        with path.open(encoding="utf-8") as file:
            return _gathered(path, file)
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read: {error}") from None


def _gathered(path: Path, lines: Iterable[str]) -> Storage:
    gathered, known = Gathered(), dict[tuple[str, str], Labels]()
    for number, line in enumerate(lines, 1):
        if line.startswith("#") or not line.strip():
            continue
        found = _SAMPLE.match(line)
        if not found:
            raise BadInput(f'{path}:{number}: this is no sample: write `metric{{label="value"}} 1.5 1700000000`')
        if found[4] is None:
            raise BadInput(f"{path}:{number}: this sample has no timestamp: write seconds since 1970 behind the value")
        try:
            time, value = milliseconds(found[4]), float(found[3])
        except ValueError:
            raise BadInput(f"{path}:{number}: `{found[3]} {found[4]}` are no value and timestamp") from None
        key = (found[1] or "", found[2] or "")
        if key not in known:
            known[key] = _labels(*key, f"{path}:{number}")
        gathered.add(known[key], time, value)
    return gathered.storage(str(path))


def _labels(name: str, text: str, where: str) -> Labels:
    labels = {"__name__": name}
    at = 0
    while at < len(text):
        found = _LABEL.match(text, at)
        if not found or (found[1] and found[3] is None):
            raise BadInput(f'{where}: `{text[at:]}` are no labels: write label="value"')
        label, value = (found[1] or _unescaped(found[2]), found[3]) if found[3] is not None else ("__name__", found[2])
        if labels.get(label):
            raise BadInput(f"{where}: label {label} is given twice: keep one of them")
        labels[label] = _unescaped(value)
        at = found.end()
    return tuple(sorted((label, value) for label, value in labels.items() if value))


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda escape: "\n" if escape[1] == "n" else escape[1], text)
