"""Feedback: a diagnosis told to people and to programs.

`render` is a function of the diagnosis alone: the same one gives the same text, JSON, YAML, Markdown or page.
`print_diagnosis` puts it on the terminal or into a file. `to_wire` gives the JSON as plain values.
"""

from diagflow.feedback.output import print_diagnosis, render
from diagflow.feedback.wire import to_wire

__all__ = ["print_diagnosis", "render", "to_wire"]
