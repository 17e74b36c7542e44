"""CEL, as rules use it: Google's C++ implementation behind a thin wrapper.

An expression is compiled when it is first used. An evaluation gives a plain value, `MISSING` where a path is not
there, or a `CelError`: it never raises.
"""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from cel_expr_python import cel

from diagflow.rules import functions
from diagflow.rules.near import did_you_mean
from diagflow.rules.nulls import repay

MAX_LENGTH: Final = 4000
"""Characters of an expression."""

VARIABLES: Final = (
    "object",
    "container",
    "event",
    "fact",
    "facts",
    "change",
    "related",
    "now",
    "args",
    "labels",
    "value",
    "line",
)
"""All that an expression may name; which of them there are depends on the input (docs/rules.md)."""

# What the C++ code says where a path is not there. Anything else is an error.
_ABSENT = re.compile(
    r"Key not found in map|no such key|no_such_field|Index error: index=|Applying SELECT to non-message type|"
    + functions.NOTHING
)
_COMPLAINT = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): ((?:(?!ERROR: <input>|\[INVALID_ARGUMENT\]).)*)")
_SYNTAX: Final = "Syntax error: "
_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '([^']*)'")
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with an expression; line and column (from 1) are within it."""

    line: int
    column: int
    message: str


class BadExpression(ValueError):  # noqa: N818  # what it is about
    """An expression that does not compile.

    Attributes:
        complaints: what is wrong, at least one.
    """

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        super().__init__("; ".join(c.message for c in complaints))
        self.complaints = complaints


@dataclass(frozen=True, slots=True)
class CelError:
    """An evaluation that went wrong: neither true nor false."""

    message: str


class Missing:
    """The type of `MISSING`."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()
"""The value of an expression that names a path that is not there; false."""

_DYN, _STRING, _INT, _DOUBLE, _BOOL = cel.Type.DYN, cel.Type.STRING, cel.Type.INT, cel.Type.DOUBLE, cel.Type.BOOL

# Parameters of the type DYN take nothing at run time: each type is an overload of its own.
_FUNCTIONS: Final[tuple[tuple[str, Any, tuple[tuple[Any, ...], ...], Callable[..., Any]], ...]] = (
    ("quantity", _DOUBLE, ((_STRING,), (_INT,), (_DOUBLE,), (cel.Type.UINT,)), functions.quantity),
    ("capture", _STRING, ((_STRING, _STRING, _INT), (_STRING, _STRING, _STRING)), functions.capture),
    ("selects", _BOOL, ((cel.Type.MAP, cel.Type.MAP),), functions.selects),
    ("semver", _INT, ((_STRING, _STRING),), functions.semver),
    ("path_base", _STRING, ((_STRING,),), functions.path_base),
    ("path_dir", _STRING, ((_STRING,),), functions.path_dir),
)
FUNCTIONS: Final = (*(name for name, *_ in _FUNCTIONS), "age")
"""Functions beyond standard CEL."""


@dataclass(frozen=True, slots=True)
class Activation:
    """Values bound for evaluation; converted once, shared by all expressions about the same object."""

    native: Any
    now: datetime | None
    fault: str = ""


class _Clock(threading.local):
    """`now` of the evaluation that runs in this thread, for `age`: the library hands no activation to functions."""

    now: datetime | None = None


class Cel:
    """Compiles expressions; one is enough for a process."""

    def __init__(self) -> None:
        self._clock = _Clock()
        self._env: Any = None
        self._known: dict[str, bytes] = {}

    @property
    def env(self) -> Any:
        """The library's environment, made when it is first needed."""
        if self._env is None:
            self._env = self._new_env()
        return self._env

    def _new_env(self) -> Any:
        types = dict.fromkeys(VARIABLES, _DYN) | {"now": cel.Type.TIMESTAMP}
        declared = [*_FUNCTIONS, ("age", _DOUBLE, ((_STRING,), (cel.Type.TIMESTAMP,)), self._age)]
        declarations, implementations = [], {}
        for name, returns, overloads, function in declared:
            ids = [f"{name}_{number}" for number in range(len(overloads))]
            implementations.update(dict.fromkeys(ids, function))
            declarations.append(
                cel.FunctionDecl(
                    name, [cel.Overload(i, returns, list(p), False) for i, p in zip(ids, overloads, strict=True)]
                )
            )
        return cel.NewEnv(variables=types, functions=declarations, function_impls=implementations)

    def _age(self, moment: str | datetime) -> float:
        if self._clock.now is None:
            raise ValueError("`age` needs `now`")
        then = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return (self._clock.now - (then if then.tzinfo else then.replace(tzinfo=UTC))).total_seconds()

    def compile(self, source: str) -> "Program":
        """Return a program; the expression itself is compiled when it is first used."""
        return Program(self, source)

    def remember(self, known: Mapping[str, bytes]) -> None:
        """Take over what `serialize()` of expressions gave: it is read again in a fifth of the time."""
        self._known.update(known)

    def activation(self, **values: Any) -> Activation:
        """Bind values: plain JSON, and `now` as an aware datetime."""
        now = values.get("now")
        try:
            return Activation(self.env.Activation(values), now)
        except (RuntimeError, TypeError, ValueError, OverflowError) as e:
            return Activation(None, now, f"a value cannot be used in CEL: {e}")

    def checked(self, source: str) -> Any:
        """Return the library's expression.

        Raises:
            BadExpression: it does not compile.
        """
        if source in self._known:
            with suppress(RuntimeError, ValueError, TypeError):  # else as if nobody knew it
                return self.env.deserialize(self._known[source])
        if len(source) > MAX_LENGTH:
            raise BadExpression(
                (Complaint(1, 1, f"the expression has {len(source):,} characters: write at most {MAX_LENGTH:,}"),)
            )
        try:
            return self.env.compile(source)
        except (RuntimeError, ValueError, TypeError) as e:
            raise BadExpression(tuple(_complaints(str(e), source))) from None

    def evaluate(self, expression: Any, activation: Activation) -> Any:
        """Evaluate a checked expression: a plain value, `MISSING` or a `CelError`."""
        if activation.native is None:
            return CelError(activation.fault)
        self._clock.now = activation.now
        try:
            result = expression.eval(activation.native)
            return _plain(result)
        except (RuntimeError, TypeError, ValueError, OverflowError) as e:
            return CelError(str(e))


def _plain(result: Any) -> Any:
    kind = result.type()
    # First of all: an error is returned, as a value that is true.
    if kind == cel.Type.ERROR or kind == cel.Type.UNKNOWN:  # noqa: PLR1714  # types of the library have no hash
        message = str(result.value())
        return MISSING if _ABSENT.search(message) else CelError(message)
    return repay(result.plain_value())


def _complaints(text: str, source: str) -> Iterator[Complaint]:
    found = _COMPLAINT.findall(text)
    if not found:
        yield Complaint(1, 1, _told(" ".join(text.split())[:200]))
    for line, column, message in found:
        at = max(int(line), 1), max(int(column), 1)
        yield Complaint(at[0], _begin(message, source, *at), _told(message))
        if message.startswith(_SYNTAX):
            return  # what follows is about the same mistake


def _begin(message: str, source: str, line: int, column: int) -> int:
    """Return the column where an unknown name begins; the library points at the dot or bracket behind it."""
    unknown = _UNDECLARED.search(message)
    name = unknown[1].split(".")[0] if unknown else ""
    found = source.split("\n")[line - 1].rfind(name, 0, column - 1 + len(name)) if name else -1
    return found + 1 if found >= 0 else column


def _told(message: str) -> str:
    """Return what the library says in words of people who write rules."""
    message = message.replace(" (in container '')", "").strip()
    if unknown := _UNDECLARED.search(message):
        return _not_known(unknown[1].split(".")[0])
    if overload := _OVERLOAD.search(message):
        return f"`{overload[1].strip('_@') or overload[1]}` does not take {overload[2]}"
    if "recursion" in message:
        return "nested too deeply: at most 32 levels"
    if "token recognition error" in message:
        return "a quote is not closed, or a backslash in it means nothing: write `\\\\d`, or r'\\d'"
    if "'<EOF>'" in message:
        return "it ends too early"
    # The parser lists all tokens that could have stood there; more than one tells nothing.
    message = re.sub(r",? expecting (\{|<EOF>).*", "", message.removeprefix(_SYNTAX))
    return re.sub(r"extraneous input|no viable alternative at input|mismatched input", "there should be no", message)


def _not_known(name: str) -> str:
    known = {*VARIABLES, *FUNCTIONS, "matches", "size", "has"}
    if name in known:
        return f"`{name}` is not used like this"
    return f"`{name}` is not known: {did_you_mean(name, known, limit=0)}"


class Program:
    """One expression, compiled when it is first used."""

    __slots__ = ("_cel", "_compiled", "source")

    def __init__(self, owner: Cel, source: str) -> None:
        self._cel = owner
        self._compiled: Any = None
        self.source = source

    def check(self) -> Any:
        """Compile now.

        Raises:
            BadExpression: it does not compile.
        """
        if self._compiled is None:
            self._compiled = self._cel.checked(self.source)
        return self._compiled

    def eval(self, activation: Activation) -> Any:
        """Return a plain value, `MISSING` where a path is not there, or a `CelError`; never raises."""
        try:
            expression = self._compiled or self.check()
        except BadExpression as e:
            return CelError(str(e))
        return self._cel.evaluate(expression, activation)


@lru_cache(maxsize=1)
def shared() -> Cel:
    """Return the one `Cel` of this process."""
    return Cel()


@lru_cache(maxsize=16384)
def program(source: str) -> Program:
    """Return the (cached) program of an expression, of the shared `Cel`."""
    return shared().compile(source)


def holds(source: str, activation: Activation) -> bool | CelError:
    """Evaluate a condition: an empty one is true, a path that is not there makes it false, no boolean is an error."""
    if not source:
        return True
    value = program(source).eval(activation)
    if value is MISSING or isinstance(value, bool | CelError):
        return value if isinstance(value, CelError) else bool(value)
    return CelError(f"the condition gives {type(value).__name__}, not true or false")
