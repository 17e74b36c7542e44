"""The terminal output: for somebody at three in the morning.

The answer comes first, then why, then what to do. Commands stand on lines of their own and are never broken, so that
they can be copied. Without colour it is plain text: nothing depends on the width but where sentences are broken.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from diagflow.feedback import phrases
from diagflow.feedback.lines import Line, Part
from diagflow.feedback.report import Decision, Effect, Finding, Report, Seen, Steps, Unseen
from diagflow.feedback.visible import clip
from diagflow.feedback.written import written

_SENTENCE: Final = 400
_NAMED: Final = 160
"""Of an expression that nobody could ask: enough to know it by; all of it is in the other forms."""
_INDENT: Final = "  "
_MARKS: Final = {"for": ("+", "green"), "against": ("-", "red"), "context": ("·", "dim")}
_FULL: Final = 5
"""Causes shown with all that belongs to them; more are a line each."""
_LISTED: Final = 6
"""Entries of a list before the rest is counted."""


def text(report: Report, *, color: bool = False, width: int | None = None, verbose: bool = False) -> str:
    """Return the report as lines of text.

    Args:
        report: what to show.
        color: with ANSI colours.
        width: cells of a line; None (a pipe) breaks no line.
        verbose: all evidence and the whole decision path.
    """
    return written(lines(report, verbose=verbose), color=color, width=width)


def lines(report: Report, *, verbose: bool = False) -> list[Line]:
    """Return what is printed, line by line, unbroken."""
    return list(_Lines(report, verbose=verbose).all())


class _Lines:
    """One method a part of the output."""

    def __init__(self, report: Report, *, verbose: bool) -> None:
        self._r = report
        self._w = report.words
        self._verbose = verbose

    def all(self) -> Iterator[Line]:
        yield from self._answer()
        if self._verbose and self._r.path:
            yield from self._section(self._w.path, (line for d in self._r.path for line in self._decision(d)))
        if self._verbose:  # no cluster has all of it, and it is long: behind what somebody came to read
            yield from self._section(self._w.not_there, self._not_there())
        if self._r.status != "healthy":
            yield from self._last()

    def _answer(self) -> Iterator[Line]:
        if self._r.status == "healthy":
            yield from self._quiet()
            return
        if self._r.findings:
            yield from self._findings()
        else:
            yield from self._no_answer()
        yield from self._rest()

    def _quiet(self) -> Iterator[Line]:
        """The one line comes first; under it only what somebody asked for."""
        yield self._healthy()
        if self._verbose:
            yield from self._section(self._w.unseen, self._unseen())
        yield from self._section(self._w.advice, (self._summary(a) for a in self._r.advice))

    def _findings(self) -> Iterator[Line]:
        first, *others = self._r.findings
        yield from self._title(first, 1 if others else 0)
        yield from self._section(self._w.why, self._evidence(first.seen))
        yield from self._doubts()
        yield from self._remedy(first)
        for number, finding in enumerate(others[: _FULL - 1], 2):
            yield Line()
            yield from self._title(finding, number)
            yield from self._section(self._w.why, self._evidence(finding.seen))
            yield from self._remedy(finding)
        yield from self._short(others[_FULL - 1 :])

    def _short(self, findings: Sequence[Finding]) -> Iterator[Line]:
        heading = self._w.more_causes.of(len(findings))
        yield from self._section(heading, self._listed(self._summary(f) for f in findings))

    def _summary(self, finding: Finding) -> Line:
        return Line(((finding.title, ""),), _bullet(), ((_about(finding), "dim"),))

    def _title(self, finding: Finding, number: int) -> Iterator[Line]:
        prefix = ((f"{number}. ", "bold"),) if number else ()
        yield Line(((finding.title, "bold"),), prefix, ((_about(finding), ""),))
        severity = (finding.severity_word, _severity_style(finding.severity))
        rest = "".join(f" · {part}" for part in (finding.since, self._w.comma.join(finding.refs)) if part)
        indent = ((" " * len(f"{number}. "), ""),) if number else ()
        yield Line((severity, (rest, "dim")), indent)
        if self._verbose and finding.provisional:
            yield Line(((finding.provisional, "dim"),), indent)

    def _evidence(self, seen: Sequence[Seen]) -> Iterator[Line]:
        shown = seen if self._verbose else seen[:_LISTED]
        for one in shown:
            yield self._observation(one)
        if len(seen) > len(shown):
            yield self._dim(self._w.more_evidence.of(len(seen) - len(shown)))

    def _observation(self, one: Seen, indent: str = _INDENT) -> Line:
        mark, style = _MARKS[one.sign]
        parts: list[Part] = [(self._clip(one.text), "")]
        if one.value:
            parts.append((f" = {one.value}", "bold"))
        notes = [part for part in (one.quote, one.time.text if one.time else "") if part]
        if self._verbose and one.nats:
            notes.append(self._w.weighs.format(nats=one.nats))
        return Line(tuple(parts), ((indent, ""), (f"{mark} ", style)), _notes(notes))

    def _doubts(self) -> Iterator[Line]:
        """What speaks for trusting the answer, and what against: others ruled out, and what nobody could see."""
        yield from self._section(self._w.ruled_out, self._listed(self._excluded()))
        yield from self._section(self._w.unseen, self._unseen())

    def _excluded(self) -> Iterator[Line]:
        """Each with its reason; what is often blamed has nothing to do with what was seen, so its names do."""
        full = [one for one in self._r.ruled_out if self._verbose or not one.popular]
        for one in full:
            notes = _notes([self._clip(one.reason)] if one.reason else [])
            yield Line(((one.title, ""), (one.more, "")), ((_INDENT, ""), ("x ", "dim")), notes)
        if len(full) < len(self._r.ruled_out):
            names = " · ".join(one.title for one in self._r.ruled_out if one not in full)
            yield Line(((self._w.popular.format(names=names), ""),), ((_INDENT, ""), ("x ", "dim")))

    def _unseen(self) -> Iterator[Line]:
        there = [u for u in self._r.unseen if not u.idle]
        shown = [u for u in there if u.required or u.blocking or self._verbose]
        yield from self._listed(self._gap(u) for u in shown)
        for count, said in (
            (len(self._r.unseen) - len(there), self._w.unseen_below if self._verbose else self._w.unseen_idle),
            (len(there) - len(shown), self._w.unseen_more),
        ):
            if count:
                yield self._dim(said.of(count))
        for steps in self._r.ask:
            yield from self._steps(steps)

    def _gap(self, gap: Unseen) -> Line:
        notes = [self._w.rules_wait.of(len(gap.rules))] if gap.rules else []
        why = self._w.clause.join([gap.state, *([self._w.blocking] if gap.blocking else []), *notes])
        head = self._w.joined.format(what=gap.what, why=why)
        return Line(
            ((head, ""),),
            ((_INDENT, ""), ("! ", "yellow" if gap.blocking else "dim")),
            _notes([gap.detail] if gap.detail else []),
        )

    def _not_there(self) -> Iterator[Line]:
        for gap in self._r.unseen:
            if gap.idle:
                what = clip(gap.what, _NAMED, self._w.clipped)
                yield Line(((what, ""),), _bullet(), _notes([gap.detail] if gap.detail else []))

    def _remedy(self, finding: Finding) -> Iterator[Line]:
        yield from self._section(self._w.fix, self._steps(finding.remedy))
        yield from self._section(self._w.check, self._steps(finding.check))
        if self._verbose:
            yield from self._section(
                self._w.what_happens, (Line(((p, ""),), ((_INDENT, ""),)) for p in finding.explanation)
            )
        if finding.docs and self._verbose:
            yield from self._section(self._w.docs, [Line(((finding.docs, ""),), ((_INDENT, ""),), keep=True)])
        yield from self._section(self._w.effects, self._listed(self._effect(e) for e in finding.effects))

    def _effect(self, effect: Effect) -> Line:
        names: list[str] = []
        if effect.count > 1:
            limit = len(effect.entities) if self._verbose else 3
            names = [phrases.folded(effect.entities, self._w, limit, effect.count)]
        return Line(((effect.title, ""), (effect.more, "bold")), _bullet(), _notes(names))

    def _steps(self, steps: Steps) -> Iterator[Line]:
        if steps.text:
            yield Line(((steps.text, ""),), ((_INDENT, ""),))
        for command in steps.commands:
            yield from _command(command)

    def _no_answer(self) -> Iterator[Line]:
        why = self._w.clause.join(self._r.reasons)
        headline = self._w.joined.format(what=self._r.headline, why=why) if why else self._r.headline
        yield Line(((headline, "bold"),))
        doubted = (line for finding in self._r.contradictions for line in self._contradiction(finding))
        yield from self._section(self._w.contradictions, doubted)
        yield from self._section(self._w.suspected, self._suspects())

    def _contradiction(self, finding: Finding) -> Iterator[Line]:
        yield Line(((finding.title, ""),), _bullet())
        for seen in finding.seen:
            yield self._observation(seen, _INDENT * 2)

    def _suspects(self) -> Iterator[Line]:
        for number, suspect in enumerate(self._r.suspects, 1):
            number_of = ((_INDENT, ""), (f"{number}. ", ""))
            yield Line(((suspect.entity, "bold"),), number_of, _notes([suspect.score]))
            for why in suspect.why:
                yield Line(((self._clip(why), ""),), ((_INDENT * 2, ""), ("· ", "dim")))

    def _rest(self) -> Iterator[Line]:
        yield from self._section(self._w.symptoms, self._alone())
        yield from self._section(self._w.candidates, self._listed(self._candidates()))
        if not self._r.findings:
            yield from self._section(self._w.unseen, self._unseen())
            yield from self._section(self._w.ruled_out, self._listed(self._excluded()))
        yield from self._section(self._w.advice, (self._summary(a) for a in self._r.advice))

    def _alone(self) -> Iterator[Line]:
        shown = self._r.symptoms if self._verbose else self._r.symptoms[:_LISTED]
        yield from (line for symptom in shown for line in self._symptom(symptom))
        if len(self._r.symptoms) > len(shown):
            yield self._dim(self._w.more_lines.of(len(self._r.symptoms) - len(shown)))

    def _symptom(self, symptom: Effect) -> Iterator[Line]:
        yield self._effect(symptom)
        for seen in symptom.seen if self._verbose else symptom.seen[:2]:
            yield self._observation(seen, _INDENT * 2)

    def _candidates(self) -> Iterator[Line]:
        for one in self._r.candidates:
            decide = self._w.joined.format(what=self._w.decides, why=phrases.folded(one.would_decide, self._w))
            about = " · ".join(part for part in (one.entity, one.sure, decide) if part)
            yield Line(((one.title, ""),), _bullet(), _notes([about]))

    def _decision(self, step: Decision) -> Iterator[Line]:
        kind = self._w.bracketed.format(what=step.kind, why=step.outcome_word)
        fallback = f"{step.id} {step.entity}"
        yield Line(((kind, "dim"), (f" {step.text or fallback}", "")), ((_INDENT, ""),))
        for seen in step.seen:
            yield self._observation(seen, _INDENT * 2)

    def _healthy(self) -> Line:
        tail = " · ".join([*self._where_and_when(), *self._counted()])
        return Line(((self._r.headline, ""), (f" · {tail}", "dim")))

    def _last(self) -> Iterator[Line]:
        yield Line()
        yield from (Line(((counted, ""),)) for counted in self._counted())
        found = [self._w.found.of(len(self._r.findings))] if self._r.findings else []
        yield Line(((" · ".join([*found, *self._where_and_when()]), "dim"),), (), _notes([self._w.more]))

    def _where_and_when(self) -> list[str]:
        where = self._r.place
        alert = self._w.alert.format(name=self._r.alert) if self._r.alert else ""
        rules = self._w.rules_ran.of(len(self._r.rules)) if self._r.rules else ""
        return [part for part in (where, alert, self._w.as_of.format(time=self._r.now.text), rules) if part]

    def _counted(self) -> Iterable[str]:
        if self._r.others:
            yield self._w.others.of(self._r.others)
        if self._r.suppressed:
            hidden = phrases.folded([f"{s.id} {s.entity}" for s in self._r.suppressed], self._w, 2)
            yield self._w.bracketed.format(what=self._w.hidden.of(len(self._r.suppressed)), why=hidden)

    def _section(self, heading: str, body: Iterable[Line]) -> Iterator[Line]:
        """A heading and what stands under it; nothing at all where nothing does."""
        listed = list(body)
        if listed:
            yield Line()
            yield Line(((heading, "bold cyan"),))
            yield from listed

    def _listed(self, entries: Iterable[Line]) -> Iterator[Line]:
        every = list(entries)
        shown = every if self._verbose or len(every) <= _LISTED + 1 else every[:_LISTED]
        yield from shown
        if len(every) > len(shown):
            yield self._dim(self._w.more_lines.of(len(every) - len(shown)))

    def _dim(self, words: str) -> Line:
        return Line(((words, "dim"),), ((_INDENT, ""),))

    def _clip(self, sentence: str) -> str:
        return sentence if self._verbose else clip(sentence, _SENTENCE, self._w.clipped)


def _notes(notes: Sequence[str]) -> tuple[Part, ...]:
    return ((" · ".join(notes), "dim"),) if notes else ()


def _about(finding: Finding) -> str:
    return " · ".join(part for part in (finding.entity + finding.more, finding.sure) if part)


def _bullet() -> tuple[Part, ...]:
    return ((_INDENT, ""), ("· ", "dim"))


def _command(command: str) -> Iterator[Line]:
    """One line is indented; several start at the margin: the end of a here-document must not be indented."""
    rows = command.split("\n")
    indent = _INDENT * 3 if len(rows) == 1 else ""
    for row in rows:
        yield Line(((row, "cyan"),), ((indent, ""),), keep=True)


def _severity_style(severity: str) -> str:
    return {"critical": "red", "warning": "yellow"}.get(severity, "dim")
