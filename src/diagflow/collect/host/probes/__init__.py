"""The probes: one file each, and their names in the order in which they are shown."""

from collections.abc import Mapping

from diagflow.collect.host.command import Failing
from diagflow.collect.host.look import Look, Probe
from diagflow.collect.host.probes import (
    code_integrity,
    compiler,
    defender,
    directories,
    env_file,
    environment,
    git,
    go,
    go_env,
    goland,
    host,
    installs,
    login,
    module,
    network,
    path,
    powershell,
    processes,
    registry,
    settings,
    terminal,
    tools,
    virtualstore,
    vscode,
)
from diagflow.collect.host.trouble import Absent

_PROBES: Mapping[str, Probe] = {
    "host": host.probe,
    "environment": environment.probe,
    "processes": processes.probe,
    "path": path.probe,
    "installs": installs.probe,
    "go": go.probe,
    "go_env": go_env.probe,
    "env_file": env_file.probe,
    "module": module.probe,
    "compiler": compiler.probe,
    "directories": directories.probe,
    "tools": tools.probe,
    "git": git.probe,
    "network": network.probe,
    "defender": defender.probe,
    "code_integrity": code_integrity.probe,
    "powershell": powershell.probe,
    "virtualstore": virtualstore.probe,
    "registry": registry.probe,
    "terminal": terminal.probe,
    "vscode": vscode.probe,
    "goland": goland.probe,
}
# Shared by several probes, and no facts of their own: names that no rule can ask for.
_SHARED: Mapping[str, Probe] = {"_login": login.probe, "_settings": settings.probe}

NAMES = ("command", *_PROBES)
"""The names of all facts."""


def probes(command: Failing | None) -> dict[str, Probe]:
    """Return every probe by the name of its fact."""
    return {**_PROBES, **_SHARED, "command": lambda look: _command(look, command)}


def _command(look: Look, command: Failing | None) -> object:
    if command is None:
        raise Absent("no failing command was given and no saved log")
    return command.fact(look.machine)
