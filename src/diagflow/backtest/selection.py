"""Which rules are meant: ids and files of ours, rule files of Prometheus, folders of both."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from diagflow.backtest.ours import has_metrics
from diagflow.backtest.promrules import PromRules
from diagflow.backtest.rulefile import PromGroup, read_rule_file
from diagflow.model import BadInput
from diagflow.rules import Rule, RuleSet, load
from diagflow.rules.near import did_you_mean
from diagflow.rules.problem import Problem

_SUFFIXES: Final = (".yaml", ".yml", ".rules", ".json")
_TESTS: Final = (".test.yaml", ".test.yml")
_GROUPS: Final = re.compile(
    rb"^(?:groups[ \t]*:|kind[ \t]*:[ \t]*[\"']?PrometheusRule)|^[ \t]*\"groups\"[ \t]*:", re.MULTILINE
)
_HEAD: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Selection:
    """The rules that are meant.

    Attributes:
        prometheus: of Prometheus' rule files.
        ours: that have a condition on metrics.
        ruleset: all that ours refer to.
        unused: why other rules that are meant are not tried, one line each.
    """

    prometheus: PromRules
    ours: tuple[Rule, ...]
    ruleset: RuleSet
    unused: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many rules can fire."""
        return len(self.ours) + sum(rule.alerts for _, rule in self.prometheus.order.rules)


def select(meant: Sequence[str] = ()) -> Selection:
    """Return the rules that are meant; without any, all installed ones that have a condition on metrics.

    Raises:
        BadInput: a rule or path that does not exist, or the rules have errors, each told with its place.
    """
    paths = [Path(text) for text in meant if Path(text).exists()]
    ids = [text for text in meant if not Path(text).exists()]
    files = list(dict.fromkeys(file for path in paths for file in _files(path)))
    theirs = [file for file in files if _is_prometheus(file)]
    own = [file for file in files if file not in theirs]
    groups, problems = _read(theirs)
    ruleset = load(own) if own or ids or not meant else RuleSet()
    problems += ruleset.errors
    if problems:
        count = "an error" if len(problems) == 1 else f"{len(problems)} errors"
        raise BadInput("\n".join([f"{count} in rules", *map(str, problems)]))
    rules = list(_meant(ids, own, ruleset, everything=not meant))
    if meant and not (groups or rules):
        raise BadInput(f"there is no rule in {', '.join(meant)}: name rules by id, or files and folders with rules")
    ours = tuple(rule for rule in rules if has_metrics(rule))
    return Selection(PromRules(groups), ours, ruleset, tuple(_unused(rules, named=bool(meant))))


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for file in sorted(path.rglob("*")):
        if file.suffix in _SUFFIXES and file.is_file() and not file.name.startswith(".") and _may_hold_rules(file):
            yield file


def _may_hold_rules(file: Path) -> bool:
    if file.suffix == ".json":
        return _is_prometheus(file)
    return not file.name.endswith(_TESTS)


def _is_prometheus(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return _GROUPS.search(stream.read(_HEAD)) is not None
    except OSError:
        return False  # who reads it says why not


def _read(files: Iterable[Path]) -> tuple[list[PromGroup], list[Problem]]:
    groups: list[PromGroup] = []
    problems: list[Problem] = []
    for file in files:
        found, wrong = read_rule_file(file)
        groups += found
        problems += wrong
    return groups, problems


def _meant(ids: Sequence[str], files: Sequence[Path], ruleset: RuleSet, *, everything: bool) -> Iterator[Rule]:
    for rule_id in ids:
        if ruleset.rule(rule_id) is None:
            known = [rule.id for rule in ruleset.rules]
            raise BadInput(f"there is no rule and no path {rule_id}: {did_you_mean(rule_id, known)}")
    here = {file.resolve() for file in files}
    for rule in ruleset.rules:
        if everything or rule.id in ids or (rule.position and Path(rule.position.file).resolve() in here):
            yield rule


def _unused(rules: Sequence[Rule], *, named: bool) -> Iterator[str]:
    """Say which rules have no course over time; of all that are installed only how many."""
    without = [rule for rule in rules if not has_metrics(rule)]
    if named:
        yield from (f"{rule.id} has no trigger on a metric: nothing of it changes over a recording" for rule in without)
    elif without:
        yield f"{len(without)} rules have no trigger on a metric: nothing of them changes over a recording"
