"""This machine: all facts at once, the checklist while they come, the diagnosis, the originals on the terminal."""

import os
import platform
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from diagflow.bundle import Bundle, Redactor, new_key
from diagflow.cli.doctor.asked import PACKS, Asked
from diagflow.cli.doctor.command import run_command
from diagflow.cli.options import Format
from diagflow.cli.run import OutputOptions, load_rules, show
from diagflow.collect.host import KINDS, LOG, Failing, HostReader, Machine, Ran, this_machine
from diagflow.collect.live import LiveReader
from diagflow.collect.recorded import BundleReader
from diagflow.engine import SOURCE, Result, diagnose, so_far
from diagflow.feedback.checklist import COMMAND, Check, Checklist, Mark, checks, ended, line
from diagflow.feedback.output import console_shows, readable, system_language
from diagflow.model import Incident, Query, Reading, State, Text, Want
from diagflow.rules import RuleSet
from diagflow.rules.rule import Rule
from diagflow.rules.walk import facts

if TYPE_CHECKING:
    from diagflow.model.diagnosis import Diagnosis

TIMEOUT: Final = 30.0
"""Seconds for all checks together."""


class Live:
    """One run of the doctor on this machine; after a repair there is another."""

    def __init__(
        self, asked: Asked, shown: OutputOptions, *, failing: Failing | None = None, machine: Machine | None = None
    ) -> None:
        """Prepare.

        Args:
            asked: what the user asked for.
            shown: how the result is shown.
            failing: the command that failed, or its saved output.
            machine: this one, if not as it is.
        """
        self.asked = asked
        self.shown = shown
        self.failing = failing
        self.machine = machine or this_machine()
        self.redactor = Redactor(new_key(), _names(self.machine))
        self.ruleset = load_rules(list(asked.rules), PACKS, host=True)
        self.lang = shown.lang.value if shown.lang else system_language()
        self._groups = _groups(self.ruleset)
        self._bundle = Bundle(_incident())

    def again(self, machine: Machine) -> "Live":
        """Return another run, of a machine on which something was changed; the failing command is run again there.

        What a saved log says was true before.
        """
        failing = run_command(machine, self.asked.command, text=self.text) if self.asked.command else None
        return Live(replace(self.asked, log=None, here=False), self.shown, failing=failing, machine=machine)

    @property
    def text(self) -> bool:
        """True when people read the result on stdout."""
        return self.shown.format is Format.TEXT and self.shown.out is None

    def diagnose(self) -> Result:
        """Look at everything and infer."""
        host = HostReader(
            self.machine,
            offline=self.asked.offline,
            command=self.failing,
            here=self.asked.log is None or self.asked.here,
        )
        reader = LiveReader({"host": (host, KINDS)}, redact=self.redactor.reading)
        try:
            self._look(reader)
            return diagnose(
                self.ruleset,
                reader,
                self._bundle.incident,
                bundle=self._bundle,
                timeout=TIMEOUT,
                advice=self.shown.verbose,
            )
        finally:
            reader.close()

    def show(self, result: Result) -> None:
        """Print the diagnosis; the terminal of the run shows what the tokens stand for, whatever is saved does not."""
        if not self.text:
            show(result, self.shown)
            return
        sys.stdout.write("\n")
        show(replace(result, diagnosis=self.original(result.diagnosis)), self.shown)

    def original(self, diagnosis: "Diagnosis") -> "Diagnosis":
        """Return a diagnosis with the originals behind its tokens."""
        from diagflow.cli.doctor.originals import restored

        return restored(diagnosis, self.redactor.restored)

    def _look(self, reader: LiveReader) -> None:
        """Start all probes at once; the analysis asks for little more."""
        needed = {group: frozenset().union(*map(facts, rules)) for group, rules in self._groups.items()}
        checklist = Checklist(checks(needed, self._ended()), self._mark)
        wanted = sorted(frozenset().union(*needed.values()) | {"host"})
        queries = [LOG, *(Query.of("fact", name) for name in wanted)]
        if self._says:
            readable()
        for reading in reader.read([Want(q) for q in queries], deadline=time.monotonic() + TIMEOUT):
            self._bundle.add(reading)
            if not self._says:  # to judge each check by itself takes as long as the diagnosis
                continue
            for check, mark in checklist.read(reading.query.target if reading.query.kind == "fact" else "log"):
                self._say(check, mark)
        self._bundle.add(Reading(SOURCE, State.DATA, self._bundle.incident.now, self._source(reader)))

    def _source(self, reader: LiveReader) -> Mapping[str, object]:
        """The machine's description, flat: a report says which system and shell its commands are for."""
        told = dict(reader.source())
        return {"kind": "host", **{k: v for k, v in dict(told.get("host") or {}).items() if k != "kind"}}

    def _ended(self) -> Text | None:
        """Say how the command ended that was run; a saved log is none."""
        ran = self.failing
        if not isinstance(ran, Ran):
            return None
        command = subprocess.list2cmdline(ran.argv) if self.machine.windows else shlex.join(ran.argv)
        return ended(command, ran.rc)

    def _mark(self, group: str) -> Mark:
        """Judge the rules of one check on what is known so far; a command that failed is never well."""
        if group == COMMAND and isinstance(self.failing, Ran) and self.failing.rc != 0:
            return Mark.ILL
        known = Bundle(self._bundle.incident)
        for reading in self._bundle.readings():
            known.add(reading)
        found = so_far(replace(self.ruleset, rules=self._groups[group]), BundleReader(known), known)
        if found.causes:
            return Mark.ILL
        return Mark.UNSEEN if any(m.blocking for m in found.missing) else Mark.WELL

    def _say(self, check: Check, mark: Mark) -> None:
        color = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        sys.stdout.write(line(check, mark, self.lang, color=color, plain=not console_shows("√")) + "\n")
        sys.stdout.flush()

    @property
    def _says(self) -> bool:
        """True when the checklist is shown: to people, about this machine."""
        return self.text and (self.asked.log is None or self.asked.here)


def _incident() -> Incident:
    now = datetime.now(UTC)
    return Incident(now=now.replace(microsecond=now.microsecond // 1000 * 1000))


def _group(rule: str) -> str:
    parts = rule.split("-")
    return parts[1] if len(parts) > 2 else parts[0]  # noqa: PLR2004  # AREA-GROUP-NNN


def _groups(ruleset: RuleSet) -> dict[str, tuple[Rule, ...]]:
    found: dict[str, list[Rule]] = {}
    for rule in ruleset.rules:
        found.setdefault(_group(rule.id), []).append(rule)
    return {group: tuple(rules) for group, rules in found.items()}


def _names(machine: Machine) -> Iterable[str]:
    """Return how the user and the machine are called."""
    yield machine.paths.basename(machine.home.rstrip("\\/"))
    yield from (machine.env(name) for name in ("USERNAME", "USER", "LOGNAME", "COMPUTERNAME", "HOSTNAME"))
    yield platform.node().partition(".")[0]
