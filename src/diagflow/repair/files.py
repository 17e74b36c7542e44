"""Changes of text files: the go env file and go.mod, byte by byte where nothing is to be changed."""

import codecs
import os
import re
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Final

from diagflow.repair.change import Refused

_BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DIRECTIVE: Final = re.compile(r"^(go|toolchain)[ \t]+\S+")


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file with new content.

    Attributes:
        path: the file.
        before: its bytes when this was planned; None where it did not exist.
        after: what it will hold.
    """

    path: Path
    before: bytes | None
    after: bytes

    def show(self) -> tuple[str, ...]:
        """Return the lines that change, as a difference."""
        old, new = decoded(self.before or b"").splitlines(), decoded(self.after).splitlines()
        found = [line for line in unified_diff(old, new, lineterm="", n=0) if not line.startswith(("---", "+++", "@@"))]
        return (str(self.path), *(found or ["its encoding becomes UTF-8, its line ends LF"]))

    def apply(self) -> None:
        """Write a new file and put it in the place of the old one.

        Raises:
            Refused: somebody has changed it since, or it cannot be written.
        """
        try:
            if read(self.path) != self.before:
                raise Refused(f"{self.path} has changed in the meantime; nothing was written: run the doctor again")
            self.path.parent.mkdir(parents=True, exist_ok=True)
            replace(self.path, self.after)
        except OSError as e:
            raise Refused(f"{self.path} cannot be written: {e.strerror or e}") from None

    def variables(self) -> tuple[str, ...]:
        """Nothing in the environment changes."""
        return ()


def read(path: Path) -> bytes | None:
    """Return the bytes of a file, None where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def replace(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever sees half of it; its permissions stay."""
    mode = path.stat().st_mode & 0o7777 if path.exists() else None
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        if mode is not None:
            Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def decoded(data: bytes) -> str:
    """Return the text of a file that some editor or shell may have written in its own encoding."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    return data.decode("utf-8", "replace")


def env_set(data: bytes, name: str, value: str) -> bytes:
    """Return the go env file with one value; the other lines stay, the last line of a name counts for Go."""
    line = f"{name}={value}".encode()
    lines = data.split(b"\n")
    places = [i for i, one in enumerate(lines) if _name(one) == name.encode()]
    if places:
        lines[places[-1]] = line
        return b"\n".join(lines)
    end = b"" if not data or data.endswith(b"\n") else b"\n"
    return data + end + line + b"\n"


def env_unset(data: bytes, names: Collection[str]) -> bytes:
    """Return the go env file without some names."""
    gone = {name.encode() for name in names}
    return b"\n".join(line for line in data.split(b"\n") if _name(line) not in gone)


def env_clean(data: bytes, drop: Collection[str]) -> bytes:
    """Return the go env file as Go can read it: UTF-8 without a mark, LF, without some names."""
    text = decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    return env_unset(text.encode(), drop)


def _name(line: bytes) -> bytes:
    return line.partition(b"=")[0].strip()


def go_mod_line(data: bytes, directive: str, value: str) -> bytes:
    """Return go.mod with a go or toolchain line set, or taken away where `value` is empty; its line ends stay."""
    text = data.decode("utf-8", "surrogateescape")
    newline = "\r\n" if "\r\n" in text else "\n"
    out, done = [], False
    for line in text.splitlines(keepends=True):
        found = _DIRECTIVE.match(line)
        if not found or found.group(1) != directive:
            out.append(line)
        elif value and not done:
            out.append(f"{directive} {value}{newline}")
            done = True
    if value and not done:
        out = _after_go(out, f"{directive} {value}{newline}", newline)
    return "".join(out).encode("utf-8", "surrogateescape")


def _after_go(lines: list[str], new: str, newline: str) -> list[str]:
    """Put a new line where `go mod edit` has it: after the go line, or after the module line."""
    anchors = [i for word in ("go ", "module ") for i, line in enumerate(lines) if line.startswith(word)]
    place = anchors[0] + 1 if anchors else len(lines)
    if lines and place and not lines[place - 1].endswith("\n"):
        lines[place - 1] += newline
    return [*lines[:place], newline, new, *lines[place:]] if anchors else [*lines, new]


Edit = Callable[[bytes], bytes]
