"""Runs analyzers: our own in this process, those of other distributions each in a child."""

import importlib
from collections.abc import Mapping
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from diagflow.analyze.answer import Answer
from diagflow.analyze.case import Ask, LiveCase, NotYet, Read, Undeclared
from diagflow.analyze.handed import checked, one_line, undeclared
from diagflow.analyze.memo import Memo
from diagflow.model import Query, Reading, State
from diagflow.rules import RuleSet
from diagflow.rules.analyzer import Analyzer

if TYPE_CHECKING:
    from diagflow.analyze.contain import Limits


class Contained(Protocol):
    """Runs one analyzer in a child process."""

    def run(self, ask: Ask, read: Read) -> Answer:
        """Run it once."""
        ...

    def close(self) -> None:
        """End the child."""
        ...


class Runner:
    """Runs the analyzers of a set of rules; used in `with`, so that no child outlives it.

    Attributes:
        ruleset: whose analyzers they are.
        memo: what the rounds of one run remember.
    """

    __slots__ = ("_children", "_dead", "_limits", "memo", "ruleset")

    def __init__(self, ruleset: RuleSet, limits: "Limits | None" = None) -> None:
        self.ruleset = ruleset
        self.memo = Memo()
        self._dead: dict[Query, Answer] = {}
        self._limits = limits
        self._children: dict[str, Contained] = {}

    def __enter__(self) -> Self:
        self._dead.clear()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all children, and forget the run."""
        self.memo.clear()
        for child in self._children.values():
            child.close()
        self._children.clear()

    def run(self, analyzer: Analyzer, ask: Ask, read: Read) -> Answer:
        """Run one analyzer once; whatever it does, this returns. One that was killed is not started again for this."""
        key = death_of(analyzer, ask.args)
        if key in self._dead:
            return self._dead[key]
        answer = self._child(analyzer).run(ask, read) if analyzer.contained else run_here(analyzer, ask, read)
        if answer.killed:
            self._dead[key] = answer
        return answer

    def record(self, time: datetime) -> list[Reading]:
        """Return, for each analyzer that was killed, a reading to be stored with the bundle, so that a replay knows."""
        died = sorted(self._dead.items())
        return [Reading(q, State.ERROR, time, source="analyzer", detail=answer.fault) for q, answer in died]

    def _child(self, analyzer: Analyzer) -> Contained:
        if analyzer.name not in self._children:
            from diagflow.analyze.contain import Child  # noqa: PLC0415  # most runs need no child process

            self._children[analyzer.name] = Child(analyzer, self._limits)
        return self._children[analyzer.name]


def death_of(analyzer: Analyzer, args: Mapping[str, str]) -> Query:
    """Return the query under which a bundle keeps that an analyzer was killed."""
    return Query.of("analyzer", analyzer.name, **args)


def run_here(analyzer: Analyzer, ask: Ask, read: Read) -> Answer:
    """Run an analyzer in this process."""
    case = LiveCase(ask, read)
    try:
        found = loaded(analyzer.run)(case)
        if case.ended is None:
            return Answer(findings=checked(found, analyzer))
    except (NotYet, Undeclared):
        pass
    except Exception as e:  # noqa: BLE001  # an analyzer may fail in any way; that is a verdict, not our end
        return Answer(fault=f"analyzer {analyzer.name} of pack {analyzer.pack}: {type(e).__name__}: {one_line(str(e))}")
    # Once a reading was refused the call is over, even if the analyzer caught what ended it and went on.
    if isinstance(case.ended, Undeclared):
        return Answer(fault=undeclared(analyzer, case.ended.query))
    return Answer(wanted=case.ended.query if case.ended else None)


def loaded(run: str) -> Any:
    """Return the function of `module:function`."""
    module, _, name = run.partition(":")
    return getattr(importlib.import_module(module), name)
