"""Lets tests call commands in this process."""

import warnings

with warnings.catch_warnings():
    # Typer 0.25 uses names that click 8.4 deprecates; ours is the pin, not the warning.
    warnings.simplefilter("ignore", DeprecationWarning)
    import typer  # noqa: F401
