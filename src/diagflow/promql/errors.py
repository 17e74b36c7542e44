"""Errors of a query.

BadInput                 what the user gave cannot be used (exit status 2)
└── PromQLError          a query that cannot be parsed or evaluated; says where in the expression, if it knows
    ├── ParseError       the expression is no PromQL
    ├── Unsupported      it is PromQL that we do not evaluate, or only when asked to
    ├── TooManySamples   a limit was reached
    └── TimedOut         it takes longer than it may
"""

from diagflow.model.errors import BadInput


class PromQLError(BadInput):
    """A query cannot be answered. `message` has the words of Prometheus; `position` counts characters from 0."""

    def __init__(self, message: str, position: int | None = None, expression: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.expression = expression

    def __str__(self) -> str:
        return self.message

    def explain(self) -> str:
        """Return the message with its place, and the line of the expression with a mark under the place."""
        if self.position is None or not self.expression:
            return self.message
        before = self.expression[: self.position]
        line = self.expression.split("\n")[before.count("\n")]
        return f"{self.message}\n  {line}\n  {' ' * len(before.rpartition(chr(10))[2])}^"


class ParseError(PromQLError):
    """An expression is no PromQL."""

    def __str__(self) -> str:
        return f"{place(self.expression, self.position or 0)}: parse error: {self.message}"

    def explain(self) -> str:
        """Return what is wrong, where, and the line with a mark."""
        return str(self) + PromQLError.explain(self).removeprefix(self.message)


class Unsupported(PromQLError):  # noqa: N818  # what it is
    """An expression uses what is experimental in Prometheus, and this was not asked for."""


class TooManySamples(PromQLError):  # noqa: N818  # what it is
    """A query would hold or return more than its limit allows."""


class TimedOut(PromQLError):  # noqa: N818  # what it is
    """A query takes longer than its limit allows."""


def place(expression: str, position: int) -> str:
    """Return `line:column` as Prometheus counts: from 1, columns in bytes (`posrange.StartPosInput`)."""
    before = expression[:position].encode("utf-8", "surrogateescape")
    return f"{before.count(10) + 1}:{len(before) - before.rfind(10)}"
