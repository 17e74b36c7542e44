"""What a bundle or an incident folder may hold: far above real ones, far below what hurts the reader's machine."""

from typing import Final

MAX_ENTRIES: Final = 50_000
"""Files in one bundle or incident folder; below 65,535, so that a bundle never needs the 64-bit zip format."""

MAX_BYTES: Final = 512 * 1024 * 1024
"""Bytes of all files of a bundle together, unpacked; of one incident folder likewise."""

MAX_MANIFEST: Final = 32 * 1024 * 1024
"""Bytes of `manifest.json`, unpacked."""

MAX_DIRECTORY: Final = 16 * 1024 * 1024
"""Bytes of the table of contents of a zip file."""

MAX_RATIO: Final = 200
"""How much one file of a bundle may grow when unpacked; `save` stores what packs better as it is."""

MAX_SINCE: Final = 100 * 366 * 86_400
"""Seconds that an incident may look back."""

MAX_FIELDS: Final = 5_000
"""Paths that one reading may name in `fields`."""

MAX_PATH: Final = 500
"""Characters of one such path."""

MAX_STEPS: Final = 40
"""Steps of one such path."""
