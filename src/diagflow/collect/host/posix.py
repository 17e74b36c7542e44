"""What Linux and macOS say about themselves: /proc where there is one, else the C library."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from diagflow.collect.host.files import Files
from diagflow.collect.host.native import CodePages, Process

_ARCHES: Final = {
    "x86_64": "amd64",
    "amd64": "amd64",
    "aarch64": "arm64",
    "arm64": "arm64",
    "i686": "386",
    "i386": "386",
}
_MOST_ANCESTORS: Final = 64
_REMOTE: Final = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "drvfs", "afpfs")


class Posix:
    """This system."""

    def __init__(self, files: Files, environ: Mapping[str, str]) -> None:
        self._files = files
        self._environ = environ

    def version(self) -> tuple[str | None, int | None]:
        """Return the kernel's release."""
        release = self._text("/proc/sys/kernel/osrelease").strip()
        return release or os.uname().release, None

    def arch(self) -> str | None:
        """Return what the kernel says."""
        return go_arch(os.uname().machine)

    def process_arch(self) -> str | None:
        """The same: a 32-bit Python on a 64-bit kernel is nothing that Go cares about."""
        return self.arch()

    def elevated(self) -> bool | None:
        """True for root."""
        return os.geteuid() == 0

    def code_pages(self) -> CodePages:
        """There are none."""
        return CodePages()

    def language(self) -> str | None:
        """Return what the locale variables say."""
        return next((v for n in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := self._environ.get(n))), None)

    def memory(self) -> int | None:
        """Return the memory of the machine."""
        try:
            return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        except (OSError, ValueError):
            return None

    def filesystem(self, path: str) -> str | None:
        """Return the type of the deepest mount above `path`."""
        return mount_of(self._text("/proc/self/mountinfo"), _absolute(path))

    def remote(self, path: str) -> bool | None:
        """True for network file systems."""
        kind = self.filesystem(path)
        return None if kind is None else kind in _REMOTE

    def ancestors(self) -> list[Process]:
        """Walk /proc upwards; a parent that ended while we look ends the walk."""
        boot = self._boot()
        found: list[Process] = []
        pid = os.getppid()
        while pid > 0 and len(found) < _MOST_ANCESTORS:
            process = _process(self._text(f"/proc/{pid}/stat"), boot)
            if process is None:
                break
            found.append(process)
            pid = process.parent
        return found

    def raw_environment(self) -> list[tuple[str, str]]:
        """Return what the kernel was given."""
        raw = self._files.peek("/proc/self/environ") or b""
        pairs = (os.fsdecode(line).partition("=") for line in raw.split(b"\0") if b"=" in line)
        return [(name, value) for name, _, value in pairs]

    def wine(self) -> bool:
        """Never."""
        return False

    def _text(self, path: str) -> str:
        return (self._files.peek(path) or b"").decode("utf-8", "replace")

    def _boot(self) -> float | None:
        lines = self._text("/proc/stat").splitlines()
        return next((float(line.split()[1]) for line in lines if line.startswith("btime ")), None)


def go_arch(machine: str) -> str | None:
    """Return Go's name of an architecture, `other` for those that the doctor does not know."""
    return _ARCHES.get(machine.lower(), "other") if machine else None


def mount_of(mountinfo: str, path: str) -> str | None:
    """Return the type of the file system that holds `path`, by mountinfo(5); the last mount at a point counts."""
    best, kind = -1, None
    for line in mountinfo.splitlines():
        left, _, right = line.partition(" - ")
        fields, types = left.split(), right.split()
        if len(fields) < 5 or not types:  # noqa: PLR2004  # the mount point is the fifth
            continue
        point = _unescaped(fields[4])
        if (path == point or path.startswith(point.rstrip("/") + "/")) and len(point) >= best:
            best, kind = len(point), types[0]
    return kind


def _absolute(path: str) -> str:
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return path


def _unescaped(field: str) -> str:
    for code, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        field = field.replace(code, char)
    return field


def _process(stat: str, boot: float | None) -> Process | None:
    """Read proc(5) stat; the name stands in parentheses and may hold any character."""
    head, _, tail = stat.rpartition(")")
    pid, _, name = head.partition(" (")
    fields = tail.split()
    if not pid.isdecimal() or len(fields) < 20:  # noqa: PLR2004  # starttime is the 20th after the name
        return None
    started = None if boot is None else datetime.fromtimestamp(boot + int(fields[19]) / os.sysconf("SC_CLK_TCK"), UTC)
    return Process(int(pid), int(fields[1]), name, started)
