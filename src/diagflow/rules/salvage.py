"""What else is wrong in a file that is no YAML: its items one by one, as far as each is YAML by itself.

Nothing of such a file is used. But who mends one line should not find the next mistake only then.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import yaml

from diagflow.rules.compose import compose
from diagflow.rules.problem import Problem

MOST_ITEMS: Final = 500
"""Items that are looked at by themselves; each is read behind as many line breaks as stand before it."""

# An item of the list that a file is: no text over several lines goes on in the first column.
_ITEM: Final = re.compile(r"^-(?=[ \t\r\n])", re.MULTILINE)
_NOT_ALONE: Final = "undefined alias"
"""An item may use an anchor of another one, which is right in the file."""


def items(text: str, file: str, broken: Problem) -> Iterator[yaml.Node | Problem]:
    """Yield the nodes of the items that are mappings, with their places in the file, and what is wrong with others.

    Args:
        text: of the file.
        file: how messages name it.
        broken: what is wrong with all of it; of items before and at that place, nothing more is said.
    """
    begins = [found.start() for found in _ITEM.finditer(text)][:MOST_ITEMS]
    for begin, end in pairwise([*begins, len(text)]):
        line = text.count("\n", 0, begin)
        root, problem = compose("\n" * line + text[begin:end], file)
        if isinstance(root, yaml.SequenceNode):
            yield from (item for item in root.value if isinstance(item, yaml.MappingNode))
        elif problem and line >= broken.position.line and _NOT_ALONE not in problem.message:
            yield problem
