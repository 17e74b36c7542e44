"""`path`: the entries of PATH, where each comes from, and what is found along them."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from diagflow.collect.host.layers import Layers, registry_layers
from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.pathlist import folder, same, split_path, unexpanded
from diagflow.collect.host.probes.host import shell_of
from diagflow.collect.host.reachable import silent
from diagflow.collect.host.search import hits

PROGRAMS: Final = ("go", "gcc", "git", "gopls", "dlv")


def probe(look: Look) -> Any:
    """Read PATH as it is and as the next session gets it, and search both."""
    machine = look.machine
    layers = registry_layers(machine)
    origins = _origins(machine, layers)
    shell = shell_of(machine, machine.native.ancestors()) or ""
    future = _future(look, layers)
    exists = _existence(machine, future or "")
    entries = _listed(machine, machine.env("PATH"), origins, exists)
    coming = None if future is None else _listed(machine, future, origins, exists)
    here, alias = _here(machine, shell), _alias(look)
    found = {name: hits(machine, name, [*here, *entries], shell) for name in PROGRAMS}
    found["go"] = [*alias, *found["go"]]
    return {
        "entries": entries,
        "future": coming,
        "duplicates": _repeated(machine, entries),
        "total_length": len(machine.env("PATH")),
        **_registry(machine, layers),
        **found,
        "future_go": None if coming is None else [*alias, *hits(machine, "go", coming, shell)],
    }


def _existence(machine: Machine, future: str) -> Callable[[str], bool]:
    """Return what tells whether a folder is there, and looks once only; one that does not answer is not."""
    paths = (machine.env("PATH"), future)
    raw = [entry for path in paths for entry in split_path(path, windows=machine.windows)]
    dead = silent(machine, [folder(entry, windows=machine.windows) for entry in raw])
    return cache(lambda path: path not in dead and machine.files.is_dir(path))


def _here(machine: Machine, shell: str) -> list[dict[str, Any]]:
    """Return the current folder where the shell looks there first: cmd.exe does, unless it is told not to."""
    first = shell == "cmd" and machine.cwd and "NODEFAULTCURRENTDIRECTORYINEXEPATH" not in machine.environ
    return [{"index": -1, "dir": machine.cwd, "layer": "session"}] if first else []


def _listed(
    machine: Machine, value: str, origins: Mapping[str, str], exists: Callable[[str], bool]
) -> list[dict[str, Any]]:
    """Return the entries of a PATH, each as `docs/facts.md` says."""
    raws = enumerate(split_path(value, windows=machine.windows))
    return [_entry(machine, index, raw, origins, exists) for index, raw in raws]


def _entry(
    machine: Machine, index: int, raw: str, origins: Mapping[str, str], exists: Callable[[str], bool]
) -> dict[str, Any]:
    plain = folder(raw, windows=machine.windows)
    layer = origins.get(same(raw, windows=machine.windows), "session") if origins else None
    entry = {
        "index": index,
        "raw": raw,
        "dir": plain,
        "layer": layer,
        "exists": bool(plain) and exists(plain),
        "quoted": '"' in raw,
        "blank": raw != raw.strip(),
        "unexpanded": machine.windows and unexpanded(raw),
        "relative": not _absolute(machine, plain),
        "msys": machine.windows and plain.startswith("/"),
    }
    return {k: v for k, v in entry.items() if v is not None}


def _absolute(machine: Machine, path: str) -> bool:
    """True for a path that means the same from everywhere; on Windows that takes a drive or a server."""
    if machine.windows:
        return path.startswith(("\\\\", "//")) or path[1:3] in (":\\", ":/")
    return path.startswith("/")


def _origins(machine: Machine, layers: Layers | None) -> dict[str, str]:
    """Return the layer of each folder that the registry's two PATHs name; the machine's come first."""
    if layers is None:
        return {}
    found: dict[str, str] = {}
    for layer in ("machine", "user"):
        for entry in split_path(layers.expanded[layer].get("PATH", ""), windows=machine.windows):
            found.setdefault(same(entry, windows=machine.windows), layer)
    return found


def _future(look: Look, layers: Layers | None) -> str | None:
    if layers is not None:
        return layers.future.get("PATH")
    path = look.known("_login").get("env", {}).get("PATH")
    return path if isinstance(path, str) else None


def _alias(look: Look) -> list[dict[str, Any]]:
    """Return what the shell runs before it searches: an alias or a function, which stands in no folder."""
    meant = look.known("_login").get("alias")
    return [{"path": "go", "kind": "alias", "target": meant}] if meant else []


def _repeated(machine: Machine, entries: Sequence[Mapping[str, Any]]) -> int:
    plain = [same(e["raw"], windows=machine.windows) for e in entries if e["dir"]]
    return len(plain) - len(set(plain))


def _registry(machine: Machine, layers: Layers | None) -> dict[str, Any]:
    """Return what the registry's two values look like; lengths are of the data as it is kept there."""
    if layers is None:
        return {}
    user, system = layers.user.get("PATH"), layers.machine.get("PATH")
    theirs = split_path(layers.expanded["user"].get("PATH", ""), windows=True)
    ours = split_path(layers.expanded["machine"].get("PATH", ""), windows=True)
    last = next((folder(e, windows=True) for e in reversed(theirs) if e.strip()), None)
    inside = {same(e, windows=True) for e in theirs}
    return {
        "user_length": len(user.text) if user and user.text is not None else None,
        "machine_length": len(system.text) if system and system.text is not None else None,
        "user_type": user.type if user else None,
        "user_holds_machine": bool(ours) and all(same(e, windows=True) in inside for e in ours if e.strip()),
        "last_user_entry_exists": machine.files.is_dir(last) if last else None,
    }
