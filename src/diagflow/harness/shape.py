"""What may stand at each place of a case, as types: anything else is told with its place, before something runs."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from diagflow.model.typed import converted
from diagflow.rules.near import did_you_mean

_EXPECTED: Final = re.compile(r"Expected `([^`]*)`(?:, got `([^`]*)`)?(?: - at `([^`]*)`)?")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `([^`]*)`(?: - at `([^`]*)`)?")
_LACKING: Final = re.compile(r"Object missing required field `([^`]*)`(?: - at `([^`]*)`)?")
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+)\]")
_WORDS: Final = {
    "array": "a list",
    "object": "a mapping",
    "str": "text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "null": "nothing",
}


class _Object(msgspec.Struct):
    """An object, short or as kubectl prints it; a list of such has `items`."""

    kind: str | None = None
    metadata: dict[str, Any] | None = None
    labels: dict[str, Any] | None = None
    annotations: dict[str, Any] | None = None
    owner: str = ""
    items: "list[_Object] | None" = None


class _Event(msgspec.Struct):
    on: str = ""
    reason: str = ""
    metadata: dict[str, Any] | None = None


class Given(msgspec.Struct):
    """What stands under `given`; `series` and `topology` are checked by those who read them."""

    now: str | None = None
    entities: list[str] | None = None
    alert: dict[str, Any] | None = None
    namespace: str | None = None
    onset: str | None = None
    objects: list[_Object] | None = None
    events: list[_Event] | None = None
    logs: dict[str, str] | None = None
    answers: dict[str, Any] | None = None
    facts: dict[str, Any] | None = None
    changes: list[dict[str, Any]] | None = None
    states: dict[str, str] | None = None


class Change(msgspec.Struct):
    """What a case takes from an earlier one, and what it alters of it."""

    given: dict[str, Any] = {}
    like: str = ""
    change: dict[str, Any] | None = None
    remove: str | list[str] | None = None


class Named(msgspec.Struct, forbid_unknown_fields=True):
    """A cause or symptom that is expected."""

    id: str
    entity: str | None = None


class Expected(msgspec.Struct):
    """What stands under `expect`. Nothing under a key is none of these: it would expect nothing, and look as if."""

    verdict: str = ""
    entity: str = ""
    entities: list[str] = []
    args: dict[str, Any] = {}
    causes: list[str | Named] = []
    consequences: list[str | Named] = []
    symptoms: list[str | Named] = []
    ruled_out: list[str | Named] = []
    candidates: list[str | Named] = []
    status: str = ""


def misshapen(value: Any, shape: type) -> tuple[str, tuple[str | int, ...]] | None:
    """Return what has another shape than it should, and the steps to it; None where all is right."""
    try:
        converted(value, shape)
    except msgspec.ValidationError as e:
        return _told(str(e))
    return None


def _told(error: str) -> tuple[str, tuple[str | int, ...]]:
    for pattern, told in ((_EXPECTED, _expected), (_UNKNOWN, _unknown), (_LACKING, _lacking)):
        if found := pattern.match(error):
            place = (found.groups()[-1] or "").removeprefix("$")
            return f"{f'`{_shown(place)}`: ' if place else ''}{told(found)}", _steps(place)
    return error, ()


def _steps(place: str) -> tuple[str | int, ...]:
    """Return the steps to a place, up to the first key that msgspec does not name."""
    known = place.partition("[...]")[0]
    return tuple(int(number) if number else name for name, number in _STEP.findall(known))


def _shown(place: str) -> str:
    return place.removeprefix(".").replace("[...]", ".*")


def _expected(found: re.Match[str]) -> str:
    wanted = " or ".join(dict.fromkeys(_WORDS.get(word, word) for word in found[1].split(" | ") if word != "null"))
    got = _WORDS.get(found[2] or "", found[2] or "")
    hint = ": write it in quotes" if wanted == "text" and found[2] in ("int", "float", "bool") else ""
    hint = ": write `[]` for none" if wanted == "a list" and found[2] == "null" else hint
    return f"here belongs {wanted}{f', not {got}' if got else ''}{hint}"


def _unknown(found: re.Match[str]) -> str:
    return f"`{found[1]}` is not known here: {did_you_mean(found[1], Named.__struct_fields__)}"


def _lacking(found: re.Match[str]) -> str:
    return f"`{found[1]}` is missing"


def unspoken(expect: Mapping[str, Any]) -> str:
    """Return what of an expectation would never be looked at, and what to write; empty where all is."""
    of_match = [key for key in ("entity", "entities", "args") if key in expect]
    if of_match and "verdict" not in expect:
        return f"`{of_match[0]}` is of a match: write `verdict: match` beside it"
    if "args" in expect and expect["verdict"] != "match":
        return f"`args` are those of a match, and `verdict: {expect['verdict']}` has none: leave them out"
    return ""
