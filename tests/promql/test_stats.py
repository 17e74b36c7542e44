from diagflow.promql.parse import parse
from diagflow.promql.stats import mark
from diagflow.promql.syntax import Selector
from tests.promql.build import ask, number

TWO_LAYOUTS = """load 1m
  h{i="a"} {{schema:-53 custom_values:[1 5] count:3 sum:3 buckets:[1 1 1]}}
  h{i="b"} {{schema:-53 custom_values:[1 9] count:4 sum:3 buckets:[1 2 1]}}
"""


def test_bounds_that_nobody_reads_do_not_differ() -> None:
    assert ask(TWO_LAYOUTS, "sum(h)").infos
    only_count = ask(TWO_LAYOUTS, "histogram_count(sum(h))")
    assert (number(only_count), only_count.infos) == (7, ())


def test_what_reads_buckets_keeps_them() -> None:
    assert ask(TWO_LAYOUTS, "histogram_count(sum(h)) + on() histogram_quantile(0.5, sum(h))").infos


def test_subqueries_read_whole_histograms() -> None:
    marked: list[bool] = []

    def walk(node: object) -> None:
        if isinstance(node, Selector):
            marked.append(node.stats)
        for name in getattr(node, "__slots__", ()) or vars(node):
            inner = getattr(node, name)
            for each in inner if isinstance(inner, tuple) else (inner,):
                if hasattr(each, "__dataclass_fields__"):
                    walk(each)

    walk(mark(parse("histogram_sum(a) + histogram_avg(rate(b[1m:])) + c")))
    assert marked == [True, False, False]
