# messages and rules stand in one piece
"""`diagflow rules`, as users run it."""

import json

import pytest
import yaml

from tests.cli.run import diagflow
from tests.rules.make import PRINTED, rule_with

OURS = "K8S-SCHED-042"


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "# about the first\n"
        + rule_with("event: Failed", cause="kubernetes.image-pull-secret-missing", title="Mine")
        + "# about the second\n- cause: kubernetes.image-pull-secret-missing\n"
        + "  id: A-B-002\n  triggers: [{event: BackOff}]\n",
        encoding="utf-8",
    )
    return path


def run(*args):
    return diagflow("rules", *args, DIAGFLOW_CACHE="off")


def test_list_in_a_pipe_has_a_line_a_rule_with_tabs(mine):
    ran = run("list", "--rules", mine)
    assert (ran.status, ran.err) == (0, "")
    rows = [line.split("\t") for line in ran.out.splitlines()]
    assert {len(row) for row in rows} == {5}
    assert ["A-B-001", "F", "-", "supports kubernetes.image-pull-secret-missing", "Mine"] in rows
    assert any(row[0] == OURS and row[3] == "asks check-scheduler-config" for row in rows)


@pytest.mark.parametrize(("form", "read"), [("json", json.loads), ("yaml", yaml.safe_load)])
def test_list_as_data(mine, form, read):
    ran = run("list", "-o", form, "--rules", mine)
    (row,) = [row for row in read(ran.out) if row["id"] == "A-B-001"]
    assert (row["file"], row["line"], row["effect"]) == (str(mine), 2, "supports")
    assert row["digest"].startswith("sha256:")


def test_show_prints_the_source_of_one_rule(mine):
    ran = run("show", "A-B-002", "--rules", mine)
    assert ran.status == 0
    assert f"# {mine}:8:7" in ran.out
    assert (
        "- cause: kubernetes.image-pull-secret-missing\n  id: A-B-002\n  triggers: [{event: BackOff}]\n# cause"
        in ran.out
    )
    assert "A-B-001" not in ran.out
    assert "# about the second" not in run("show", "A-B-001", "--rules", mine).out


def test_explain_prints_the_promql():
    ran = run("explain", OURS.lower())
    assert ran.status == 0
    assert 'promql: sum(min_over_time(kube_pod_status_phase{phase="Pending"}[5m])) > 15' in ran.out


def test_explain_on_a_bundle_says_why(tmp_path):
    objects = tmp_path / "incident" / "objects"
    objects.mkdir(parents=True)
    (objects / "pods.json").write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "List",
                "items": [
                    {
                        "apiVersion": "v1",
                        "kind": "Pod",
                        "metadata": {
                            "name": "cart-0",
                            "namespace": "shop",
                            "creationTimestamp": "2026-01-01T00:00:00Z",
                        },
                        "status": {"phase": "Pending"},
                    },
                ],
            }
        )
    )
    text = rule_with("object: pod, when: {status.phase: Failed}", cause="kubernetes.image-pull-secret-missing")
    (tmp_path / "mine.yaml").write_text(text)
    ran = run("explain", "A-B-001", "--rules", tmp_path / "mine.yaml", "--bundle", tmp_path / "incident")
    assert (ran.status, ran.err) == (0, "")
    assert "status.phase should be Failed, and is Pending" in ran.out


@pytest.mark.parametrize("command", ["show", "explain"])
def test_an_unknown_id_has_a_near_name(command):
    ran = run(command, "K8S-SCHED-42")
    assert (ran.status, ran.out) == (2, "")
    hint = "(a rule of your own? name its folder with --rules)"
    assert ran.err == f"diagflow: there is no rule K8S-SCHED-42: did you mean `{OURS}`? {hint}\n"


def test_lint_of_our_packs_has_no_error():
    ran = run("lint")
    assert ran.status == 0
    assert " 0 errors, " in ran.err


def test_lint_says_all_at_once_and_fails(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(rule_with("metrik: up") + rule_with("event: X, supports: huge").replace("001", "002"))
    ran = run("lint", path)
    assert ran.status == 1
    assert [line.split(": ")[:2] for line in ran.out.splitlines()] == [
        [f"{path}:3:15", "rule A-B-001"],
        [f"{path}:6:35", "rule A-B-002"],
    ]
    assert "2 errors, 0 warnings" in ran.err


def test_lint_with_strict_fails_on_warnings(mine):
    mine.write_text(rule_with("event: Failed", cause="", action="check-scheduler-config"))
    ran = run("lint", mine)
    assert ran.status == 0
    assert all(line.endswith(" (warning)") for line in ran.out.splitlines())
    assert run("lint", "--strict", mine).status == 1


def test_lint_of_the_printed_example_alone(tmp_path):
    path = tmp_path / "K8S-SCHED-042.yaml"
    path.write_text(PRINTED)
    ran = run("lint", path)
    assert ran.out.startswith(f"{path}:1:11: rule K8S-SCHED-042: the rule `K8S-SCHED-042` is there already, in ")


def test_lint_of_nothing():
    ran = run("lint", "no-such-folder")
    assert (ran.status, ran.out) == (2, "")
    assert "no-such-folder does not exist" in ran.err


@pytest.mark.parametrize("kind", ["rules", "causes", "pack"])
def test_schema_is_a_json_schema(kind):
    ran = run("schema", kind)
    assert ran.status == 0
    assert json.loads(ran.out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("command", ["list", "show", "explain", "lint", "schema"])
def test_help_has_examples(command):
    assert f"diagflow rules {command}" in run(command, "--help").out.split("Examples:")[1]
