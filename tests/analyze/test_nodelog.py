"""Conditions on the logs of nodes: which node, which boot, how old."""

from pathlib import Path
from typing import Any

import pytest

from diagflow.bundle import open_bundle, save
from diagflow.engine import diagnose
from diagflow.harness.world import World
from diagflow.model import Outcome
from tests.analyze.make import rounds, ruleset

RULE = r"""
- id: T-NODE-001
  cause: t.hung
  triggers:
    - {log: 'task (?P<task>\S+):\d+ blocked', on: node, supports: conclusive, within: 10m}
"""
BOTH = r"""
- id: T-NODE-002
  cause: t.hung
  triggers:
    - any:
        - {log: 'task (?P<task>\S+):\d+ blocked', on: node, supports: conclusive}
        - {event: TaskHung, on: node, supports: conclusive}
"""
CAUSES = "- {id: t.hung, title: hung}\n"
LINE = "INFO: task dd:42 blocked for more than 120 seconds."
BOOT = "Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org) (gcc-12) #1 SMP"


def outcomes(text: str, given: dict[str, Any]) -> dict[str, Outcome]:
    analysis, _ = rounds(ruleset(text, CAUSES), given)
    return {str(v.entity): v.outcome for v in analysis.verdicts}


def of(log: str, rule: str = RULE) -> Outcome:
    (outcome,) = outcomes(rule, {"logs": {"node/worker-1": log}}).values()
    return outcome


def test_it_is_about_the_node_whose_log_it_is():
    given = {"logs": {"node/worker-1": LINE, "node/worker-2": "all is well"}}
    analysis, _ = rounds(ruleset(RULE, CAUSES), given)
    (match,) = (v for v in analysis.verdicts if v.outcome is Outcome.MATCH)
    assert str(match.entity) == "node/worker-1"
    assert match.args["task"] == "dd"


def test_without_any_log_the_rule_is_skipped_and_says_what_it_needs():
    analysis, _ = rounds(ruleset(RULE, CAUSES), {"states": {"logs:node": "absent"}})
    (verdict,) = analysis.verdicts
    assert verdict.outcome is Outcome.SKIPPED
    assert [str(need.query) for need in verdict.needs] == ["logs:node"]


def test_a_node_without_a_log_is_not_called_well():
    given = {
        "logs": {"node/worker-1": LINE},
        "objects": [{"kind": "Node", "name": "worker-2", "spec": {"unschedulable": True}}],
    }
    rule = RULE + "    - {object: node, when: {spec.unschedulable: true}}\n"
    assert set(outcomes(rule, given).values()) == {Outcome.SKIPPED}


def test_an_event_says_the_same_where_there_is_no_log():
    given = {
        "states": {"logs:node": "absent"},
        "events": [{"reason": "TaskHung", "on": "node/worker-2", "message": "x"}],
    }
    assert outcomes(BOTH, given)["node/worker-2"] is Outcome.MATCH


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (LINE, Outcome.MATCH),
        (f"[100.0] {LINE}\n[699.0] x", Outcome.MATCH),
        (f"[100.0] {LINE}\n[701.0] x", Outcome.NO_MATCH),
        (f"[100.0] {LINE}\n[701.0] x\nan odd line", Outcome.NO_MATCH),
        (f"[100.0] {LINE}\n[700.0] {LINE}\n[701.0] x", Outcome.MATCH),
        (f"Nov 27 02:00:00 w kernel: {LINE}\nNov 27 02:11:00 w kernel: x", Outcome.NO_MATCH),
        (f"2026-01-01T00:00:00Z w kernel: {LINE}", Outcome.MATCH),
        (f"2025-12-31T23:54:00Z w kernel: {LINE}", Outcome.NO_MATCH),
        ("all is well", Outcome.NO_MATCH),
        ("", Outcome.NO_MATCH),
    ],
)
def test_a_line_counts_for_a_while(log: str, expected: Outcome):
    assert of(log) is expected


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (f"[9.0] {LINE}\n[0.000000] {BOOT}\n[1.0] x", Outcome.NO_MATCH),
        (f"[0.000000] {BOOT}\n[9.0] {LINE}", Outcome.MATCH),
        (f"[0.000000] {BOOT}\n[9.0] {LINE}\n[0.000000] {BOOT}\n[9.0] {LINE}", Outcome.MATCH),
    ],
)
def test_what_an_earlier_kernel_wrote_is_not_about_now(log: str, expected: Outcome):
    assert of(log) is expected
    assert of(log, RULE.replace("within: 10m", "boot: any")) is Outcome.MATCH


def test_a_condition_looks_at_the_line_and_its_groups():
    rule = RULE.replace("within: 10m", "where: args.task == 'mount'")
    assert of(LINE, rule) is Outcome.NO_MATCH
    assert of(f"{LINE}\n{LINE.replace('dd', 'mount')}", rule) is Outcome.MATCH


def test_an_incident_folder_lists_its_nodes_and_a_replay_says_the_same(tmp_path: Path):
    log = tmp_path / "in" / "logs" / "node" / "worker-1.log"
    log.parent.mkdir(parents=True)
    log.write_text(f"2026-01-01T00:00:00Z worker-1 kernel: {LINE}\n", encoding="utf-8")
    (tmp_path / "in" / "labels.yaml").write_text("healthy: false\ntime: 2026-01-01T00:05:00Z\n", encoding="utf-8")
    rules = ruleset(RULE, CAUSES)
    bundle = open_bundle(tmp_path / "in").bundle
    save(bundle, tmp_path / "out.zip")
    again = open_bundle(tmp_path / "out.zip").bundle
    for one in (bundle, again):
        (found,) = diagnose(rules, _Of(one), one.incident).diagnosis.causes
        assert str(found.entity) == "node/worker-1"


class _Of(World):
    """A world that is a bundle."""

    def __init__(self, bundle: Any) -> None:
        self._bundle = bundle

    def read(self, wants: Any, *, deadline: float) -> Any:  # noqa: ARG002  # nothing takes time
        return (self._bundle.get(want.query, want.fields) for want in wants)
