"""Machines that tests make up: real files in a folder, a registry and commands that the test says."""

import dataclasses
import json
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from diagflow.collect.host.facts import Facts
from diagflow.collect.host.files import Files
from diagflow.collect.host.machine import Machine, this_machine
from diagflow.collect.host.native import CodePages, Process
from diagflow.collect.host.outcome import Outcome
from diagflow.collect.host.probes import probes
from diagflow.collect.host.registry import Key, Value
from diagflow.collect.host.run import Runner

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


@dataclasses.dataclass
class Said:
    """A system that says what the test wants."""

    pages: CodePages = dataclasses.field(default_factory=CodePages)
    parents: list[Process] = dataclasses.field(default_factory=list)
    environment: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    kind: str | None = "NTFS"
    machine: str = "amd64"

    def version(self):
        return "10.0.26100", 26100

    def arch(self):
        return self.machine

    def process_arch(self):
        return self.machine

    def elevated(self):
        return False

    def code_pages(self):
        return self.pages

    def language(self):
        return "en-US"

    def memory(self):
        return 16 << 30

    def filesystem(self, _path):
        return self.kind

    def remote(self, _path):
        return False

    def ancestors(self):
        return self.parents

    def raw_environment(self):
        return self.environment

    def wine(self):
        return False


class Keys:
    """A registry as a dict: `{"HKCU\\Environment": {"Path": ("REG_SZ", "x")}}`; 32-bit keys end in `@32`."""

    def __init__(self, keys: Mapping[str, Any], forbidden: Sequence[str] = ()):
        self.keys = keys
        self.forbidden = forbidden

    def key(self, hive, path, view=64):
        name = f"{hive}\\{path}"
        if name in self.forbidden:
            raise PermissionError(13, "Access is denied")
        found = self.keys.get(name + ("@32" if view == 32 else ""))
        below = [k.removeprefix(name + "\\") for k in self.keys if k.startswith(name + "\\")]
        below = [k.removesuffix("@32").split("\\")[0] for k in below if k.endswith("@32") == (view == 32)]
        if found is None and not below:
            return None
        return Key({n: Value(*v) for n, v in (found or {}).items()}, tuple(below), NOW)


def nothing(_argv, **_how):
    return Outcome(error="The system cannot find the file specified", errno=2)


def windows(tmp_path: Path, *, env: Mapping[str, str] | None = None, keys: Any = None, run: Any = nothing, **said: Any):
    """Return a Windows whose drive C: is the folder `c` of `tmp_path`."""
    usual = {
        "SYSTEMROOT": "C:\\Windows",
        "USERPROFILE": "C:\\Users\\li",
        "APPDATA": "C:\\Users\\li\\AppData\\Roaming",
        "LOCALAPPDATA": "C:\\Users\\li\\AppData\\Local",
        "PROGRAMFILES": "C:\\Program Files",
        "PATH": "C:\\Windows",
    }
    (tmp_path / "c" / "Users" / "li").mkdir(parents=True, exist_ok=True)

    def local(path: str) -> str:
        return str(tmp_path) + "/" + path.replace("C:", "c", 1).replace("\\", "/")

    registry = keys if keys is not None and not isinstance(keys, dict) else Keys(keys or {})
    return Machine(
        "windows", {**usual, **(env or {})}, "C:\\Users\\li", Said(**said), Files(local), registry, run, lambda: NOW
    )


def linux(tmp_path: Path, *, env: Mapping[str, str] | None = None, cwd: str = "/", run: Any = nothing, **said: Any):
    """Return a Linux whose files below /etc, /proc, /home and so on lie in `tmp_path`."""

    def local(path: str) -> str:
        return path if path.startswith(str(tmp_path)) else str(tmp_path) + path

    return Machine("linux", dict(env or {}), cwd, Said(**said), Files(local), None, run, lambda: NOW)


def fact(machine: Machine, name: str, command: Any = None, **instead: Callable[..., Any]) -> Any:
    """Return one fact; `instead` replaces other probes."""
    return Facts(machine, {**probes(command), **instead}, offline=True).wait(name)


def put(path: Path, content: bytes | str = b"") -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def program(path: Path, content: bytes | str = b"\x7fELF" + b"\0" * 60) -> Path:
    """Write a file that may be run."""
    put(path, content).chmod(0o755)
    return path


def pe(machine: int) -> bytes:
    """Return the head of a Windows program."""
    head = bytearray(256)
    head[:2], head[0x3C], head[0x80:0x84] = b"MZ", 0x80, b"PE\0\0"
    head[0x84:0x86] = machine.to_bytes(2, "little")
    return bytes(head)


def tree(root: Path, version: str, *, exe: str = "go", content: bytes | None = None, tools: Sequence[str] = ()) -> Path:
    """Write a Go tree with nothing in it that runs; return the go command."""
    put(root / "VERSION", f"{version}\ntime 2026-08-28T16:20:06Z\n")
    system = "windows_amd64" if exe.endswith(".exe") else "linux_amd64"
    (root / "pkg" / "tool" / system).mkdir(parents=True)
    for tool in tools:
        put(root / "pkg" / "tool" / system / tool)
    return program(
        root / "bin" / exe,
        content
        if content is not None
        else pe(0x8664)
        if exe.endswith(".exe")
        else b"\x7fELF\2\1" + b"\0" * 12 + b"\x3e\0",
    )


def script(path: Path, lines: str) -> Path:
    """Write a shell script that may be run."""
    put(path, f"#!/bin/sh\n{lines}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def printing(values: Mapping[str, str]):
    """Return a `run` in which every command prints these values as JSON."""

    def say(_argv, **_how):
        return Outcome(0, json.dumps(values).encode())

    return say


def environ(path: str, **more: str) -> dict[str, str]:
    """Return our own environment with another PATH, without any setting of Go."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("GO", "CGO", "CC"))}
    return {**kept, "PATH": path, **more}


def here(env: Mapping[str, str], cwd: Path | str = "/"):
    """Return this machine with another environment and folder, for what it runs too."""

    run = Runner()

    def elsewhere(argv, *, timeout, **how):
        return run(argv, timeout=timeout, env=how.get("env") or env, cwd=how.get("cwd") or str(cwd))

    return dataclasses.replace(this_machine(), environ=dict(env), cwd=str(cwd), run=elsewhere)
