"""Storages of a few lines, and what queries answer on them."""

from typing import Any

from diagflow.promql import Result, Storage, evaluate
from diagflow.promql.promqltest.commands import Load, parse_commands
from diagflow.promql.promqltest.loaded import Loaded


def storage(text: str) -> Storage:
    """A storage from `load` commands."""
    loaded = Loaded()
    for command in parse_commands(text):
        assert isinstance(command, Load)
        loaded.load(command)
    return loaded.storage


def ask(text: str, expression: str, *times: int, **options: Any) -> Result:
    """What an expression answers, at 0 if nothing is said."""
    return evaluate(storage(text), expression, *(times or (0,)), **options)


def values(result: Result) -> dict[tuple[str, ...], Any]:
    """Values by the values of all labels; a list where there are more than one."""
    found = {}
    for row in result.rows:
        samples = [sample for _, sample in row.samples()]
        found[tuple(row.labels.values())] = samples[0] if len(samples) == 1 else samples
    return found


def number(result: Result) -> float:
    """The one number that was answered."""
    (row,) = result.rows
    (value,) = row.values
    return float(value)
