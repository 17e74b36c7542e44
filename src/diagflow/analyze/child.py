"""The child process that runs one analyzer of a stranger: `python -m diagflow.analyze.child`.

It talks to us over copies of its stdin and stdout, and points these, and stderr, at nothing: whatever the analyzer
prints disturbs nobody. Memory is limited before the analyzer is imported.
"""

import os
import sys
from collections.abc import Callable
from typing import Any, BinaryIO, Final

import msgspec

from diagflow.analyze.api import Finding
from diagflow.analyze.case import LiveCase, NotYet, Undeclared
from diagflow.analyze.handed import one_line
from diagflow.analyze.runner import loaded
from diagflow.analyze.wire import (
    FromChild,
    WireAsk,
    WireReading,
    ask_from_wire,
    finding_to_wire,
    reading_from_wire,
    receive,
    send,
)
from diagflow.model import Query, Reading
from diagflow.model.typed import from_msgpack

_ANY: Final = 1 << 40
"""Readings may be large: they come from us."""


def main(run: str, memory: int) -> None:
    """Load the analyzer and answer calls until our side closes."""
    requests, answers = _private_streams()
    limit(memory)
    send(answers, FromChild(ready=True))
    function, fault = _load(run)
    send(answers, FromChild(ready=not fault, fault=fault))
    while (body := receive(requests, _ANY)) is not None:
        send(answers, _Call(requests, answers).run(function, from_msgpack(body, WireAsk)))


def _private_streams() -> tuple[BinaryIO, BinaryIO]:
    private = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415

        for descriptor in private:
            msvcrt.setmode(descriptor, os.O_BINARY)
    return os.fdopen(private[0], "rb"), os.fdopen(private[1], "wb")


def limit(memory: int) -> None:
    """Limit memory (bytes of address space) where the system can; never leave a core dump behind."""
    if sys.platform == "win32":
        return  # no such limit there without a job object; the deadline stands
    import resource  # noqa: PLC0415

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # macOS takes the number and ignores it
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _load(run: str) -> tuple[Any, str]:
    try:
        return loaded(run), ""
    except BaseException as e:  # noqa: BLE001  # even `sys.exit()` at import is an answer
        return None, f"cannot be loaded: {_said(e)}"


class _Call:
    """One call of the analyzer."""

    def __init__(self, requests: BinaryIO, answers: BinaryIO) -> None:
        self._requests = requests
        self._answers = answers
        self._now: Any = None

    def run(self, function: Callable[[Any], Any], ask: WireAsk) -> FromChild:
        """Run it; whatever it raises becomes an answer."""
        self._now = ask.now
        try:
            found = function(LiveCase(ask_from_wire(ask), self._read))
            return self._answer(found)
        except NotYet as e:
            return FromChild(wanted=str(e.query))
        except Undeclared:
            return FromChild(fault="undeclared")
        except MemoryError:
            return FromChild(fault="ran out of memory", exhausted=True)
        except BaseException as e:  # noqa: BLE001  # KeyboardInterrupt and SystemExit of a stranger are faults, too
            return FromChild(fault=_said(e))

    @staticmethod
    def _answer(found: Any) -> FromChild:
        if not isinstance(found, list | tuple) or not all(isinstance(f, Finding) for f in found):
            return FromChild(fault="TypeError: run() must return a list of Finding")
        answer = FromChild(findings=[finding_to_wire(f) for f in found])
        msgspec.msgpack.encode(answer)  # what cannot be sent is a fault of the analyzer, told as one
        return answer

    def _read(self, query: Query) -> Reading | None:
        send(self._answers, FromChild(read=str(query)))
        body = receive(self._requests, _ANY)
        if body is None:
            os._exit(0)  # our side is gone: nobody waits for an answer
        wire = from_msgpack(body, WireReading)
        if wire.state == "undeclared":
            raise Undeclared(query)
        return None if wire.state == "not-yet" else reading_from_wire(wire, self._now)


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {one_line(str(error))}"


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
