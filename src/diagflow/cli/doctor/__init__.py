"""`diagflow doctor`: what is wrong with this machine."""

import typer

from diagflow.cli.doctor.go import go

app = typer.Typer(rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]})
app.command("go", context_settings={"allow_interspersed_args": False})(go)


@app.callback(invoke_without_command=True)
def doctor(context: typer.Context) -> int:
    """Find out what is wrong with this machine, and how to put it right.

    Without a subject it looks at all that it knows: Go. Options stand behind the subject: diagflow doctor go --offline.
    """
    return go() if context.invoked_subcommand is None else 0
