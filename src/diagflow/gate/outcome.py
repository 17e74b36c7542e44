"""What became of one recording: plain values, as they come back from a worker."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntFlag, StrEnum

from diagflow.gate.given import INSTALLED, Given
from diagflow.gate.sample import Sample


class Check(StrEnum):
    """What can be right or wrong about the diagnosis of a recording."""

    TOP1 = "top-1"  # the best answer is one of the true causes, at its entity
    TOP3 = "top-3"  # one of the first three roots is
    ALL = "all named"  # every true cause is a root
    CLEAN = "no false cause"  # every root is a true cause
    ALLOWED = "nothing forbidden"  # no cause, root or consequence, is a forbidden one
    RULED_OUT = "ruled out"  # what must be ruled out is
    QUIET = "called healthy"  # a healthy recording: nothing is wrong, and the scan says so
    SUSPECT = "suspected"  # where only the place is known: the true entity is among the first three suspects


class Use(IntFlag):
    """What became of one rule on one recording."""

    OCCURS = 1  # the readings of its triggers are there, completely
    RAN = 2  # it could be judged
    FIRED = 4  # it matched
    RIGHT = 8  # it supported a true cause, or spoke against one that is to be ruled out
    WRONG = 16  # it supported a false root, or spoke against a true cause
    JUDGEABLE = 32  # its cause is not a label here, so that a match would be a false one
    FAINT = 64  # of a healthy recording: it supported a cause there, too weakly for it to be named


@dataclass(frozen=True, slots=True)
class Root:
    """A root that was named.

    Attributes:
        id: of the cause.
        entity: where it is.
        confidence: as said.
        uncapped: what the evidence alone says.
        right: it is a true cause.
        behind_alert: of a healthy recording with an alert, which is diagnosed and scanned: the diagnosis names it.
        in_scan: how sure the scan of such a recording is of it; None where that does not name it.
    """

    id: str
    entity: str
    confidence: float
    uncapped: float
    right: bool
    behind_alert: bool = False
    in_scan: float | None = None

    def __str__(self) -> str:
        return f"{self.id}@{self.entity}"

    @property
    def named_by(self) -> str:
        """Where it is named in words: behind the alert, in a scan, or both; empty where nothing was run twice."""
        if self.in_scan is None:
            return f"behind its alert {self.confidence}, not in a scan" if self.behind_alert else ""
        return f"{f'behind its alert {self.confidence}, ' if self.behind_alert else ''}in a scan {self.in_scan}"


@dataclass(frozen=True, slots=True)
class Prediction:
    """The best answer of one diagnosis: how sure, and whether it was right; `seed` 0 is the whole recording.

    `confidence` is as said, `uncapped` what the evidence alone says.
    """

    confidence: float
    uncapped: float
    right: bool
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Guess:
    """The best answer of a diagnosis that cannot be right: how sure; 0 where nothing is named.

    `consequence` is True when the true cause is declared to bring it about: it is there, but no root.
    """

    confidence: float
    consequence: bool
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Lesson:
    """What fitting learns from a recording.

    Attributes:
        fault: by the ids of its causes; of a healthy one its family.
        marks: each of its causes, and its family; recordings that share one are never in both halves of a test.
        samples: what could have been named.
    """

    fault: str
    marks: frozenset[str]
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recording.

    Attributes:
        corpus: name of its corpus.
        name: of the recording in it.
        path: where it is, for the command that looks closer.
        family: what counts once.
        healthy: nothing is wrong in it.
        known: its true causes are known, or it is healthy.
        synthetic: something in it was written by hand; it is compared with the baseline, and counts in no figure.
        expected: the true causes, as `id@entity`.
        alert: what led to it, in words.
        digest: over readings and labels.
        status: of the diagnosis.
        roots: as ranked.
        suspects: entities, as ranked.
        false: roots that are not true.
        forbidden: forbidden causes that are named.
        not_ruled_out: what must be ruled out and is not.
        missed: true causes that are no roots.
        checks: those that are about this recording, and whether they hold.
        abstained: no root is named.
        seconds: processor time of the diagnosis.
        rules: what became of each rule.
        predictions: best answers, those of runs with readings removed included.
        unexplained: the same, as if nobody knew the true causes.
        lesson: what fitting learns from it; None unless asked for, and of a synthetic one.
        host: it is about a machine, so that `doctor` looks closer.
        given: the rules that were chosen, which the command that looks closer chooses too.
        error: why the recording could not be used; what a diagnosis says is empty then.
    """

    corpus: str
    name: str
    path: str
    family: str = ""
    healthy: bool = False
    known: bool = False
    synthetic: bool = False
    expected: tuple[str, ...] = ()
    alert: str = ""
    digest: str = ""
    status: str = ""
    roots: tuple[Root, ...] = ()
    suspects: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    not_ruled_out: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    checks: Mapping[Check, bool] = field(default_factory=dict)
    abstained: bool = False
    seconds: float = 0.0
    rules: Mapping[str, Use] = field(default_factory=dict)
    predictions: tuple[Prediction, ...] = ()
    unexplained: tuple[Guess, ...] = ()
    lesson: Lesson | None = None
    host: bool = False
    given: Given = INSTALLED
    error: str = ""

    @property
    def key(self) -> str:
        """What it is called in reports, baselines and waivers."""
        return f"{self.corpus}/{self.name}"

    @property
    def wrong(self) -> tuple[Check, ...]:
        """The checks that do not hold."""
        return tuple(check for check, holds in self.checks.items() if not holds)

    @property
    def said_wrong(self) -> bool:
        """True when something that was said is wrong; what was not said is a lesser fault."""
        return bool(self.false or self.forbidden) or (bool(self.expected) and not self.abstained and bool(self.wrong))

    @property
    def misleads(self) -> bool:
        """True when somebody who believes it would be misled: a false or forbidden cause, or a wrong best answer."""
        wrong_answer = not self.abstained and not self.checks.get(Check.TOP1, True)
        return bool(self.false or self.forbidden) or wrong_answer

    @property
    def closer(self) -> str:
        """The command that looks closer."""
        scan = self.healthy and not any(root.behind_alert for root in self.roots)
        command = "doctor go" if self.host else "scan" if scan else "diagnose"
        rules = self.given.more_rules if self.host else str(self.given)
        return f"diagflow {command} --bundle {shlex.quote(self.path)}{rules} -v"
