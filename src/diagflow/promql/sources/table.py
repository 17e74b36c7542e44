"""`metrics.csv` and `metrics.parquet`: a row a sample, with timestamp (s, UTC), metric, value, and a column a label."""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from diagflow.model.errors import BadInput
from diagflow.promql.sources.gather import Gathered, Labels, NoMoment, milliseconds
from diagflow.promql.storage import Storage

_COLUMNS: Final = ("timestamp", "metric", "value")
_FORM: Final = "write the columns timestamp (seconds, UTC), metric, value, and one column a label"


def read_csv(path: Path) -> Storage:
    """Return the samples of a CSV file.

    Raises:
        BadInput: a column is missing, or a line cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            header = next(rows, [])
            return _gathered(path, header, enumerate(rows, 2))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{path} cannot be read: {error}") from None


def read_parquet(path: Path) -> Storage:
    """Return the samples of a Parquet file.

    Raises:
        BadInput: pyarrow is not installed, the file is no Parquet, or a column is missing.
    """
    try:
        from pyarrow import ArrowException, parquet  # noqa: PLC0415  # an extra
    except ImportError:
        what = "pip install 'diagflow[parquet]', or save it as metrics.csv"
        raise BadInput(f"{path}: reading Parquet needs pyarrow: {what}") from None
    try:
        table = parquet.read_table(path)
    except (OSError, ArrowException) as error:
        raise BadInput(f"{path} cannot be read: {error}") from None
    columns = [column.to_pylist() for column in table.columns]
    return _gathered(path, table.column_names, enumerate(zip(*columns, strict=True), 1))


def _gathered(path: Path, header: Sequence[str], rows: Iterable[tuple[int, Sequence[Any]]]) -> Storage:
    places = {name.strip(): number for number, name in enumerate(header)}
    if missing := [name for name in _COLUMNS if name not in places]:
        raise BadInput(f"{path}:1: no column {missing[0]!r}: {_FORM}")
    if again := [name for name, often in Counter(map(str.strip, header)).items() if name and often > 1]:
        raise BadInput(f"{path}:1: there are several columns {again[0]!r}: keep one of them")
    labels = [(name, number) for name, number in sorted(places.items()) if name not in _COLUMNS]
    gathered, known = Gathered(), dict[tuple[Any, ...], Labels]()
    for line, row in rows:
        if not row:
            continue
        try:
            key = (row[places["metric"]], *(row[number] for _, number in labels))
            time = milliseconds(row[places["timestamp"]])
            value = float(row[places["value"]])
        except NoMoment as e:
            raise BadInput(f"{path}:{line}: this is no sample: {e}") from None
        except (ValueError, TypeError, IndexError):
            raise BadInput(f"{path}:{line}: this is no sample: {_FORM}") from None
        if key not in known:
            known[key] = _labels(key[0], dict(zip((name for name, _ in labels), key[1:], strict=True)))
        gathered.add(known[key], time, value)
    return gathered.storage(str(path))


def _labels(metric: str, labels: Mapping[str, Any]) -> Labels:
    filled = {name: str(value) for name, value in labels.items() if value not in (None, "")}
    return tuple(sorted({**filled, "__name__": str(metric)}.items()))
