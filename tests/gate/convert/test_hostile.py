"""Files that somebody else wrote, with anything in them: a recording, or an error that says where."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagflow.gate.convert import convert
from diagflow.model import BadInput
from tests.gate.convert.make import write
from tests.gate.convert.test_holmesgpt import CASE, describe, output
from tests.gate.convert.test_lists import TROUBLESHOOT, faults
from tests.gate.convert.test_series import petshop

KEYS = [
    *("file", "files", "entity", "ref", "not", "healthy", "cause", "events", "id", "kind", "event", "metadata", "name"),
    *(
        "items",
        "spec",
        "template",
        "containers",
        "raw",
        "labels",
        "startsAt",
        "subject",
        "resource",
        "namespace",
        "title",
    ),
    *("target", "root_cause", "node", "metric", "agg", "timestamp", "expected_output", "reproducibility", "command"),
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**20)
    | st.sampled_from(["", "..", "/", "pods/*", "../x", "a", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
HOLMES = {"c/test_case.yaml": CASE, "c/a.txt": describe(), "c/issue_data.json": "{}"}
PLACES = [
    ("troubleshoot", TROUBLESHOOT, "labels.yaml"),
    ("troubleshoot", TROUBLESHOOT, "pods/ill.json"),
    ("faults", faults(4, "FailedScheduling", "Pod", "none"), "faults.json"),
    ("kernel-logs", {"a": "text"}, "labels.yaml"),
    ("holmesgpt", HOLMES, "c/issue_data.json"),
    ("holmesgpt", HOLMES, "c/investigate_request.json"),
    ("holmesgpt", HOLMES, "c/test_case.yaml"),
    ("petshop", petshop(), "low_traffic/train/issue_0/target.json"),
]


def made_or_told(corpus, files):
    with TemporaryDirectory() as folder:
        place = Path(folder)
        source = write(place / "source", files)
        try:
            convert(corpus, source, place / "made")
        except BadInput as error:
            assert str(error)  # noqa: PT017  # either is right
            assert [p.name for p in place.iterdir()] == ["source"]


@pytest.mark.parametrize(("corpus", "files", "name"), PLACES, ids=[f"{c}-{n}" for c, _, n in PLACES])
@settings(max_examples=30, deadline=None)
@given(value=VALUES)
def test_any_value_is_taken_or_told(corpus, files, name, value):
    made_or_told(corpus, {**files, name: json.dumps(value)})


@settings(max_examples=30, deadline=None)
@given(value=VALUES, kind=st.sampled_from(["pod", "Event", "deployment", "", "x"]))
def test_any_object_that_a_tool_printed(value, kind):
    item = {"kind": "Deployment", "metadata": {"name": "a", "namespace": "b"}, "spec": value, "status": value}
    made_or_told(
        "holmesgpt",
        {
            **HOLMES,
            "c/b.txt": output("kubectl_get_yaml", json.dumps(item), kind=kind),
            "c/c.txt": output("kubectl_get_yaml", json.dumps(value), kind=kind),
            "c/d.txt": output("kubectl_logs", "x", pod_name="a-12345-12345", namespace="b"),
        },
    )


@pytest.mark.parametrize("pattern", ["../*", "/etc/*", "../../.."])
def test_a_pattern_that_leads_out_of_the_folder(pattern, tmp_path):
    files = {**TROUBLESHOOT, "labels.yaml": f"- {{files: ['{pattern}'], healthy: true}}\n"}
    with pytest.raises(BadInput):
        convert("troubleshoot", write(tmp_path / "source", files), tmp_path / "made")
