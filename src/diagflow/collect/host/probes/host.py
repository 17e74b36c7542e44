"""`host`: which system this is, whose session, which shell."""

import re
from typing import Any, Final

from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.native import Process

SHELLS: Final = ("powershell", "pwsh", "cmd", "bash", "sh", "zsh", "fish")
_ALSO: Final = {"dash": "sh", "ash": "sh", "ksh": "sh", "mksh": "sh"}
_SIZE: Final = re.compile(r"([0-9]+)\s*([KMGT]?)B?", re.IGNORECASE)
_UNITS: Final = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def probe(look: Look) -> Any:
    """Look at the system and the session."""
    machine, native = look.machine, look.machine.native
    version, build = native.version()
    pages = native.code_pages()
    wsl = wsl_version(machine)
    return {
        "os": machine.platform,
        "os_version": version,
        "build": build,
        "arch": native.arch(),
        "process_arch": native.process_arch(),
        "wsl": wsl,
        "distro": _distro(machine),
        "elevated": native.elevated(),
        "shell": shell_of(machine, native.ancestors()),
        "msystem": machine.env("MSYSTEM") or None,
        **_home(machine),
        "oem_code_page": pages.oem,
        "ansi_code_page": pages.ansi,
        "output_code_page": pages.output,
        "language": native.language(),
        **_cwd(machine),
        "memory_bytes": native.memory(),
        "wine": native.wine(),
        "wsl_config": _wsl_config(machine, wsl) or None,
    }


def wsl_version(machine: Machine) -> int:
    """Return 1 or 2 inside WSL, 0 elsewhere: the kernel's release says so."""
    if machine.platform != "linux":
        return 0
    release = (machine.files.peek("/proc/sys/kernel/osrelease") or b"").decode("utf-8", "replace").lower()
    if "microsoft" not in release:
        return 0
    return 2 if "wsl2" in release or "microsoft-standard" in release else 1


def shell_of(machine: Machine, ancestors: list[Process]) -> str | None:
    """Return the shell that the user is in: the nearest one above us."""
    for process in ancestors:
        name = process.name.lower().removesuffix(".exe").removeprefix("-")
        name = _ALSO.get(name, name)
        if name in SHELLS:
            return "bash" if machine.windows and name == "sh" and machine.env("MSYSTEM") else name
    if machine.windows:
        return "bash" if machine.env("MSYSTEM") else None
    name = str(machine.paths.basename(machine.env("SHELL")))
    return _ALSO.get(name, name if name in SHELLS else None)


def _home(machine: Machine) -> dict[str, Any]:
    home = machine.home
    return {"home": home, "home_ascii": home.isascii(), "home_spaces": " " in home} if home else {}


def _cwd(machine: Machine) -> dict[str, Any]:
    cwd = machine.cwd
    if not cwd:
        return {}
    return {
        "cwd": cwd,
        "cwd_filesystem": machine.native.filesystem(cwd),
        "cwd_unc": machine.windows and cwd.startswith(("\\\\", "//")),
    }


def _distro(machine: Machine) -> str | None:
    if machine.platform != "linux":
        return None
    text = (machine.files.peek("/etc/os-release") or b"").decode("utf-8", "replace")
    pairs = dict(line.partition("=")[::2] for line in text.splitlines() if "=" in line)
    words = [pairs.get(name, "").strip("\"'") for name in ("ID", "VERSION_ID")]
    return " ".join(word for word in words if word) or None


def _wsl_config(machine: Machine, wsl: int) -> dict[str, Any]:
    """Return what wsl.conf and .wslconfig say: the second lies in the user's folder of Windows."""
    found: dict[str, Any] = {}
    if wsl:
        said = _ini(machine, "/etc/wsl.conf", "interop", "appendWindowsPath")
        found["append_windows_path"] = said.lower() != "false" if said else True
    profile = machine.env("USERPROFILE")
    memory = _ini(machine, machine.join(profile, ".wslconfig"), "wsl2", "memory") if profile else ""
    size = _SIZE.fullmatch(memory.strip())
    if size:
        found["memory"] = int(size[1]) * _UNITS[size[2].upper()]
    return found


def _ini(machine: Machine, path: str, section: str, name: str) -> str:
    text = (machine.files.peek(path) or b"").decode("utf-8-sig", "replace")
    if not text:
        return ""
    import configparser  # noqa: PLC0415  # hardly ever needed

    parser = configparser.ConfigParser(strict=False, interpolation=None)
    try:
        parser.read_string(text)
        return parser.get(section, name, fallback="")
    except configparser.Error:
        return ""
