"""Which toolchain the go command would start instead of itself (cmd/go/internal/toolchain Select).

We need to know before we run `go`: outside of the cases that end here with None it may download a whole toolchain.
"""

from diagflow.collect.host.gomod import ModLines
from diagflow.collect.host.gover import Version, from_toolchain

_FIRST: tuple[int, int] = (1, 21)  # the first Go that switches; and whose releases end in .0


def switch_to(setting: str, local: str, lines: ModLines | None) -> str | None:
    """Return the toolchain that `go` would look for in PATH, the module cache and then the network; None for none.

    Args:
        setting: the effective GOTOOLCHAIN.
        local: the version of the go command, `go1.22.3`.
        lines: those of go.work, else go.mod; None when there is neither.
    """
    own = from_toolchain(local)
    if own is None or own.minor < _FIRST or not setting:
        return None
    least, mode = _interpret(setting)
    name, version = (local, own) if least in ("", "local") else (least, from_toolchain(least))
    if version is None:
        return None  # go refuses the setting by itself
    if mode in ("auto", "path") and lines is not None:
        name, version = _raised(name, version, lines)
    return None if name in ("local", local) or not version else name


def may_download(setting: str) -> bool:
    """True when a toolchain that is in neither PATH nor cache would be downloaded."""
    return setting != "path" and not setting.endswith("+path")


def _interpret(setting: str) -> tuple[str, str]:
    """Return the least toolchain (empty: the local one) and how go.mod may raise it."""
    if setting in ("auto", "path"):
        return "", setting
    least, _, mode = setting.partition("+")
    return least, mode


def _raised(name: str, version: Version, lines: ModLines) -> tuple[str, Version]:
    if lines.toolchain == "default":
        return name, version
    wanted = from_toolchain(lines.toolchain) if lines.toolchain else None
    if wanted is not None and lines.toolchain and wanted > version:
        name, version = lines.toolchain, wanted
    needed = Version.parse(lines.go) if lines.go else None
    if needed is not None and needed > version:
        name, version = f"go{needed.text}", needed
        if needed.language and needed.minor >= _FIRST:
            name += ".0"
    return name, version
