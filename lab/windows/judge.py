"""Whether a diagnosis says what a scenario expects: all that is wrong with it, in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lab.windows.scenario import Expected

Diagnosis = Mapping[str, Any]


def complaints(expected: Expected, status: int | None, diagnosis: Diagnosis, printed: str) -> list[str]:
    """Returns one line for each thing that is not as expected."""
    found: list[str] = []
    named = [cause for cause in diagnosis.get("causes", []) if cause["role"] == "root"]
    if status != expected.status:
        found.append(f"exit status {status}, not {expected.status}")
    found += _missing(expected.causes, named)
    if expected.causes and named and not matches(expected.causes[0], named[0]):
        found.append(f"the first cause is {_called(named[0])}, not {expected.causes[0]}")
    allowed = [*expected.causes, *expected.may]
    found += [f"named {_called(cause)} besides" for cause in named if not any(matches(one, cause) for one in allowed)]
    every = diagnosis.get("causes", [])
    found += [
        f"named {one}, which must not be" for one in expected.must_not if any(matches(one, cause) for cause in every)
    ]
    out = diagnosis.get("ruled_out", [])
    found += [f"did not rule out {one}" for one in expected.ruled_out if not any(matches(one, entry) for entry in out)]
    if expected.output and expected.output not in printed:
        found.append(f"the command did not print {expected.output!r}")
    return found


def matches(wanted: str, entry: Mapping[str, Any]) -> bool:
    """Tells whether an id (with a dot) or a reference means this cause."""
    return wanted == entry["id"] if "." in wanted else wanted in entry.get("refs", ())


def _missing(wanted: Sequence[str], named: Iterable[Mapping[str, Any]]) -> list[str]:
    named = list(named)
    return [f"did not name {one}" for one in wanted if not any(matches(one, cause) for cause in named)]


def _called(cause: Mapping[str, Any]) -> str:
    return f"{cause['id']} ({', '.join(cause.get('refs', ()))})"
