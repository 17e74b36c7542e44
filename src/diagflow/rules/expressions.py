"""Shapes of conditions in CEL and of patterns: checked when the file is read, so that all mistakes come at once."""

from dataclasses import dataclass
from typing import Any, Final

import yaml

from diagflow.rules.cel import BadExpression, Complaint
from diagflow.rules.patterns import BadPattern, compiled
from diagflow.rules.place import within
from diagflow.rules.reads import reads
from diagflow.rules.scalars import Wrong
from diagflow.rules.shapes import INVALID, TEXT, Context, Scalar, Schema


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition in CEL; each complaint is said with its own line and column."""

    def read(self, node: yaml.Node, context: Context) -> Any:
        """Return the source."""
        source = _SOURCE.read(node, context)
        if source is INVALID:
            return INVALID
        complaints = _complaints(source)
        for complaint in complaints:
            position = within(node, source, complaint.line, complaint.column, context.text, context.file)
            context.fail(position, f"CEL: {complaint.message}", "cel")
        return INVALID if complaints else source

    def schema(self) -> Schema:
        """Return the JSON Schema of the values."""
        return TEXT.schema()


_SOURCE: Final = Scalar("a condition in CEL", accepts=("true or false", "a number"))


def _complaints(source: str) -> tuple[Complaint, ...]:
    try:
        known = reads(source)
    except BadExpression as e:
        return e.complaints
    patterns = (_of_pattern(literal) for function, literal in known.strings if function == "matches")
    return (*known.complaints, *(Complaint(1, 1, message) for message in patterns if message))


def _of_pattern(pattern: str) -> str:
    try:
        compiled(pattern)
    except BadPattern as e:
        return str(e)
    return ""


def _pattern(text: str) -> str:
    if message := _of_pattern(text):
        raise Wrong(message)
    return text


CEL: Final = Expression()
PATTERN: Final = Scalar("a pattern (RE2)", _pattern)
