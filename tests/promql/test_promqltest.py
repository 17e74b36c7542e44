import math

import pytest

from diagflow.promql import ParseError
from diagflow.promql.promqltest import Report, run_text
from diagflow.promql.promqltest.commands import Eval, Malformed, parse_commands
from diagflow.promql.promqltest.histograms import parse_histogram, show_histogram
from diagflow.promql.promqltest.notation import parse_series
from diagflow.promql.storage import STALE_NAN


def run(text: str) -> Report:
    report = Report()
    run_text(text, "some.test", report)
    return report


def test_series_notation() -> None:
    labels, samples = parse_series('m{a="b"} 1 2+3x2 _ _x2 4x1 1-1x1 -2 stale NaN Inf -Inf 1e3')
    assert labels == {"__name__": "m", "a": "b"}
    got = [sample.value for sample in samples]
    assert got[:4] == [1, 2, 5, 8]
    assert got[4:7] == [None] * 3
    assert got[7:12] == [4, 4, 1, 0, -2]
    assert math.isnan(got[12] or 0)
    assert math.isnan(STALE_NAN)
    assert got[14:] == [math.inf, -math.inf, 1000]


def test_labels_in_quotes_and_histograms() -> None:
    labels, samples = parse_series('{"a.b", "c d"="e"} {{schema:1 count:3 buckets:[1 2]}}x1 {{}}+{{count:1}}x2')
    assert labels == {"__name__": "a.b", "c d": "e"}
    assert [sample.histogram.count for sample in samples if sample.histogram] == [3, 3, 0, 1, 2]


@pytest.mark.parametrize(
    "line", ["m x", "m 1+2", "m{a=b} 1", "m{{x:1}}", "m {{schema:x}}", "m {{sum:1 sum:2}}", "5m 1"]
)
def test_what_is_no_series(line: str) -> None:
    with pytest.raises((ParseError, ValueError)):
        parse_series(line)


def test_histograms_come_back() -> None:
    text = "{{schema:-53 count:3 sum:5 custom_values:[1 2] counter_reset_hint:gauge buckets:[1 0 2]}}"
    histogram, given = parse_histogram(text[2:-2])
    assert given
    assert show_histogram(histogram) == text
    negative = "{{count:4 z_bucket:1 z_bucket_w:0.1 n_offset:2 n_buckets:[3]}}"
    assert show_histogram(parse_histogram(negative[2:-2])[0]) == negative


def test_commands() -> None:
    text = """# a comment
load 5m
  m 1

eval instant at 5m sum(m)
  expect warn msg: x
  expect no_info
  {} 1

clear
"""
    load, evaluated, clear = parse_commands(text)
    assert (load.line, evaluated.line, clear.line) == (2, 5, 10)
    assert isinstance(evaluated, Eval)
    assert (evaluated.start, evaluated.expression) == (300_000, "sum(m)")
    assert evaluated.expected["warn"][0].text == "x"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("walk", 1),
        ("load 5x\n", 1),
        ("\nload 1m\n  m y", 3),
        ("eval instant 1", 1),
        ("eval instant at 1m x\n expect nothing", 2),
    ],
)
def test_what_is_no_command(text: str, line: int) -> None:
    with pytest.raises(Malformed) as caught:
        parse_commands(text)
    assert caught.value.line == line
    assert run(text).failed


OUTSIDE = "PromQL warning: quantile value should be between 0 and 1, got 2 (1:10)"
LOAD = 'load 1m\n  m{i="0"} 1 2 3\n  m{i="1"} 5\n  h {{count:3 sum:3 buckets:[3]}}\n\n'


@pytest.mark.parametrize(
    "evaluated",
    [
        'eval instant at 0 m\n  m{i="0"} 1\n  m{i="1"} 5',
        "eval instant at 0 sum(m)\n  {} 6",
        "eval instant at 0 1 + 1\n  2",
        'eval instant at 0 "a"\n  expect string "a"',
        'eval range from 0 to 2m step 1m m{i="0"}\n  m{i="0"} 1 2 3',
        'eval instant at 2m m{i="0"}[3m]\n  expect range vector from 0 to 2m step 1m\n  m{i="0"} 1 2 3',
        'eval_ordered instant at 0 sort_desc(m)\n  m{i="1"} 5\n  m{i="0"} 1',
        "eval_fail instant at 0 topk(NaN, m)\n  expected_fail_message Parameter value is NaN",
        "eval instant at 0 topk(NaN, m)\n  expect fail regex: value is",
        'eval_info instant at 2m rate(m[3m])\n  {i="0"} 0.016666666',
        "eval instant at 0 quantile(2, m)\n  expect warn msg: " + OUTSIDE + "\n  {} +Inf",
        "eval instant at 0 h\n  h {{count:3 sum:3 buckets:[3]}}",
        "eval instant at 0 nothing",
    ],
)
def test_what_is_as_expected(evaluated: str) -> None:
    report = run(LOAD + evaluated)
    assert not report.failed
    assert report.passed == 1


@pytest.mark.parametrize(
    ("evaluated", "said"),
    [
        ("eval instant at 0 sum(m)\n  {} 7", "got 6, want 7"),
        ('eval instant at 0 m\n  m{i="0"} 1', "want no such series"),
        ('eval instant at 0 sum(m)\n  {} 6\n  {x="y"} 1', 'got no {x="y"}, want 1'),
        ("eval instant at 0 1 + 1\n  3", "got 2, want 3"),
        ("eval instant at 0 1 + 1\n  {} 2", "got scalar 2, want a vector"),
        ('eval instant at 0 "a"\n  expect string "b"', "want 'b'"),
        ('eval range from 0 to 2m step 1m m{i="0"}\n  m{i="0"} 1 2 4', "at 120s: got 3, want 4"),
        ('eval range from 0 to 2m step 1m m{i="0"}\n  m{i="0"} 1 _ 3', "at 60s: got 2, want nothing"),
        ('eval_ordered instant at 0 sort(m)\n  m{i="1"} 5\n  m{i="0"} 1', "at position 1, want it at 2"),
        ("eval instant at 0 sum(m)\n  expect fail", "got an answer, want an error"),
        ("eval instant at 0 topk(NaN, m)\n  expect fail msg: other", "want `other`"),
        ("eval instant at 0 topk(NaN, m)", "want an answer"),
        ("eval instant at 0 quantile(2, m)\n  expect no_warn\n  {} +Inf", "want none"),
        ("eval instant at 0 sum(m)\n  expect warn\n  {} 6", "got no warn, want one"),
        ("eval instant at 0 quantile(2, m)\n  expect warn msg: other\n  {} +Inf", "want `other`"),
        ("eval instant at 0 h\n  h {{count:3 sum:3 buckets:[2 1]}}", "want {{count:3 sum:3 buckets:[2 1]}}"),
        ("eval instant at 0 h\n  h {{count:3 sum:3 buckets:[3] counter_reset_hint:gauge}}", "counter_reset_hint:gauge"),
        ("eval instant at 0 h\n  h 3", "want 3"),
        ("eval instant at 0 sum(", "parse error"),
    ],
)
def test_what_differs_is_said(evaluated: str, said: str) -> None:
    report = run(LOAD + evaluated)
    (difference,) = report.failed
    assert (difference.file, difference.line) == ("some.test", 6)
    assert any(said in text for text in difference.what)


def test_what_is_not_evaluated_is_skipped_with_the_reason() -> None:
    report = run(LOAD + "eval instant at 0 info(m)")
    assert not report.failed
    assert report.skipped[0].what == ("info() is experimental and not evaluated here",)


def test_classic_histograms_are_loaded_as_native_ones_too() -> None:
    text = 'load_with_nhcb 1m\n  h_bucket{le="1"} 1\n  h_bucket{le="+Inf"} 3\n  h_sum 4\n  h_count 3\n\n'
    wanted = "h {{schema:-53 count:3 sum:4 custom_values:[1] buckets:[1 2]}}"
    assert run(f"{text}eval instant at 0 h\n  {wanted}").passed == 1
    broken = run('load_with_nhcb 1m\n  h_bucket{le="1"} 5\n  h_bucket{le="+Inf"} 3')
    assert "not cumulative" in broken.failed[0].what[0]


def test_loads_add_and_clear_forgets() -> None:
    loads = "load 1m\n  m 1\n\nload 1m\n  m _ 2\n\n"
    evals = "eval instant at 1m sum_over_time(m[2m])\n  {} 3\n\nclear\n\neval instant at 1m m\n"
    assert run(loads + evals).passed == 2
