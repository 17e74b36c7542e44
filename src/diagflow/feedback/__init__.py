"""Feedback: a diagnosis told to people and to programs.

`render` is a function of the diagnosis alone: the same one gives the same text, JSON, YAML, Markdown or page.
`print_diagnosis` puts it on the terminal or into a file. `to_wire` gives the JSON as plain values.
"""

from typing import TYPE_CHECKING, Any

from diagflow.feedback.output import print_diagnosis, render

if TYPE_CHECKING:
    from diagflow.feedback.wire import to_wire

__all__ = ["print_diagnosis", "render", "to_wire"]


def __getattr__(name: str) -> Any:
    """Load the form for programs only for somebody who wants it."""
    if name == "to_wire":
        from diagflow.feedback.wire import to_wire  # noqa: PLC0415  # see above

        return to_wire
    raise AttributeError(name)
