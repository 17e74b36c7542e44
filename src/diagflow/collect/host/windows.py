"""What Windows says about itself, through its API.

`ctypes.windll` exists on Windows only, so it is reached for at each call; nothing here is imported elsewhere.
"""

import os
import sys
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import Any, Final

from diagflow.collect.host.native import CodePages, Process
from diagflow.collect.host.registry import filetime

_MACHINES: Final = {0x14C: "386", 0x8664: "amd64", 0xAA64: "arm64"}
_TH32CS_SNAPPROCESS: Final = 2
_PROCESS_QUERY_LIMITED_INFORMATION: Final = 0x1000
_TOKEN_QUERY: Final = 8
_TOKEN_ELEVATION: Final = 20
_DRIVE_REMOTE: Final = 4
_MOST_PROCESSES: Final = 20_000


def _ctypes() -> Any:
    return import_module("ctypes")


@cache
def _kernel() -> Any:
    ctypes = _ctypes()
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    handle = ctypes.c_void_p
    for name in ("GetCurrentProcess", "OpenProcess", "CreateToolhelp32Snapshot", "CreateJobObjectW"):
        getattr(kernel, name).restype = handle
    return kernel


def job_of(process: Any) -> int | None:
    """Put a process into a job of its own, so that what it starts can be ended with it; None when Windows refuses."""
    ctypes, kernel = _ctypes(), _kernel()
    job: int | None = kernel.CreateJobObjectW(None, None)
    if job is None:
        return None
    if kernel.AssignProcessToJobObject(ctypes.c_void_p(job), ctypes.c_void_p(int(process._handle))):  # noqa: SLF001
        return job
    close_handle(job)
    return None


def end_job(job: int) -> bool:
    """End all processes of a job."""
    return bool(_kernel().TerminateJobObject(_ctypes().c_void_p(job), 1))


def close_handle(handle: int) -> None:
    """Let go of a handle."""
    _kernel().CloseHandle(_ctypes().c_void_p(handle))


class Windows:
    """This Windows."""

    def version(self) -> tuple[str | None, int | None]:
        """Return what the kernel says, whatever this Python's manifest claims."""
        found: Any = getattr(sys, "getwindowsversion")()  # noqa: B009  # only there on Windows
        major, minor, build = found.platform_version
        return f"{major}.{minor}.{build}", build

    def arch(self) -> str | None:
        """Return the machine's architecture, also under emulation."""
        ctypes, kernel = _ctypes(), _kernel()
        process, native = ctypes.c_ushort(), ctypes.c_ushort()
        with suppress(AttributeError):  # Windows 10 1511 and Wine without it
            this = ctypes.c_void_p(kernel.GetCurrentProcess())
            if kernel.IsWow64Process2(this, ctypes.byref(process), ctypes.byref(native)) and native.value:
                return _MACHINES.get(native.value, "other")
        return self.process_arch()

    def process_arch(self) -> str | None:
        """Return the architecture of this Python."""
        platform = str(import_module("sysconfig").get_platform())
        return {"win32": "386", "win-amd64": "amd64", "win-arm64": "arm64"}.get(platform, "other")

    def elevated(self) -> bool | None:
        """True when the process' token is an administrator's."""
        ctypes, kernel = _ctypes(), _kernel()
        advapi = ctypes.WinDLL("advapi32")
        token, value, size = ctypes.c_void_p(), ctypes.c_ulong(), ctypes.c_ulong()
        this = ctypes.c_void_p(kernel.GetCurrentProcess())
        if not advapi.OpenProcessToken(this, _TOKEN_QUERY, ctypes.byref(token)):
            return None
        try:
            told = advapi.GetTokenInformation(token, _TOKEN_ELEVATION, ctypes.byref(value), 4, ctypes.byref(size))
            return bool(value.value) if told else None
        finally:
            kernel.CloseHandle(token)

    def code_pages(self) -> CodePages:
        """Return the three; a process without a console has no output code page (0)."""
        kernel = _kernel()
        pages = (kernel.GetOEMCP(), kernel.GetACP(), kernel.GetConsoleOutputCP())
        return CodePages(*(page or None for page in pages))

    def language(self) -> str | None:
        """Return the name of the user's locale."""
        ctypes, kernel = _ctypes(), _kernel()
        name = ctypes.create_unicode_buffer(85)  # LOCALE_NAME_MAX_LENGTH
        identifier = kernel.GetUserDefaultUILanguage()
        return name.value if kernel.LCIDToLocaleName(identifier, name, 85, 0) else None

    def memory(self) -> int | None:
        """Return the physical memory."""
        ctypes, kernel = _ctypes(), _kernel()
        size = ctypes.c_ulonglong()
        with suppress(AttributeError):
            if kernel.GetPhysicallyInstalledSystemMemory(ctypes.byref(size)):
                return int(size.value) * 1024
        return None

    def filesystem(self, path: str) -> str | None:
        """Return what the volume says of itself."""
        ctypes, kernel = _ctypes(), _kernel()
        root, name = ctypes.create_unicode_buffer(32768), ctypes.create_unicode_buffer(64)
        if "\0" in path or not kernel.GetVolumePathNameW(path, root, 32768):
            return None
        told = kernel.GetVolumeInformationW(root, None, 0, None, None, None, name, 64)
        return name.value or None if told else None

    def remote(self, path: str) -> bool | None:
        """True for UNC paths and mapped drives."""
        if path.startswith(("\\\\", "//")):
            return True
        return _mapped(path[0].upper()) if path[1:2] == ":" else None

    def ancestors(self) -> list[Process]:
        """Walk upwards; a pid that was used again is no parent: it started later than its child."""
        table = _processes()
        found: list[Process] = []
        child = _started(os.getpid())
        pid = table.get(os.getpid(), (0, ""))[0]
        while pid in table and pid not in {p.pid for p in found}:
            started = _started(pid)
            if started and child and started > child:
                break
            parent, name = table[pid]
            found.append(Process(pid, parent, name, started))
            pid, child = parent, started or child
        return found

    def raw_environment(self) -> list[tuple[str, str]]:
        """Return the block itself: Python's own view folds names that differ in case only."""
        ctypes, kernel = _ctypes(), _kernel()
        kernel.GetEnvironmentStringsW.restype = ctypes.c_void_p
        block = kernel.GetEnvironmentStringsW()
        found: list[tuple[str, str]] = []
        try:
            at = block
            while at and (line := ctypes.wstring_at(at)):
                name, _, value = line[1:].partition("=")  # a name may begin with "=": the folders of drives
                found.append((line[0] + name, value))
                at += (len(line.encode("utf-16-le", "surrogatepass")) // 2 + 1) * 2
        finally:
            kernel.FreeEnvironmentStringsW(ctypes.c_void_p(block))
        return found

    def wine(self) -> bool:
        """True when ntdll says so."""
        try:
            return bool(_ctypes().WinDLL("ntdll").wine_get_version)
        except AttributeError:
            return False


@cache
def _mapped(letter: str) -> bool:
    """True for a drive letter that stands for a folder of another machine."""
    return bool(_kernel().GetDriveTypeW(f"{letter}:\\") == _DRIVE_REMOTE)


def _processes() -> dict[int, tuple[int, str]]:
    """Return parent and name of every process, by pid."""
    ctypes, kernel = _ctypes(), _kernel()
    entry = _entry_type()()
    entry.size = ctypes.sizeof(entry)
    snapshot = ctypes.c_void_p(kernel.CreateToolhelp32Snapshot(_TH32CS_SNAPPROCESS, 0))
    found: dict[int, tuple[int, str]] = {}
    more = kernel.Process32FirstW(snapshot, ctypes.byref(entry))
    while more and len(found) < _MOST_PROCESSES:
        found[int(entry.pid)] = (int(entry.parent), str(entry.name))
        more = kernel.Process32NextW(snapshot, ctypes.byref(entry))
    kernel.CloseHandle(snapshot)
    return found


def _entry_type() -> Any:
    ctypes = _ctypes()
    dword, pointer = ctypes.c_ulong, ctypes.c_size_t
    return type(
        "PROCESSENTRY32W",
        (ctypes.Structure,),
        {
            "_fields_": [
                ("size", dword),
                ("usage", dword),
                ("pid", dword),
                ("heap", pointer),
                ("module", dword),
                ("threads", dword),
                ("parent", dword),
                ("priority", ctypes.c_long),
                ("flags", dword),
                ("name", ctypes.c_wchar * 260),
            ]
        },
    )


def _started(pid: int) -> Any:
    ctypes, kernel = _ctypes(), _kernel()
    handle = kernel.OpenProcess(_PROCESS_QUERY_LIMITED_INFORMATION, 0, pid)
    if not handle:
        return None
    times = [ctypes.c_ulonglong() for _ in range(4)]
    told = kernel.GetProcessTimes(ctypes.c_void_p(handle), *(ctypes.byref(t) for t in times))
    close_handle(handle)
    return filetime(int(times[0].value)) if told else None
