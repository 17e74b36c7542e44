"""The role that `diagflow rules role` prints grants what is read, and nothing else."""

from pathlib import Path
from typing import Any

import yaml

from diagflow.analyze.plan import plan_for
from diagflow.analyze.rights import Right, rights_of
from diagflow.rules import load, load_paths
from tests.cli.run import diagflow

MINE = """\
- id: MINE-GATE-001
  title: t
  cause: kubernetes.image-not-found
  triggers:
    - object: gateway.networking.istio.io
      when: {spec.selector.istio: none}
"""


def granted(text: str) -> dict[str, set[tuple[str, str, str]]]:
    """Returns, by role, each (group, resource, verb)."""
    roles: list[dict[str, Any]] = list(yaml.safe_load_all(text))
    return {
        role["metadata"]["name"]: {
            (group, resource, verb)
            for rule in role["rules"]
            for group in rule["apiGroups"]
            for resource in rule["resources"]
            for verb in rule["verbs"]
        }
        for role in roles
    }


def test_it_grants_the_lists_of_every_kind_that_a_rule_reads_and_the_logs():
    ran = diagflow("rules", "role")
    assert (ran.status, ran.err) == (0, "")
    rights = granted(ran.out)["diagflow"]
    read = {tuple(name.partition(".")[::2]) for name in plan_for(load()).kept} - {("secrets", "")}
    assert {(plural, group) for group, plural, verb in rights if verb == "list"} == read
    assert ("", "pods/log", "get") in rights
    assert {verb for _, _, verb in rights} == {"get", "list"}


def test_secrets_are_in_a_role_of_their_own_and_only_when_asked_for():
    assert "secrets" not in yaml.safe_dump(list(yaml.safe_load_all(diagflow("rules", "role").out)))
    both = granted(diagflow("rules", "role", "--secrets", "--name", "reader").out)
    assert both["reader-secret-names"] == {("", "secrets", "get"), ("", "secrets", "list")}
    assert not any(resource == "secrets" for _, resource, _ in both["reader"])


def test_rules_of_ones_own_add_what_they_read(tmp_path: Path):
    (tmp_path / "mine.yaml").write_text(MINE)
    ours = granted(diagflow("rules", "role").out)["diagflow"]
    with_mine = granted(diagflow("rules", "role", "--rules", tmp_path).out)["diagflow"]
    assert with_mine - ours == {("networking.istio.io", "gateways", verb) for verb in ("get", "list")}


def test_without_rules_on_logs_no_log_may_be_read(tmp_path: Path):
    (tmp_path / "causes.yaml").write_text("- id: a.b\n  severity: info\n  title: t\n")
    (tmp_path / "one.yaml").write_text(
        "- id: MINE-ONE-001\n  title: t\n  cause: a.b\n  triggers: [{object: service, when: {spec.type: X}}]\n"
    )
    found = rights_of(load_paths([tmp_path]))
    assert Right("", "services") in found
    assert not any(right.resource == "pods/log" for right in found)
