"""From what a diagnosis advises to what can be carried out here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from diagflow.model import Act, Layer, Operation
from diagflow.repair import files, registry
from diagflow.repair.change import Change
from diagflow.repair.files import Edit, FileChange
from diagflow.repair.registry import EXPAND, PLAIN, Value, VariableChange


@dataclass(frozen=True, slots=True)
class Plan:
    """What can be done, and what is left to the user.

    Attributes:
        changes: in order; one a file, one a variable.
        left: operations that cannot be undone, need an administrator, or are about the running shell.
    """

    changes: tuple[Change, ...]
    left: tuple[Operation, ...]


def plan(operations: Iterable[Operation], *, windows: bool, env_file: Path | None, go_mod: Path | None) -> Plan:
    """Return the changes for some operations.

    Args:
        operations: filled, with the originals of what is redacted elsewhere.
        windows: there is a registry.
        env_file: the go env file.
        go_mod: the go.mod of the current folder.
    """
    planner = _Planner(windows=windows, env_file=env_file, go_mod=go_mod)
    left = [operation for operation in operations if not planner.takes(operation)]
    return Plan(tuple(planner.changes()), tuple(left))


class _Planner:
    """Collects edits by file and values by variable, so that two operations on one thing are one change."""

    def __init__(self, *, windows: bool, env_file: Path | None, go_mod: Path | None) -> None:
        self._windows = windows
        self._env_file = env_file
        self._go_mod = go_mod
        self._edits: dict[Path, list[Edit]] = {}
        self._values: dict[str, tuple[Value | None, Value | None]] = {}

    def takes(self, operation: Operation) -> bool:
        """Plan an operation; False for what is the user's to do (layers of the session go with the others)."""
        match operation.act:
            case Act.GO_MOD if self._go_mod is not None:
                line, to = operation.target, operation.to
                self._edit(self._go_mod, lambda d: files.go_mod_line(d, line, to))
            case Act.ENV_FILE:
                drop = [name for name in operation.to.split(",") if name]
                self._edit(Path(operation.target), lambda d: files.env_clean(d, drop))
            case Act.SET | Act.UNSET | Act.PATH_ADD | Act.PATH_REMOVE:
                return self._variable(operation)
            case _:
                return False
        return True

    def changes(self) -> Iterator[Change]:
        """Yield what is to be done; what is already as it should be is no change."""
        for path, edits in self._edits.items():
            before = files.read(path)
            after = before or b""
            for edit in edits:
                after = edit(after)
            if after != (before or b""):
                yield FileChange(path, before, after)
        for name, (old, new) in self._values.items():
            if old != new:
                yield VariableChange(name, old, new, tuple(_difference(name, old, new)))

    def _edit(self, path: Path, edit: Edit) -> None:
        self._edits.setdefault(path, []).append(edit)

    def _variable(self, operation: Operation) -> bool:
        layers = operation.where()
        taken = [layer for layer in layers if self._layer(operation, layer)]
        return bool(taken) and not set(layers) - {*taken, Layer.SESSION}

    def _layer(self, operation: Operation, layer: Layer) -> bool:
        if layer is Layer.GO_ENV and self._env_file is not None and operation.act in (Act.SET, Act.UNSET):
            name, to = operation.target, operation.to
            if operation.act is Act.SET:
                self._edit(self._env_file, lambda d: files.env_set(d, name, to))
            else:
                self._edit(self._env_file, lambda d: files.env_unset(d, [name]))
            return True
        if layer is Layer.USER and self._windows:
            self._user(operation)
            return True
        return False

    def _user(self, operation: Operation) -> None:
        name = "Path" if operation.act in (Act.PATH_ADD, Act.PATH_REMOVE) else operation.target
        before, now = self._values.get(name) or (registry.read(name),) * 2
        self._values[name] = (before, _changed(operation, now))


def _changed(operation: Operation, now: Value | None) -> Value | None:
    if operation.act is Act.UNSET:
        return None
    if operation.act is Act.SET:
        return Value(operation.to, EXPAND if "%" in operation.to else PLAIN)
    old = now or Value("", EXPAND)
    edit = registry.path_with if operation.act is Act.PATH_ADD else registry.path_without
    data = edit(old.data, operation.target)
    return Value(data, EXPAND if "%" in data else old.kind)


def _difference(name: str, old: Value | None, new: Value | None) -> Iterator[str]:
    """Of PATH the entries that come and go, of everything else the value."""
    if name == "Path" and old and new:
        before, after = old.data.split(";"), new.data.split(";")
        yield from (f"- {entry}" for entry in before if entry not in after)
        yield from (f"+ {entry}" for entry in after if entry not in before)
        if old.kind != new.kind:
            yield "its type becomes REG_EXPAND_SZ"
        return
    if old:
        yield f"- {old.data}"
    if new:
        yield f"+ {new.data}"
