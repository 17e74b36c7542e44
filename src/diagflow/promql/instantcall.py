"""A call of a function of instant vectors or numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from diagflow.promql.arrays import Floats, Ints
from diagflow.promql.context import Context, Scalars, String, Value
from diagflow.promql.matrix import Matrix, nameless
from diagflow.promql.syntax import Call


@dataclass(frozen=True, slots=True)
class InstantCall:
    """The arguments, evaluated at all steps at once."""

    context: Context
    node: Call
    args: Sequence[Value]
    times: Ints
    once: bool
    """Whether there is one step only: then the order of the result counts."""

    def vector(self, number: int) -> Matrix:
        """Return an argument that is a vector."""
        arg = self.args[number]
        if not isinstance(arg, Matrix):
            raise TypeError(type(arg))
        return arg

    def scalar(self, number: int) -> Floats:
        """Return an argument that is a number: one for each step."""
        arg = self.args[number]
        if not isinstance(arg, Scalars):
            raise TypeError(type(arg))
        return arg.values

    def string(self, number: int) -> str:
        """Return an argument that is a text."""
        arg = self.args[number]
        if not isinstance(arg, String):
            raise TypeError(type(arg))
        return arg.value

    def at(self, number: int) -> int:
        """Return where an argument stands in the expression."""
        return self.node.args[number].start

    def nameless(self, found: Matrix) -> Matrix:
        """Return a result without the names of metrics."""
        return nameless(found.filled(), late=self.context.late_names)
