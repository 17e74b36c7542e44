"""`diagflow doctor`: what is wrong with this machine."""

import typer

from diagflow.cli.doctor.go import go

app = typer.Typer(
    help="Find out what is wrong with this machine, and how to put it right.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("go", context_settings={"allow_interspersed_args": False})(go)
