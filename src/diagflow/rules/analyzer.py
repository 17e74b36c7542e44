"""Analyzers as packs declare them; what they do is the business of `diagflow.analyze`."""

import re
from dataclasses import dataclass
from typing import Final

VARIABLE: Final = re.compile(r"\{[a-z_][a-z0-9_]*\}")
"""What the target of an input leaves open: one or more characters."""


@dataclass(frozen=True, slots=True)
class Input:
    """What an analyzer may read: a query (its target may hold `{variables}`) and, of objects, the fields."""

    query: str
    fields: tuple[str, ...] = ()

    @property
    def made(self) -> bool:
        """True when the analyzer fills in what is asked."""
        return VARIABLE.search(self.query) is not None


@dataclass(frozen=True, slots=True)
class Analyzer:
    """An analyzer as its pack declares it.

    Attributes:
        name: as rules write it in `action`.
        version: part of the digest of each rule that uses it: raise it with each change of behaviour.
        run: `module:function`; the module is imported only when the analyzer runs.
        inputs: all that it may read.
        names: ids of the causes and symptoms that it may name.
        pack: the pack that declares it.
        contained: True when it runs in a child process (it came with another distribution than ours).
    """

    name: str
    version: str
    run: str
    inputs: tuple[Input, ...]
    names: tuple[str, ...] = ()
    pack: str = ""
    contained: bool = True
