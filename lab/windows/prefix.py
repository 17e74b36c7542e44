"""The prepared Wine prefix: Windows 11, one user, no dialogs, no services that nobody needs."""

import contextlib
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from lab.errors import LabError
from lab.sh import run
from lab.windows import registry, stamps, wine
from lab.windows.places import SOURCE, places
from lab.windows.space import Mount, Space, layers, open_space

USER = "labuser"
"""The user for whom the prefix is made; a machine's own user takes its place."""
_OCTAL = re.compile(r"\\([0-7]{3})")
"""How the kernel writes blanks in paths."""
_COMPILER = "x86_64-w64-mingw32-gcc"
_SETTINGS: registry.Values = {
    r"HKCU\Software\Wine": {"Version": {"sz": "win11"}},
    r"HKCU\Software\Wine\WineDbg": {"ShowCrashDialog": {"dword": 0}},
    r"HKCU\Environment": {
        "TEMP": {"expand": r"%USERPROFILE%\AppData\Local\Temp"},
        "TMP": {"expand": r"%USERPROFILE%\AppData\Local\Temp"},
    },
    **{
        rf"HKLM\System\CurrentControlSet\Services\{name}": {"Start": {"dword": 4}}
        for name in (
            "Winmgmt",
            "wuauserv",
            "Spooler",
            "TermService",
            "winebus",
            "winehid",
            "winexinput",
            "scardsvr",
            "StiSvc",
            "wineusb",
            "MSIServer",
            "PlugPlay",
        )
    },
}


def mounts(prefix: Mount) -> list[Mount]:
    """Returns what a machine needs mounted for Wine; `prefix` is the mount of its prefix."""
    return [
        {"target": str(wine.LIBRARY), "bind": str(places().ntdll), "read_only": True},
        prefix,
        {"target": wine.HOME, "tmpfs": True},
    ]


@contextlib.contextmanager
def scratch(more: Sequence[Mount] = ()) -> Iterator[list[Mount]]:
    """Yields the mounts of a prefix that is thrown away afterwards."""
    places().machines.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="scratch-", dir=places().machines) as folder:
        yield [*mounts(layers(places().prefix, wine.PREFIX, Path(folder))), *more]


def build() -> None:
    """Makes the prefix."""
    made_from = stamps.digest(wine.LIBRARY, SOURCE / "bcryptprimitives.c", registry.as_file(_SETTINGS))
    stamps.once("prefix", made_from, [places().prefix], _make)


def _make() -> None:
    prefix = places().prefix
    prefix.mkdir(parents=True)
    with open_space("prefix", mounts({"target": wine.PREFIX, "bind": str(prefix)})) as space:
        run_silently(space, USER, "wineboot", "--init")
        library = prefix / "drive_c/windows/system32/bcryptprimitives.dll"
        run([_COMPILER, "-O2", "-shared", "-s", "-o", library, SOURCE / "bcryptprimitives.c", "-ladvapi32"])
        settings = prefix / "drive_c" / "settings.reg"
        settings.write_bytes(registry.as_file(_SETTINGS))
        run_silently(space, USER, "regedit", "/S", r"C:\settings.reg")
        settings.unlink()
        (prefix / "drive_c/users" / USER / "AppData/Local/Temp").mkdir(parents=True, exist_ok=True)
        (prefix / ".update-timestamp").write_text("disable\n")  # never again the long update at start
        space.run([wine.SERVER, "-k"], env=wine.environment(USER))
        space.run([wine.SERVER, "-w"], env=wine.environment(USER))


def give_letters(space: Space) -> None:
    """Gives each mount inside the prefix a drive letter, from Q: down, before Wine starts.

    Wine finds the properties of a volume by its drive; without them Go 1.22 lists no folder of another file system.
    """
    inside = Path(f"/proc/{space.holder.pid}/mounts").read_text(encoding="utf-8").splitlines()
    targets = [_OCTAL.sub(lambda found: chr(int(found[1], 8)), line.split()[1]) for line in inside]
    drive = f"{wine.PREFIX}/drive_c/"
    letters = iter("qponmlkjihg")
    for target in dict.fromkeys(target for target in targets if target.startswith(drive)):
        link = space.root / wine.PREFIX[1:] / "dosdevices" / f"{next(letters)}:"
        link.symlink_to(f"../drive_c/{target.removeprefix(drive)}")


def run_silently(space: Space, user: str, *words: str) -> None:
    """Runs a program of Wine's whose output is of no interest.

    The first one of a machine starts services, which would hold a pipe for ever.

    Raises:
        LabError: it failed.
    """
    _silently(space, user, wine.WINE, *words)


def keep_running(space: Space, user: str) -> None:
    """Starts Wine's server, which stays until the machine ends: programs that follow start in a moment."""
    _silently(space, user, wine.SERVER, "--persistent")


def _silently(space: Space, user: str, *command: str) -> None:
    script = 'exec "$@" >/dev/null 2>&1'
    done = space.run(["sh", "-c", script, "sh", *command], env=wine.environment(user), timeout=180)
    if done.rc:
        raise LabError(
            f"`{' '.join(command)}` ended with {done.rc} in a new machine; is the prefix whole? Remove it: "
            f"{places().prefix}, and run `python -m lab.windows build`"
        )
