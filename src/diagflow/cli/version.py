"""`diagflow version`."""

import platform

import typer

from diagflow import __version__


def version() -> None:
    """Print the version of DiagFlow and of the Python that runs it."""
    typer.echo(f"diagflow {__version__} (Python {platform.python_version()}, {platform.system()} {platform.machine()})")
