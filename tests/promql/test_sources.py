from pathlib import Path

import pytest

from diagflow.model import BadInput
from diagflow.promql import Storage, evaluate
from diagflow.promql.sources import storage_of_answers, storage_of_folder

CSV = "timestamp,metric,value,job,pod\n1700000000,up,1,api,a\n1700000030,up,0,api,a\n1700000000.5,free,2.5,,\n"
PROM = """# TYPE up gauge
up{job="api",pod="a \\"b\\""} 1 1700000000
up{job="api",pod="a \\"b\\""} 0 1700000030.5 # {trace="x"} 1
{"my.metric",x="y"} +Inf 1700000000
free 2.5 1700000000
# EOF
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def sample(storage: Storage, expression: str, time: int) -> list[tuple[dict[str, str], float]]:
    rows = evaluate(storage, expression, time).rows
    return [(dict(row.labels), float(row.values[0])) for row in rows]


def test_a_csv_file(tmp_path: Path) -> None:
    write(tmp_path / "metrics.csv", CSV)
    storage = storage_of_folder(tmp_path)
    assert sample(storage, "up", 1_700_000_031_000) == [({"__name__": "up", "job": "api", "pod": "a"}, 0)]
    assert sample(storage, "free", 1_700_000_000_500) == [({"__name__": "free"}, 2.5)]
    assert storage.bounds() == (1_700_000_000_000, 1_700_000_030_000)


def test_openmetrics(tmp_path: Path) -> None:
    storage = storage_of_folder(write(tmp_path / "metrics.prom", PROM))
    assert sample(storage, "up", 1_700_000_030_500) == [({"__name__": "up", "job": "api", "pod": 'a "b"'}, 0)]
    assert sample(storage, '{"my.metric"}', 1_700_000_000_000) == [({"__name__": "my.metric", "x": "y"}, float("inf"))]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("metrics.csv", "time,metric,value\n", "1: no column 'timestamp'"),
        ("metrics.csv", CSV + "x,up,1,,\n", "5: this is no sample"),
        ("metrics.csv", CSV + "1700000000,up,7,api,a\n", "has two values at 1700000000.000"),
        ("metrics.prom", "up 1\n", "1: this sample has no timestamp"),
        ("metrics.prom", "up{a=b} 1 1\n", "1: `a=b` are no labels"),
        ("metrics.prom", "up one 1\n", "1: `one 1` are no value and timestamp"),
        ("metrics.prom", "up{ 1 1\n", "1: this is no sample"),
        ("metrics.csv", "timestamp,metric,value,a,b, a\n1,up,1,x,y,z\n", "1: there are several columns 'a'"),
        ("metrics.prom", 'up{a="1",a="2"} 1 1\n', "1: label a is given twice"),
        ("metrics.prom", '{"up","down"} 1 1\n', "1: label __name__ is given twice"),
        ("metrics.csv", CSV + "1e300,up,1,,\n", "5: this is no sample"),
        ("metrics.prom", "up 1 9e12\n", "1: `1 9e12` are no value and timestamp"),
        ("metrics.prom", "up 1 NaN\n", "1: `1 NaN` are no value and timestamp"),
        ("other.txt", "", "has no samples"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, name: str, text: str, message: str) -> None:
    write(tmp_path / name, text)
    with pytest.raises(BadInput, match=message):
        storage_of_folder(tmp_path)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not exist"):
        storage_of_folder(tmp_path / "none")


def test_parquet_needs_an_extra_or_is_read(tmp_path: Path) -> None:
    path = tmp_path / "metrics.parquet"
    path.write_bytes(b"no parquet")
    with pytest.raises(BadInput, match=r"pyarrow|cannot be read"):
        storage_of_folder(path)


def test_answers_of_a_prometheus() -> None:
    result = [{"metric": {"__name__": "up", "job": "a"}, "values": [[1700000000, "1"], [1700000030, "NaN"]]}]
    storage = storage_of_answers(result)
    assert sample(storage, "count_over_time(up[1m])", 1_700_000_030_000) == [({"job": "a"}, 2)]
    with pytest.raises(BadInput, match="result 1 is none of Prometheus' API"):
        storage_of_answers([{"values": []}])
    with pytest.raises(BadInput, match="result 2 is none of Prometheus' API"):
        storage_of_answers([*result, {"metric": {}, "values": [[1e300, "1"]]}])
