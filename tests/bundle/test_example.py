"""The example of docs/incident-folder.md, as somebody takes it from the page."""

import json
import re
from pathlib import Path

import pytest

from diagflow.bundle import open_bundle
from diagflow.model import Query, State
from tests.cli.run import diagflow

PAGE = Path(__file__).parents[2] / "docs" / "incident-folder.md"
FILE = re.compile(r"^`([^`\n]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CAUSE = ("kubernetes.container-oom-killed", "pod/shop/cart-0")


@pytest.fixture
def incident(tmp_path: Path) -> Path:
    """The folder, its files written from the page."""
    folder = tmp_path / "incident"
    for name, body in FILE.findall(PAGE.read_text(encoding="utf-8")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(body, encoding="utf-8")
    return folder


def causes(*arguments: str | Path) -> tuple[list[tuple[str, str]], str]:
    ran = diagflow(*arguments, "-o", "json")
    told = json.loads(ran.out)
    return [(one["id"], one["entity"]) for one in told["causes"]], ran.err


def test_all_of_it_is_read(incident: Path) -> None:
    opened = open_bundle(incident)
    assert (opened.problems, opened.notes) == ((), ())
    assert opened.labels["family"] == "cart 2.1"
    assert opened.bundle.incident.alert is not None
    states = {str(entry.reading.query): entry.reading.state for entry in opened.bundle.entries()}
    data = {query for query, state in states.items() if state is State.DATA}
    assert data == {
        "change:rollout",
        "log:shop/cart-0/app#previous=true",
        "objects:events",
        "objects:pods",
        "series:metrics.csv",
        "topology:",
    }
    block = opened.bundle.get(Query.of("series", "metrics.csv")).data
    assert (len(block.labels), block.samples) == (2, 5)


def test_it_is_scanned_diagnosed_and_imported(incident: Path, tmp_path: Path) -> None:
    assert causes("scan", "--bundle", incident) == ([CAUSE], "")
    imported = diagflow("import", incident, tmp_path / "incident.zip")
    assert (imported.status, imported.out) == (0, "")
    assert "9 readings written" in imported.err
    assert causes("diagnose", "--bundle", tmp_path / "incident.zip")[0] == [CAUSE]


def test_its_metrics_and_its_labels_are_what_the_page_says(incident: Path) -> None:
    asked = diagflow("promql", "query", "kube_pod_container_status_restarts_total", "--bundle", incident, "-o", "json")
    (row,) = json.loads(asked.out)["data"]["result"]
    assert row["value"][1] == "3"
    ran = diagflow("gate", "run", incident)
    assert (ran.status, "1 recording, 0 not as labelled" in ran.out) == (0, True)


def test_every_file_that_the_table_names_is_in_the_example() -> None:
    text = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([a-z]+\.[a-z]+)`", text, re.MULTILINE))
    assert named <= {name for name, _ in FILE.findall(text)}
    assert len(named) >= 5
