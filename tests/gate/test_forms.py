"""The same report for people, for programs, for CI and as a page."""

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from diagflow.gate.baseline import baseline_of
from diagflow.gate.compare import compare
from diagflow.gate.junit import as_junit
from diagflow.gate.outcome import Check, Outcome, Use
from diagflow.gate.page import as_html
from diagflow.gate.phrases import percent
from diagflow.gate.plots import WIDTH, false_causes
from diagflow.gate.report import report_of
from diagflow.gate.structured import as_json, figures_json
from diagflow.gate.text import as_text
from diagflow.gate.waivers import Waiver
from tests.gate.make import CAUSE, OTHER, faulty, healthy, root
from tests.gate.test_compare import RULES

EVIL = '"><script>alert(1)</script>&\x07'
GOOD = [faulty(roots=[root()]), healthy(), faulty("b.zip", roots=[root()]), healthy("q.zip", corpus="soak")]


def report(now=GOOD, *, before=GOOD, waivers=(), seeds=0):
    found = compare(baseline_of(before, RULES, "why"), now, RULES, waivers, date(2026, 1, 31)) if before else None
    return report_of(now, RULES, found, seeds)


@pytest.fixture
def worse():
    return report([faulty(roots=[root(OTHER, right=False)]), *GOOD[1:3]])


def test_text_of_a_pass():
    lines = as_text(report()).splitlines()
    assert lines[-1] == "passed: 4 recordings, none worse"
    assert "lab: 3 recordings of 3 families: 2 faulty, 1 healthy" in lines
    assert "  best answer right    2 of 2, 100 % (95 %: 34 % to 100 %)" in lines
    assert "  false on healthy     0 of 1 (1 family: at most 95 %)" in lines
    assert any(line.startswith("all: 4 recordings") for line in lines)


def test_text_of_a_loss_begins_with_it_and_says_how_to_look_closer(worse):
    lines = as_text(worse).splitlines()
    assert lines[0] == "WORSE  lab/faults/a.zip: top-1, top-3, all named, no false cause"
    assert lines[4] == "    look closer: diagflow diagnose --bundle lab/faults/a.zip -v"
    assert lines[-1] == "FAILED: 1 recording of 3 got worse"


def test_rules_in_one_line():
    used = {"X-Y-001": Use.RAN | Use.FIRED | Use.WRONG}
    wide = [healthy(corpus=corpus, rules=used) for corpus in ("a", "b", "c")]
    rest = "2 of 2 that name causes are provisional"
    assert f"rules: 2: 1 fired, 1 of them wrongly; 1 never fired; 1 ran on 3 corpora or more; {rest}" in as_text(
        report(wide, before=())
    )
    assert f"rules: 2: 0 fired, 0 of them wrongly; 2 never fired; {rest}" in as_text(report())


def test_what_no_baseline_guards_is_counted():
    assert as_text(report(before=GOOD[:1])).endswith("passed: 4 recordings, none worse, 3 not in the baseline\n")


@pytest.mark.parametrize(
    "wrong",
    [
        faulty(roots=[root(OTHER, right=False)]),
        faulty(roots=[root(), root(OTHER, right=False)]),
        faulty(roots=[root()], forbidden=[OTHER]),
        healthy(roots=[root(OTHER, right=False)]),
    ],
)
def test_without_a_baseline_something_false_fails(wrong):
    made = report([wrong, *GOOD[2:]], before=())
    assert not made.passed
    assert as_text(made).endswith("FAILED: 1 recording of 3 answered wrongly, and no baseline that accepts it\n")
    failures = ET.fromstring(as_junit(made)).findall(".//failure")  # noqa: S314  # we wrote it
    assert [(one.text or "").splitlines()[-1] for one in failures] == [f"look closer: {wrong.closer}"]
    accepted = report([wrong, *GOOD[2:]], before=[wrong, *GOOD[2:]])
    assert accepted.passed
    assert not ET.fromstring(as_junit(accepted)).findall(".//failure")  # noqa: S314  # we wrote it


def test_without_a_baseline_what_is_not_said_fails_nothing():
    quiet = replace(healthy("r.zip"), status="unknown", checks={Check.CLEAN: True, Check.QUIET: False})
    made = report([faulty(), quiet], before=())
    assert made.passed
    text = as_text(made)
    assert "named nothing: lab/faults/a.zip" in text
    assert "healthy, and not called so: lab/r.zip" in text
    assert text.endswith("no baseline to compare with: 2 recordings, 2 not as labelled\n")


def test_text_of_what_else_fails():
    gone = as_text(report(GOOD[1:]))
    assert "GONE  lab/faults/a.zip: put it back, or accept it: --update-baseline --reason WHY" in gone
    assert gone.endswith("FAILED: 1 recording of the baseline cannot be found\n")
    old = Waiver("lab/b.zip", "a reason", "ann", date(2026, 1, 1))
    expired = as_text(report(waivers=[old]))
    assert "EXPIRED  the waiver of lab/b.zip (ann, until 2026-01-01: a reason)" in expired
    assert expired.endswith("FAILED: 1 waiver expired\n")
    broken = as_text(report([*GOOD, Outcome("lab", "x", "lab/x", error="no labels")]))
    assert "cannot be used: lab/x: no labels" in broken
    assert broken.endswith("FAILED: 1 recording of 5 cannot be used\n")


def test_text_without_a_baseline_says_what_is_wrong_the_worst_first():
    wrong = faulty("w.zip", roots=[root(OTHER, right=False)])
    text = as_text(report([faulty(), wrong, *GOOD[1:]], before=()))
    assert text.splitlines()[:6] == [
        "answered wrongly:",
        "  lab/w.zip: top-1, top-3, all named, no false cause",
        f"    expected: {CAUSE}",
        f"    false: {OTHER}",
        "    look closer: diagflow diagnose --bundle lab/w.zip -v",
        "named nothing: lab/faults/a.zip",
    ]
    assert text.endswith("FAILED: 1 recording of 5 answered wrongly, and no baseline that accepts it\n")


def test_what_the_baseline_does_not_know_is_not_said_to_be_no_worse():
    known, new = (faulty(name, roots=[root(OTHER, right=False)]) for name in ("known.zip", "new.zip"))
    lines = as_text(report([known, new], before=[known])).splitlines()
    assert lines[lines.index("answered wrongly, and no worse than before:") + 1].startswith("  lab/known.zip: ")
    assert lines[lines.index("answered wrongly, and not in the baseline:") + 1].startswith("  lab/new.zip: ")
    assert "answered wrongly, and no worse than before:" not in as_text(report([GOOD[0], new], before=GOOD[:1]))


def test_a_healthy_one_that_is_not_called_so_is_named():
    uncertain = replace(healthy(), checks={Check.CLEAN: True, Check.QUIET: False})
    assert "healthy, and not called so: lab/healthy/a.zip" in as_text(report([uncertain], before=()))


def test_a_false_cause_of_a_healthy_recording_says_where_it_is_named():
    both = replace(root(OTHER, 0.982, right=False), behind_alert=True, in_scan=0.881)
    alert = replace(root("k.third@node/n", 0.7, right=False), behind_alert=True)
    scan = replace(root(CAUSE, 0.6, right=False), in_scan=0.6)
    one = healthy(roots=[both, alert, scan])
    lines = as_text(report([one], before=())).splitlines()
    assert lines[2:6] == [
        f"    false: {OTHER} (behind its alert 0.982, in a scan 0.881)",
        "    false: k.third@node/n (behind its alert 0.7, not in a scan)",
        f"    false: {CAUSE} (in a scan 0.6)",
        "    look closer: diagflow diagnose --bundle lab/healthy/a.zip -v",
    ]
    worse = as_text(report([one], before=[healthy()])).splitlines()
    assert f"    + {OTHER} (behind its alert 0.982, in a scan 0.881), false, in place 1" in worse
    only_in_scan = healthy(roots=[scan])
    assert only_in_scan.closer == "diagflow scan --bundle lab/healthy/a.zip -v"


def test_a_share_says_what_it_is_by_family():
    many = [faulty(f"{n}", family="one run", roots=[root()]) for n in range(3)]
    assert "3 of 4, 75 %; 50 % of 2 families (95 %: 9.5 % to 91 %)" in as_text(report([*many, faulty("x")], before=()))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0 %"), (0.0004, "under 0.1 %"), (0.001, "0.1 %"), (0.0994, "9.9 %"), (0.0996, "10 %"), (0.5, "50 %"),
        (0.9949, "99 %"), (0.995, "99.5 %"), (299 / 300, "99.7 %"), (0.9994, "99.9 %"), (0.9996, "over 99.9 %"),
        (1.0, "100 %"),
    ],
)  # fmt: skip
def test_only_all_is_a_hundred_percent_and_only_none_is_nothing(value, said):
    assert percent(value) == said


def test_one_family_is_one_family():
    one_run = [faulty(f"{n}", family="one run", roots=[root()]) for n in range(2)]
    assert "2 of 2, 100 %; 100 % of 1 family (95 %: 21 % to 100 %)" in as_text(report(one_run, before=()))


def test_a_long_list_is_cut_and_verbose_is_not():
    many = report([faulty(f"{n:02}", roots=[root(OTHER, right=False)]) for n in range(30)], before=())
    assert "... and 20 more: -v lists all" in as_text(many)
    assert "lab/29:" in as_text(many, verbose=True)
    named = report([faulty(f"{n:02}") for n in range(30)], before=())
    assert "lab/09 ... (30 in all)" in as_text(named)
    assert "lab/29" in as_text(named, verbose=True)


def test_json_has_the_documented_keys_and_differs_in_seconds_only(worse):
    plain = json.loads(as_json(worse))
    assert set(plain) == {
        "schema", "passed", "seeds", "overall", "corpora", "calibration", "comparison", "recordings", "rules", "said",
        "unexplained", "confusion", "synthetic",
    }  # fmt: skip
    assert (plain["schema"], plain["passed"]) == ("diagflow.gate/v1", False)
    assert plain["comparison"]["losses"][0]["key"] == "lab/faults/a.zip"
    assert plain["recordings"][0]["wrong"] == ["top-1", "top-3", "all named", "no false cause"]
    slower = report_of([replace(o, seconds=9.0) for o in worse.outcomes], RULES, worse.comparison)
    assert without_seconds(json.loads(as_json(slower))) == without_seconds(plain)


def without_seconds(value):
    if isinstance(value, dict):
        return {k: without_seconds(v) for k, v in value.items() if k != "seconds"}
    return [without_seconds(v) for v in value] if isinstance(value, list) else value


def test_junit_fails_what_fails_the_gate(worse):
    tree = ET.fromstring(as_junit(worse))  # noqa: S314  # we wrote it
    cases = {case.get("name"): case for case in tree.iter("testcase")}
    assert set(cases) == {"faults/a.zip", "healthy/a.zip", "b.zip"}
    failures = {name: case.find("failure") for name, case in cases.items()}
    assert [name for name, failure in failures.items() if failure is not None] == ["faults/a.zip"]
    assert [suite.get("failures") for suite in tree] == ["1"]


def test_junit_lets_known_wrong_ones_pass_and_says_so():
    known = [faulty()]
    tree = ET.fromstring(as_junit(report(known, before=known)))  # noqa: S314
    assert tree.find(".//failure") is None
    assert "not as labelled: top-1" in (tree.findtext(".//system-out") or "")


def test_junit_of_what_is_gone_and_of_a_hostile_name():
    tree = ET.fromstring(as_junit(report([faulty(EVIL)])))  # noqa: S314
    assert {suite.get("name") for suite in tree} == {"lab", "baseline"}
    assert next(tree.iter("testcase")).get("name") == EVIL.replace("\x07", "")


def test_a_name_orders_no_terminal_about():
    evil = report([faulty("a\x1b[2J\u202eb", roots=[root(OTHER, right=False)])], before=())
    for text in (as_text(evil), as_json(evil)):
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert json.loads(as_json(evil))["recordings"][0]["name"] == "a\x1b[2J\u202eb"


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.links = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href")]


def test_the_page_is_self_contained_and_has_plots(worse):
    page = as_html(worse)
    found = Tags()
    found.feed(page)
    assert found.tags.count("svg") == 4
    assert found.links == []
    assert "script" not in found.tags
    assert "default-src &#39;none&#39;" in page
    assert page.endswith("</html>\n")
    assert "FAILED: 1 recording of 3 got worse" in page
    assert not re.search(r"nan|inf\b|None", page)


def test_a_rate_is_drawn_within_its_bound():
    """Most of the recordings are of one family, in which something false is said; the bound is about families."""
    one_run = [healthy(f"{n}", family="one run", roots=[root(OTHER, right=False)]) for n in range(50)]
    made = report([*one_run, *(healthy(f"other {n}") for n in range(9))], before=())
    (bar,) = false_causes(made.corpora).bars
    assert bar.value == WIDTH / 10 < bar.high < WIDTH * 50 / 59


def test_nothing_of_a_recording_becomes_markup():
    evil = faulty(EVIL, roots=[root(f"k.{EVIL}@node/n", right=False)], family=EVIL, rules={"X-Y-001": Use(31)})
    for page in (as_html(report([evil])), as_html(report([evil], before=[faulty(EVIL, roots=[root()])]))):
        assert "<script>" not in page
        assert "&lt;script&gt;" in page


def test_a_page_of_nothing_can_be_drawn():
    assert "<svg" not in as_html(report([Outcome("lab", "x", "lab/x", error="broken")], before=()))


def test_the_file_with_the_figures_of_rules():
    silent = Use.OCCURS | Use.RAN | Use.JUDGEABLE
    made = report_of([healthy(f"{n}", rules={"X-Y-001": silent}) for n in range(300)], RULES)
    plain = json.loads(figures_json(made.rules))
    assert plain["schema"] == "diagflow.rule-figures/v1"
    assert plain["rules"]["X-Y-001"] == {
        "digest": "sha256:1", "independent": 300, "false": 0, "bound": 0.0099, "provisional": False,
    }  # fmt: skip
    assert "X-Y-002" not in plain["rules"]  # it never ran, so that nothing is known about it
