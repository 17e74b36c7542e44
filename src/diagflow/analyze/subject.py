"""What a condition is judged on: plain values, bound for CEL when CEL is needed."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from diagflow.analyze.quick import UNKNOWN, decider, reader
from diagflow.rules.cel import MISSING, Activation, CelError, holds, program

_CONTAINER: Final = "container"
"""Where this word is not in an expression, the variable is not; `spec.containers` has it too, which does no harm."""


class Subject:
    """Values under the names by which expressions know them."""

    __slots__ = ("_bind", "_known", "_object", "values")

    def __init__(
        self, values: Mapping[str, Any], bind: Callable[[], Activation], of_object: "Subject | None" = None
    ) -> None:
        """Prepare; nothing is bound before CEL is needed.

        Args:
            values: by name.
            bind: binds them for CEL.
            of_object: for a container, its object alone: what does not look at the container is evaluated there, once.
        """
        self.values = values
        self._bind = bind
        self._object = of_object
        self._known: dict[str, Any] = {}  # rules of one field say `owner` or `message` in the same words

    def holds(self, source: str) -> bool | CelError:
        """Evaluate a condition (see `diagflow.rules.cel.holds`)."""
        found = self.decided(source)
        return holds(source, self._bound_for(source)) if source and found is None else found is not False

    def decided(self, source: str) -> bool | None:
        """Return what a condition says as far as that can be told without CEL; None where only CEL can tell."""
        decide = decider(source) if source else None
        return decide(self.values) if decide else None

    def value(self, source: str) -> Any:
        """Evaluate an expression: a plain value, `MISSING` or a `CelError`."""
        if self._object is not None and _CONTAINER not in source:
            return self._object.value(source)
        if source not in self._known:
            read = reader(source)
            found = UNKNOWN if read is None else read(self.values)
            self._known[source] = program(source).eval(self._bind()) if found is UNKNOWN else found
        return self._known[source]

    def _bound_for(self, source: str) -> Activation:
        of_object = self._object
        return self._bind() if of_object is None or _CONTAINER in source else of_object._bound_for(source)  # noqa: SLF001  # one of ours

    def extracted(self, sources: Mapping[str, str]) -> dict[str, Any] | CelError:
        """Return the arguments that a condition extracts; what is not there is left out."""
        found: dict[str, Any] = {}
        for name, source in sources.items():
            value = self.value(source)
            if isinstance(value, CelError):
                return CelError(f"extract.{name}: {value.message}")
            if value is not MISSING and value is not None:
                found[name] = value
        return found
