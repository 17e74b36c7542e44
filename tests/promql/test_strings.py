import pytest

from diagflow.promql.strings import unquote


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        ('"a\\nb"', "a\nb"),
        ("'it\\'s'", "it's"),
        ("`a\\n`", "a\\n"),
        ('"\\u00e9\\x41\\101"', "éAA"),
        ('"a\\xc5z"', "a\udcc5z"),
    ],
)
def test_string_literals(literal: str, text: str) -> None:
    assert unquote(literal) == text


@pytest.mark.parametrize("literal", ['"\\q"', '"\\\'"', '"\\400"'])
def test_unknown_escapes(literal: str) -> None:
    with pytest.raises(ValueError, match="escape"):
        unquote(literal)
