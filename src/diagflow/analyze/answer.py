"""What becomes of one call of an analyzer."""

from dataclasses import dataclass

from diagflow.analyze.api import Finding
from diagflow.model import Query


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one call.

    Attributes:
        findings: what the analyzer says; empty when it did not get so far.
        wanted: the reading that it lacks, None when it has come to its end.
        fault: why it failed, in one line; empty when it did not.
        killed: it was stopped from outside: that is stored, and not tried again on replay.
    """

    findings: tuple[Finding, ...] = ()
    wanted: Query | None = None
    fault: str = ""
    killed: bool = False
