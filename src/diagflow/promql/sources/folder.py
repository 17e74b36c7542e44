"""The metrics of an incident folder."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from diagflow.model.errors import BadInput
from diagflow.promql.sources.openmetrics import read_openmetrics
from diagflow.promql.sources.table import read_csv, read_parquet
from diagflow.promql.storage import Storage

_READERS: Final[Mapping[str, Callable[[Path], Storage]]] = {
    "metrics.parquet": read_parquet,
    "metrics.csv": read_csv,
    "metrics.prom": read_openmetrics,
}
SUFFIXES: Final = {".parquet": read_parquet, ".csv": read_csv, ".prom": read_openmetrics}
"""Who reads a file with samples, by its suffix."""


def storage_of_folder(path: Path) -> Storage:
    """Return the samples of an incident folder, or of one of its files.

    Raises:
        BadInput: there are none, or they cannot be read.
    """
    if path.is_file() and path.suffix in SUFFIXES:
        return SUFFIXES[path.suffix](path)
    if not path.exists():
        raise BadInput(
            f"{path} does not exist: name an incident folder with metrics.csv, metrics.prom or metrics.parquet"
        )
    for name, read in _READERS.items():
        if (path / name).is_file():
            return read(path / name)
    raise BadInput(
        f"{path} has no samples: an incident folder has them in metrics.csv, metrics.prom or metrics.parquet"
    )
