"""A Linux machine with Go: this machine's files with layers above them, a home of its own, no network."""

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lab.errors import LabError
from lab.paths import SOURCE as LAB
from lab.windows import files, servers
from lab.windows.machine import MODULE
from lab.windows.places import places
from lab.windows.scenario import Scenario
from lab.windows.space import Done, Mount, Space, layers, open_space

_HOMES: Final = "/var/home"
"""In a layer: neither a home of this machine is touched nor its cache hidden."""
_OURS: Final = ("/usr/local/go", "/usr/lib/go")
"""Where this machine may have a Go of its own, which a scenario must not see."""
_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PLAIN: Final = ("/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""The user owns everything, this checkout and its Python too, but without the right to write there is no writing."""
_WSL: Final = "5.15.167.4-microsoft-standard-WSL2\n"
_LAYERED: Final = ("/etc", "/usr", "/opt", "/var")
_EMPTY: Final = ("/mnt", "/tmp")  # noqa: S108  # of the machine, not of this one


@dataclass(slots=True)
class LinuxMachine:
    """A machine that is up."""

    space: Space
    user: str
    cwd: str
    environment: dict[str, str | None]
    path: str

    @property
    def home(self) -> str:
        return f"{_HOMES}/{self.user}"

    def locate(self, path: str) -> Path:
        """Returns where a path of the machine lies, seen from outside."""
        return self.space.root / path.lstrip("/")

    def run(
        self, argv: Sequence[str], *, cwd: str = "", env: Mapping[str, str | None] | None = None, timeout: float = 90
    ) -> Done:
        """Runs a command as the user would, in a shell; `env` changes the environment of a login, None removes."""
        base = {
            "PATH": self.path,
            "HOME": self.home,
            "USER": self.user,
            "LOGNAME": self.user,
            "LANG": "C.UTF-8",
            "SHELL": "/bin/bash",
        }
        changes = {**base, **self.environment, **(env or {})}
        given = {name: self._filled(value) for name, value in changes.items() if value is not None}
        words = [self._filled(word) for word in argv]
        # bash stays between, as in the life of a user: a last command would take its place
        command = [*_PLAIN, "/bin/bash", "-c", '"$@"; exit $?', "bash", *words]
        return self.space.run(command, env=given, cwd=self._filled(cwd or self.cwd), timeout=timeout)

    def line(self, command: str) -> Done:
        """Runs one line as typed into bash."""
        return self.run(["/bin/bash", "-c", command])

    def diagflow(self, words: Sequence[str], env: Mapping[str, str | None] | None = None) -> Done:
        """Runs the product, from the checkout."""
        return self.run([sys.executable, "-m", "diagflow", *words], env=env)

    def write(self, changes: Mapping[str, Any]) -> None:
        """Writes files as a scenario's `files` says."""
        files.write(changes, self.locate, self.home)

    def _filled(self, text: str) -> str:
        return text.replace("%HOME%", self.home).replace("%PATH%", self.path)


@contextlib.contextmanager
def open_machine(scenario: Scenario) -> Iterator[LinuxMachine]:
    """Makes a machine as a scenario says; yields it, and throws it away.

    Raises:
        LabError: it could not be made.
    """
    places().machines.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="linux-", dir=places().machines))
    try:
        with open_space("linux", _mounts(scenario, folder), folder / "own") as space:
            on_path = [f"{one.folder}/bin" for one in scenario.go if one.by == "path"]
            machine = LinuxMachine(
                space, scenario.user, scenario.cwd, scenario.environment, ":".join([*on_path, _PATH])
            )
            _prepare(machine, scenario)
            yield machine
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _mounts(scenario: Scenario, folder: Path) -> list[Mount]:
    base = [layers(Path(path), path, folder / path[1:]) for path in _LAYERED]
    needed = (LAB.parent, Path(sys.prefix), Path(sys.base_prefix), places().root)
    empty: list[Mount] = [
        {"target": path, "tmpfs": True} for path in _EMPTY if not any(one.is_relative_to(path) for one in needed)
    ]
    hidden: list[Mount] = [{"target": path, "tmpfs": True} for path in _OURS if Path(path).exists()]
    trees = [
        layers(places().go("linux", one.release), one.folder, folder / f"go-{number}")
        for number, one in enumerate(scenario.go)
    ]
    caches = [places().go_cache("linux", release) for release in dict.fromkeys(one.release for one in scenario.go)]
    where = f"{_HOMES}/{scenario.user}/.cache/go-build"
    cache = [layers(caches, where, folder / "gocache")] if caches else []
    return [*base, *empty, *hidden, *trees, *cache]


def _prepare(machine: LinuxMachine, scenario: Scenario) -> None:
    for program in scenario.without:
        for path in _programs(machine, program):
            path.unlink(missing_ok=True)  # /bin is /usr/bin
    cwd = scenario.cwd.replace("%HOME%", machine.home)
    machine.write({f"{cwd}/{name}": text for name, text in MODULE.items()} | scenario.files)
    servers.start(machine.space, scenario)
    if scenario.wsl:
        release = machine.space.folder / "osrelease"
        release.write_text(_WSL)
        bind = ["mount", "--bind", str(release), "/proc/sys/kernel/osrelease"]
        if machine.space.run(bind, env={"PATH": _PATH}).rc:
            raise LabError("this kernel does not let a file stand for /proc/sys/kernel/osrelease")


def _programs(machine: LinuxMachine, name: str) -> list[Path]:
    """Returns the program and its versions: gcc, gcc-12, x86_64-linux-gnu-gcc-12, and cc, which points to it."""
    patterns = [
        name,
        f"{name}-[0-9]*",
        f"*-linux-gnu-{name}",
        f"*-linux-gnu-{name}-[0-9]*",
        *(["cc", "c99", "c89"] if name == "gcc" else []),
    ]
    folders = [machine.locate(folder) for folder in _PATH.split(":")]
    return sorted({path for folder in folders for pattern in patterns for path in folder.glob(pattern)})
