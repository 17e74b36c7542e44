import pytest

from diagflow.promql.named import named_labels
from tests.promql.build import ask

SERIES = """load 1m
  m{namespace="shop",pod="cart-1",app="cart",job="a",le="+Inf"} 1 5
  m{namespace="shop",pod="db-0",app="db",job="b",le="+Inf"} 2 7
  n{namespace="shop",team="web"} 3 4
"""


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("sum by (namespace, pod) (m)", "namespace pod"),
        ("max_over_time((sum by (namespace) (m))[10m:1m])", "namespace"),
        ("-(sum by (pod) (m) > 0)", "pod"),
        ("sum(sum by (pod) (m))", ""),
        ("sum without (pod) (sum by (namespace, pod) (m))", "namespace"),
        ("topk(1, sum by (pod) (m))", "pod"),
        ("topk by (job) (1, sum by (pod, job) (m))", "job pod"),
        ('count_values by (job) ("value", m)', "job value"),
        ('label_replace(sum by (pod) (m), "deployment", "$1", "pod", "(.+)-.*")', "deployment pod"),
        ('label_join(m, "both", "-", "job", "pod")', "both"),
        (
            'sum by (namespace, deployment) (label_replace(m, "deployment", "$1", "pod", "(.+)-.*"))',
            "deployment namespace",
        ),
        ("m * on (namespace) group_left (team) n", "team"),
        ("n * on (namespace) group_right (team) sum by (namespace, pod) (m)", "namespace pod team"),
        ("sum by (namespace, app) (m) / on (namespace, app) sum by (namespace, app, job) (m)", "app namespace"),
        ("sum by (app, job) (m) / ignoring (job) sum by (app) (m)", "app"),
        ("2 * sum by (app) (m)", "app"),
        ("sum by (app, job) (m) and on (app) m", "app job"),
        ("m unless on (app) sum by (app) (m) > 5", ""),
        ("histogram_quantile(0.5, sum by (le, app) (m))", "app"),
        ("absent(sum by (app) (nothing))", ""),
        ("vector(scalar(sum by (app) (n)))", ""),
        ("rate(m[5m])", ""),
    ],
)
def test_what_an_expression_names_is_in_its_result(expression: str, names: str) -> None:
    assert sorted(named_labels(expression)) == names.split()
    rows = ask(SERIES, expression, 60_000).rows
    assert rows
    assert all(set(names.split()) <= row.labels.keys() for row in rows)


def test_of_two_alternatives_both_are_named() -> None:
    expression = "sum by (pod) (m) or sum by (namespace) (n)"
    assert named_labels(expression) == {"namespace", "pod"}
    assert {label for row in ask(SERIES, expression).rows for label in row.labels} == {"namespace", "pod"}


@pytest.mark.parametrize("expression", ["sum by (pod", "sum by (pod) (m) keep_metric_names", ""])
def test_another_dialect_names_nothing(expression: str) -> None:
    assert named_labels(expression) == frozenset()
