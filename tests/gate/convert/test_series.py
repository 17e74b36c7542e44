"""Corpora of metrics and spans: PetShop and Nezha."""

import builtins
import io
import json

import pytest

from diagflow.model import BadInput
from diagflow.promql import evaluate
from diagflow.promql.sources import storage_of_folder
from tests.gate.convert.make import converted, labels

DAY = 86_400
START = 1_681_350_000
LATER = START + 100 * DAY + 3_600


def table(times, value="0.5"):
    head = "microservice,Shop,Search_AWS::X\nmetric,latency,availability\nstatistic,Average,p50\nunix_timestamp,,\n"
    return head + "".join(f"{t}.0,{value},\n" for t in times)


def petshop():
    target = {
        "target": {"node": "Shop", "metric": "latency", "agg": "Average", "timestamp": START + 300},
        "root_cause": {"node": "Search_AWS::X", "metric": None},
        "metadata": {"reproducibility": {"command": "aws ssm put-parameter --name '/petstore/searchdelay' --value 1"}},
    }
    return {
        f"{traffic}/{name}": content
        for traffic in ("high_traffic", "low_traffic")
        for name, content in {
            "graph.csv": ",Shop,Search_AWS::X\nShop,0.0,1.0\nSearch_AWS::X,0.0,0.0\n",
            "noissue/metrics.csv": table(range(LATER, LATER + 2 * DAY, 3_600)),
            "train/issue_0/metrics.csv": table(range(START, START + 900, 300), "9"),
            "train/issue_0/target.json": target,
        }.items()
    }


def test_an_issue_of_petshop(tmp_path):
    made = converted(tmp_path, "petshop", petshop())
    assert {p.name for p in made.iterdir()} == {
        f"{t}_traffic-{k}" for t in ("high", "low") for k in ("issue_0", "normal")
    }
    issue = made / "low_traffic-issue_0"
    assert labels(issue)["causes"] == [{"entity": "service/Search_AWS::X"}]
    assert labels(issue)["family"] == "searchdelay"
    assert labels(made / "low_traffic-normal")["healthy"] is True
    (alert,) = json.loads((issue / "alert.json").read_text())["alerts"]
    assert alert["labels"] == {"alertname": "latency Average", "service": "Shop"}
    assert json.loads((issue / "topology.json").read_text()) == [
        {"from": "service/Shop", "to": "service/Search_AWS::X", "relation": "calls"}
    ]


def test_the_normal_day_lies_before_the_issue_at_its_time_of_day(tmp_path):
    issue = converted(tmp_path, "petshop", petshop()) / "high_traffic-issue_0"
    rows = [line.split(",") for line in (issue / "metrics.csv").read_text().splitlines()]
    assert rows[0] == ["timestamp", "metric", "value", "service", "statistic"]
    before = [int(row[0]) for row in rows[1:] if row[2] == "0.5"]
    assert len(before) == 24  # one day; empty cells are no samples
    assert max(before) < START
    assert START - max(before) <= DAY
    assert {(t - LATER) % 3_600 for t in before} == {0}
    storage = storage_of_folder(issue)
    result = evaluate(storage, 'latency{service="Shop"}', (START + 600) * 1000)
    assert "9" in str(result)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("high_traffic/train/issue_0/metrics.csv", "a,b\n", "its first rows are not microservice, metric, statistic"),
        ("high_traffic/train/issue_0/metrics.csv", table([START], "fast"), "line 5: could not convert"),
        ("high_traffic/train/issue_0/metrics.csv", table([START]) + "1,2\n", "line 6 has 2 cells instead of 3"),
        ("high_traffic/train/issue_0/target.json", "{}", "it has no target"),
        ("high_traffic/train/issue_0/target.json", "{", "target.json:1:2: this is no JSON"),
        ("high_traffic/graph.csv", ",a\nb\n", "rows are of different lengths"),
    ],
)
def test_damage_of_petshop_has_its_place(name, content, what, tmp_path):
    with pytest.raises(BadInput) as e:
        converted(tmp_path, "petshop", {**petshop(), name: content})
    assert what in str(e.value)
    assert name in str(e.value)


INJECTED = 1_661_140_434  # 2022-08-22 03:53:54 UTC
POD = "cartservice-579f59597d-wc2lz"


def nezha():
    fault = {"inject_time": "2022-08-22 03:53:54", "inject_timestamp": "1", "inject_pod": POD, "inject_type": "return"}
    metrics = "Time,TimeStamp,PodName,CpuUsage(m),Other\n" + "".join(
        f"x,{INJECTED + d},{POD},{2 + d},7\n" for d in (-2_000, -60, 0, 180, 181)
    )
    return {
        "2022-08-22/2022-08-22-fault_list.json": {"03": [fault]},
        f"2022-08-22/metric/{POD}_metric.csv": metrics,
        "2022-08-22/metric/front_service.csv": (
            f"Time,TimeStamp,ServiceName,SuccessRate(%)\nx,{INJECTED},Frontend,100\n"
        ),
        "2022-08-22/metric/dependency.csv": "Source,Target,Weight\nfrontend,cartservice,1\ncartservice,33.33.33.80,1\n",
        "2022-08-22/spans.parquet": spans(),
    }


def spans():
    pyarrow = pytest.importorskip("pyarrow", reason="spans need pyarrow, which is an extra: pip install '.[parquet]'")
    parquet = pytest.importorskip("pyarrow.parquet")
    starts = [(INJECTED + d) * 10**9 for d in (-2_000, -60, 100, 200)]
    columns = {
        "trace": [1, 2, 3, 4],
        "span": [1, 2, 3, 4],
        "parent": [None, None, 2, None],
        "PodName": [POD] * 4,
        "OperationName": ["a", "b", "c", "d"],
        "StartTimeUnixNano": starts,
        "Duration": [1, 2, 3, 4],
        "minute_file": ["03_53"] * 4,
    }
    out = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), out)
    return out.getvalue()


def test_a_fault_of_nezha(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    (made,) = converted(tmp_path, "nezha", nezha()).iterdir()
    assert made.name == "0822-0353-cartservice-return"
    assert labels(made)["causes"] == [{"entity": f"pod/{POD}"}]
    assert labels(made)["time"] == "2022-08-22T03:56:54Z"
    rows = (made / "metrics.csv").read_text().splitlines()
    assert rows[0] == "timestamp,metric,value,pod,service"
    assert [row.split(",")[0] for row in rows if "pod_cpu" in row] == [str(INJECTED + d) for d in (-60, 0, 180)]
    assert f"{INJECTED},service_success_percent,100.0,,frontend" in rows
    cut = parquet.read_table(io.BytesIO((made / "spans.parquet").read_bytes())).to_pylist()
    assert [(s["operation"], s["service"], s["start"]) for s in cut] == [
        ("b", "cartservice", (INJECTED - 60) * 10**6),
        ("c", "cartservice", (INJECTED + 100) * 10**6),
    ]
    assert json.loads((made / "topology.json").read_text()) == [
        {"from": "service/frontend", "to": "service/cartservice", "relation": "calls"},
        {"from": "service/cartservice", "to": "node/33.33.33.80", "relation": "runs_on"},
    ]
    (alert,) = json.loads((made / "alert.json").read_text())["alerts"]
    assert alert["labels"] == {"alertname": "fault behind the front end", "service": "frontend"}
    assert alert["startsAt"] == "2022-08-22T03:53:54Z"
    assert "who noticed is not said" in labels(made)["source"]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("2022-08-22/2022-08-22-fault_list.json", {"03": [{"inject_pod": "x"}]}, "it lists no faults"),
        ("2022-08-22/2022-08-22-fault_list.json", [], "it lists no faults"),
        ("2022-08-22/metric/front_service.csv", "a,b\n", "no columns TimeStamp and ServiceName"),
        ("2022-08-22/metric/front_service.csv", "TimeStamp,ServiceName\n", "it is about 0 services: it has no row"),
        ("2022-08-22/metric/front_service.csv", "TimeStamp,ServiceName\n1,a\n1,b\n", "it is about 2 services: a, b"),
        ("2022-08-22/metric/dependency.csv", "a\n", "no columns Source and Target"),
        ("2022-08-22/spans.parquet", b"PAR1", "it cannot be read"),
    ],
)
def test_damage_of_nezha_has_its_place(name, content, what, tmp_path):
    with pytest.raises(BadInput) as e:
        converted(tmp_path, "nezha", {**nezha(), name: content})
    assert what in str(e.value)
    assert name in str(e.value)


def test_without_pyarrow_it_is_asked_for(tmp_path, monkeypatch):
    plain = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return plain(name, *args, **kwargs)

    files = {**nezha_without_spans(), "2022-08-22/spans.parquet": b""}
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(BadInput, match=r"pip install 'diagflow\[parquet\]'"):
        converted(tmp_path, "nezha", files)


def nezha_without_spans():
    """The corpus without what needs pyarrow to be written."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(globals(), "spans", lambda: b"")
        return nezha()
