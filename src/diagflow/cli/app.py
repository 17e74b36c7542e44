"""All commands, put together; each is loaded when it is named, or help lists them."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Final

import typer

from diagflow.cli.options import Debug

_COMMANDS: Final = {
    "diagnose": ("diagnose", "diagnose"),
    "scan": ("scan", "scan"),
    "record": ("record", "record"),
    "replay": ("replay", "replay"),
    "import": ("import_", "import_"),
    "demo": ("demo", "demo"),
    "version": ("version", "version"),
    "doctor": ("doctor", "app"),
    "bundle": ("bundle", "app"),
    "rules": ("rules", "app"),
    "gate": ("gate", "app"),
    "promql": ("promql", "app"),
}
"""Module and name of each command, in the order of help."""

_EPILOG = """
Exit status: 0 nothing is wrong, 1 a cause was named, 2 bad usage or bad input, 3 could not tell, 70 an error of ours,
130 interrupted.
"""


def build() -> Any:
    """Return the `diagflow` command (a click command)."""
    app = typer.Typer(
        name="diagflow",
        help="Automatic diagnosis: an alert or a scan goes in, ranked root causes with evidence come out.",
        epilog=_EPILOG,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        rich_markup_mode=None,
    )

    @app.callback()
    def top(*, debug: Debug = None) -> None:  # read before parsing, see diagflow.cli
        """Automatic diagnosis: an alert or a scan goes in, ranked root causes with evidence come out."""

    command = typer.main.get_command(app)
    command.commands = _Commands()  # type: ignore[attr-defined]  # it is a group
    return command


class _Commands(Mapping[str, Any]):
    """The commands by name; one that nobody asks for is not loaded."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            self._loaded[name] = _load(*_COMMANDS[name], name)
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_COMMANDS)

    def __len__(self) -> int:
        return len(_COMMANDS)


def _load(module: str, attribute: str, name: str) -> Any:
    found = getattr(import_module(f"diagflow.cli.{module}"), attribute)
    alone = typer.Typer(rich_markup_mode=None)
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=name)
    else:
        alone.command(name)(found)
    command = typer.main.get_group(alone).commands[name]
    _examples_on_lines_of_their_own(command)
    return command


def _examples_on_lines_of_their_own(command: Any) -> None:
    """Part the examples from their heading: help fills a paragraph, and a docstring has no blank line there."""
    if command.help:
        command.help = command.help.replace("Examples:\n", "Examples:\n\n", 1)
    for below in getattr(command, "commands", {}).values():
        _examples_on_lines_of_their_own(below)
