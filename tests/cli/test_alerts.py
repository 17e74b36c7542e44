"""What an alert is taken to be about, and what is said of it."""

import json
from pathlib import Path

import pytest

from tests.cli.run import diagflow

SCHEDULED = {"conditions": [{"type": "PodScheduled", "status": "True"}]}


def pod(namespace: str, name: str, reason: str = "") -> dict[str, object]:
    waiting = {"state": {"waiting": {"reason": reason, "message": "no such image"}}} if reason else {}
    status = {"phase": "Pending" if reason else "Running", "containerStatuses": [{"name": "app", **waiting}]}
    metadata = {"name": name, "namespace": namespace, "creationTimestamp": "2026-01-01T09:00:00Z"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "status": {**status, **SCHEDULED}}


@pytest.fixture
def incident(tmp_path: Path) -> Path:
    """Two namespaces with a pod of one name, and one pod that has its name alone."""
    items = [pod("shop", "cart"), pod("test", "cart"), pod("shop", "pay", "InvalidImageName")]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "pods.json").write_text(json.dumps({"apiVersion": "v1", "kind": "PodList", "items": items}))
    return tmp_path / "in"


def alert(path: Path, **labels: str) -> Path:
    one = {"status": "firing", "labels": {"alertname": "Slow", **labels}, "startsAt": "2026-01-01T10:00:00Z"}
    path.write_text(json.dumps({"alerts": [one]}))
    return path


def entities(text: str) -> list[str]:
    (node,) = [node for node in json.loads(text)["graph"]["nodes"] if node["id"] == "alert"]
    return str(node["detail"]).split(", ")


def test_an_alert_without_a_namespace_is_about_the_one_of_its_name(incident: Path, tmp_path: Path) -> None:
    told = alert(tmp_path / "alert.json", pod="pay")
    ran = diagflow("diagnose", "--alert", told, "--bundle", incident, "-o", "json")
    assert ("without its namespace" in ran.err, entities(ran.out)) == (False, ["pod/shop/pay"])
    alert(incident / "alert.json", pod="pay")
    recorded = diagflow("diagnose", "--bundle", incident, "-o", "json")
    assert (recorded.err, entities(recorded.out)) == (ran.err, ["pod/shop/pay"])


def test_what_it_could_be_is_said_where_that_is_not_clear(incident: Path, tmp_path: Path) -> None:
    told = alert(tmp_path / "alert.json", pod="cart")
    ran = diagflow("diagnose", "--alert", told, "--bundle", incident, "-o", "json")
    said = "the alert names pod/cart without its namespace, and there are 2 of that name (pod/shop/cart, pod/test/cart)"
    assert (said in ran.err, entities(ran.out)) == (True, ["cluster/local"])
    narrowed = diagflow("diagnose", "--alert", told, "--bundle", incident, "-o", "json", "-n", "test")
    assert ("without its namespace" in narrowed.err, entities(narrowed.out)) == (False, ["pod/test/cart"])
    alert(incident / "alert.json", pod="cart")
    assert said in diagflow("import", incident, tmp_path / "out.zip").err


def test_an_alert_that_always_fires_is_a_scan_and_says_so(incident: Path, tmp_path: Path) -> None:
    told = alert(tmp_path / "alert.json", alertname="Watchdog", pod="cart", namespace="shop")
    scan = diagflow("scan", "--bundle", incident, "-o", "json", "--at", "2026-01-01T10:00:00Z")
    ran = diagflow("diagnose", "--alert", told, "--bundle", incident, "-o", "json", "--at", "2026-01-01T10:00:00Z")
    said = "diagflow: Watchdog fires by design, also while nothing is wrong, so this is a scan of everything"
    assert (scan.status, scan.out, said in scan.err) == (ran.status, ran.out, False)
    assert ran.err.startswith(said)
    alert(incident / "alert.json", alertname="Watchdog")
    recorded = diagflow("diagnose", "--bundle", incident, "-o", "json", "--at", "2026-01-01T10:00:00Z")
    assert (recorded.out, recorded.err) == (scan.out, ran.err)


def test_nothing_wrong_is_healthy_also_when_an_alert_always_fires(tmp_path: Path) -> None:
    told = alert(tmp_path / "alert.json", alertname="Watchdog")
    healthy = Path(__file__).parents[1] / "corpus" / "healthy" / "healthy-1.zip"
    ran = diagflow("diagnose", "--alert", told, "--bundle", healthy)
    assert (ran.status, "by design" in ran.err) == (0, True)
