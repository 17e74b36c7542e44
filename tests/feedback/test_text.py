import re
from dataclasses import replace
from datetime import tzinfo

import pytest
from rich.cells import cell_len

from diagflow.feedback import render
from diagflow.feedback.build import build
from diagflow.feedback.paint import painted
from diagflow.feedback.text import lines
from diagflow.feedback.visible import deceives, one_line
from diagflow.feedback.written import written
from diagflow.model import Act, Instruction, Operation, Query, State, Text
from diagflow.model.diagnosis import Missing
from tests.feedback.samples import (
    SAMPLES,
    at,
    contradiction,
    healthy,
    hostile,
    max_pods,
    seen,
    suspects,
    three_roots,
    unknown_forbidden,
)

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def text(name: str, tz: tzinfo, lang: str = "en", *, verbose: bool = False, width: int | None = None) -> str:
    return render(SAMPLES[name](), "text", lang, tz=tz, width=width, verbose=verbose)


def commands(name: str) -> list[str]:
    d = SAMPLES[name]()
    return [c.en for cause in d.causes for i in (cause.remedy, cause.check) for c in i.commands]


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", SAMPLES)
def test_without_colours_it_is_what_rich_prints(name: str, lang: str, verbose: bool, tz: tzinfo) -> None:  # noqa: FBT001
    unbroken = lines(build(SAMPLES[name](), lang, tz), verbose=verbose)
    assert written(unbroken) == painted(unbroken)


def test_first_line_is_the_answer(tz: tzinfo) -> None:
    assert text("max_pods", tz).splitlines()[0] == (
        "Node worker-1 takes no more pods: its limit of 1 is reached  node/worker-1 · almost certain (97%)"
    )


def test_last_line_says_where_when_and_how_to_see_more(tz: tzinfo) -> None:
    counted, last = text("max_pods", tz).splitlines()[-2:]
    assert counted == "2 other findings are not connected with this"
    assert last == (
        "1 cause found · in lab · alert PendingRises · as of 2026-01-01 11:05:00 UTC+8 · 2 rules  "
        "More: -o html --out report.html; keep the readings: --record FILE"
    )


def test_order_of_the_parts(tz: tzinfo) -> None:
    headings = [line for line in text("max_pods", tz).splitlines() if line and not line.startswith(" ")]
    assert headings[2:-2] == [
        *("Why", "Ruled out", "Could not be seen", "Fix", "Check that it worked", "Because of it")
    ]


def test_consequences_are_folded_and_unfold(tz: tzinfo) -> None:
    assert "Pod shop/cart-0 stays Pending (and 17 more pods)" in text("max_pods", tz)
    assert "cart-17" not in text("max_pods", tz)
    assert "cart-17" in text("max_pods", tz, verbose=True)


def test_evidence_shows_value_and_time(tz: tzinfo) -> None:
    assert "  · pods Pending for 5 min = 18  11:04:55\n" in text("max_pods", tz)


def test_the_same_words_are_shown_once_as_they_weigh_most(tz: tzinfo) -> None:
    [cause] = max_pods().causes
    twice = (seen("used up", nats=3.0), seen("used up", nats=6.0), seen("used up", nats=6.0, time=at(60)))
    shown = render(replace(max_pods(), causes=(replace(cause, evidence=twice),)), "text", tz=tz, verbose=True)
    why = shown[shown.index("Why") : shown.index("Ruled out")]
    assert re.findall(r"used up  (.*)", why) == ["weighs +6 nats", "11:04:00 · weighs +6 nats"]


def test_verbose_shows_the_path_with_values(tz: tzinfo) -> None:
    path = text("max_pods", tz, verbose=True).partition("Decision path")[2]
    assert "K8S-SCHED-042 matched and asks its analyzer about cluster/local" in path
    assert "nodes with disk pressure = 0" in path
    assert "Decision path" not in text("max_pods", tz)


def test_healthy_is_one_quiet_line(tz: tzinfo) -> None:
    assert render(healthy(), "text", tz=tz) == (
        "Nothing wrong found · in lab · as of 2026-01-01 11:05:00 UTC+8 · 2 rules\n"
    )


def test_healthy_shows_below_only_what_was_asked_for(tz: tzinfo) -> None:
    quiet = replace(
        healthy(), advice=three_roots().advice, suppressed=three_roots().suppressed, missing=max_pods().missing
    )
    first, *rest = render(quiet, "text", tz=tz).splitlines()
    assert first.endswith("2 rules · 1 finding is suppressed (kubernetes.node-cordoned node/spare)")
    assert rest[:2] == ["", "Advice"]
    assert "Could not be seen" not in rest
    assert "Could not be seen" in render(quiet, "text", tz=tz, verbose=True)


def test_what_is_not_there_to_be_read_stands_behind_all_that_is_worth_reading(tz: tzinfo) -> None:
    gone = [Missing(Query("promql", f"rate(m{n}[5m])" + " + 0" * 100), State.ABSENT, rules=("T-1",)) for n in range(9)]
    said = render(replace(max_pods(), missing=tuple(gone)), "text", tz=tz, verbose=True).splitlines()
    below = said[said.index("Not there to be read") :]
    assert said.index("Fix") < said.index("Not there to be read")
    assert [line[:19] for line in below if "rate(m" in line] == [f"  · metric rate(m{n}[" for n in range(9)]
    assert max(map(len, below)) < 200
    assert "  9 lists, metrics and logs are not there to be read (named at the end)" in said


def test_unknown_says_what_is_missing_and_what_to_do(tz: tzinfo) -> None:
    shown = render(unknown_forbidden(), "text", tz=tz)
    assert shown.startswith("Could not tell what is wrong: 2 readings that decide are missing, ")
    assert '      - {apiGroups: [""], resources: ["nodes"], verbs: [get, list]}\n' in shown
    assert "      kubectl auth can-i list nodes --all-namespaces\n" in shown


def test_contradiction_shows_both_sides(tz: tzinfo) -> None:
    shown = render(contradiction(), "text", tz=tz)
    assert "the evidence contradicts itself" in shown.splitlines()[0]
    assert "    + the lease of worker-1 was not renewed for 3 min  11:04:00\n" in shown
    assert "    - the kubelet of worker-1 answers  11:04:59\n" in shown


def test_suspects_are_never_called_causes(tz: tzinfo) -> None:
    shown = render(suspects(), "text", tz=tz)
    assert shown.startswith("No cause found; by statistics alone, look at service/shop/web first\n")
    assert "errors rise from 03:01" in shown


def test_three_roots_are_numbered_and_effects_stand_under_theirs(tz: tzinfo) -> None:
    first, second = render(three_roots(), "text", tz=tz).split("\n2. ", 1)
    assert first.startswith("1. Secret shop/db")
    assert "Deployment shop/web does not finish its rollout" in first
    assert "Deployment shop/web" not in second
    assert "\n3. Node worker-2" in second
    assert "1 finding is suppressed (kubernetes.node-cordoned node/spare)" in second


@pytest.mark.parametrize("width", [None, 20, 40, 80, 200])
@pytest.mark.parametrize("name", ["max_pods", "three_roots"])
def test_commands_are_never_broken(name: str, width: int | None, tz: tzinfo) -> None:
    lines = text(name, tz, width=width).splitlines()
    for command in commands(name):
        rows = command.split("\n")
        if len(rows) == 1:
            assert f"      {command}" in lines
        else:  # the end of a here-document works only at the margin
            start = lines.index(rows[0])
            assert lines[start : start + len(rows)] == rows


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [40, 60, 100, 300])
def test_no_sentence_is_wider_than_the_terminal(sample: str, width: int, lang: str, tz: tzinfo) -> None:
    known = {row for c in commands(sample) for row in c.split("\n")}
    lines = text(sample, tz, lang, width=width).splitlines()
    rights = re.compile(r"- \{apiGroups|kubectl ")
    wide = [x for x in lines if cell_len(x) > min(width, 100) and x.strip() not in known]
    assert [x for x in wide if not rights.match(x.strip())] == []


def test_a_pipe_breaks_no_sentence_and_pads_nothing(sample: str, tz: tzinfo) -> None:
    shown = text(sample, tz)
    assert ANSI.sub("", shown) == shown
    assert [line for line in shown.splitlines() if line != line.rstrip()] == []
    assert "".join(shown.split()) == "".join(text(sample, tz, width=60).split())
    assert len(shown.splitlines()) < len(text(sample, tz, width=40).splitlines())


def test_colour_is_the_same_text_with_colours(sample: str, tz: tzinfo) -> None:
    coloured = render(SAMPLES[sample](), "text", tz=tz, color=True, width=80)
    assert ANSI.sub("", coloured) == text(sample, tz, width=80)
    assert "\x1b" not in ANSI.sub("", coloured)
    assert coloured != text(sample, tz, width=80)


@pytest.mark.parametrize("color", [False, True])
def test_hostile_text_is_made_visible(evil: str, color: bool, tz: tzinfo) -> None:  # noqa: FBT001
    shown = ANSI.sub("", render(hostile(evil), "text", tz=tz, color=color, verbose=True, width=80))
    assert not deceives(shown)
    assert not {c for c in shown if c < " "} - {"\n"}
    assert max(map(len, shown.splitlines())) < 50_000
    pieces = "".join(shown.split())
    assert "".join(one_line(evil).split())[:60] in pieces


def test_a_long_line_is_cut_and_says_so(tz: tzinfo) -> None:
    shown = render(hostile("x" * 10_000), "text", tz=tz)
    evidence = next(line for line in shown.splitlines() if line.startswith("  + "))
    assert len(evidence) < 900
    assert "more characters" in evidence


def test_chinese(tz: tzinfo) -> None:
    shown = render(max_pods(), "text", "zh", tz=tz)
    assert shown.splitlines()[0] == ("节点 worker-1 无法再接收 Pod：已达到上限 1  node/worker-1 · 几乎可以确定（97%）")
    assert "\n修复\n" in shown


def test_many_entries_are_counted_and_verbose_lists_them(tz: tzinfo) -> None:
    base = unknown_forbidden()
    many = replace(base, symptoms=base.symptoms * 9, candidates=base.candidates * 9)
    shown = render(many, "text", tz=tz)
    assert (shown.count("stays Pending"), shown.count("3 more (--verbose)")) == (6, 2)
    assert render(many, "text", tz=tz, verbose=True).count("stays Pending") == 9


def test_from_the_sixth_cause_on_one_line_each(tz: tzinfo) -> None:
    base = max_pods()
    many = replace(base, causes=tuple(replace(base.causes[0], id=f"c{i}") for i in range(8)))
    shown = render(many, "text", tz=tz)
    assert "\n5. Node worker-1" in shown
    assert "\n3 more causes\n  · Node worker-1" in shown
    assert "\n6. " not in shown


def test_what_is_often_blamed_takes_one_line_and_its_reasons_are_verbose(tz: tzinfo) -> None:
    sample = max_pods()
    real = sample.ruled_out[0]
    claims = [
        replace(real, id=f"c{n}", title=Text(f"claim {n}"), reason=Text(f"reason {n}"), popular=True) for n in (1, 2)
    ]
    shown = replace(sample, ruled_out=(real, *claims))
    brief, full = (render(shown, "text", "en", tz=tz, verbose=verbose) for verbose in (False, True))
    assert "  x often blamed, and not the cause here (-v says why): claim 1 · claim 2\n" in brief
    assert real.reason.en in brief
    assert "reason 1" not in brief
    assert "often blamed" not in full
    assert "  x claim 2  reason 2\n" in full


@pytest.mark.parametrize(("layers", "said"), [("session", True), ("user,session", False), ("go-env", False)])
def test_a_repair_of_one_window_says_that_it_is_one(layers: str, said: bool, tz: tzinfo) -> None:  # noqa: FBT001
    sample = max_pods()
    remedy = Instruction(Text("Remove it."), operations=(Operation(Act.UNSET, "GOROOT", layers=layers),))
    shown = replace(sample, causes=(replace(sample.causes[0], remedy=remedy),))
    assert ("Remove it. What follows repairs this window only" in render(shown, "text", tz=tz)) is said


@pytest.mark.parametrize(("layers", "said"), [("machine,session", True), ("user,session", False)])
def test_a_repair_of_the_machine_says_who_may(layers: str, said: bool, tz: tzinfo) -> None:  # noqa: FBT001
    sample = max_pods()
    remedy = Instruction(Text("Remove it."), operations=(Operation(Act.PATH_REMOVE, "C:\\go", layers=layers),))
    shown = replace(sample, causes=(replace(sample.causes[0], remedy=remedy),))
    assert (
        "Remove it. The machine's own settings can be changed by an administrator" in render(shown, "text", tz=tz)
    ) is said
