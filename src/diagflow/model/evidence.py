"""Why we believe or doubt something, with how much it weighs."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from diagflow.model.reading import Query
from diagflow.model.text import Text


class Strength(StrEnum):
    """How much one observation moves the odds of a cause."""

    CONCLUSIVE = "conclusive"
    STRONG = "strong"
    MODERATE = "moderate"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation for or against a cause or a symptom.

    Attributes:
        query: the reading it was seen in.
        origin: who observed it, about what; of several observations of one origin the strongest counts. A node's
            status, its event and its kube-state-metrics series have one origin.
        nats: signed weight in nats, after decay; 0 is context: shown, decides nothing.
        text: one sentence for people, already filled.
        value: the value seen (JSON), None if the sentence says it all.
        time: when it was true (UTC), None if unknown.
        strength: that the weight was made of; None of context.
    """

    query: Query
    origin: str
    nats: float
    text: Text
    value: Any = None
    time: datetime | None = None
    strength: Strength | None = None

    @property
    def conclusive(self) -> bool:
        """True when it settles the matter alone, for (`nats > 0`) or against."""
        return self.strength is Strength.CONCLUSIVE
