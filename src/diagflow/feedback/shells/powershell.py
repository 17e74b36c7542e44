"""PowerShell, 5.1 and later."""

import re
from collections.abc import Sequence
from typing import Final

from diagflow.feedback.shells.shell import Shell
from diagflow.model import Layer

_PLAIN: Final = re.compile(r"[A-Za-z0-9_./\\:=-]*[A-Za-z0-9_/\\=]")
_HIVE: Final = {
    Layer.USER: "[Microsoft.Win32.Registry]::CurrentUser.OpenSubKey('Environment',$true)",
    Layer.MACHINE: (
        "[Microsoft.Win32.Registry]::LocalMachine.OpenSubKey("
        r"'SYSTEM\CurrentControlSet\Control\Session Manager\Environment',$true)"
    ),
}
_RAW: Final = "$k.GetValue('Path','',[Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)"
_EXPAND: Final = "[Microsoft.Win32.RegistryValueKind]::ExpandString"
_BROADCAST: Final = "[Environment]::SetEnvironmentVariable('_diagflow',$null,'User')"
"""Removing a variable that is not there only tells running programs that the environment has changed."""


class PowerShell(Shell):
    """One line each; the lines of PATH keep REG_EXPAND_SZ, which `[Environment]` and `setx` do not."""

    def command(self, words: Sequence[str]) -> str:
        """Return a command line; a program whose path needs quotes is called with `&`."""
        line = super().command(words)
        return f"& {line}" if line.startswith("'") else line

    def quoted(self, word: str) -> str:
        """Quote what PowerShell would take apart: it splits unquoted `-a=b.c` at the full stop."""
        return word if _PLAIN.fullmatch(word) and not ("." in word and word.startswith("-")) else _text(word)

    def set(self, name: str, value: str, layer: Layer) -> str:
        """Set a variable of the session, or one in the registry."""
        if layer is Layer.SESSION:
            return f"${{env:{name}}} = {_text(value)}" if not name.isidentifier() else f"$env:{name} = {_text(value)}"
        if "%" in value:  # must be expanded at logon, and `[Environment]` writes what is not
            return f"$k={_HIVE[layer]}; $k.SetValue({_text(name)},{_text(value)},{_EXPAND}); {_BROADCAST}"
        return f"[Environment]::SetEnvironmentVariable({_text(name)},{_text(value)},'{layer.value.capitalize()}')"

    def unset(self, name: str, layer: Layer) -> str:
        """Remove a variable of the session, or one in the registry."""
        if layer is Layer.SESSION:
            return f"Remove-Item {_text('Env:' + name)}"
        return f"[Environment]::SetEnvironmentVariable({_text(name)},$null,'{layer.value.capitalize()}')"

    def path_add(self, folder: str, layer: Layer) -> str:
        """Append to PATH."""
        if layer is Layer.SESSION:
            return f"$env:Path = $env:Path.TrimEnd(';') + ';' + {_text(folder)}"
        return _path(layer, f"($v.TrimEnd(';')+';'+{_text(folder)}).TrimStart(';')")

    def path_remove(self, folder: str, layer: Layer) -> str:
        """Filter PATH."""
        kept = f"-split ';' | Where-Object {{ $_ -and $_.Trim() -ne {_text(folder)} }}) -join ';'"
        if layer is Layer.SESSION:
            return f"$env:Path = ($env:Path {kept}"
        return _path(layer, f"(($v {kept})")

    def env_file(self, path: str, drop: Sequence[str]) -> str:
        """Read with whatever encoding it has, filter, write."""
        names = "|".join(map(re.escape, drop))
        kept = f" | Where-Object {{ $_ -notmatch '^({names})=' }}" if drop else ""
        return (
            f'$p={_text(path)}; Copy-Item $p "$p.bak"; '
            f'$t=@([IO.File]::ReadAllText($p) -split "`r?`n"{kept}) -join "`n"; '
            "[IO.File]::WriteAllText($p,$t,[Text.UTF8Encoding]::new($false))"
        )


def _path(layer: Layer, value: str) -> str:
    write = f"$k.SetValue('Path',{value},{_EXPAND})"
    return f"$k={_HIVE[layer]}; $v={_RAW}; {write}; {_BROADCAST}"


def _text(value: str) -> str:
    """A string in single quotes, in which only quotes (of all sorts, to PowerShell) mean something."""
    return "'" + re.sub("(['‘’‚‛])", r"\1\1", value) + "'"
