"""Facts of this machine, and the output of the failing command, as readings."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from diagflow.collect.host.command import Failing
from diagflow.collect.host.facts import Facts
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.probes import probes
from diagflow.collect.host.trouble import Absent, Forbidden
from diagflow.collect.lenient import one_line
from diagflow.model import Coverage, Query, Reading, State, Want

LOG: Final = Query.of("log", "host/local")
"""What the failing command printed."""

KINDS: Final = ("fact", "log")
"""The kinds of queries that are answered here."""

_ONLY_THE_LOG: Final = "only the saved log was to be explained; --here looks at this machine too"


class HostReader:
    """Answers `fact:NAME` by looking at this machine, and `log:host/local` by what the failing command printed."""

    def __init__(
        self,
        machine: Machine,
        *,
        offline: bool = False,
        command: Failing | None = None,
        log: Failing | None = None,
        here: bool = True,
    ) -> None:
        """Prepare to look.

        Args:
            machine: what is looked at.
            offline: nobody on the network is asked.
            command: the failing command, after it ran.
            log: a saved log; it takes the place of a command.
            here: look at the machine; False for a log that comes from elsewhere: all facts but `command` are absent.
        """
        self._machine = machine
        self._command = log or command
        self._here = here
        self._facts = Facts(machine, probes(self._command), offline=offline)

    def read(self, wants: Sequence[Want], *, deadline: float) -> Iterator[Reading]:
        """Yield one reading for every want, as probes finish."""
        pending: dict[str, int] = {}
        for want in wants:
            if self._looked_at(want.query):
                pending[want.query.target] = pending.get(want.query.target, 0) + 1
            else:
                yield self._log(want.query)
        self._facts.start(pending)
        while pending:
            name = self._facts.ready(pending, deadline) or next(iter(pending))
            reading = self._fact(name, deadline)
            for _ in range(pending.pop(name)):
                yield reading

    def source(self) -> Mapping[str, Any]:
        """Say which machine this is: system, shell, the version of Go."""
        if not self._here:
            return {"kind": "host"}
        told = {"os": "os", "os_version": "os_version", "arch": "arch", "shell": "shell", "wsl": "wsl", "wine": "wine"}
        host = self._known("host")
        found = {key: host[name] for key, name in told.items() if host.get(name)}
        version = self._known("go").get("version")
        return {"kind": "host", **found, **({"go": version} if version else {})}

    def close(self) -> None:
        """End the commands that still run; threads are daemons and end with the program."""
        self._machine.close()

    def _looked_at(self, query: Query) -> bool:
        return query.kind == "fact" and (self._here or query.target == "command")

    def _log(self, query: Query) -> Reading:
        if query.kind == "fact":
            return self._reading(query, State.ABSENT, detail=_ONLY_THE_LOG)
        if query != LOG or self._command is None:
            return self._reading(query, State.ABSENT, detail="no failing command was given and no saved log")
        text, complete = self._command.text(self._machine)
        state = State.DATA if text else State.EMPTY
        detail = "" if complete else "the middle of the output was left out"
        return self._reading(query, state, text, detail=detail, complete=complete)

    def _fact(self, name: str, deadline: float) -> Reading:
        query = Query.of("fact", name)
        try:
            return self._reading(query, State.DATA, self._facts.wait(name, deadline))
        except Absent as e:
            return self._reading(query, State.ABSENT, detail=str(e))
        except (Forbidden, PermissionError) as e:
            return self._reading(query, State.FORBIDDEN, detail=str(e))
        except Exception as e:  # noqa: BLE001  # a broken check is shown as such, the others go on
            return self._reading(query, State.ERROR, detail=f"{type(e).__name__}: {e}" if str(e) else type(e).__name__)

    def _known(self, name: str) -> Mapping[str, Any]:
        try:
            value = self._facts.wait(name)
        except Exception:  # noqa: BLE001  # the reading of the fact says what happened
            return {}
        return value if isinstance(value, dict) else {}

    def _reading(
        self, query: Query, state: State, data: Any = None, *, detail: str = "", complete: bool = True
    ) -> Reading:
        now = self._machine.now()
        coverage = Coverage(complete=complete)
        return Reading(query, state, now, data, "host", coverage=coverage, detail=one_line(detail))
