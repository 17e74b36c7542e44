"""What a remedy does to a machine, as data: rendered for the user's shell, and carried out by `--fix`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class Act(StrEnum):
    """What is done."""

    SET = "set"  # an environment variable
    UNSET = "unset"
    PATH_ADD = "path-add"  # a folder to PATH
    PATH_REMOVE = "path-remove"
    GO_MOD = "go-mod"  # the go or toolchain line
    ENV_FILE = "env-file"  # the go env file, rewritten as UTF-8 with LF
    RUN = "run"  # a command; never carried out by us


class Layer(StrEnum):
    """Where a variable stands."""

    SESSION = "session"  # this process and what it starts
    USER = "user"
    MACHINE = "machine"
    GO_ENV = "go-env"  # the go env file


@dataclass(frozen=True, slots=True)
class Operation:
    """One change; the texts are templates until `fill` was called.

    Attributes:
        act: what is done.
        target: a variable, a folder, `go` or `toolchain`, the path of the go env file.
        to: the new value; of `env-file`, names of the lines to drop, with commas between them; of `go-mod`, empty to
            remove the line.
        layers: names of `Layer`, with commas between them.
        words: of `run`, the command.
    """

    act: Act
    target: str = ""
    to: str = ""
    layers: str = ""
    words: tuple[str, ...] = ()

    def placeholders(self) -> frozenset[str]:
        """Return the names that `fill` needs."""
        texts = (self.target, self.to, self.layers, *self.words)
        return frozenset(name for text in texts for name in _PLACEHOLDER.findall(text))

    def fill(self, args: Mapping[str, Any]) -> "Operation | None":
        """Return the operation for one entity; None where an argument is missing, which then has nothing to change."""
        if not self.placeholders() <= args.keys():
            return None
        filled = replace(
            self,
            target=_fill(self.target, args),
            to=_fill(self.to, args),
            layers=_fill(self.layers, args),
            words=tuple(_fill(word, args) for word in self.words),
        )
        return None if self.layers and not filled.layers else filled

    def where(self) -> tuple[Layer, ...]:
        """Return the layers, in a fixed order; words that are none are left out."""
        named = {name.strip() for name in self.layers.split(",")}
        return tuple(layer for layer in Layer if layer.value in named)


def _fill(template: str, args: Mapping[str, Any]) -> str:
    return _PLACEHOLDER.sub(lambda found: _shown(args[found.group(1)]), template)


def _shown(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
