"""The metrics of an incident folder: all samples of its file, as one reading.

Only a folder with such a file needs numpy.
"""

from datetime import UTC, datetime

from diagflow.bundle.folder.files import Found
from diagflow.model.series import SeriesBlock
from diagflow.promql.sources import storage_of_folder
from diagflow.promql.sources.merge import series_of
from diagflow.promql.sources.packed import pack


def block_of(file: Found) -> tuple[SeriesBlock, datetime | None]:
    """Return the series of a file, and the time of the last sample.

    Raises:
        BadInput: it cannot be read: what, where and what to do.
    """
    storage = storage_of_folder(file.path)
    block = pack(series_of(storage))
    return block, datetime.fromtimestamp(storage.bounds()[1] / 1000, UTC) if block.samples else None
