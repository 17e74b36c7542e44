import json

import numpy as np

from diagflow.promql.apijson import as_api
from diagflow.promql.show import as_text, plot
from tests.promql.build import ask

SERIES = 'load 1m\n  m{i="0"} 1 2 3 4 5 6 7 8\n  m{i="1"} 5\n  h {{count:3 sum:3 z_bucket:1 buckets:[2]}}'


def test_a_table_and_a_plot() -> None:
    assert as_text(ask(SERIES, "m")).splitlines() == ["series    value", 'm{i="0"}      1', 'm{i="1"}      5']
    lines = as_text(ask(SERIES, 'm{i="0"}', 0, 420_000, 60_000)).splitlines()
    assert lines[0] == "1970-01-01T00:00:00Z to 1970-01-01T00:07:00Z"
    assert lines[2].split() == ['m{i="0"}', "▁▂▃▄▅▆▇█", "1", "8", "8"]
    assert as_text(ask(SERIES, "1 + 1")) == "2\n"
    assert as_text(ask(SERIES, "'text'")) == "text\n"
    assert as_text(ask(SERIES, "none")) == "no series\n"


def test_gaps_stay_blank_and_a_flat_line_is_low() -> None:
    times = np.array([0, 1000, 4000])
    assert plot(times, np.ones(3), 0, 4000) == "▁ ▁"
    assert plot(times, np.array([np.nan, np.inf, 1.0]), 0, 4000).strip() == "▁"
    assert not plot(times, np.full(3, np.nan), 0, 4000).strip()


def test_the_answer_of_the_api() -> None:
    assert as_api(ask(SERIES, "m{i='1'}", 500)) == {
        "status": "success",
        "data": {"resultType": "vector", "result": [{"metric": {"__name__": "m", "i": "1"}, "value": [0.5, "5"]}]},
    }
    assert as_api(ask("", "1 / 0"))["data"] == {"resultType": "scalar", "result": [0, "+Inf"]}
    assert as_api(ask("", "'a'"))["data"]["result"] == [0, "a"]
    histogram = as_api(ask(SERIES, "h"))["data"]["result"][0]["histogram"][1]
    assert histogram == {"count": "3", "sum": "3", "buckets": [[3, "-0", "0", "1"], [0, "0.5", "1", "2"]]}
    ranged = as_api(ask(SERIES, "quantile(2, m)", 0, 60_000, 60_000))
    assert ranged["data"]["result"] == [{"metric": {}, "values": [[0, "+Inf"], [60, "+Inf"]]}]
    assert ranged["warnings"]
    json.dumps(ranged)
