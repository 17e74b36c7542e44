"""Which tests are meant: by rule, by path, by pack, or all."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from diagflow.harness.case import TestFile, read_tests
from diagflow.model import BadInput
from diagflow.rules import Problem, RuleSet, load
from diagflow.rules.folders import installed
from diagflow.rules.near import did_you_mean

_ENDINGS = (".test.yaml", ".test.yml")


class BrokenRules(BadInput):
    """Rules have errors, or there are none: nothing can be tested until that is mended."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is to be tested.

    Attributes:
        ruleset: all that is known, with the rules of the given paths.
        tests: the test files.
        untested: ids of the rules meant that have no test file.
        wrong: what keeps a test file from being used, one line each.
        elsewhere: errors in rules that are not meant, one line each; those rules are not used.
    """

    ruleset: RuleSet
    tests: tuple[TestFile, ...]
    untested: tuple[str, ...]
    wrong: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()


def find(meant: Sequence[str] = (), pack: str | None = None) -> Selection:
    """Return the tests that are meant.

    Args:
        meant: rule ids, and files or folders with rules; none for all of the installed packs.
        pack: only this pack's.

    Raises:
        BadInput: a rule id, a path or a pack that does not exist.
        BrokenRules: the rules that are meant have errors, or there are none.
    """
    paths = [Path(m) for m in meant if Path(m).exists()]
    ids = [m for m in meant if not Path(m).exists()]
    packs, problems = installed([pack] if pack else None)
    if problems and not (meant and pack is None):
        raise BadInput("\n".join(map(str, problems)))
    folders = [p.folder.resolve() for p in packs]
    ruleset = load([_rules_at(p) for p in paths if not _within(p, folders)])
    errors, elsewhere = _errors(ruleset, [_rules_at(p) for p in paths] if meant else folders, ids)
    if errors:
        raise BrokenRules("\n".join([f"{len(errors)} errors in rules", *map(str, errors)]))
    ruleset = ruleset.usable()
    files = sorted(set(_files(ids, paths, folders, ruleset)))
    tests, wrong = _read(files)
    found = {t.rule for t in tests} | {f.name.removesuffix(end) for f in files for end in _ENDINGS}  # wrong ones too
    rules = _rules_meant(ids, paths, pack, ruleset)
    if not (files or rules):
        where = f"in {', '.join(meant)}" if meant else "in the installed packs"
        raise BrokenRules(f"there is no rule and no test {where}: nothing can be tested")
    untested = tuple(r for r in rules if r not in found)
    return Selection(ruleset, tuple(tests), untested, tuple(wrong), tuple(map(str, elsewhere)))


def _rules_at(path: Path) -> Path:
    """Return where the rules of a path are: those of a test file are beside it."""
    return path.parent if path.is_file() and path.name.endswith(_ENDINGS) else path


def _errors(ruleset: RuleSet, paths: Sequence[Path], ids: Sequence[str]) -> tuple[Sequence[Problem], Sequence[Problem]]:
    """Return the errors in what is meant, and those elsewhere: an installed pack of somebody else may be broken."""
    below = [path.resolve() for path in paths]
    meant = [e for e in ruleset.errors if e.rule in ids or _within(Path(e.position.file), below)]
    return meant, [e for e in ruleset.errors if e not in meant]


def _within(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.resolve().is_relative_to(folder) for folder in folders)


def _files(ids: Sequence[str], paths: Sequence[Path], folders: Sequence[Path], ruleset: RuleSet) -> Iterator[Path]:
    for rule_id in ids:
        rule = ruleset.rule(rule_id)
        if rule is None or rule.position is None:
            known = [r.id for r in ruleset.rules]
            hint = "" if paths else " (a rule of your own? name its file or folder instead)"
            raise BadInput(f"there is no rule and no path {rule_id}: {did_you_mean(rule_id, known)}{hint}")
        yield from _beside(Path(rule.position.file), rule_id)
    for path in paths:
        if path.is_dir():
            yield from _below(path)
        elif path.name.endswith(_ENDINGS):
            yield path
        else:
            yield from (f for r in ruleset.rules if _written_in(r.position, path) for f in _beside(path, r.id))
    if not ids and not paths:
        for folder in folders:
            yield from _below(folder)


def _beside(file: Path, rule_id: str) -> Iterator[Path]:
    return (p for ending in _ENDINGS if (p := file.with_name(rule_id + ending)).exists())


def _below(folder: Path) -> Iterator[Path]:
    return (p for ending in _ENDINGS for p in folder.rglob("*" + ending))


def _written_in(position: object, path: Path) -> bool:
    file = getattr(position, "file", "")
    return bool(file) and Path(file).resolve() == path.resolve()


def _rules_meant(ids: Sequence[str], paths: Sequence[Path], pack: str | None, ruleset: RuleSet) -> list[str]:
    if ids or paths:
        below = [p.resolve() for p in paths]
        own = {r.id for r in ruleset.rules if r.position and _within(Path(r.position.file), below)}
        return sorted(own | set(ids))
    return sorted(r.id for r in ruleset.rules if r.pack and pack in (None, r.pack))


def _read(files: Iterable[Path]) -> tuple[list[TestFile], list[str]]:
    tests: list[TestFile] = []
    wrong: list[str] = []
    for file in files:
        try:
            tests.append(read_tests(file))
        except BadInput as e:
            wrong.append(str(e))
    return tests, wrong
