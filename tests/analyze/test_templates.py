"""Templates of logs: properties that hold for any lines, and what becomes of some real ones."""

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from diagflow.analyze import templates
from diagflow.analyze.templates import ANY, fits, mine, words_of

WORD = st.sampled_from(["error", "user", "ann", "bob", "on", "disk", "7", "10.1.0.3", "a1b2c3d4e5f60718", "<*>", "€"])
LINES = st.lists(st.lists(WORD, max_size=5).map(" ".join) | st.text(max_size=12), max_size=30)


@given(LINES)
def test_each_line_belongs_to_exactly_one_template(lines: list[str]):
    places = sorted(place for template in mine(lines) for place in template.lines)
    assert places == [n for n, line in enumerate(lines) if line.split()]


@given(LINES)
def test_a_template_fits_its_lines(lines: list[str]):
    for template in mine(lines):
        assert all(fits(words_of(lines[place]), template.words) for place in template.lines)


@given(LINES, st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(lines: list[str], rng: random.Random):
    shuffled = list(lines)
    rng.shuffle(shuffled)
    assert [(t.words, len(t.lines)) for t in mine(shuffled)] == [(t.words, len(t.lines)) for t in mine(lines)]


@given(LINES)
def test_templates_of_templates_are_the_same(lines: list[str]):
    once = {t.text for t in mine(lines)}
    assert {t.text for t in mine(sorted(once))} == once


@given(LINES, st.integers(1, 3))
def test_memory_is_bounded(lines: list[str], most: int):
    before = templates.MOST_TEMPLATES
    templates.MOST_TEMPLATES = most  # type: ignore[misc]
    try:
        found = mine(lines)
    finally:
        templates.MOST_TEMPLATES = before  # type: ignore[misc]
    assert len(found) <= most + 1
    assert sum(len(t.lines) for t in found) == sum(bool(line.split()) for line in lines)


def test_what_varies_is_one_message():
    lines = [
        "2026-01-01T00:00:01Z ERROR order 17 of ann failed",
        "2026-01-01T00:00:02Z ERROR order 18 of bob failed",
        "2026-01-01T00:00:03Z INFO listening on :8080",
    ]
    first, second = mine(lines)
    assert (first.text, first.lines) == (f"<n>-<n>-<n>T<n>Z ERROR order <n> of {ANY} failed", (0, 1))
    assert (second.text, second.lines) == ("<n>-<n>-<n>T<n>Z INFO listening on :<n>", (2,))


def test_messages_with_little_in_common_stay_apart():
    assert len(mine(["disk is full now", "user ann went away"])) == 2


def test_ids_are_masked():
    assert words_of("req 6f1c0b0e-7a3e-4c1e-9f5d-0123456789ab at 0xc000123 sha 0a1b2c3d4e5f6071") == (
        *("req", "<id>", "at", "<id>", "sha", "<id>"),
    )


def test_a_long_line_has_a_bounded_number_of_words():
    assert len(words_of("x " * 5000)) == templates.MOST_WORDS


def test_many_first_words_share_a_way():
    lines = [f"{chr(97 + n // 26)}{chr(97 + n % 26)} is the same {'x' * n}" for n in range(300)]
    found = mine(lines)
    assert sum(len(t.lines) for t in found) == 300
    assert len(found) <= templates.MOST_CHILDREN + 1


def test_ten_thousand_lines_are_quick():
    rng = random.Random(1)
    words = ["".join(rng.choices("abcdefgh", k=5)) for _ in range(200)]
    lines = [" ".join(rng.choices(words, k=10)) + f" {n}" for n in range(10_000)]
    start = time.process_time()
    mine(lines)
    assert time.process_time() - start < 5.0  # about 0.4 s; the bound is for a busy machine
