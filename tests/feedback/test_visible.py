import pytest

from diagflow.feedback import visible as v


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202eb", "a\\u202eb"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("\ud800", "\\ud800"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("\x00", "\\x00"),
        ("节点 né 😀", "节点 né 😀"),
    ],
)
def test_visible(given: str, shown: str) -> None:
    assert v.visible(given) == shown


def test_one_line_shows_line_ends() -> None:
    assert v.one_line("\n a \r\n\tb\tc\x0b\n") == "a ↵ b c"


def test_command_keeps_its_lines_and_indents() -> None:
    assert v.command("\ncat <<EOF\n  a\x07\nEOF\n") == "cat <<EOF\n  a\\x07\nEOF"


def test_paragraphs_leave_out_empty_lines() -> None:
    assert v.paragraphs("one\n\n  two \u202e\n") == ("one", "two \\u202e")


def test_clip_says_how_much_it_left_out() -> None:
    assert v.clip("abcdef", 4, "… ({n} more)") == "abcd … (2 more)"
    assert v.clip("abcd", 4, "…") == "abcd"


def test_escaped_keeps_the_meaning_of_json() -> None:
    assert v.escaped('"\u202e\U000e0041\x9b"') == '"\\u202e\\udb40\\udc41\\u009b"'
