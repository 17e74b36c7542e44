"""The file of `go env -w`, read as cmd/go reads it (cmd/go/internal/cfg readEnvFile)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EnvFile:
    """What a go env file says.

    Attributes:
        entries: values by name; the last line of a name counts, a carriage return stays at its end.
        ignored: lines that Go skips though they look as if they should say something.
    """

    entries: dict[str, str]
    ignored: tuple[str, ...]


def parse_env_file(data: bytes) -> EnvFile:
    """Split at line feeds only; a line counts when it has a `=` and begins with A to Z."""
    entries: dict[str, str] = {}
    ignored: list[str] = []
    for line in data.split(b"\n"):
        name, equals, value = line.partition(b"=")
        if equals and b"A" <= line[:1] <= b"Z":
            entries[_text(name)] = _text(value)
        elif line.strip(b"\r\t \0") and not line.startswith(b"#"):
            ignored.append(line.rstrip(b"\r").decode("utf-8", "replace"))
    return EnvFile(entries, tuple(ignored))


def _text(data: bytes) -> str:
    """Keep bytes that are no text: Go passes them on."""
    return data.decode("utf-8", "surrogateescape")
