"""What keeps a rule that can be read from being used: it would say nonsense, or never anything."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Final

from diagflow.model import Cause, Role, Text
from diagflow.rules.near import near
from diagflow.rules.negated import negated_metrics
from diagflow.rules.problem import Problem, Severity
from diagflow.rules.rule import Effect, Position, Rule
from diagflow.rules.unreachable import contradictions
from diagflow.rules.walk import ALWAYS, arguments_of, conditions

FAULT_CODES: Final = frozenset({"asserted-claim", "negated-metric", "unfilled", "unfilled-command", "unreachable"})
"""Codes of the problems found here: they are found anew when sets are merged."""

_NOWHERE: Final = Position("", 1, 1)
_NONE: Final = Text("")

Causes = Mapping[str, Cause]


def faults(rules: Iterable[Rule], causes: Causes, packs: Iterable[str]) -> Iterator[Problem]:
    """Yield what is wrong with rules that load.

    Args:
        rules: all of them.
        causes: by id.
        packs: names of the packs, with which the ids of their causes begin.
    """
    foreign = frozenset(packs)
    for rule in rules:
        for check in _CHECKS:
            yield from check(rule, causes)
        yield from _unfilled_commands(rule, causes, foreign - {rule.pack})


def _problem(rule: Rule, where: Position | None, message: str, code: str, *, warning: bool = False) -> Problem:
    severity = Severity.WARNING if warning else Severity.ERROR
    return Problem(where or rule.position or _NOWHERE, rule.id, message, severity, code)


def _asserted_claim(rule: Rule, causes: Causes) -> Iterator[Problem]:
    """A claim never holds, so no rule may support it."""
    known = causes.get(rule.names)
    if known is not None and known.role is Role.CLAIM and rule.effect is not Effect.REFUTES:
        message = f"{rule.names} is a claim, which never holds: write `refutes`, or name a cause"
        yield _problem(rule, None, message, "asserted-claim")


def _texts(cause: Cause) -> Iterator[tuple[str, Text]]:
    yield "title", cause.title
    yield "name", cause.name
    yield "explanation", cause.explanation
    yield "remedy", cause.remedy.text
    yield "check", cause.check.text


def _commands(cause: Cause) -> Iterator[tuple[str, Text]]:
    for name, instruction in (("remedy", cause.remedy), ("check", cause.check)):
        yield from ((f"{name} command", command) for command in instruction.commands)


def _unfilled_cause(rule: Rule, causes: Causes) -> Iterator[Problem]:
    """Every rule that supports a cause fills the placeholders of its texts: else users read `{image}`."""
    given = arguments_of(rule.trigger)
    for part, text in _texts(causes[rule.names]) if _supports(rule, causes) else ():
        for name in _lacking(rule, text):
            message = f"{_not_filled(name, part, rule)} by this rule: {_right(name, given, 'a trigger')}"
            yield _problem(rule, None, message, "unfilled")


def _unfilled_commands(rule: Rule, causes: Causes, foreign: Collection[str]) -> Iterator[Problem]:
    """A command that cannot be filled is left out, which is no harm where it is a cause of another pack."""
    if not _supports(rule, causes) or rule.names.partition(".")[0] in foreign:
        return
    for part, text in _commands(causes[rule.names]):
        for name in _lacking(rule, text):
            right = _right(name, arguments_of(rule.trigger), "a trigger")
            message = f"{_not_filled(name, part, rule)} by this rule, so the command is left out: {right}"
            yield _problem(rule, None, message, "unfilled-command", warning=True)


def _supports(rule: Rule, causes: Causes) -> bool:
    return rule.names in causes and rule.effect is not Effect.REFUTES


def _lacking(rule: Rule, text: Text) -> list[str]:
    used = text.placeholders() - ALWAYS
    return sorted(used - arguments_of(rule.trigger)) if used else []


def _not_filled(name: str, part: str, rule: Rule) -> str:
    return f"`{{{name}}}` in the {part} of {rule.names} is not filled"


def _right(name: str, given: Iterable[str], where: str) -> str:
    guess = near(name, given)
    if guess:
        return f"did you mean `{{{guess}}}`?"
    return f"add `extract: {{{name}: ...}}` to {where}"


def _unfilled_text(rule: Rule, _causes: Causes) -> Iterator[Problem]:
    """The `text` and `entity` of a condition use arguments of this condition or of the triggers."""
    of_triggers = ALWAYS | arguments_of(rule.trigger)
    for condition in conditions(rule):
        used = (condition.text or _NONE).placeholders() | Text(condition.entity).placeholders()
        for name in sorted(used - of_triggers - arguments_of(condition)) if used else ():
            message = (
                f"`{{{name}}}` is not filled: {_right(name, of_triggers | arguments_of(condition), 'this condition')}"
            )
            yield _problem(rule, condition.position, message, "unfilled")
    for name in sorted(Text(rule.entity).placeholders() - of_triggers):
        message = f"`{{{name}}}` in `entity` is not filled: {_right(name, of_triggers, 'a trigger')}"
        yield _problem(rule, None, message, "unfilled")


def _unreachable(rule: Rule, _causes: Causes) -> Iterator[Problem]:
    """Conditions that contradict each other never match."""
    for position, message in contradictions(rule.trigger):
        yield _problem(rule, position, message, "unreachable")


def _negated(rule: Rule, _causes: Causes) -> Iterator[Problem]:
    """What nobody measured is neither so nor not so."""
    for node in (rule.trigger, *rule.dependencies):
        for position, message in negated_metrics(node):
            yield _problem(rule, position, message, "negated-metric")


_CHECKS: Final[tuple[Callable[[Rule, Causes], Iterator[Problem]], ...]] = (
    _asserted_claim,
    _unfilled_cause,
    _unfilled_text,
    _unreachable,
    _negated,
)
