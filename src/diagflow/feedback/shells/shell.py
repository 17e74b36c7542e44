"""What all shells have in common: one method an act, one more for each layer of a variable."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Final

from diagflow.model import Act, Layer, Operation

ENVIRONMENT: Final = {
    Layer.USER: r"HKCU\Environment",
    Layer.MACHINE: r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment",
}
"""Registry keys of the environment's layers."""


class Shell(ABC):
    """Speaks one shell's language."""

    def lines(self, operation: Operation) -> Iterable[str]:
        """Yield the command lines of an operation."""
        match operation.act:
            case Act.RUN:
                yield self.command(operation.words)
            case Act.GO_MOD:
                yield self.command(_go_mod(operation))
            case Act.ENV_FILE:
                yield self.env_file(operation.target, tuple(name for name in operation.to.split(",") if name))
            case _:
                for layer in operation.where():
                    yield self._variable(operation, layer)

    def _variable(self, operation: Operation, layer: Layer) -> str:
        target, to = operation.target, operation.to
        match operation.act:
            case Act.PATH_ADD:
                return self.path_add(target, layer)
            case Act.PATH_REMOVE:
                return self.path_remove(target, layer)
            case Act.SET if layer is Layer.GO_ENV:
                return self.command(("go", "env", "-w", f"{target}={to}"))
            case Act.UNSET if layer is Layer.GO_ENV:
                return self.command(("go", "env", "-u", target))
            case Act.SET:
                return self.set(target, to, layer)
            case _:
                return self.unset(target, layer)

    def command(self, words: Sequence[str]) -> str:
        """Return a command line that runs a program with these arguments."""
        return " ".join(self.quoted(word) for word in words)

    @abstractmethod
    def quoted(self, word: str) -> str:
        """Return a word as one argument, whatever is in it."""

    @abstractmethod
    def set(self, name: str, value: str, layer: Layer) -> str:
        """Return what gives a variable a value."""

    @abstractmethod
    def unset(self, name: str, layer: Layer) -> str:
        """Return what takes a variable away."""

    @abstractmethod
    def path_add(self, folder: str, layer: Layer) -> str:
        """Return what appends a folder to PATH, other entries unchanged and unexpanded."""

    @abstractmethod
    def path_remove(self, folder: str, layer: Layer) -> str:
        """Return what takes a folder out of PATH, other entries unchanged and unexpanded."""

    @abstractmethod
    def env_file(self, path: str, drop: Sequence[str]) -> str:
        """Return what writes the go env file again, as UTF-8 with LF and without some names; keeps a copy."""


def _go_mod(operation: Operation) -> tuple[str, ...]:
    if operation.target == "go":
        return ("go", "mod", "edit", f"-go={operation.to}")
    return ("go", "mod", "edit", f"-toolchain={operation.to or 'none'}")
