"""cmd.exe. What it cannot do without damage (PATH in the registry) it asks PowerShell to do."""

import re
from collections.abc import Sequence
from typing import Final

from diagflow.feedback.shells.powershell import PowerShell
from diagflow.feedback.shells.shell import ENVIRONMENT, Shell
from diagflow.model import Layer

_PLAIN: Final = re.compile(r"[A-Za-z0-9_./\\:=@,+-]+")


class Cmd(Shell):
    """`%` cannot be escaped on the command line of cmd; between quotes nothing else is special."""

    def quoted(self, word: str) -> str:
        r"""Quote as programs take arguments apart: a quote is `\"`."""
        return word if _PLAIN.fullmatch(word) else _text(word)

    def set(self, name: str, value: str, layer: Layer) -> str:
        """Set with the quotes outside, so that no blank gets into the value."""
        if layer is Layer.SESSION:
            return f'set "{name}={value}"'
        if "%" in value:
            return by_powershell(_PS.set(name, value, layer))
        return f"reg add {_text(ENVIRONMENT[layer])} /v {name} /t REG_SZ /d {_text(value)} /f"

    def unset(self, name: str, layer: Layer) -> str:
        """Remove a variable."""
        return f'set "{name}="' if layer is Layer.SESSION else f"reg delete {_text(ENVIRONMENT[layer])} /v {name} /f"

    def path_add(self, folder: str, layer: Layer) -> str:
        """Append to PATH."""
        return f'set "PATH=%PATH%;{folder}"' if layer is Layer.SESSION else by_powershell(_PS.path_add(folder, layer))

    def path_remove(self, folder: str, layer: Layer) -> str:
        """Filter PATH."""
        if layer is Layer.SESSION:
            return f'call set "PATH=%PATH:;{folder}=%"'
        return by_powershell(_PS.path_remove(folder, layer))

    def env_file(self, path: str, drop: Sequence[str]) -> str:
        """Write the go env file again."""
        return by_powershell(_PS.env_file(path, drop))


_PS: Final = PowerShell()


def by_powershell(line: str) -> str:
    """Return a command line for cmd that has PowerShell run a line.

    cmd expands `%NAME%` even between quotes; in our lines a per cent sign stands in strings of single quotes alone.
    """
    escaped = line.replace('"', '\\"').replace("%", "'+[char]37+'")
    return f'powershell -NoProfile -Command "{escaped}"'


def _text(value: str) -> str:
    escaped = re.sub(r'(\\*)"', r'\1\1\\"', value)
    return '"' + re.sub(r"(\\+)$", r"\1\1", escaped) + '"'
