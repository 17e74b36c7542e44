"""The result of a backtest for programs."""

import json
from datetime import UTC, datetime
from typing import Any

from diagflow.backtest.outcome import Backtest, Firing, Judged, RecordingResult, RuleResult, Subject
from diagflow.feedback.plain import rfc3339
from diagflow.feedback.visible import escaped


def as_json(found: Backtest) -> str:
    """Return the result as JSON; times are RFC 3339 in UTC, spans in seconds."""
    plain = {
        "recordings": [_recording(one) for one in found.recordings],
        "totals": totals(found),
        "unused": list(found.unused),
    }
    return escaped(json.dumps(plain, indent=2, ensure_ascii=False)) + "\n"


def totals(found: Backtest) -> dict[str, int]:
    """Return what is counted over all recordings."""
    results = [rule for recording in found.recordings for rule in recording.rules]
    fired = [firing for *_, firing in found.firings()]
    return {
        "recordings": len(found.recordings),
        "recordings_not_evaluated": sum(bool(one.why_not) for one in found.recordings),
        "evaluated": sum(not rule.why_not for rule in results),
        "not_evaluated": sum(bool(rule.why_not) for rule in results),
        "partly_evaluated": sum(bool(rule.gaps) and not rule.why_not for rule in results),
        "fired": sum(rule.fired for rule in results),
        "firings": len(fired),
        "right": sum(one.judged is Judged.RIGHT for one in fired),
        "wrong": sum(one.judged is Judged.WRONG for one in fired),
        "missed": sum(len(one.missed) for one in found.recordings),
    }


def _recording(one: RecordingResult) -> dict[str, Any]:
    if one.why_not:
        return {"path": one.path, "evaluated": False, "why_not": one.why_not}
    return {
        "path": one.path,
        "evaluated": True,
        "from": moment(one.start),
        "to": moment(one.end),
        "step": one.step / 1000,
        "rules": [_rule(rule) for rule in one.rules],
        "missed": list(one.missed),
        "problems": list(one.problems),
    }


def _rule(one: RuleResult) -> dict[str, Any]:
    where = {"file": one.position.file, "line": one.position.line} if one.position else {}
    if one.why_not:
        return {"rule": one.rule, **where, "evaluated": False, "why_not": one.why_not}
    return {
        "rule": one.rule,
        **where,
        "evaluated": True,
        "evaluations": len(one.times),
        "held": [_subject(subject) for subject in one.subjects],
        "unknown": [{"from": moment(gap.start), "to": moment(gap.end), "why": gap.why} for gap in one.gaps],
        "constant": list(one.constant),
        "notes": list(one.notes),
    }


def _subject(one: Subject) -> dict[str, Any]:
    firings = [_firing(firing) for firing in one.firings]
    return {"entity": str(one.entity), "labels": dict(one.labels), "firings": firings}


def _firing(one: Firing) -> dict[str, Any]:
    told = {
        "pending": None if one.pending is None else moment(one.pending),
        "fired": None if one.fired is None else moment(one.fired),
        "until": None if one.until is None else moment(one.until),
    }
    return {**told, "judged": one.judged.value} if one.fired is not None else told


def moment(milliseconds: int) -> str:
    """Return a moment as RFC 3339 in UTC; milliseconds only where there are some."""
    return rfc3339(datetime.fromtimestamp(milliseconds / 1000, UTC))
