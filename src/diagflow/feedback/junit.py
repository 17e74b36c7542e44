"""JUnit XML, which CI systems show."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from diagflow.feedback.selfcontained import environment

_NO_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even by number: https://www.w3.org/TR/xml/#charsets"""


@dataclass(frozen=True, slots=True)
class TestCase:
    """One test.

    Attributes:
        name: within its suite.
        seconds: how long it took.
        failure: why it failed, its first line the shortest; empty when it passed.
        out: what else there is to say.
    """

    __test__ = False  # pytest: this is no test class

    name: str
    seconds: float = 0.0
    failure: str = ""
    out: str = ""


def junit(name: str, suites: Sequence[tuple[str, Sequence[TestCase]]]) -> str:
    """Return a report as JUnit XML.

    Args:
        name: of the whole.
        suites: name and tests of each.
    """
    text: str = _template().render(name=name, suites=suites)
    return _NO_XML.sub("", text)


@cache
def _template() -> Any:
    return environment("diagflow.feedback").get_template("junit.xml.j2")
