"""A test file, checked: cases with what is given and what is expected."""

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from diagflow.harness.series import series_of
from diagflow.harness.shape import Change, Expected, Given, misshapen, unspoken
from diagflow.harness.yaml import Document
from diagflow.model import BadInput, Entity, Outcome
from diagflow.rules.near import did_you_mean

GIVEN: Final = (
    "now", "entities", "alert", "namespace", "onset", "objects", "events", "logs", "series", "answers", "facts",
    "changes", "states", "topology",
)  # fmt: skip
EXPECT: Final = (
    "verdict", "entity", "entities", "args", "causes", "consequences", "symptoms", "ruled_out", "candidates", "status",
)  # fmt: skip
_CASE: Final = ("name", "given", "like", "change", "remove", "expect")
_STEP: Final = re.compile(r"""(?:([^.\[\]"]+)|"([^"]+)"|\[(\d+)\])([.\[].*)?""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Named:
    """A cause or symptom that is expected; at any entity where none is named."""

    id: str
    entity: Entity | None = None

    def __str__(self) -> str:
        return f"{self.id} at {self.entity}" if self.entity else self.id


@dataclass(frozen=True, slots=True)
class Expect:
    """What must come out; None is not looked at.

    Attributes:
        verdict: of the rule that is tested.
        entities: about which it must match: all of them when `exact`.
        exact: no other entity may match.
        args: arguments of the match that must be so.
        causes: exactly these roots.
        consequences: exactly these.
        symptoms: exactly these.
        ruled_out: at least these.
        candidates: at least these.
        status: of the diagnosis.
    """

    verdict: Outcome | None = None
    entities: tuple[Entity, ...] = ()
    exact: bool = False
    args: Mapping[str, Any] = field(default_factory=dict)
    causes: tuple[Named, ...] | None = None
    consequences: tuple[Named, ...] | None = None
    symptoms: tuple[Named, ...] | None = None
    ruled_out: tuple[Named, ...] = ()
    candidates: tuple[Named, ...] = ()
    status: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    Attributes:
        name: of the case.
        given: the world, as written, `like` and `change` applied.
        expect: what must come out.
        line: where it stands (from 1).
        like: name of the case that it differs from; empty when it is its own.
        changes: how many single fields differ from that.
    """

    name: str
    given: Mapping[str, Any]
    expect: Expect
    line: int
    like: str = ""
    changes: int = 0


@dataclass(frozen=True, slots=True)
class TestFile:
    """The cases of one file; `rule` is the id in its name."""

    __test__ = False  # pytest: this is no test class

    path: Path
    rule: str
    cases: tuple[Case, ...]


def read_tests(path: Path) -> TestFile:
    """Read `RULE.test.yaml`.

    Raises:
        BadInput: what is wrong, with file and line.
    """
    document = Document(path)
    items = document.value if isinstance(document.value, list) else None
    if not items:
        raise document.wrong("a test file is a list of cases, each begins with `- name:`")
    cases: dict[str, Case] = {}
    for number, item in enumerate(items):
        case = _case(document, number, item, cases)
        if case.name in cases:
            raise document.wrong(f"there are two cases `{case.name}`: rename one", number)
        cases[case.name] = case
    return TestFile(path, path.name.removesuffix(".test.yaml").removesuffix(".test.yml"), tuple(cases.values()))


def _case(document: Document, number: int, item: Any, before: Mapping[str, Case]) -> Case:
    _check_keys(document, item, _CASE, number)
    if not isinstance(item.get("name"), str):
        raise document.wrong("a case needs a `name`", number)
    if "expect" not in item:
        raise document.wrong("a case needs `expect`: without it nothing can fail", number)
    _check_shape(document, item, Change, number)
    given, changes = _given(document, number, item, before)
    _check_keys(document, given, GIVEN, number, "given")
    _check_shape(document, given, Given, number, "given" if "given" in item else "change")
    _check_series(document, number, item, given)
    return Case(
        name=item["name"],
        given=given,
        expect=_expect(document, number, item["expect"]),
        line=document.line_of(number),
        like=item.get("like") or "",
        changes=changes,
    )


def _check_keys(document: Document, value: Any, known: Sequence[str], *steps: str | int) -> None:
    if not isinstance(value, dict):
        raise document.wrong("here belongs a mapping", *steps)
    for key in value:
        if key not in known:
            raise document.wrong(f"`{key}` is not known here: {did_you_mean(key, known, limit=20)}", *steps, key)


def _check_shape(document: Document, value: Any, shape: type, *steps: str | int) -> None:
    if wrong := misshapen(value, shape):
        raise document.wrong(wrong[0], *steps, *wrong[1])


def _given(document: Document, number: int, item: Mapping[str, Any], before: Mapping[str, Case]) -> tuple[Any, int]:
    if "like" not in item:
        for key in ("change", "remove"):
            if key in item:
                raise document.wrong(f"`{key}` needs `like`: which case is changed?", number, key)
        return item.get("given", {}), 0
    like = before.get(item["like"])
    if like is None:
        raise document.wrong(f"there is no earlier case `{item['like']}`: {did_you_mean(item['like'], before)}", number)
    given = copy.deepcopy(dict(like.given))
    given.update(copy.deepcopy(item.get("given", {})))
    changed: Mapping[str, Any] = item.get("change") or {}
    removed = item.get("remove") or []
    gone: Sequence[str] = removed if isinstance(removed, list) else [removed]
    for path, value in changed.items():
        _alter(document, number, given, path, lambda owner, key, value=value: _put(owner, key, value))
    for path in gone:
        _alter(document, number, given, path, _take)
    # A part given anew may differ in any number of fields: that is never one.
    return given, len(changed) + len(gone) + 2 * len(item.get("given", {}))


def _check_series(document: Document, number: int, item: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Check series here, where their lines are known; those of an earlier case are wrong where they are changed."""
    if "series" in given:
        own = ("given", "series") if "series" in (item.get("given") or {}) else ("change",)
        series_of(given["series"], lambda message, *steps: document.wrong(message, number, *own, *steps))


def _alter(document: Document, number: int, given: Any, path: str, alter: Any) -> None:
    try:
        owner, key = _located(given, path)
        alter(owner, key)
    except (KeyError, IndexError, TypeError):
        what = f"`{path}` is nowhere below `given` of the case that is changed"
        hint = "a key with dots or slashes is changed with what holds it"
        raise document.wrong(f"{what}; {hint}", number, "change") from None


def _located(owner: Any, path: str) -> tuple[Any, str | int]:
    """Return what holds the value at a path, and the last step; keys may hold dots and brackets (`answers.sum(x)`)."""
    while True:
        step, rest = _first_step(owner, path)
        if not rest:
            return owner, step
        owner, path = owner[step], rest


def _first_step(owner: Any, path: str) -> tuple[str | int, str]:
    if isinstance(owner, dict):
        fitting = [k for k in owner if path == k or path.startswith((f"{k}.", f"{k}["))]
        if fitting:
            key = max(fitting, key=len)
            return key, path[len(key) :].removeprefix(".")
    match = _STEP.fullmatch(path)
    if match is None:
        raise KeyError(path)
    name, quoted, index, rest = match.groups()
    return (int(index) if index else quoted or name), (rest or "").removeprefix(".")


def _put(owner: Any, key: str | int, value: Any) -> None:
    if isinstance(owner, list) and isinstance(key, int) and key == len(owner):
        owner.append(value)
    elif isinstance(owner, dict) or isinstance(key, int):
        owner[key] = value
    else:
        raise TypeError


def _take(owner: Any, key: str | int) -> None:
    del owner[key]


def _expect(document: Document, number: int, value: Any) -> Expect:
    _check_keys(document, value, EXPECT, number, "expect")
    if not value:
        raise document.wrong("nothing is expected: write `verdict`, `causes` ...", number, "expect")
    _check_shape(document, value, Expected, number, "expect")
    if unlooked := unspoken(value):
        raise document.wrong(unlooked, number, "expect")
    try:
        return Expect(
            verdict=Outcome(value["verdict"]) if "verdict" in value else None,
            entities=tuple(
                Entity.parse(e) for e in value.get("entities") or ([value["entity"]] if value.get("entity") else [])
            ),
            exact="entities" in value,
            args=value.get("args") or {},
            causes=_named(value.get("causes")),
            consequences=_named(value.get("consequences")),
            symptoms=_named(value.get("symptoms")),
            ruled_out=_named(value.get("ruled_out")) or (),
            candidates=_named(value.get("candidates")) or (),
            status=value.get("status") or "",
        )
    except (BadInput, ValueError, KeyError, TypeError, AttributeError) as e:
        raise document.wrong(f"this expectation will not do: {e}", number, "expect") from None


def _named(value: Any) -> tuple[Named, ...] | None:
    """Read `[{id, entity}]`, or just ids."""
    if value is None:
        return None
    items = [{"id": item} if isinstance(item, str) else item for item in value]
    return tuple(Named(i["id"], Entity.parse(i["entity"]) if i.get("entity") else None) for i in items)
