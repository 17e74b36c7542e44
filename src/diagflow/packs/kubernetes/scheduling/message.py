"""What the scheduler said about a pod, taken apart.

The format is that of `FitError.Error` in pkg/scheduler/framework/types.go of kubernetes/kubernetes:
`0/5 nodes are available: 2 Insufficient cpu, 3 node(s) were unschedulable. preemption: ...`. A PreFilter plugin that
refuses a pod stands without counts (since 1.28) or with the count of all nodes (before).
"""

import re
from dataclasses import dataclass
from typing import Final

from diagflow.model import Text
from diagflow.packs.kubernetes.scheduling.reasons import MEANINGS, Kind, classify

_HEAD = re.compile(r"\s*0/(\d+) nodes are available(?::|\.|$)\s*")
_AFTER = re.compile(r"(?:^|\.\s+)((?:pod group )?preemption: .*)|\.\s+(.*)", re.DOTALL)
_BETWEEN = re.compile(r", (?=\d+ )")
_COUNTED = re.compile(r"(\d+) (.+)", re.DOTALL)
_CUT: Final = " ..."
"""How the scheduler ends an event's message that it had to cut at 1024 characters; conditions are never cut."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of the message.

    Attributes:
        count: nodes turned down for it; None where it speaks about the pod as such.
        text: the scheduler's own words.
        kind: what it means.
        plugin: which plugin says so.
        detail: what it is about: a resource, a taint, a claim; of `other` its words.
    """

    count: int | None
    text: str
    kind: Kind
    plugin: str
    detail: str

    def meaning(self) -> Text:
        """Return it in words for people, with its count."""
        text = MEANINGS[self.kind].fill({"detail": self.detail})
        en, zh = " ".join(text.en.split()), " ".join(text.zh.split())
        return Text(en, zh) if self.count is None else Text(f"{self.count} × {en}", f"{self.count} × {zh}")


@dataclass(frozen=True, slots=True)
class Message:
    """The whole message.

    Attributes:
        total: nodes that the scheduler knew; None when it does not say.
        reasons: every part, in its order.
        preemption: what came of the attempt to make room (`preemption: ...`, since 1.37 also a bare `not found` where a
            PreFilter plugin had refused the pod); empty when it says nothing.
        cut: the message was cut off, so that parts may be missing.
        raw: the message itself.
    """

    total: int | None
    reasons: tuple[Reason, ...]
    preemption: str
    cut: bool
    raw: str

    def counts(self) -> dict[Kind, int]:
        """Return how many nodes were turned down for each kind; a reason about the pod as such counts for all."""
        found: dict[Kind, int] = {}
        for reason in self.reasons:
            count = (self.total or 0) if reason.count is None else reason.count
            found[reason.kind] = found.get(reason.kind, 0) + count
        return found

    def adds_up(self) -> bool:
        """True when the parts can account for exactly all nodes.

        One plugin may give a node several reasons (CPU and memory), and only the first plugin that refuses a node
        speaks: the nodes of a plugin are between its largest count and the sum of its counts.
        """
        if self.total is None or any(r.count is None for r in self.reasons):
            return True
        low = high = 0
        for counts in self._counts_by_plugin().values():
            low, high = low + max(counts), high + sum(counts)
        return low <= self.total <= high and not self.cut

    def _counts_by_plugin(self) -> dict[str, list[int]]:
        groups: dict[str, list[int]] = {}
        for position, reason in enumerate(self.reasons):
            groups.setdefault(reason.plugin or f"#{position}", []).append(reason.count or 0)
        return groups

    def meaning(self) -> Text:
        """Return every part in words for people."""
        parts = [r.meaning() for r in self.reasons]
        counted = self.total is not None and any(r.count is not None for r in self.reasons)
        of = Text(f"of {self.total} node(s): ", f"{self.total} 个节点中：") if counted else Text("")
        return Text(of.en + ", ".join(p.en for p in parts), of.zh + "，".join(p.zh for p in parts))


def parse(raw: str) -> Message:
    """Take a message apart; a message of another shape becomes one part without a count."""
    cut, text = raw.endswith(_CUT), raw.removesuffix(_CUT)
    head = _HEAD.match(text)
    total = int(head[1]) if head else None
    rest = text[head.end() :] if head else text
    after = _AFTER.search(rest)
    preemption = (after[1] or after[2] or "").strip() if after else ""
    main = (rest[: after.start()] if after else rest).strip().rstrip(".")
    return Message(total, tuple(_reasons(main)), preemption, cut, raw)


def _reasons(main: str) -> list[Reason]:
    if not main:
        return []
    if not _COUNTED.match(main):
        return [_reason(None, main)]
    found = []
    for part in _BETWEEN.split(main):
        counted = _COUNTED.fullmatch(part.strip())
        found.append(_reason(int(counted[1]), counted[2]) if counted else _reason(None, part))
    return found


def _reason(count: int | None, text: str) -> Reason:
    words = text.strip().rstrip(".")
    return Reason(count, words, *classify(words))
