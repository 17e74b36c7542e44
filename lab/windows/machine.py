"""A Windows 11 with Go, under Wine: a layer above the prepared prefix, thrown away at the end."""

import contextlib
import itertools
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from lab.windows import files, prefix, product, registry, servers, wine, winpython
from lab.windows.places import places
from lab.windows.scenario import Install, Scenario
from lab.windows.space import Done, Mount, Space, layers, open_space

MODULE: Final = {
    "go.mod": "module example.com/app\n\ngo 1.22\n",
    "app.go": "package app\n\n// Answer is one.\nfunc Answer() int { return 42 }\n",
}
"""What lies in the current folder unless a scenario says something else: it compiles in a moment, everywhere."""
_LAUNCH: Final = r"C:\ProgramData\lab\launch.py"
_SYSTEM_PATH: Final = r"%SystemRoot%\system32;%SystemRoot%;%SystemRoot%\system32\wbem"
_ENVIRONMENT: Final = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment"


@dataclass(slots=True)
class WindowsMachine:
    """A machine that is up."""

    space: Space
    user: str
    cwd: str
    environment: dict[str, str | None]
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def home(self) -> str:
        return rf"C:\users\{self.user}"

    def locate(self, path: str) -> Path:
        """Returns where a path of drive C: lies, seen from outside."""
        return self.space.root / wine.PREFIX[1:] / "drive_c" / path.partition(":")[2].lstrip("\\").replace("\\", "/")

    def run(
        self, argv: Sequence[str], *, cwd: str = "", env: Mapping[str, str | None] | None = None, timeout: float = 120
    ) -> Done:
        """Runs a command as the user would in cmd.exe; `env` changes the environment of a new logon, None removes."""
        words = subprocess.list2cmdline([self._filled(word) for word in argv])
        return self._launch(f'cmd.exe /d /s /c "{words}"', env or {}, cwd, timeout)

    def _launch(self, line: str, env: Mapping[str, str | None], cwd: str, timeout: float = 120) -> Done:
        changes = {**self.environment, **env}
        spec = {
            "line": line,
            "cwd": self._filled(cwd or self.cwd),
            "set": {name: self._filled(value) for name, value in changes.items() if value is not None},
            "unset": [name for name, value in changes.items() if value is None],
        }
        name = rf"C:\ProgramData\lab\{next(self._numbers)}.json"
        self.locate(name).write_text(json.dumps(spec), encoding="utf-8")
        command = [wine.WINE, winpython.PROGRAM, _LAUNCH, name]
        return self.space.run(command, env=wine.environment(self.user), timeout=timeout)

    def _filled(self, text: str) -> str:
        return text.replace("%HOME%", self.home)

    def line(self, command: str) -> Done:
        """Runs one line as typed into cmd.exe."""
        return self._launch(f'cmd.exe /d /s /c "{command}"', {}, "")

    def diagflow(self, words: Sequence[str], env: Mapping[str, str | None] | None = None) -> Done:
        """Runs the product."""
        return self.run([winpython.PROGRAM, "-m", "diagflow", *words], env=env)

    def write(self, changes: Mapping[str, Any]) -> None:
        """Writes files as a scenario's `files` says."""
        files.write(changes, self.locate, self.home)


@contextlib.contextmanager
def open_machine(scenario: Scenario) -> Iterator[WindowsMachine]:
    """Makes a machine as a scenario says; yields it, and throws it away.

    Raises:
        LabError: it could not be made.
    """
    places().machines.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="machine-", dir=places().machines))
    try:
        with open_space("machine", _mounts(scenario, folder), folder / "own") as space:
            machine = WindowsMachine(space, scenario.user, scenario.cwd, scenario.environment)
            _prepare(machine, scenario)
            yield machine
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _mounts(scenario: Scenario, folder: Path) -> list[Mount]:
    drive = f"{wine.PREFIX}/drive_c"
    trees = [
        layers(
            places().go("windows", one.release), f"{drive}/{one.folder[3:]}".replace("\\", "/"), folder / f"go-{number}"
        )
        for number, one in enumerate(scenario.go)
    ]
    releases = dict.fromkeys(one.release for one in scenario.go)
    caches = [places().go_cache("windows", release) for release in releases]
    where = f"{drive}/users/{scenario.user}/AppData/Local/go-build"
    cache = [layers(caches, where, folder / "gocache")] if caches else []
    ours = {"target": f"{drive}/diagflow", "bind": str(product.current()), "read_only": True}
    base = prefix.mounts(layers(places().prefix, wine.PREFIX, folder / "prefix"))
    return [*base, winpython.mount(wine.PREFIX), ours, *trees, *cache]


def _prepare(machine: WindowsMachine, scenario: Scenario) -> None:
    _rename_user(machine)
    prefix.give_letters(machine.space)
    machine.locate(r"C:\ProgramData\lab").mkdir(parents=True)
    shutil.copy(Path(__file__).with_name("launch.py"), machine.locate(_LAUNCH))
    cwd = scenario.cwd.replace("%HOME%", machine.home)
    machine.write({rf"{cwd}\{name}": text for name, text in MODULE.items()} | scenario.files)
    settings = machine.locate(r"C:\ProgramData\lab\settings.reg")
    settings.write_bytes(registry.as_file(_registry(machine, scenario)))
    prefix.keep_running(machine.space, machine.user)
    prefix.run_silently(machine.space, machine.user, "regedit", "/S", r"C:\ProgramData\lab\settings.reg")
    servers.start(machine.space, scenario)


def _rename_user(machine: WindowsMachine) -> None:
    """Gives the prefix's user the machine's name, in folders and registry, which is a text while Wine rests."""
    root = machine.space.root / wine.PREFIX[1:]
    old = root / "drive_c/users" / prefix.USER
    shutil.copytree(old, root / "drive_c/users" / machine.user, symlinks=True, dirs_exist_ok=True)
    shutil.rmtree(old)
    escaped = re.sub(r"[^\x20-\x7e]", lambda found: f"\\x{ord(found[0]):04x}", machine.user)
    for name in ("user.reg", "system.reg", "userdef.reg"):
        path = root / name
        path.write_text(path.read_text(encoding="utf-8").replace(prefix.USER, escaped), encoding="utf-8")


def _registry(machine: WindowsMachine, scenario: Scenario) -> dict[str, dict[str, Any]]:
    values: dict[str, dict[str, Any]] = {_ENVIRONMENT: {"PATH": {"expand": _SYSTEM_PATH}}}
    for one in scenario.go:
        if one.by == "msi":
            _as_msi(values, one)
    for key, named in scenario.registry.items():
        mine = values.setdefault(key.replace("HKLM\\Environment", _ENVIRONMENT), {})
        for name, value in named.items():
            mine.pop(next((known for known in mine if known.upper() == name.upper()), name), None)
            mine[name] = {kind: _filled(data, machine) for kind, data in value.items()}
    return values


def _filled(data: Any, machine: WindowsMachine) -> Any:
    return data.replace("%HOME%", machine.home) if isinstance(data, str) else data


def _as_msi(values: dict[str, dict[str, Any]], one: Install) -> None:
    """What the installer of Go writes: the system's PATH, and for this user PATH, GOPATH and a note of its own."""
    system = values[_ENVIRONMENT]
    system["PATH"] = {"expand": rf"{system['PATH']['expand']};{one.folder}\bin"}
    values.setdefault(r"HKCU\Environment", {}).update(
        {"Path": {"expand": r"%USERPROFILE%\go\bin"}, "GOPATH": {"expand": r"%USERPROFILE%\go"}}
    )
    values[r"HKCU\Software\GoProgrammingLanguage"] = {
        "installed": {"dword": 1},
        "installLocation": {"sz": f"{one.folder}\\"},
        "ShortCuts": {"dword": 1},
    }
    code = "{7F6D9C5C-1C1B-4C3E-9A58-6B1D5E0A7C11}"
    values[rf"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\{code}"] = {
        "DisplayName": {"sz": f"Go Programming Language amd64 go{one.release}"},
        "DisplayVersion": {"sz": one.release},
        "Publisher": {"sz": "https://go.dev"},
        "InstallLocation": {"sz": f"{one.folder}\\"},
    }
