"""The matrix of causes: what was named where what is right."""

import json
from dataclasses import replace

from diagflow.gate.confusion import HEALTHY, Other, confusion
from diagflow.gate.outcome import Check
from diagflow.gate.page import as_html
from diagflow.gate.plots import matrix
from diagflow.gate.report import report_of
from diagflow.gate.structured import as_json
from diagflow.gate.text import as_text
from tests.gate.make import CAUSE, OTHER, faulty, healthy, root
from tests.gate.test_compare import RULES

TRUE, FALSE = CAUSE.partition("@")[0], OTHER.partition("@")[0]
ELSEWHERE = root(f"{TRUE}@pod/shop/cart-1", right=False)
RIGHT, WRONG = faulty("r.zip", roots=[root()]), faulty("w.zip", roots=[root(OTHER, right=False)])


def rows(*outcomes):
    return {row.cause: row for row in confusion(outcomes)}


def test_the_right_cause_alone_is_clear():
    [row] = confusion([RIGHT, replace(RIGHT, name="s.zip")])
    assert (row.cause, row.recordings, row.right, row.silent, row.others) == (TRUE, 2, 2, 0, ())
    assert row.clear


def test_what_is_named_beside_or_instead_is_no_diagonal():
    beside = faulty("b.zip", roots=[root(), root(OTHER, right=False)])
    row = rows(RIGHT, WRONG, beside)[TRUE]
    assert (row.recordings, row.right, row.silent, row.clear) == (3, 2, 0, False)
    assert row.others == (Other(FALSE, ("lab/w.zip", "lab/b.zip")),)


def test_to_name_nothing_is_not_clear_and_nothing_false():
    row = rows(faulty())[TRUE]
    assert (row.right, row.silent, row.others, row.clear) == (0, 1, (), False)


def test_the_true_cause_at_another_place_is_another():
    row = rows(faulty(roots=[ELSEWHERE]))[TRUE]
    assert (row.right, row.silent, row.others) == (0, 0, (Other(f"{TRUE} elsewhere", ("lab/faults/a.zip",)),))


def test_several_true_causes_have_a_row_each():
    both = replace(RIGHT, expected=(CAUSE, OTHER), missed=(OTHER,))
    found = rows(both)
    assert found[TRUE].clear
    assert (found[FALSE].right, found[FALSE].silent) == (0, 1)


def test_of_one_cause_at_two_places_both_must_be_named():
    second = f"{TRUE}@pod/shop/cart-1"
    row = rows(replace(RIGHT, expected=(CAUSE, second), missed=(second,)))[TRUE]
    assert (row.recordings, row.right, row.silent) == (1, 0, 1)


def test_healthy_ones_have_a_row_and_unknown_ones_none():
    unsure = replace(healthy("u.zip"), checks={Check.CLEAN: True, Check.QUIET: False})
    unknown = replace(RIGHT, expected=(), known=False)
    found = rows(healthy(), healthy("f.zip", roots=[root(OTHER, right=False)]), unsure, unknown)
    assert list(found) == [HEALTHY]
    row = found[HEALTHY]
    assert (row.recordings, row.right, row.silent) == (3, 1, 1)
    assert row.others == (Other(FALSE, ("lab/f.zip",)),)


def test_the_text_names_rows_that_are_not_clear_only():
    assert "something else is right" not in as_text(report_of([RIGHT, healthy()], RULES))
    unsure = replace(healthy("u.zip"), checks={Check.CLEAN: True, Check.QUIET: False})
    lines = as_text(report_of([RIGHT, WRONG, faulty(), unsure], RULES)).splitlines()
    at = lines.index("what was named where something else is right:")
    assert lines[at + 1 : at + 3] == [
        f"  {TRUE}: {FALSE} in 1, nothing in 1 of 3 recordings",
        f"  {HEALTHY}: not called so in 1 of 1 recording",
    ]


def test_the_text_is_cut_and_verbose_is_not():
    many = [replace(faulty(f"{n}"), expected=(f"x.{n:02}",), missed=(f"x.{n:02}",)) for n in range(30)]
    made = report_of(many, RULES)
    assert "  ... and 20 more: -v lists all" in as_text(made).splitlines()
    assert "  x.29: nothing in 1 of 1 recording" in as_text(made, verbose=True).splitlines()


def test_json_has_it():
    [row] = json.loads(as_json(report_of([RIGHT, WRONG], RULES)))["confusion"]
    others = [{"named": FALSE, "recordings": ["lab/w.zip"]}]
    assert row == {"cause": TRUE, "recordings": 2, "right": 1, "silent": 0, "others": others}


def test_the_plot_has_what_is_right_on_the_diagonal():
    plot = matrix(confusion([RIGHT, WRONG, healthy(), faulty()]))
    side = plot.side
    assert (plot.width, plot.height) == (4 * side, 2 * side)  # two rows; one false cause more, and nothing
    assert {(cell.x / side, cell.y / side, cell.right) for cell in plot.cells} == {
        (0, 0, True), (2, 0, False), (3, 0, False), (1, 1, True),
    }  # fmt: skip
    assert f"{TRUE}: nothing in 1 of 3 recordings" in [cell.title for cell in plot.cells]


def test_a_large_plot_stays_on_the_page():
    many = [replace(RIGHT, expected=(f"x.{n:03}",), name=f"{n}") for n in range(400)]
    assert matrix(confusion(many)).width <= 900


def test_the_page_shows_it():
    page = as_html(report_of([RIGHT, WRONG], RULES))
    assert "0 of 1 rows are clear" in page
    assert f"{FALSE} (lab/w.zip)" in page
    assert page.count('<rect class="right"') == page.count('<rect class="false"') == 1
