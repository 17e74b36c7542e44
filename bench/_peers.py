"""The tools that DiagFlow is compared with, built from pinned modules, and what they print as claims about objects."""

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from bench._live import SCAN
from lab import gobuild
from lab.gobuild import Program
from lab.paths import Cache

VERSIONS = {"k8sgpt": "0.4.17", "popeye": "0.22.1"}
_PROGRAMS = (
    Program("k8sgpt", ("github.com/k8sgpt-ai/k8sgpt",), "k8sgpt"),
    Program("popeye", ("github.com/derailed/popeye",), "popeye"),
)
_STYLE = frozenset(
    (*range(100, 200), 206, 208, *range(300, 304), 306, 308, *range(400, 407), 503, 504, 505, 506, 708, 712)
) | frozenset((*range(1101, 1105), *range(1107, 1110), *range(1200, 1210), 1403))
"""popeye's codes that tell how an object is written or used, be it well or not: no probe, root user, port unnamed."""
_CODE = re.compile(r"\[POP-(\d+)\]")
_WARNING = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a tool says is wrong with an object."""

    kind: str
    namespace: str
    name: str
    text: str
    cause: str = ""
    """DiagFlow's id of the cause; others have none."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool: how it is run and how its output is read."""

    name: str
    command: tuple[str, ...]
    read: Callable[[bytes], list[Claim]]
    rounds: int


def build(cache: Cache) -> None:
    """Build the tools unless they are there: 10 minutes on two free processors.

    Raises:
        LabError: the compiler failed.
    """
    for program in _PROGRAMS:
        gobuild.build(program, cache)


def tools(rounds: int) -> tuple[Tool, ...]:
    """Return all three; popeye takes minutes and runs once."""
    analyze = ("k8sgpt", "analyze", "-o", "json")
    popeye = ("popeye", "-A", "-o", "json", "--request-timeout", "180s")
    return (
        Tool("diagflow", SCAN, read_diagflow, rounds),
        Tool("k8sgpt", analyze, read_k8sgpt, rounds),
        Tool("popeye", popeye, read_popeye, 1),
    )


def own_homes(folder: Path) -> None:
    """Let the tools keep their settings and logs in a folder of this run."""
    os.environ |= {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE")}


def read_diagflow(out: bytes) -> list[Claim]:
    """Return the roots, and the symptoms that nothing explains; what follows from a root is no claim of its own."""
    said = json.loads(out)
    causes = [one for one in said["causes"] if one["role"] == "root"]
    symptoms = [one for one in said["symptoms"] if not one["explained_by"]]
    return [_of_diagflow(one, entity) for one in (*causes, *symptoms) for entity in one["entities"]]


def _of_diagflow(one: dict[str, Any], entity: str) -> Claim:
    kind, *place, name = (unquote(part) for part in entity.split("/"))
    return Claim(kind, place[0] if place else "", name, one["title"], one["id"])


def read_k8sgpt(out: bytes) -> list[Claim]:
    """Return each failure of each result."""
    return [
        Claim(one["kind"], *_place(one["name"]), failure["Text"])
        for one in json.loads(out[out.index(b"{") :])["results"] or []
        for failure in one["error"]
    ]


def read_popeye(out: bytes) -> list[Claim]:
    """Return the warnings and errors that tell how an object is, not how it is written."""
    return [claim for claim in _issues(out) if not _is_style(claim.text)]


def style(out: bytes) -> int:
    """Return how many of popeye's warnings and errors tell how objects are written."""
    return sum(_is_style(claim.text) for claim in _issues(out))


def _issues(out: bytes) -> Iterator[Claim]:
    for section in json.loads(out)["popeye"]["sections"] or []:
        for name, issues in (section.get("issues") or {}).items():
            for issue in issues:
                if issue["level"] >= _WARNING:
                    yield Claim(section["linter"], *_place(name), issue["message"])


def _is_style(text: str) -> bool:
    code = _CODE.search(text)
    return code is not None and int(code[1]) in _STYLE


def _place(name: str) -> tuple[str, str]:
    namespace, _, rest = name.rpartition("/")
    return namespace, rest
