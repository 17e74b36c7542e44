"""The metrics of an incident folder: all samples of its file, as one reading.

Only a folder with such a file needs numpy.
"""

from datetime import UTC, datetime

from diagflow.bundle.folder.files import Found
from diagflow.model import BadInput
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
    return block, _moment(file, storage.bounds()[1]) if block.samples else None


def _moment(file: Found, ms: int) -> datetime:
    try:
        return datetime.fromtimestamp(ms / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        raise BadInput(
            f"{file.path}: its last sample is {ms / 1000:g} seconds after 1970: write timestamps in seconds"
        ) from None
