"""The settings of the go command, computed as it does: environment, go env file, the root's go.env, built-in defaults.

`go env` itself is asked first; this serves where it does not answer, and tells where each value comes from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from diagflow.collect.host.envfile import EnvFile, parse_env_file
from diagflow.collect.host.layers import Layers, layer_of
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.variables import GO

_MOST_FILE: Final = 1 << 20
_NOT_IN_FILES: Final = ("GODEBUG", "GOENV", "GOEXE", "GOTOOLDIR")  # cmd/go reads these from the environment alone
_EMPTY: Final = EnvFile({}, ())


@dataclass(frozen=True, slots=True)
class Place:
    """Where the go env file is: its path, and why there (`default`, `GOENV`, `off`)."""

    path: str
    source: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Values by name, and where each comes from."""

    values: dict[str, str]
    sources: dict[str, str]


def env_file_place(machine: Machine) -> Place | None:
    """Return where Go looks for the file; None where it finds no place (no %AppData%, no $HOME)."""
    named = machine.env("GOENV")
    if named:
        return Place("", "off") if named == "off" else Place(named, "GOENV")
    folder = _config_folder(machine)
    return Place(machine.paths.normpath(machine.join(folder, "go", "env")), "default") if folder else None


def _config_folder(machine: Machine) -> str:
    """Return what Go's os.UserConfigDir returns; the empty string where that is an error."""
    if machine.windows:
        return machine.env("APPDATA")
    if machine.platform == "darwin":
        return machine.home and machine.join(machine.home, "Library", "Application Support")
    named = machine.env("XDG_CONFIG_HOME")
    if named:
        return named if machine.paths.isabs(named) else ""
    return machine.home and machine.join(machine.home, ".config")


def _cache_folder(machine: Machine) -> str:
    """Return what Go's os.UserCacheDir returns; the empty string where that is an error."""
    if machine.windows:
        return machine.env("LOCALAPPDATA")
    if machine.platform == "darwin":
        return machine.home and machine.join(machine.home, "Library", "Caches")
    named = machine.env("XDG_CACHE_HOME")
    if named:
        return named if machine.paths.isabs(named) else ""
    return machine.home and machine.join(machine.home, ".cache")


def read_env_file(machine: Machine, path: str) -> EnvFile:
    """Return what a file says; nothing where it cannot be read, as Go does."""
    data = machine.files.peek(path, _MOST_FILE) if path else None
    return parse_env_file(data) if data else _EMPTY


def settings(machine: Machine, layers: Layers | None, root: str | None, arch: str | None) -> Settings:
    """Compute all settings that do not need the go command.

    Args:
        machine: whose.
        layers: the registry's environments.
        root: the tree that the go command stands in; None when there is none.
        arch: what that go command was built for.
    """
    place = env_file_place(machine)
    file = read_env_file(machine, place.path).entries if place else {}
    # For the root's go.env the file wins over the environment; for GOROOT itself it is the other way round.
    shipping = file.get("GOROOT") or machine.env("GOROOT") or root
    shipped = read_env_file(machine, machine.join(shipping, "go.env")).entries if shipping else {}
    found = Settings({}, {})
    for name in GO:
        value, source = _first(machine, layers, name, file, shipped)
        if value:
            found.values[name], found.sources[name] = value, source
    for name, value in [("GOROOT", root or ""), *_defaults(machine, found.values, place, arch)]:
        if value and name not in found.values:
            found.values[name], found.sources[name] = value, "default"
    return found


def _first(
    machine: Machine, layers: Layers | None, name: str, file: Mapping[str, str], shipped: Mapping[str, str]
) -> tuple[str, str]:
    value = machine.env(name)
    if value:  # set to nothing is not set
        return value, layer_of(layers, name, value)
    if name in _NOT_IN_FILES:
        return "", ""
    # A name that stands in the user's file, be it with nothing, hides the one in the root's file.
    return (file[name], "env_file") if name in file else (shipped.get(name, ""), "goroot_file")


def source_of(machine: Machine, layers: Layers | None, name: str, found: Settings) -> str:
    """Return where the value that `go env` printed comes from."""
    value = machine.env(name)
    return layer_of(layers, name, value) if value else found.sources.get(name, "default")


def _defaults(
    machine: Machine, values: Mapping[str, str], place: Place | None, arch: str | None
) -> list[tuple[str, str]]:
    home, cache = machine.home, _cache_folder(machine)
    gopath = values.get("GOPATH") or (machine.join(home, "go") if home else "")
    first = gopath.split(machine.paths.pathsep)[0]
    return [
        ("GOARCH", arch or ""),
        ("GOCACHE", machine.join(cache, "go-build") if cache else ""),
        ("GOENV", "off" if place and place.source == "off" else place.path if place else ""),
        ("GOMODCACHE", machine.join(first, "pkg", "mod") if first else ""),
        ("GOOS", machine.platform),
        ("GOPATH", gopath),
    ]
