"""What an analyzer hands back, held against what its pack declares; the same in this process and from a child."""

from collections.abc import Sequence
from typing import Any

from diagflow.analyze.api import Finding
from diagflow.model import Query
from diagflow.rules.analyzer import Analyzer


def undeclared(analyzer: Analyzer, query: Query) -> str:
    """Return the message about a reading that was not declared."""
    return (
        f"analyzer {analyzer.name} of pack {analyzer.pack} reads {query}, which its pack does not declare: "
        "add it to its inputs in pack.yaml"
    )


def checked(found: Any, analyzer: Analyzer) -> tuple[Finding, ...]:
    """Return the findings.

    Raises:
        TypeError: it is no list of findings.
        ValueError: a finding names something that the pack does not declare.
    """
    if not isinstance(found, Sequence) or not all(isinstance(f, Finding) for f in found):
        raise TypeError("run() must return a list of Finding")
    for finding in found:
        if finding.names and finding.names not in analyzer.names:
            raise ValueError(f"it names {finding.names}, which its pack does not declare under `names`")
    return tuple(found)


def one_line(text: str) -> str:
    """Return a text in one line that a person reads."""
    return " ".join(text.split())[:200]
