"""The result of a backtest for people: who fired about what and when, what could not be told, and totals."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from diagflow.backtest.bar import Marks, bar
from diagflow.backtest.outcome import Backtest, Firing, Gap, Judged, RecordingResult, RuleResult, Subject
from diagflow.backtest.structured import moment, totals
from diagflow.feedback.visible import one_line
from diagflow.promql.frame import show
from diagflow.promql.show import table
from diagflow.rules.scalars import show_duration

_HEADER: Final = ("rule", "about", "pending since", "fired at", "until", "for", "", "over time")
_JUDGED: Final = {Judged.RIGHT: "right", Judged.WRONG: "wrong", Judged.UNKNOWN: ""}
_MOST_GAPS: Final = 3


def as_text(found: Backtest, marks: Marks) -> str:
    """Return the result as lines; `marks` are what the bars are made of."""
    return "".join(line + "\n" for line in _lines(found, marks))


def _lines(found: Backtest, marks: Marks) -> Iterator[str]:
    for one in found.recordings:
        yield from _recording(one, marks)
        yield ""
    yield from (one_line(text) for text in found.unused)
    yield _last(found)


def _recording(one: RecordingResult, marks: Marks) -> Iterator[str]:
    if one.why_not:
        yield f"{one_line(one.path)}: not evaluated: {one_line(one.why_not)}"
        return
    count = (one.end - one.start) // one.step + 1
    span = f"{moment(one.start)} to {moment(one.end)}"
    yield f"{one_line(one.path)}: {span}, {_count(count, 'evaluation')}, one each {show_duration(one.step / 1000)}"
    rows = [row for rule in one.rules if rule.subjects for row in _rows(rule, one, marks)]
    if rows:
        yield from ("  " + line for line in table(rows, _HEADER, left=len(_HEADER)).splitlines())
    quiet = [rule for rule in one.rules if not rule.why_not and not rule.subjects]
    silent = [rule.rule for rule in quiet if not rule.gaps]
    if silent:
        yield f"  did not fire: {_names(silent)}"
    for rule in one.rules:
        yield from _told(rule)
    yield from (f"  missed: no rule fired about the labelled cause {one_line(cause)}" for cause in one.missed)
    yield from _constants(one.rules)
    yield from (f"  not used: {one_line(problem)}" for problem in one.problems)


def _rows(rule: RuleResult, recording: RecordingResult, marks: Marks) -> Iterator[tuple[str, ...]]:
    about = _abouts(rule.subjects)
    day = moment(recording.start)[:11] if moment(recording.start)[:10] == moment(recording.end)[:10] else ""
    for subject, name in zip(rule.subjects, about, strict=True):
        over_time = bar(subject, rule, recording, marks)
        for number, firing in enumerate(subject.firings):
            first = number == 0
            yield (
                rule.rule if first else "",
                name if first else "",
                _time(firing.pending, day, "-"),
                _time(firing.fired, day, "not"),
                _time(firing.until, day, "the end"),
                _for(firing, recording.end),
                _JUDGED[firing.judged],
                over_time if first else "",
            )


def _abouts(subjects: Sequence[Subject]) -> list[str]:
    """Return names: the entity; of several alerts about one the labels too, where they differ."""
    count = Counter(subject.entity for subject in subjects)
    return [one_line(_about(subject, subjects, alone=count[subject.entity] == 1)) for subject in subjects]


def _about(subject: Subject, subjects: Sequence[Subject], *, alone: bool) -> str:
    if subject.entity.kind == "cluster" and subject.labels:
        return show(subject.labels)
    if alone:
        return str(subject.entity)
    same = [other.labels for other in subjects if other.entity == subject.entity]
    return f"{subject.entity} {show(_differing(subject.labels, same))}"


def _differing(labels: Mapping[str, str], others: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {name: value for name, value in labels.items() if any(other.get(name) != value for other in others)}


def _time(time: int | None, day: str, none: str) -> str:
    return none if time is None else moment(time).removeprefix(day).removesuffix("Z") if day else moment(time)


def _for(firing: Firing, end: int) -> str:
    start = firing.pending if firing.fired is None else firing.fired
    spent = ((end if firing.until is None else firing.until) - (start or 0)) / 1000
    text = show_duration(spent) if spent else "0s"
    return text if firing.fired is not None else f"({text})"


def _told(rule: RuleResult) -> Iterator[str]:
    where = f" ({one_line(str(rule.position.file))}:{rule.position.line})" if rule.position else ""
    if rule.why_not:
        yield f"  {rule.rule} could not be evaluated: {one_line(rule.why_not)}{where}"
    for why, gaps in _by_reason(rule.gaps).items():
        spans = ", ".join(f"{moment(gap.start)} to {moment(gap.end)}" for gap in gaps[:_MOST_GAPS])
        more = f" and {len(gaps) - _MOST_GAPS} more" if len(gaps) > _MOST_GAPS else ""
        silent = "" if rule.subjects else " did not fire otherwise, and"
        yield f"  {rule.rule}:{silent} nothing is known from {spans}{more}: {one_line(why)}"
    yield from (f"  {rule.rule}: {one_line(note)}" for note in rule.notes)


def _by_reason(gaps: Sequence[Gap]) -> dict[str, list[Gap]]:
    found: dict[str, list[Gap]] = {}
    for gap in gaps:
        found.setdefault(gap.why, []).append(gap)
    return found


def _constants(rules: Sequence[RuleResult]) -> Iterator[str]:
    kinds = sorted({kind for rule in rules for kind in rule.constant})
    if kinds:
        named = _names([rule.rule for rule in rules if rule.constant])
        yield f"  held constant, as recorded at its one moment: {', '.join(kinds)} (of {named})"


def _names(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(one_line(name) for name in names[:most]) + more


def _last(found: Backtest) -> str:
    count = totals(found)
    said = [
        f"{_count(count['firings'], 'firing')} of {_count(count['fired'], 'rule')}",
        f"on {_count(count['recordings'], 'recording')}",
    ]
    more: Mapping[str, Callable[[int], str]] = {
        "right": "{} right".format,
        "wrong": "{} wrong".format,
        "missed": "{} missed".format,
        "not_evaluated": "{} not evaluated".format,
        "partly_evaluated": "{} with gaps".format,
        "recordings_not_evaluated": lambda n: f"{_count(n, 'recording')} not evaluated",
    }
    return ", ".join([" ".join(said), *(text(count[key]) for key, text in more.items() if count[key])])


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")
