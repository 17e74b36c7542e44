from pathlib import Path

import pytest

from diagflow.harness.case import read_tests
from diagflow.harness.yaml import scalar
from diagflow.model import BadInput

BASE = """
- name: first
  given:
    now: 2026-01-01T00:05:00Z
    objects: [{kind: Pod, name: a, status: {phase: Pending, reasons: [x, y]}}]
    answers: {'sum(up{job="x.y"})': 16}
  expect: {verdict: match}
"""


def read(tmp_path: Path, text: str) -> list[dict[str, object]]:
    path = tmp_path / "T-X-001.test.yaml"
    path.write_text(text, encoding="utf-8")
    tests = read_tests(path)
    assert tests.rule == "T-X-001"
    return [dict(c.given) for c in tests.cases]


def like(change: str) -> str:
    return BASE + f"- name: second\n  like: first\n  {change}\n  expect: {{verdict: no_match}}\n"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("objects[0].status.phase", "Running"),
        ("objects[0].status.reasons[1]", "z"),
        ("objects[0].status.reasons[2]", "new"),
        ("objects[0].status.message", "new"),
        ('answers.sum(up{job="x.y"})', 3),
        ('objects[0].status."app.io/x"', "fresh"),
        ("now", "2026-01-01T00:06:00Z"),
    ],
)
def test_a_change_alters_one_field_of_a_copy(tmp_path: Path, path: str, value: object):
    quoted = path.replace("'", "''")
    first, second = read(tmp_path, like(f"change: {{'{quoted}': {value}}}"))
    assert first != second
    assert str(value) in repr(second)
    assert str(value) not in repr(first) or path == "now"


def test_a_part_can_be_removed(tmp_path: Path):
    _, second = read(tmp_path, like("remove: objects[0].status.phase"))
    assert second["objects"] == [{"kind": "Pod", "name": "a", "status": {"reasons": ["x", "y"]}}]


def test_how_many_fields_differ_is_counted(tmp_path: Path):
    path = tmp_path / "T-X-001.test.yaml"
    path.write_text(like("change: {now: 2026-01-01T00:06:00Z, 'objects[0].name': b}"), encoding="utf-8")
    assert [(c.like, c.changes) for c in read_tests(path).cases] == [("", 0), ("first", 2)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a list of cases"),
        ("a: b", "a list of cases"),
        ("- {name: a}", "needs `expect`"),
        ("- {expect: {verdict: match}}", "needs a `name`"),
        ("- {name: a, expect: {}}", "nothing is expected"),
        ("- {name: a, expect: {verdict: maybe}}", "will not do"),
        ("- {name: a, expect: {entity: nothing, verdict: match}}", "is no entity"),
        ("- {name: a, expect: {verdikt: match}}", "did you mean `verdict`?"),
        ("- {name: a, givn: {}, expect: {verdict: match}}", "did you mean `given`?"),
        ("- {name: a, given: {objcts: []}, expect: {verdict: match}}", "did you mean `objects`?"),
        ("- {name: a, change: {x: 1}, expect: {verdict: match}}", "`change` needs `like`"),
        ("- {name: a, like: b, expect: {verdict: match}}", "no earlier case `b`"),
        ("- {name: a, name: b, expect: {verdict: match}}", "stands here twice"),
        ("- [", "is no YAML"),
        (BASE + BASE, "two cases `first`"),
        (like("change: {'objects[7].name': x}"), "nowhere below `given` of the case"),
        (like("change: {'objects[0].status.phase.x': x}"), "nowhere below `given` of the case"),
        (like("change: {'objects[0].a.b': x}"), "nowhere below `given` of the case"),
        (like("remove: objects[0].nothing"), "nowhere below `given` of the case"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, said: str):
    with pytest.raises(BadInput) as error:
        read(tmp_path, text)
    assert said in str(error.value)
    assert f"{tmp_path / 'T-X-001.test.yaml'}:" in str(error.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("on", "on"),
        ("0o17", "0o17"),
        ("true", True),
        ("", None),
        ("~", None),
        ("-3", -3),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".inf", float("inf")),
        ("100m", "100m"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, value: object):
    assert scalar(text) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (like("change: [x]"), "`change`: here belongs a mapping, not a list"),
        (like("change: {objects: x}"), "`objects`: here belongs a list, not text"),
        (like("remove: 5"), "`remove`: here belongs text or a list, not a number"),
        (like("given: x"), "`given`: here belongs a mapping, not text"),
        (BASE + "- {name: b, like: 5, expect: {verdict: match}}", "`like`: here belongs text, not a number"),
        ("- {name: a, given: {events: [5]}, expect: {verdict: match}}", "`events[0]`: here belongs a mapping"),
        ("- {name: a, given: {logs: {a/b/c: 5}}, expect: {verdict: match}}", "write it in quotes"),
        (
            "- {name: a, given: {objects: [{kind: Pod, metadata: x}]}, expect: {verdict: match}}",
            "`objects[0].metadata`",
        ),
        ("- {name: a, given: {entities: [5]}, expect: {verdict: match}}", "`entities[0]`: here belongs text"),
        ("- {name: a, given: {alert: x}, expect: {verdict: match}}", "`alert`: here belongs a mapping, not text"),
        ("- {name: a, expect: {verdict: match, args: [x]}}", "`args`: here belongs a mapping, not a list"),
        ("- {name: a, expect: {causes: }}", "write `[]` for none"),
        ("- {name: a, expect: {causes: [{id: x, entitiy: pod/a}]}}", "did you mean `entity`?"),
        ("- {name: a, expect: {causes: [{entity: pod/a}]}}", "`causes[0]`: `id` is missing"),
    ],
)
def test_what_has_another_shape_than_it_should_is_no_error_of_ours(tmp_path: Path, text: str, said: str):
    with pytest.raises(BadInput) as error:
        read(tmp_path, text)
    assert said in str(error.value)


@pytest.mark.parametrize("expect", ["entity: pod/a", "entities: []", "args: {a: 1}", "verdict: no_match, args: {a: 1}"])
def test_what_is_of_a_match_is_not_looked_at_without_one(tmp_path: Path, expect: str):
    """It would pass whatever the rule says."""
    with pytest.raises(BadInput, match="of a match"):
        read(tmp_path, f"- {{name: a, expect: {{{expect}}}}}")


def test_a_wrong_shape_is_told_at_its_line(tmp_path: Path):
    text = "- name: a\n  given:\n    events:\n      - {on: pod/a}\n      - 5\n  expect: {verdict: match}\n"
    with pytest.raises(BadInput, match=r"yaml:5: `events\[1\]`"):
        read(tmp_path, text)
