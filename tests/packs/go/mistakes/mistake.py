"""A module with one mistake in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

MODULE: Final = "module example.com/shop\n\ngo 1.22\n"
"""The go.mod of a module that brings none."""

RUN: Final = ("run", ".")
TEST: Final = ("test", "./...")
VET: Final = ("vet", "./...")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One module with a mistake in it.

    Attributes:
        files: text by name; `go.mod` is there unless it is given.
        argv: the command behind `go`.
        cause: what it is; empty where the output alone does not tell.
    """

    files: Mapping[str, str]
    argv: Sequence[str] = ("build", "./...")
    cause: str = "go.own-code"


def main_with(body: str, imports: str = "") -> dict[str, str]:
    """Return a program of one file with this body."""
    return {"main.go": f"package main\n\n{_imported(imports)}\nfunc main() {{\n{body}\n}}\n"}


def checked(body: str, imports: str = "") -> dict[str, str]:
    """Return a package with one test with this body."""
    return {
        "add.go": "package shop\n\nfunc Add(a, b int) int { return a - b }\n",
        "add_test.go": f"package shop\n\n{_imported(f'testing {imports}')}\n"
        f"func TestAdd(t *testing.T) {{\n{body}\n}}\n",
    }


def _imported(names: str) -> str:
    return "".join(f'import "{name}"\n' for name in names.split())
