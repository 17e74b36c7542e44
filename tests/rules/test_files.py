# ruff: noqa: E501  # messages and rules stand in one piece
"""Text and YAML before anything is a rule: hostile and broken files."""

import os
import sys

import pytest

from diagflow.rules import load_paths
from diagflow.rules.compose import MAX_DEPTH
from diagflow.rules.filenames import FileKind
from diagflow.rules.files import parse
from diagflow.rules.source import MAX_BYTES, decode, line_column
from tests.rules.make import parsed, problems, rule, rule_with

RULE = rule_with("metric: up")


def of_bytes(data: bytes) -> list[str]:
    return [str(p) for p in parse(data, "f.yaml", FileKind.RULES).problems]


def test_a_byte_order_mark_at_the_begin_is_fine():
    assert of_bytes(b"\xef\xbb\xbf" + RULE.encode()) == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"- a\n- b\xff\n", "f.yaml:2:4: the byte 0xff is not UTF-8: save the file as UTF-8"),
        ("x".encode("utf-16"), "f.yaml:1:1: the file is UTF-16: save it as UTF-8"),
        (b"a\nb\0c", 'f.yaml:2:2: the character U+0000 has no place in a rule file: remove it, or write "\\u0000"'),
        (
            "é\ufeffx".encode(),
            'f.yaml:1:2: the character U+FEFF has no place in a rule file: remove it, or write "\\uFEFF"',
        ),
        (
            "a\u2028b".encode(),
            'f.yaml:1:2: the character U+2028 has no place in a rule file: remove it, or write "\\u2028"',
        ),
        (
            b"x" * (MAX_BYTES + 1),
            f"f.yaml:1:1: the file has {MAX_BYTES + 1:,} bytes: split it, at most {MAX_BYTES:,} are read",
        ),
    ],
    ids=["no UTF-8", "UTF-16", "NUL", "BOM inside", "line separator", "huge"],
)
def test_what_is_no_text(data, message):
    assert of_bytes(data) == [message]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "- id: x\n\tcause: y\n",
            "2:1: is no YAML: found a tab character that violates indentation (while scanning a plain scalar that begins in line 1): YAML is indented with blanks, replace the tab",
        ),
        (
            "- id: x: y\n",
            "1:8: is no YAML: mapping values are not allowed in this context: put a text with `: ` in quotes, and keys of one mapping in one column",
        ),
        (
            '- id: "x\n  cause: y\n',
            "3:1: is no YAML: found unexpected end of stream (while scanning a quoted scalar that begins in line 1): close the quote",
        ),
        (
            "- [a, b\n- c\n",
            "3:1: is no YAML: did not find expected ',' or ']' (while parsing a flow sequence that begins in line 1): close the bracket",
        ),
        ("- *x\n", "1:3: is no YAML: found undefined alias"),
        ("- a: @x\n", "1:6: is no YAML: found character that cannot start any token: put the text in quotes"),
        (
            "- promql: x\n  treshold: > 25\n",
            '2:15: is no YAML: did not find expected comment or line break: an unquoted `>` opens a block of text: write `treshold: "> 25"`, or did you mean the key `threshold`?',
        ),
        (
            "- {promql: x, limit: >= 25}\n",
            '1:22: is no YAML: found character that cannot start any token: an unquoted `>` opens a block of text: write `limit: ">= 25"`',
        ),
        ("--- a\n--- b\n", "2:1: is no YAML: but found another document"),
        ("- &a 1\n- &a 2\n", "2:3: this anchor (`&`) stands twice, first in line 1: rename one"),
    ],
)
def test_what_is_no_yaml(text, message):
    (found,) = problems(text)
    assert found.startswith(f"rules.yaml:{message}")
    assert "\n" not in found


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_depth_is_bounded(opening):
    limit = sys.getrecursionlimit()
    for depth in (MAX_DEPTH + 1, 300, 100_000):
        (found,) = problems(opening * depth)
        assert f"nested deeper than {MAX_DEPTH} levels" in found
    assert sys.getrecursionlimit() == limit


def test_an_alias_bomb_is_one_message():
    bomb = "- &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"- &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
    )
    (found,) = problems(bomb)
    assert found.startswith("rules.yaml:6:3: an alias here makes the file endless")


def test_a_chain_of_aliases_is_no_way_around_the_depth():
    chain = "- &a0 [x]\n" + "".join(f"- &a{i} [[[[[[[*a{i - 1}]]]]]]]\n" for i in range(1, 500))
    (found,) = problems(chain)
    assert "an alias here makes the file endless" in found


@pytest.mark.parametrize("text", ["- &a [*a]\n", "- &a {x: *a}\n", "&a {*a : 1}\n"])
def test_a_node_in_itself_is_one_message(text):
    (found,) = problems(text)
    assert "an alias here makes the file endless" in found


def test_aliases_work():
    text = (
        "- id: A-B-001\n  cause: x.y\n  triggers:\n    - &one {metric: up, threshold: > 1}\n"
        "- id: A-B-002\n  cause: x.y\n  triggers: [*one]\n"
    )
    one, other = parsed(text).rules
    assert one.trigger.conditions == other.trigger.conditions


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "\n\n"])
def test_an_empty_file_is_fine(text):
    assert problems(text) == []
    assert problems(text, FileKind.CAUSES) == []


@pytest.mark.parametrize("scalar", ["on", "yes", "no", "0o17", "12e03", "1_000", "2026-01-01", "a:b", "=", "<<"])
def test_words_that_other_yaml_versions_read_differently_are_words(scalar):
    found = rule(rule_with(f"object: pod, when: {{status.phase: {scalar}}}"))
    assert found.trigger.conditions[0].input.when == {"status.phase": (scalar,)}


def test_line_and_column_count_characters():
    text = "ab\r\nc一d\rx\ny"
    assert [line_column(text, text.index(c)) for c in "bdxy"] == [(1, 2), (2, 3), (3, 1), (4, 1)]


def test_decode_keeps_positions_behind_a_byte_order_mark():
    text, problem = decode("\ufeff- id: A\n".encode(), "f")
    assert (text, problem) == ("- id: A\n", None)


def test_what_is_not_there_or_no_file(tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    gone = tmp_path / "gone"
    found = {p.position.file: p.message for p in load_paths([gone, "\0", empty]).problems}
    assert set(found) == {str(gone), "\0", str(empty)}
    assert found[str(empty)] == "there is no rule file here: rules are *.yaml (and no *.test.yaml)"
    assert all(found[file].startswith("cannot be read: ") for file in (str(gone), "\0"))


@pytest.mark.skipif(sys.platform == "win32", reason="needs a right to make links")
def test_a_file_that_cannot_be_read(tmp_path):
    (tmp_path / "dir.yaml").mkdir()
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    (found,) = load_paths([tmp_path]).problems
    assert "loop.yaml:1:1: cannot be read: " in str(found)


@pytest.mark.skipif(sys.platform == "win32", reason="has no such pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    (found,) = load_paths([tmp_path]).problems
    assert str(found).endswith("pipe.yaml:1:1: cannot be read: it is no file")


GOOD = RULE.replace("A-B-001", "A-B-002")
UNKNOWN = RULE.replace("metric:", "metrik:")


def told(text: str) -> list[tuple[int, str]]:
    found = parse(text.encode(), "f.yaml", FileKind.RULES)
    assert found.rules == []
    return [(p.position.line, p.code) for p in found.problems]


def test_a_file_that_is_no_yaml_hides_nothing_else_that_is_wrong_with_it():
    broken = "- id: A-B-003: x\n"
    lines = UNKNOWN.count("\n")
    assert told(UNKNOWN + broken) == [(lines + 1, "syntax"), (lines, "unknown-key")]
    assert told(broken + UNKNOWN) == [(1, "syntax"), (lines + 1, "unknown-key")]
    assert told(broken + GOOD + broken) == [(1, "syntax"), (lines + 2, "syntax")]
    assert told(broken + GOOD) == [(1, "syntax")]


def test_what_is_no_yaml_by_itself_alone_is_not_told():
    broken = "- id: A-B-003: x\n"
    assert told(broken + "- &all {id: x y, cause: x.y}\n- *all\n")[0] == (1, "syntax")
    assert "syntax" not in [code for _, code in told(broken + "- &all {id: x y, cause: x.y}\n- *all\n")[1:]]
