r"""What a scenario is: one YAML file that says how to break a machine with Go, and what must then come out.

description: one sentence
refs:        the claims and pitfalls that it shows: C3, P16
go:          {folder: release}, or {folder: {release, by: msi | zip | none}}; the first is installed as the MSI does it
             unless it says something else, the others only lie there. On Linux `by: path` puts it on the PATH
user:        the user's name (default: li)
registry:    {key: {name: {kind: data}}}, kinds as in lab/windows/registry.py; `HKLM\Environment` is the machine's
             environment. PATH and GOPATH are those of the MSI unless they stand here
environment: {NAME: value} of the session that the command runs in; null removes one that the registry has
files:       {path: text, or {text, encoding, bom, crlf}, {base64}, {size: 0}, {folder: true}, {copy: path},
             {link: path}, {read_only: true}, {owner: uid}, {mode: "755"}, {certificate: ca.pem}
             (lab/windows/certificates.py)}; null removes one. `%HOME%` is the user's
             folder. A small module lies in `cwd` already
servers:     [{port, kind, status, modules: {path@version: {file: text}}}] on loopback, kinds as in lab/windows/serve.py
hosts:       names that lead to loopback
without:     programs that the machine lacks (Linux; Windows has neither gcc nor git)
wsl:         true: the machine says that it is WSL2 (Linux)
cwd:         where the command runs
prepare:     commands that run before, words each
run:         the user's failing command, words; without it the doctor looks at the machine only
doctor:      more options of the doctor
expect:      {status, causes, may, must_not, ruled_out, output}: ids (with a dot) or refs; `causes` are all root causes,
             the first one first; `may` may stand beside them; `output` must be in what the command printed
remedy:      {fix: true}, or {commands: true}: those that the first cause's remedy names, or {steps: [words, or files as
             above]}, or {without: why nothing can be done here}, and then there is no second look
then:        the second look, where it is not the first one with status 0: {run, status, may}; {session: new} is a
             terminal opened afterwards: without `environment`, but for what `then` has under that name
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from lab.errors import LabError
from lab.paths import SOURCE as LAB
from lab.windows.places import RELEASES

FOLDERS: Final = {"windows": LAB / "windows" / "scenarios", "linux": LAB / "linux_go" / "scenarios"}
_DEFAULT: Final = {
    "windows": {"go": {r"C:\Program Files\Go": "1.26.6"}, "cwd": r"C:\src\app"},
    "linux": {"go": {"/usr/local/go": {"release": "1.26.6", "by": "path"}}, "cwd": "%HOME%/app"},
}
_EXPECTATIONS: Final = frozenset({"status", "causes", "may", "must_not", "ruled_out", "output"})
_SECOND: Final = frozenset({"run", "status", "may", "session", "environment"})
_REMEDIES: Final = frozenset({"fix", "commands", "steps", "without"})
_WAYS: Final = {"windows": ("msi", "zip", "none"), "linux": ("path", "none")}


@dataclass(frozen=True, slots=True)
class Install:
    """A Go on the machine: where, which release, and how it came there."""

    folder: str
    release: str
    by: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What the first look must say."""

    status: int
    causes: list[str] = field(default_factory=list)
    may: list[str] = field(default_factory=list)
    must_not: list[str] = field(default_factory=list)
    ruled_out: list[str] = field(default_factory=list)
    output: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario, checked."""

    name: str
    platform: str
    description: str
    expect: Expected
    go: list[Install]
    cwd: str
    refs: list[str] = field(default_factory=list)
    user: str = "li"
    registry: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    environment: dict[str, str | None] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    servers: list[dict[str, Any]] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    wsl: bool = False
    prepare: list[list[str]] = field(default_factory=list)
    run: list[str] = field(default_factory=list)
    doctor: list[str] = field(default_factory=list)
    remedy: dict[str, Any] = field(default_factory=dict)
    then: dict[str, Any] = field(default_factory=dict)

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong with the machine: one look, no remedy."""
        return self.expect.status == 0


def all_names() -> list[str]:
    """Returns `platform/name` of all scenarios, sorted."""
    return sorted(f"{platform}/{path.stem}" for platform, folder in FOLDERS.items() for path in folder.glob("*.yaml"))


def load(name: str) -> Scenario:
    """Reads a scenario; the platform may be left out of its name.

    Raises:
        LabError: there is none of that name, or its file is wrong.
    """
    known = all_names()
    found = [full for full in known if name in (full, full.partition("/")[2])]
    if len(found) > 1:
        raise LabError(f"{name!r} is the name of {' and '.join(found)}; which one?")
    if not found:
        raise LabError(f"there is no scenario {name!r}; `python -m lab.windows list` prints all")
    platform, _, stem = found[0].partition("/")
    path = FOLDERS[platform] / f"{stem}.yaml"
    return parse(found[0], platform, path.read_text(encoding="utf-8"), path)


def parse(name: str, platform: str, text: str, where: Path) -> Scenario:
    """Checks a scenario's text.

    Raises:
        LabError: no YAML, an unknown key, a release that the lab does not have, an expectation that says nothing.
    """
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise LabError(f"{where}: no YAML: {error}") from error
    if not isinstance(content, dict):
        raise LabError(f"{where}: a mapping with `description` and `expect` is wanted")
    content = {**_DEFAULT[platform], **content}
    try:
        expect = Expected(**_only(content.pop("expect", {}), _EXPECTATIONS, "expect", where))
        installs = [
            _install(folder, value, platform, not i, where)
            for i, (folder, value) in enumerate(content.pop("go").items())
        ]
        one = Scenario(name=name, platform=platform, expect=expect, go=installs, **content)
    except TypeError as error:
        raise LabError(
            f"{where}: {error}; the keys are those that `python -m pydoc lab.windows.scenario` names"
        ) from error
    _check(one, where)
    return one


def _only(value: Any, keys: frozenset[str], name: str, where: Path) -> dict[str, Any]:
    if not isinstance(value, dict) or not value.keys() <= keys:
        raise LabError(f"{where}: `{name}` holds {', '.join(sorted(keys))}, nothing else")
    return value


def _install(folder: str, value: Any, platform: str, first: bool, where: Path) -> Install:  # noqa: FBT001
    spec = value if isinstance(value, dict) else {"release": value}
    by = spec.get("by", _WAYS[platform][0] if first else "none")
    release = str(spec.get("release"))
    if release not in RELEASES or by not in _WAYS[platform]:
        ways, releases = " or ".join(_WAYS[platform]), ", ".join(RELEASES)
        raise LabError(f"{where}: go {folder}: `release` is one of {releases}, `by` is {ways}")
    return Install(folder, release, by)


def _check(one: Scenario, where: Path) -> None:
    _only(one.remedy, _REMEDIES, "remedy", where)
    _only(one.then, _SECOND, "then", where)
    if one.expect.status == 1 and not one.expect.causes:
        raise LabError(f"{where}: status 1 says that a cause was named: which? (`expect: causes:`)")
    if one.healthy and (one.expect.causes or one.remedy):
        raise LabError(f"{where}: status 0 is a healthy machine: it has no causes and no remedy")
    if one.expect.status == 1 and not one.remedy:
        raise LabError(f"{where}: no `remedy`: how does the machine become healthy again?")
