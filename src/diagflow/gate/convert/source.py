"""The files of a corpus that somebody else put together: read with limits, and with errors that say where."""

import csv
import json
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Final

from diagflow.bundle.folder.documents import documents
from diagflow.bundle.folder.problem import Unreadable
from diagflow.model import BadInput

MAX_FILE: Final = 64 << 20
"""Bytes of one file that is read as a whole."""

MAX_FILES: Final = 20_000
"""Files of one corpus."""


@dataclass(frozen=True, slots=True)
class Source:
    """A folder that is converted.

    Attributes:
        root: the folder.
        form: what is expected in it, for errors.
    """

    root: Path
    form: str

    def path(self, name: str) -> Path:
        """Return where a file is.

        Raises:
            BadInput: it is not there, or a link leads out of the folder.
        """
        path = self.root / name
        if not path.exists():
            raise BadInput(f"{path} is not there: {self.root} is no {self.form}; name the folder of that corpus")
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise BadInput(f"{path} is a link out of the folder: put the file itself there")
        return path

    def has(self, name: str) -> bool:
        """True when a file or folder is there."""
        return (self.root / name).exists()

    def names(self, pattern: str) -> list[str]:
        """Return the plain files that a pattern finds, in order, as paths within the folder.

        Raises:
            BadInput: there are too many, or the pattern leads out of the folder.
        """
        if ".." in Path(pattern).parts or Path(pattern).anchor or not pattern:
            raise BadInput(f"{self.root}: {pattern!r} is no pattern of files within the folder")
        found = sorted(p.relative_to(self.root).as_posix() for p in self.root.glob(pattern) if p.is_file())
        if len(found) > MAX_FILES:
            raise BadInput(f"{self.root}: more than {MAX_FILES:,} files {pattern}: this is no {self.form}")
        return found

    def body(self, name: str) -> bytes:
        """Return what is in a file.

        Raises:
            BadInput: it is not there, cannot be read, or is too large.
        """
        path = self.path(name)
        try:
            if path.stat().st_size > MAX_FILE:
                raise BadInput(f"{path} is larger than {MAX_FILE >> 20} MiB: it is no file of a {self.form}")
            return path.read_bytes()
        except OSError as e:
            raise BadInput(f"{path} cannot be read: {e.strerror}") from None

    def text(self, name: str) -> str:
        """Return a text file.

        Raises:
            BadInput: as of `body`, or it is no UTF-8.
        """
        try:
            return self.body(name).decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as e:
            raise BadInput(f"{self.root / name} is no UTF-8 text (byte {e.start}): copy it again") from None

    def json(self, name: str) -> Any:
        """Return a JSON file.

        Raises:
            BadInput: as of `text`, or it is no JSON.
        """
        try:
            return json.loads(self.text(name))
        except json.JSONDecodeError as e:
            raise BadInput(f"{self.root / name}:{e.lineno}:{e.colno}: this is no JSON: {e.msg}") from None
        except (RecursionError, ValueError) as e:
            raise BadInput(f"{self.root / name}: this is no JSON: {e}") from None

    def yaml(self, name: str) -> Any:
        """Return the one document of a YAML file.

        Raises:
            BadInput: as of `body`, or it is no YAML.
        """
        try:
            found = list(documents(self.body(name), ".yaml"))
        except Unreadable as e:
            raise BadInput(f"{self.root}/{e.problem(name)}") from None
        return found[0] if len(found) == 1 else found

    def rows(self, name: str) -> list[list[str]]:
        """Return the rows of a CSV file.

        Raises:
            BadInput: as of `text`, or it is no CSV.
        """
        try:
            return list(csv.reader(StringIO(self.text(name))))
        except csv.Error as e:
            raise BadInput(f"{self.root / name} is no CSV: {e}") from None

    def wrong(self, name: str, what: str) -> BadInput:
        """Return the error for a file that is not as expected."""
        return BadInput(f"{self.root / name}: {what}: this is no {self.form}, or the file is damaged")
