"""The committed baseline: what held for each recording when somebody last said that this is right."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from diagflow import __version__
from diagflow.gate.enginedigest import engine_digest
from diagflow.gate.outcome import Outcome
from diagflow.model import BadInput
from diagflow.model.typed import from_json
from diagflow.rules import RuleSet

SCHEMA: Final = "diagflow.gate-baseline/v1"
FILE: Final = "baseline.json"
_SHORT: Final = len("sha256:") + 16
"""Digests are for telling that something changed, not for trust."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One recording: its digest, and what was said about it. `roots` are `id@entity` with the confidence."""

    digest: str
    status: str
    roots: list[tuple[str, float]]
    checks: dict[str, bool]


class _Head(msgspec.Struct, frozen=True):
    schema: str


class Engine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What made the diagnoses."""

    version: str
    source: str


class Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file. `reason` is why it was last written, `rules` their digests, `recordings` by corpus and name."""

    schema: str
    reason: str
    engine: Engine
    rules: dict[str, str]
    recordings: dict[str, Entry]


def baseline_of(outcomes: Iterable[Outcome], ruleset: RuleSet, reason: str, old: Baseline | None = None) -> Baseline:
    """Return a new baseline; what an old one says of corpora that did not run is kept."""
    outcomes = list(outcomes)
    ran = {outcome.corpus for outcome in outcomes}
    kept = {key: entry for key, entry in (old.recordings if old else {}).items() if corpus_of(key) not in ran}
    made = {outcome.key: entry_of(outcome) for outcome in outcomes if not outcome.error}
    return Baseline(SCHEMA, reason, engine_now(), rules_now(ruleset), kept | made)


def entry_of(outcome: Outcome) -> Entry:
    """Return what a baseline keeps of an outcome: no time, no path."""
    return Entry(
        digest=outcome.digest[:_SHORT],
        status=outcome.status,
        roots=[(str(root), root.confidence) for root in outcome.roots],
        checks={str(check): holds for check, holds in outcome.checks.items()},
    )


def corpus_of(key: str) -> str:
    """Return the corpus of `corpus/name`."""
    return key.partition("/")[0]


def engine_now() -> Engine:
    """Return the engine that runs."""
    return Engine(__version__, engine_digest()[:_SHORT])


def rules_now(ruleset: RuleSet) -> dict[str, str]:
    """Return the digests of the rules that run."""
    return {rule.id: rule.digest[:_SHORT] for rule in ruleset.rules}


def read_baseline(path: Path) -> Baseline | None:
    """Read a baseline; None when there is no such file.

    Raises:
        BadInput: it is no baseline, or one of another version.
    """
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as e:
        raise BadInput(f"{path} cannot be read: {e.strerror}") from None
    again = "move it away and make one: --update-baseline --reason WHY"
    try:
        schema = from_json(body, _Head).schema  # first: another version may have another form
        if schema == SCHEMA:
            return from_json(body, Baseline)
    except (msgspec.DecodeError, UnicodeDecodeError) as e:
        raise BadInput(f"{path} is no baseline of the gate: {e}; put back the committed one, or {again}") from None
    raise BadInput(f"{path} is of version {schema[:80]!r}, this DiagFlow reads {SCHEMA!r}: {again}")


def require_shared(baseline: Baseline, corpora: Iterable[str], path: Path) -> None:
    """Check that a baseline knows one of the corpora that are to run: compared with nothing, no run is ever worse.

    A corpus has its folder's name, so that a folder that was renamed, or checked out elsewhere, is another corpus.

    Raises:
        BadInput: it knows none of them.
    """
    known, named = sorted({corpus_of(key) for key in baseline.recordings}), sorted(set(corpora))
    if not set(known) & set(named):
        knows = f"only {', '.join(known)}" if known else "no recording at all"
        same = f"if it is the same corpus, name it {known[0]}=FOLDER; if it is " if known else "if they are "
        raise BadInput(
            f"{path} knows nothing of {', '.join(named)}, {knows}, so that nothing could be compared: "
            f"{same}new, add --update-baseline --reason WHY"
        )


def write_baseline(baseline: Baseline, path: Path) -> None:
    """Write a baseline for review: sorted, one line a recording and a rule.

    Raises:
        BadInput: it cannot be written there.
    """
    head = {"schema": baseline.schema, "reason": baseline.reason, "engine": msgspec.to_builtins(baseline.engine)}
    lines = [f" {_text(key)}: {_text(value)}," for key, value in head.items()]
    lines += [f' "rules": {_block(baseline.rules)},', f' "recordings": {_block(baseline.recordings)}']
    body = _utf8("\n".join(["{", *lines, "}", ""]), path)
    try:
        path.write_bytes(body)
    except OSError as e:
        raise BadInput(f"{path} cannot be written: {e.strerror}") from None


def _utf8(text: str, path: Path) -> bytes:
    """Encode it before the file is touched: a name of a file, or a word of a command line, may be no UTF-8."""
    try:
        return text.encode()
    except UnicodeEncodeError as e:
        upto = text[text.rfind("\n", 0, e.start) + 1 : e.end].strip().encode(errors="backslashreplace").decode()
        raise BadInput(f"{path} holds UTF-8 only, and the reason or a name is none: {upto}") from None


def _block(values: Mapping[str, object]) -> str:
    lines: Sequence[str] = [f"  {_text(key)}: {_text(msgspec.to_builtins(values[key]))}" for key in sorted(values)]
    return "{\n" + ",\n".join(lines) + "\n }"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
