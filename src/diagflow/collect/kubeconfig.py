"""Kubeconfig files, merged as kubectl merges them: what comes first wins, and paths are relative to their own file."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from diagflow.model import BadInput

_PATHS: Final = {
    "cluster": ("certificate-authority",),
    "user": ("client-certificate", "client-key", "tokenFile"),
    "context": (),
}
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH: Final = 100
_FOLDER: Final = "\0folder"  # where an entry comes from; no key of YAML can be this

Named = dict[str, dict[str, Any]]


class KubeConfigs:
    """What all kubeconfig files say together.

    Attributes:
        files: those that exist, in order.
        current: the current context, empty for none.
        contexts: by name.
        clusters: by name.
        users: by name.
    """

    __slots__ = ("clusters", "contexts", "current", "files", "users")

    def __init__(self, files: list[Path]) -> None:
        """Read and merge.

        Raises:
            BadInput: a file is no kubeconfig.
        """
        self.files = files
        self.current = ""
        self.contexts: Named = {}
        self.clusters: Named = {}
        self.users: Named = {}
        for file in files:
            self._add(file, _load(file))

    def _add(self, file: Path, config: Mapping[str, Any]) -> None:
        self.current = self.current or str(config.get("current-context") or "")
        for section, known in (("context", self.contexts), ("cluster", self.clusters), ("user", self.users)):
            for name, entry in _entries(file, config.get(f"{section}s"), section):
                known.setdefault(name, _absolute(entry, file.absolute().parent, _PATHS[section]))


def files_for(explicit: str, env: Mapping[str, str]) -> list[Path]:
    """Return the existing kubeconfig files: the explicit one, else those of KUBECONFIG, else `~/.kube/config`.

    Raises:
        BadInput: the explicit one does not exist.
    """
    if explicit:
        path = Path(explicit).expanduser()
        if not path.is_file():
            raise BadInput(f"{explicit}: no such kubeconfig file")
        return [path]
    listed = [Path(p) for p in env.get("KUBECONFIG", "").split(os.pathsep) if p]
    paths = listed or [Path("~/.kube/config").expanduser()]
    return [p for p in dict.fromkeys(paths) if p.is_file()]


def folder_of(entry: Mapping[str, Any]) -> Path:
    """Return the folder of the file that an entry comes from."""
    return Path(entry[_FOLDER])


def _load(file: Path) -> Mapping[str, Any]:
    try:
        text = file.read_bytes()
        _refuse_depth(text)
        config = yaml.load(text, Loader=_LOADER)  # noqa: S506  # safe, in C
    except yaml.YAMLError as e:
        mark = getattr(e, "problem_mark", None)
        where = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else str(file)
        raise BadInput(f"{where}: this kubeconfig is no YAML: {getattr(e, 'problem', None) or 'unreadable'}") from None
    except OSError as e:
        raise BadInput(f"{file}: this kubeconfig cannot be read: {e.strerror}") from None
    except RecursionError:
        raise BadInput(f"{file}: this is no kubeconfig: it is nested too deep") from None
    except ValueError:
        raise BadInput(f"{file}: this is no kubeconfig") from None
    if config is None:
        return {}
    if not isinstance(config, dict):
        raise BadInput(f"{file}: this is no kubeconfig: it holds no mapping")
    return config


def _refuse_depth(text: bytes) -> None:
    """A hundred thousand brackets crash the interpreter in the loader, which recurses in C; events do not nest."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise RecursionError


def _entries(file: Path, listed: Any, section: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for entry in listed if isinstance(listed, list) else ():
        name = entry.get("name") if isinstance(entry, dict) else None
        body = entry.get(section) if isinstance(entry, dict) else None
        if not isinstance(name, str) or not isinstance(body, dict | None):
            raise BadInput(f"{file}: this is no kubeconfig: each of `{section}s` needs `name` and `{section}`")
        yield name, body or {}


def _absolute(entry: Mapping[str, Any], folder: Path, keys: tuple[str, ...]) -> dict[str, Any]:
    paths = {key: str(folder / entry[key]) for key in keys if isinstance(entry.get(key), str) and entry[key]}
    return {**entry, **paths, _FOLDER: str(folder)}
