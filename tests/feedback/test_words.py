import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

import pytest
from msgspec.structs import fields

from diagflow.feedback.words import LANGUAGES, Words, words
from diagflow.feedback.words.table import Noun, Plural
from diagflow.model import BadInput

CHINESE = re.compile(r"[\u4e00-\u9fff]")
HOLE = re.compile(r"\{(\w*)\}")
PUNCTUATION = {"comma", "stop", "clause", "joined", "bracketed", "sure", "clipped", "folded", "suppressed_by", "lang"}


def phrases(value: object, where: str) -> Iterator[tuple[str, str]]:
    """Every phrase of a field with its place, e.g. `kinds.pod.one`."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, (Plural, Noun)):
        yield from ((f"{where}.{form}", getattr(value, form)) for form in ("one", "other"))
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from phrases(part, f"{where}.{key}")
    else:
        assert isinstance(value, tuple)
        for number, part in enumerate(value):
            yield from phrases(part, f"{where}.{number}")


def table(lang: str) -> dict[str, str]:
    found = words(lang)
    return {k: v for f in fields(Words) for k, v in phrases(getattr(found, f.name), f.name)}


def test_both_languages_say_the_same_things() -> None:
    assert table("en").keys() == table("zh").keys()


def test_nothing_is_left_empty() -> None:
    assert [(lang, key) for lang in LANGUAGES for key, phrase in table(lang).items() if not phrase.strip()] == []


def test_phrases_have_the_same_holes() -> None:
    english, chinese = table("en"), table("zh")
    differ = {key for key in english if set(HOLE.findall(english[key])) != set(HOLE.findall(chinese[key]))}
    # English may say "one" in words; after names Chinese counts all of them, English those left out.
    assert {key for key in differ if not key.endswith(".one")} == {"and_more"}


def test_chinese_is_chinese() -> None:
    kept = {"layer_folded", "signs", "weighs"}
    plain = {k for k, v in table("zh").items() if not CHINESE.search(v) and k.split(".")[0] not in PUNCTUATION | kept}
    assert plain <= {key for key in table("zh") if key.startswith("kinds.")}


def test_every_word_is_used() -> None:
    root = Path(str(files("diagflow.feedback")))
    sources = [p for p in root.rglob("*") if p.suffix in (".py", ".j2") and "words" not in p.parts]
    code = "\n".join(p.read_text(encoding="utf-8") for p in sources)
    assert [f.name for f in fields(Words) if not re.search(rf"\.{f.name}\b", code)] == []


def test_an_unknown_language_names_the_known_ones() -> None:
    with pytest.raises(BadInput, match="no language 'fr': write one of en, zh"):
        words("fr")


def test_counts() -> None:
    assert words("en").found.of(1) == "1 cause found"
    assert words("en").found.of(1200) == "1,200 causes found"
