"""`git`: whether git runs here, and whether it accepts the repository of the current folder."""

import re
from typing import Any, Final

from diagflow.collect.host.look import Look
from diagflow.collect.host.outcome import Outcome
from diagflow.collect.host.probes.go import ending

_OWNERSHIP: Final = re.compile(r"dubious ownership|unsafe repository|is owned by")
_VERSION: Final = re.compile(r"git version (\S+)")
_MOST: Final = 5.0


def probe(look: Look) -> Any:
    """Ask git as `go build` asks it for the stamp of a version."""
    machine = look.machine
    hit = next(iter(look.known("path").get("git", [])), None)
    repository = _repository(look)
    if hit is None:
        return {"repository": repository, "kind": "missing"}
    version = _git(look, hit["path"], "version")
    found = _VERSION.search(machine.text(version.stdout))
    fact = {"path": hit["path"], "version": found[1] if found else None, "repository": repository}
    if version.rc != 0:
        return {**fact, "kind": "error", **ending(machine, version)}
    fact |= _config(look, hit["path"])
    if repository is None:
        return {**fact, "kind": "not-a-repository"}
    # The index is left as it is, and no program that the repository's configuration names is started.
    quiet = ("--no-optional-locks", "-c", "core.fsmonitor=false")
    status = _git(look, hit["path"], *quiet, "status", "--porcelain", "--untracked-files=no")
    return {
        **fact,
        "status_rc": status.rc,
        "timed_out": status.timed_out,
        "stderr": machine.text(status.stderr[:2000]).strip(),
        "kind": _kind(status, machine.text(status.stderr)),
    }


def _kind(status: Outcome, stderr: str) -> str:
    if status.rc == 0:
        return "ok"
    if _OWNERSHIP.search(stderr):
        return "ownership"
    return "not-a-repository" if "not a git repository" in stderr else "error"


def _repository(look: Look) -> str | None:
    """Return the folder that holds `.git`, looked for upwards."""
    machine, folder = look.machine, look.machine.cwd
    while folder:
        if machine.files.exists(machine.join(folder, ".git")):
            return folder
        parent = str(machine.paths.dirname(folder))
        folder = "" if parent == folder else parent
    return None


def _git(look: Look, path: str, *words: str) -> Outcome:
    env = {**look.machine.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GCM_INTERACTIVE": "never"}
    return look.run([path, *words], env=env, most=_MOST)


def _config(look: Look, path: str) -> dict[str, Any]:
    done = _git(look, path, "config", "--list", "-z")
    if done.rc != 0:
        return {}
    entries = [line.partition("\n")[::2] for line in look.machine.text(done.stdout).split("\0") if line]
    last = dict(entries)  # the last one counts, as git has it
    return {
        "core_longpaths": last.get("core.longpaths"),
        "core_autocrlf": last.get("core.autocrlf"),
        "safe_directories": sum(name == "safe.directory" for name, _ in entries),
    }
