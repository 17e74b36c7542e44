"""Markdown for tickets: only headings, lists, code spans and fences, so that every renderer shows the same.

Prose stays prose; a word with any character that Markdown, HTML or a ticket system could act on becomes a code span,
in which nothing acts: no link, no mention, no markup.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from diagflow.feedback import phrases
from diagflow.feedback.links import safe_link
from diagflow.feedback.report import Effect, Finding, Report, Seen, Steps
from diagflow.feedback.visible import clip

_LISTED: Final = 12
_SENTENCE: Final = 600
_SIGNS: Final = {"for": "`+`", "against": "`-`", "context": "`·`"}
_PLAIN: Final = re.compile(r"[^\\`*_\[\]{}<>#|~&$@=^]*")
"""What a word of prose consists of; anything else is code."""
_PAUSE: Final = re.compile(r"([,;:.]*(?: |$)|[，。；：、（）！？]+)")
"""What stands between two words."""
_LINK: Final = re.compile(r"://|^\(?www\.", re.IGNORECASE)
_LIST_MARK: Final = re.compile(r"^(\d*)([-+.)])(?=[-]*( |$))")
"""What would begin a list, or draw a rule, at the start of an entry."""
_TICKS: Final = re.compile(r"`+")


def markdown(report: Report) -> str:
    """Return the report as CommonMark; everything is in it but the graph and the decision path."""
    return "\n".join(_Page(report).all()).strip("\n") + "\n"


def prose(text: str) -> str:
    """Return one line of text so that it reads as it is, with everything that could act in code spans."""
    return _LIST_MARK.sub(r"\1\\\2", "".join(_spans(clip(text, _SENTENCE, "…"))))


def code(text: str) -> str:
    """Return a code span, its fence longer than any run of backticks in it."""
    fence = "`" * (_longest_run(text) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or text != text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}" if text.strip() else ""


def fenced(commands: Sequence[str]) -> list[str]:
    """Return a block of commands, its fence longer than any run of backticks in it."""
    fence = "`" * max(3, _longest_run("\n".join(commands)) + 1)
    return [fence, *commands, fence]


def _longest_run(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)


def _spans(text: str) -> Iterator[str]:
    """Yield prose and code spans; a full stop or a comma behind a word is no part of it, nor is Chinese punctuation."""
    pieces = [*_PAUSE.split(text), ""]
    run = ""
    for word, pause, following in zip(pieces[::2], pieces[1::2], [*pieces[2::2], ""], strict=False):
        if not _is_code(word):
            yield word + pause
        elif pause == " " and _is_code(following):
            run += word + pause
        else:
            yield code(run + word) + pause
            run = ""


def _is_code(word: str) -> bool:
    return _PLAIN.fullmatch(word) is None or _LINK.search(word) is not None


class _Page:
    """One method a part of the page."""

    def __init__(self, report: Report) -> None:
        self._r = report
        self._w = report.words
        self._level = "##"

    def all(self) -> Iterator[str]:
        yield from self._head()
        numbered = len(self._r.findings) > 1
        self._level = "###" if numbered else "##"
        for number, finding in enumerate(self._r.findings, 1):
            yield from self._finding(finding, number if numbered else 0)
        self._level = "##"
        yield from self._open_questions()
        yield from self._section(self._w.advice, (self._about(a) for a in self._r.advice))
        yield from self._foot()

    def _head(self) -> Iterator[str]:
        if len(self._r.findings) == 1:
            return
        why = self._w.clause.join(self._r.reasons)
        if self._r.findings:
            yield f"# {self._w.found.of(len(self._r.findings))}"
        elif why:
            yield "# " + prose(self._w.joined.format(what=self._r.headline, why=why))
        else:
            yield f"# {prose(self._r.headline)}"
        yield ""

    def _finding(self, f: Finding, number: int) -> Iterator[str]:
        yield f"## {number}\\. {prose(f.title)}" if number else f"# {prose(f.title)}"
        yield ""
        facts = [code(f.entity) + f.more, f.sure, prose(f.severity_word), f.since, *(code(r) for r in f.refs)]
        yield " · ".join(fact for fact in facts if fact)
        yield ""
        for paragraph in f.explanation:
            yield from (prose(paragraph), "")
        yield from self._section(self._w.why, self._seen(f.seen))
        yield from self._instruction(self._w.fix, f.remedy)
        yield from self._instruction(self._w.check, f.check)
        yield from self._section(self._w.effects, (self._effect(e) for e in f.effects))
        if link := safe_link(f.docs):
            yield from (self._w.joined.format(what=self._w.docs, why=f"<{link}>"), "")

    def _seen(self, seen: Sequence[Seen]) -> Iterator[str]:
        for one in seen[:_LISTED]:
            value = f" = {code(one.value)}" if one.value else ""
            notes = [code(one.quote), one.time.text if one.time else ""]
            yield f"{_SIGNS[one.sign]} {prose(one.text)}{value}" + "".join(f" · {note}" for note in notes if note)

    def _effect(self, effect: Effect) -> str:
        names = phrases.folded([code(e) for e in effect.entities], self._w, total=effect.count)
        return prose(effect.title) + effect.more + (f": {names}" if effect.count > 1 else "")

    def _instruction(self, heading: str, steps: Steps) -> Iterator[str]:
        if not steps:
            return
        yield from (f"{self._level} {heading}", "")
        yield from self._steps(steps)

    def _steps(self, steps: Steps) -> Iterator[str]:
        if steps.text:
            yield from (prose(steps.text), "")
        if steps.commands:
            yield from (*fenced(steps.commands), "")

    def _open_questions(self) -> Iterator[str]:
        yield from self._section(self._w.contradictions, self._contradictions())
        yield from self._section(self._w.symptoms, (self._effect(s) for s in self._r.symptoms))
        yield from self._section(self._w.candidates, self._candidates())
        yield from self._section(self._w.suspected, self._suspects())
        yield from self._section(self._w.ruled_out, self._excluded())
        yield from self._section(self._w.unseen, self._unseen())
        for steps in self._r.ask:
            yield from self._steps(steps)

    def _contradictions(self) -> Iterator[str]:
        for finding in self._r.contradictions:
            yield "\n  - ".join([prose(finding.title), *self._seen(finding.seen)])

    def _candidates(self) -> Iterator[str]:
        for one in self._r.candidates:
            decide = phrases.folded([code(q) for q in one.would_decide], self._w)
            yield " · ".join(
                part for part in (prose(one.title), code(one.entity), one.sure, f"{self._w.decides}: {decide}") if part
            )

    def _suspects(self) -> Iterator[str]:
        for one in self._r.suspects:
            yield f"{code(one.entity)} {one.score}" + "".join(f" · {prose(why)}" for why in one.why)

    def _excluded(self) -> Iterator[str]:
        for one in self._r.ruled_out:
            yield self._w.joined.format(what=prose(one.title) + one.more, why=prose(one.reason))

    def _unseen(self) -> Iterator[str]:
        for gap in self._r.unseen:
            if gap.blocking or (gap.required and not gap.idle):
                detail = f" · {prose(gap.detail)}" if gap.detail else ""
                yield self._w.joined.format(what=prose(gap.what), why=gap.state) + detail
        if idle := sum(gap.idle for gap in self._r.unseen):
            yield prose(self._w.unseen_idle.of(idle))

    def _about(self, finding: Finding) -> str:
        return f"{prose(finding.title)} · {code(finding.entity)}{finding.more}"

    def _section(self, heading: str, entries: Iterable[str]) -> Iterator[str]:
        listed = list(entries)
        if not listed:
            return
        yield from (f"{self._level} {heading}", "")
        yield from (f"- {entry}" for entry in listed[:_LISTED])
        if len(listed) > _LISTED:
            yield f"- {self._w.more_entries.of(len(listed) - _LISTED)}"
        yield ""

    def _foot(self) -> Iterator[str]:
        where = self._w.cluster.format(name=code(self._r.cluster)) if self._r.cluster else self._r.place
        parts = [self._w.product, where]
        if self._r.alert:
            parts.append(self._w.alert.format(name=code(self._r.alert)))
        parts.append(self._w.as_of.format(time=self._r.now.text))
        if self._r.others:
            parts.append(self._w.others.of(self._r.others))
        if self._r.suppressed:
            parts.append(self._w.hidden.of(len(self._r.suppressed)))
        parts.append(code(self._r.bundle))
        yield from ("---", "", " · ".join(part for part in parts if part))
