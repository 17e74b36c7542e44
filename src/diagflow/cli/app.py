"""All commands, put together."""

from typing import Any

import typer

from diagflow.cli import bundle, demo, diagnose, doctor, import_, record, replay, rules, scan, version
from diagflow.cli.options import Debug

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

    app.command("diagnose")(diagnose.diagnose)
    app.command("scan")(scan.scan)
    app.add_typer(doctor.app, name="doctor")
    app.command("record")(record.record)
    app.command("replay")(replay.replay)
    app.command("import")(import_.import_)
    app.add_typer(bundle.app, name="bundle")
    app.add_typer(rules.app, name="rules")
    app.command("demo")(demo.demo)
    app.command("version")(version.version)
    command = typer.main.get_command(app)
    _examples_on_lines_of_their_own(command)
    return command


def _examples_on_lines_of_their_own(command: Any) -> None:
    """Part the examples from their heading: help fills a paragraph, and a docstring has no blank line there."""
    if command.help:
        command.help = command.help.replace("Examples:\n", "Examples:\n\n", 1)
    for below in getattr(command, "commands", {}).values():
        _examples_on_lines_of_their_own(below)
