"""Compiled rules and their compiled CEL on disk, so that a thousand of them load in a tenth of a second.

An entry is found by the digest of all file contents and of this program; it is never trusted: it carries its own
digest, and whatever does not fit is as if it were not there. `DIAGFLOW_CACHE` names another folder, or is `off`.
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec
import re2
from cel_expr_python import cel

from diagflow import model
from diagflow._version import __version__
from diagflow.model.typed import from_msgpack
from diagflow.rules.cel import program, shared
from diagflow.rules.codec import decode, encode
from diagflow.rules.ruleset import RuleSet
from diagflow.rules.walk import expressions

_KEPT: Final = 16
"""Entries that stay; the oldest go."""

_DIGEST: Final = hashlib.sha256().digest_size
_SUFFIX: Final = ".rules"
_BODY: Final = tuple[bytes, dict[str, bytes]]
"""The rules, and their CEL by its source."""


def folder() -> Path | None:
    """Return where entries are, None when there is no cache."""
    said = os.environ.get("DIAGFLOW_CACHE", "")
    if said == "off":
        return None
    if said:
        return Path(said)
    import platformdirs  # noqa: PLC0415  # only where it is needed: it takes a millisecond

    return Path(platformdirs.user_cache_dir("diagflow", appauthor=False), "rules")


def key_of(parts: Iterable[bytes]) -> str:
    """Return the key of what is made from `parts` by this program."""
    digest = hashlib.sha256(_program())
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _program() -> bytes:
    """Return what tells this program from another one: its version, and the state of the files that make rules.

    Part of it are the libraries that say what is right in a rule: another release may say otherwise.
    """
    here = Path(__file__).parent
    packages = (here, Path(model.__file__).parent, here.with_name("promql"))  # not imported for this alone
    ours = sorted(file for package in packages for file in (*package.glob("*.py"), *package.glob("*.json")))
    theirs = [Path(str(library.__file__)) for library in (cel, msgspec, re2)]
    theirs += [Path(spec.origin) for spec in (find_spec("yaml"),) if spec and spec.origin]  # not loaded for this alone
    states = [(file.name, file.stat()) for file in (*ours, *theirs)]
    stats = [f"{name}:{state.st_size}:{state.st_mtime_ns}" for name, state in states]
    return "\n".join([__version__, *stats]).encode()


def load(key: str) -> RuleSet | None:
    """Return an entry; None when there is none, or it is not whole."""
    place = folder()
    if place is None:
        return None
    try:
        data = (place / (key + _SUFFIX)).read_bytes()
        digest, body = data[:_DIGEST], data[_DIGEST:]
        if hashlib.sha256(body).digest() != digest:
            return None
        rules, known = from_msgpack(body, _BODY)
        found: RuleSet = decode(RuleSet, rules)
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, msgspec.MsgspecError):
        return None
    shared().remember(known)
    return found


def save(key: str, ruleset: RuleSet) -> None:
    """Keep an entry; without a place to write, or when anything goes wrong, nothing happens."""
    place = folder()
    if place is None:
        return
    body = msgspec.msgpack.encode((encode(RuleSet, ruleset), _compiled(ruleset)))
    with contextlib.suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
        _write(place / (key + _SUFFIX), hashlib.sha256(body).digest() + body)
        _prune(place)


def _compiled(ruleset: RuleSet) -> dict[str, bytes]:
    """Return the CEL of all rules in its compiled form."""
    sources = dict.fromkeys(source for rule in ruleset.rules for source in expressions(rule))
    return {source: program(source).check().serialize() for source in sources}


def _write(path: Path, data: bytes) -> None:
    """Write all or nothing: another process sees no half an entry."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _prune(place: Path) -> None:
    entries = sorted(place.glob("*" + _SUFFIX), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in entries[_KEPT:]:
        path.unlink(missing_ok=True)
