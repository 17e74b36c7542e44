"""`installs`: the Go trees on this machine, on PATH or not, and what installers say of them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from diagflow.collect.host.binaries import HEAD, machine_of
from diagflow.collect.host.buildinfo import MARK, MOST, parse_build_info
from diagflow.collect.host.goroot import is_tree, tools_missing, version_of
from diagflow.collect.host.gover import Version, release
from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.pathlist import same
from diagflow.collect.host.registry import Key

_UNINSTALL: Final = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
_MSI: Final = r"Software\GoProgrammingLanguage"
_NAME: Final = "go programming language"
_ARCH: Final = re.compile(r"\b(amd64|arm64|386)\b")
_TREES: Final = 50  # trees

# Folders that hold a tree, or one tree in each of their folders; `*` stands for any one name that begins so.
_WINDOWS: Final = (
    ("other", r"C:\Go"),
    ("zip", r"C:\tools\go"),
    ("choco", r"C:\ProgramData\chocolatey\lib\golang*\tools\go"),
    ("scoop", r"C:\ProgramData\scoop\apps\go\*"),
    ("msys2", r"C:\msys64\mingw64\lib\go"),
    ("msys2", r"C:\msys64\ucrt64\lib\go"),
    ("msys2", r"C:\msys64\clang64\lib\go"),
)
_WINDOWS_HOME: Final = (
    ("sdk", r"sdk\go*"),
    ("scoop", r"scoop\apps\go\*"),
    ("g", r".g\go"),
    ("g", r".g\versions\*"),
)
_POSIX: Final = (
    ("zip", "/usr/local/go"),
    ("distro", "/usr/lib/go-*"),
    ("distro", "/usr/lib/go"),
    ("distro", "/usr/lib/golang"),
    ("snap", "/snap/go/current"),
    ("homebrew", "/opt/homebrew/opt/go/libexec"),
    ("homebrew", "/usr/local/opt/go/libexec"),
    ("homebrew", "/home/linuxbrew/.linuxbrew/opt/go/libexec"),
    ("zip", "/opt/go"),
)
_POSIX_HOME: Final = (
    ("sdk", "sdk/go*"),
    ("asdf", ".asdf/installs/golang/*/go"),
    ("mise", ".local/share/mise/installs/go/*"),
    ("g", ".g/go"),
    ("g", ".g/versions/*"),
    ("other", ".gvm/gos/*"),
    ("zip", "go"),
    ("zip", ".local/go"),
)


def probe(look: Look) -> Any:
    """Look where Go is usually put, and at every tree that PATH leads to."""
    machine = look.machine
    found = [_tree(look, root, source) for root, source in _roots(look)]
    versions = [(v, tree["version"]) for tree in found if (v := _parsed(tree.get("version")))]
    newest = max(versions, default=(None, None), key=lambda pair: pair[0])[1] if versions else None
    return {"found": found, "newest": newest, **_registered(machine)}


def _parsed(version: str | None) -> Version | None:
    return Version.parse(version.removeprefix("go")) if version else None


def _roots(look: Look) -> list[tuple[str, str]]:
    """Return all trees, each once; one that is reached by a link counts where it really is."""
    machine = look.machine
    path = look.known("path")
    ways = [*_usual(machine), *((h["root"], "") for k in ("go", "future_go") for h in path.get(k, []) if "root" in h)]
    goroot = machine.env("GOROOT")
    ways += [(goroot, "")] if goroot else []
    seen: dict[str, tuple[str, str]] = {}
    for root, source in ways:
        key = same(machine.files.target(root) or root, windows=machine.windows)
        if key not in seen and is_tree(machine, root):
            seen[key] = (root, source or "other")
    return list(seen.values())[:_TREES]


def _usual(machine: Machine) -> Iterator[tuple[str, str]]:
    """Return the places where installers and version managers put Go."""
    fixed, homes = (_WINDOWS, _WINDOWS_HOME) if machine.windows else (_POSIX, _POSIX_HOME)
    if machine.windows:
        for variable in ("PROGRAMFILES", "PROGRAMW6432", "PROGRAMFILES(X86)"):
            if machine.env(variable):
                yield machine.join(machine.env(variable), "Go"), "msi"
        local = machine.env("LOCALAPPDATA")
        homes = (*homes, ("mise", machine.join(local, r"mise\installs\go\*"))) if local else homes
        homes = (*homes, ("winget", machine.join(local, r"Microsoft\WinGet\Packages\*\go"))) if local else homes
    for source, place in fixed:
        yield from ((root, source) for root in _matching(machine, place))
    for source, place in homes if machine.home else ():
        yield from ((root, source) for root in _matching(machine, machine.join(machine.home, place)))


def _matching(machine: Machine, pattern: str) -> list[str]:
    """Expand the one `*` of a place."""
    before, star, after = pattern.partition("*")
    if not star:
        return [pattern]
    parent, start = machine.paths.split(before)
    names = [n for n in machine.files.names(str(parent)) if n.lower().startswith(str(start).lower())]
    return [machine.join(str(parent), name) + after for name in names]


def _tree(look: Look, root: str, source: str) -> dict[str, Any]:
    machine = look.machine
    exe = machine.join(root, "bin", "go.exe" if machine.windows else "go")
    arch = machine_of(machine.files.peek(exe, HEAD) or b"")
    path = look.known("path")
    version = version_of(machine, root)
    return {
        "root": root,
        "version": version,
        "machine": arch,
        "source": _source(machine, root, source),
        "on_path": _on(machine, root, path.get("go", [])),
        "on_future_path": _on(machine, root, path["future_go"]) if "future_go" in path else None,
        "tools_missing": tools_missing(machine, root, arch),
        "mixed": _mixed(machine, exe, version),
    }


def _source(machine: Machine, root: str, source: str) -> str:
    """Tell the MSI's tree from one that was unpacked in its place: the MSI says in the registry where it put it."""
    if source != "msi":
        return source
    location = _msi(machine).get("location")
    registered = bool(location) and same(str(location), windows=True) == same(root, windows=True)
    return "msi" if registered or _registered(machine)["uninstall"] else "zip"


def _on(machine: Machine, root: str, found: list[Mapping[str, Any]]) -> bool:
    wanted = same(root, windows=machine.windows)
    return any(same(hit.get("root", ""), windows=machine.windows) == wanted for hit in found)


def _mixed(machine: Machine, exe: str, version: str | None) -> bool | None:
    """True when the go command was built as another release than VERSION says: files of two releases in one tree."""
    if version is None:
        return None
    info = parse_build_info(machine.files.find(exe, MARK, MOST) or b"")
    return None if info is None or info.go is None else info.go != version


def _registered(machine: Machine) -> dict[str, Any]:
    if machine.registry is None:
        return {}
    return {"msi": _msi(machine), "uninstall": [e for view in (64, 32) for e in _uninstall(machine, view)]}


def _msi(machine: Machine) -> dict[str, Any]:
    key = _key(machine, "HKCU", _MSI, 64)
    if key is None:
        return {"installed": False}
    installed, location = key.value("installed"), key.value("installLocation")
    return {
        "installed": bool(installed and installed.number),
        "location": location.text if location and location.text else None,
    }


def _uninstall(machine: Machine, view: int) -> Iterator[dict[str, Any]]:
    """Return the entries of Go; the 32-bit view holds others than the 64-bit one."""
    top = _key(machine, "HKLM", _UNINSTALL, view)
    for name in top.subkeys if top else ():
        key = _key(machine, "HKLM", f"{_UNINSTALL}\\{name}", view)
        title = _text(key, "DisplayName")
        if key is None or not title or not title.lower().startswith(_NAME):
            continue
        arch = _ARCH.search(title)
        yield {
            "name": title,
            "version": release(title) or _text(key, "DisplayVersion"),
            "arch": arch[1] if arch else None,
            "location": _text(key, "InstallLocation"),
            "view": view,
        }


def _text(key: Key | None, name: str) -> str | None:
    value = key.value(name) if key else None
    return value.text if value else None


def _key(machine: Machine, hive: str, path: str, view: int) -> Key | None:
    try:
        return machine.registry.key(hive, path, view) if machine.registry else None
    except OSError:
        return None
