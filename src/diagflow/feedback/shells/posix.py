"""POSIX shells: bash, zsh, sh; and Git Bash, whose registry is Windows'."""

import re
import shlex
from collections.abc import Sequence
from typing import Final

from diagflow.feedback.shells.powershell import PowerShell
from diagflow.feedback.shells.shell import ENVIRONMENT, Shell
from diagflow.model import Layer

_PROFILE: Final = "~/.profile"
_FILES: Final = "~/.profile ~/.bash_profile ~/.bashrc ~/.zshenv ~/.zshrc"


class Posix(Shell):
    """The user's layer is the login shell's profile."""

    def quoted(self, word: str) -> str:
        """Quote for a POSIX shell."""
        return shlex.quote(word)

    def set(self, name: str, value: str, layer: Layer) -> str:
        """Export a variable, now or at each login."""
        line = f"export {name}={shlex.quote(value)}"
        return line if layer is Layer.SESSION else f"echo {shlex.quote(line)} >> {_file(layer)}"

    def unset(self, name: str, layer: Layer) -> str:
        """Unset a variable, or show where it is set: files of the shell are the user's to edit."""
        if layer is Layer.SESSION:
            return f"unset {name}"
        files = "/etc/environment /etc/profile /etc/profile.d/*" if layer is Layer.MACHINE else _FILES
        return f"grep -nw {name} {files}   # delete these lines"

    def path_add(self, folder: str, layer: Layer) -> str:
        """Append to PATH."""
        line = f'export PATH="$PATH:{_in_quotes(folder)}"'
        return line if layer is Layer.SESSION else f"echo {shlex.quote(line)} >> {_file(layer)}"

    def path_remove(self, folder: str, layer: Layer) -> str:
        """Filter PATH, or show where the folder is added."""
        if layer is Layer.SESSION:
            return f"PATH=$(printf %s \"$PATH\" | tr ':' '\\n' | grep -vxF {shlex.quote(folder)} | paste -sd: -)"
        return f"grep -nF {shlex.quote(folder)} {_FILES}   # delete these entries"

    def env_file(self, path: str, drop: Sequence[str]) -> str:
        """Strip a byte order mark, carriage returns and lines; the old file stays as .bak."""
        names = "".join(f"; /^{re.escape(name)}=/d" for name in drop)
        script = r"1s/^\xef\xbb\xbf//; s/\r$//" + names
        return f"sed -i.bak -e {shlex.quote(script)} {shlex.quote(path)}"


class GitBash(Posix):
    """Bash on Windows: MSYS turns `/f` into a path, so options of Windows programs get two slashes."""

    def set(self, name: str, value: str, layer: Layer) -> str:
        """Export, or write the registry."""
        if layer is Layer.SESSION:
            return super().set(name, value, layer)
        if "%" in value:
            return _by_powershell(_PS.set(name, value, layer))
        key = shlex.quote(ENVIRONMENT[layer])
        return f"MSYS2_ARG_CONV_EXCL='*' reg add {key} /v {name} /t REG_SZ /d {shlex.quote(value)} /f"

    def unset(self, name: str, layer: Layer) -> str:
        """Unset, or delete from the registry."""
        if layer is Layer.SESSION:
            return super().unset(name, layer)
        return f"MSYS2_ARG_CONV_EXCL='*' reg delete {shlex.quote(ENVIRONMENT[layer])} /v {name} /f"

    def path_add(self, folder: str, layer: Layer) -> str:
        """Append to PATH."""
        if layer is Layer.SESSION:
            return f'export PATH="$PATH:$(cygpath -u {shlex.quote(folder)})"'
        return _by_powershell(_PS.path_add(folder, layer))

    def path_remove(self, folder: str, layer: Layer) -> str:
        """Filter PATH."""
        if layer is Layer.SESSION:
            unix = f'"$(cygpath -u {shlex.quote(folder)})"'
            return f"PATH=$(printf %s \"$PATH\" | tr ':' '\\n' | grep -vxF {unix} | paste -sd: -)"
        return _by_powershell(_PS.path_remove(folder, layer))

    def env_file(self, path: str, drop: Sequence[str]) -> str:
        """Write the go env file again."""
        return _by_powershell(_PS.env_file(path, drop))


_PS: Final = PowerShell()


def _by_powershell(line: str) -> str:
    return f"powershell -NoProfile -Command {shlex.quote(line)}"


def _file(layer: Layer) -> str:
    return "/etc/profile.d/go.sh   # as root" if layer is Layer.MACHINE else _PROFILE


def _in_quotes(text: str) -> str:
    return re.sub(r'([\\"$`])', r"\\\1", text)
