"""Whatever happens to a rule file: no exception, and the message names the line."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from diagflow.rules import RuleSet
from diagflow.rules.compose import compose
from diagflow.rules.filenames import FileKind
from diagflow.rules.files import parse
from diagflow.rules.ruleset import merged
from diagflow.rules.source import protect
from tests.rules.make import PACKS, PRINTED
from tests.rules.variety import generated

FILES = 50


@dataclass(frozen=True)
class Mutant:
    text: str
    line: int


def files() -> list[str]:
    """Fifty valid files: the printed example, those of our packs, and generated ones."""
    packs = sorted(p for p in PACKS.glob("*/rules/**/*.yaml") if not p.name.endswith(".test.yaml"))
    found = [PRINTED, *(p.read_text(encoding="utf-8") for p in packs[:: max(1, len(packs) // 25)])]
    return (found[:26] + [generated(random.Random(seed)) for seed in range(FILES)])[:FILES]


def entries(text: str) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
    """Return all keys with their values."""
    root, problem = compose(protect(text), "")
    assert problem is None
    found = []
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, yaml.MappingNode):
            found += node.value
            stack += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            stack += node.value
    return sorted(found, key=lambda pair: pair[0].start_mark.index)


def line_at(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def renamed(text: str, rng: random.Random) -> Mutant:
    key, _ = rng.choice(entries(text))
    at = key.start_mark.index + rng.randrange(max(1, len(key.value)))
    letter = rng.choice("aeinrstqxz_")
    changed = text[:at] + letter + text[at + rng.randrange(2) :]
    return Mutant(changed, key.start_mark.line + 1)


def doubled(text: str, rng: random.Random) -> Mutant:
    """Write an entry twice: in a block below itself, in a flow mapping behind itself."""
    key, value = rng.choice(entries(text))
    start, end = key.start_mark.index, value.end_mark.index
    entry = text[start:end].rstrip()
    begin = text.rfind("\n", 0, start) + 1
    block = not text[begin:start].strip(" -")
    between = "\n" + " " * (start - begin) if block else ", "
    at = start + len(entry)
    return Mutant(text[:at] + between + entry + text[at:], line_at(text, at) + (1 if block else 0))


def retyped(text: str, rng: random.Random) -> Mutant:
    _, value = rng.choice(entries(text))
    other = rng.choice(["[1, 2]", "{a: b}", "12", "true", "~", "[]", "{}", '""', "!!int 3"])
    start, end = value.start_mark.index, value.end_mark.index
    tail = text[start:end]
    keep = tail[len(tail.rstrip()) :]
    return Mutant(text[:start] + other + keep + text[end:], line_at(text, start))


def inserted(character: str) -> Callable[[str, random.Random], Mutant]:
    def insert(text: str, rng: random.Random) -> Mutant:
        at = rng.randrange(1, len(text))
        return Mutant(text[:at] + character + text[at:], line_at(text, at))

    return insert


def tab(text: str, rng: random.Random) -> Mutant:
    """Indent a line with a tab."""
    lines = text.split("\n")
    number = rng.randrange(len(lines) - 1)
    lines[number] = "\t" + lines[number].lstrip(" ")
    return Mutant("\n".join(lines), number + 1)


def truncated(text: str, rng: random.Random) -> Mutant:
    at = rng.randrange(1, len(text))
    return Mutant(text[:at], line_at(text, at))


MUTATIONS = {
    "key renamed": renamed,
    "key doubled": doubled,
    "type changed": retyped,
    "tab": tab,
    "BOM": inserted("\ufeff"),
    "NUL": inserted("\0"),
    "truncation": truncated,
}


def messages(text: str) -> Iterator[str]:
    yield from map(str, parse(text.encode(), "m.yaml", FileKind.RULES).problems)


def lines_named(message: str) -> set[int]:
    """Return the line of the position, and lines that the text names ("first in line 3")."""
    position = re.match(r"m\.yaml:(\d+):(\d+): ", message)
    assert position, message
    return {int(position[1]), *map(int, re.findall(r"\bline (\d+)", message))}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_messages_name_the_mutated_line(mutation):
    rng = random.Random(mutation)
    right, wrong, silent = 0, [], 0
    for text in files():
        for _ in range(6):
            mutant = MUTATIONS[mutation](text, rng)
            found = list(messages(mutant.text))
            silent += not found
            for message in found:
                if any(abs(line - mutant.line) <= 1 for line in lines_named(message)):
                    right += 1
                else:
                    wrong.append(f"line {mutant.line}: {message}")
    assert right + len(wrong) > 60, f"only {right + len(wrong)} messages, {silent} mutants passed"
    assert len(wrong) <= 0.05 * (right + len(wrong)), "\n".join(wrong)


def test_most_mutants_are_noticed():
    rng = random.Random(1)
    noticed: Counter[str] = Counter()
    for text in files():
        for name, mutate in MUTATIONS.items():
            noticed[name] += any(True for _ in messages(mutate(text, rng).text))
    assert all(count >= 0.5 * FILES for count in noticed.values()), noticed
    assert noticed["BOM"] == noticed["NUL"] == FILES


def test_the_fifty_files_are_valid():
    assert len(set(files())) == FILES
    for text in files():
        assert list(messages(text)) == []


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=400), kind=st.sampled_from(FileKind))
def test_no_bytes_raise(data, kind):
    merged([parse_set(data, kind)])


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10_000), names=st.lists(st.sampled_from(sorted(MUTATIONS)), min_size=1, max_size=4))
def test_no_series_of_mutations_raises(seed, names):
    rng = random.Random(seed)
    text = rng.choice(files())
    for name in names:
        try:
            text = MUTATIONS[name](text, rng).text
        except (AssertionError, ValueError, IndexError):
            break  # no longer YAML, so it has no keys to change
    for kind in FileKind:
        for problem in parse(text.encode("utf-8", "surrogatepass"), "m.yaml", kind).problems:
            assert re.match(r"m\.yaml:[1-9]\d*:[1-9]\d*: .", str(problem))
            assert "\n" not in str(problem)


def parse_set(data: bytes, kind: FileKind) -> RuleSet:
    found = parse(data, "m.yaml", kind)
    return RuleSet(tuple(found.rules), found.causes, found.analyzers, tuple(found.problems), found.places)
