import json
import math
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

import jsonschema
import msgspec
import pytest

from diagflow.feedback import to_wire
from diagflow.feedback.plain import plain, rfc3339
from diagflow.feedback.schema import generate, generated_text, published
from diagflow.feedback.shape import Diagnosis
from diagflow.model import Incident, Query, State
from diagflow.model.diagnosis import Missing
from tests.feedback.samples import SAMPLES, healthy, hostile, max_pods, three_roots, unknown_forbidden

# What other programs rely on; fixed by the design.
TOP = {
    *("schema", "status", "now", "source", "causes", "symptoms", "candidates", "suspects", "ruled_out", "missing"),
    *("suppressed", "advice", "others", "path", "graph", "digests"),
}
CAUSE = {
    *("id", "refs", "role", "explained_by", "entity", "entities", "severity", "onset", "confidence", "title"),
    *("uncapped", "provisional", "explanation", "evidence", "remedy", "check", "docs"),
}


SCHEMAS = ("diagnosis", "changes")


def validate(wire: dict[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator(published())
    validator.validate(wire)
    msgspec.convert(wire, Diagnosis)


@pytest.mark.parametrize("name", SCHEMAS)
def test_published_schema_is_the_generated_one(name: str) -> None:
    assert json.dumps(published(name), indent=2, ensure_ascii=False) + "\n" == generated_text(name)


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_a_valid_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(generate(name))


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_object_of_the_schema_is_strict_and_requires_all_its_keys(name: str) -> None:
    schema = published(name)
    objects = [schema, *schema["$defs"].values()]
    for found in objects:
        assert found["additionalProperties"] is False
        assert set(found["required"]) == set(found["properties"])


def test_schema_refuses_an_unknown_key_and_a_wrong_time() -> None:
    wire = to_wire(max_pods())
    with pytest.raises(jsonschema.ValidationError):
        validate({**wire, "more": 1})
    with pytest.raises(jsonschema.ValidationError):
        validate({**wire, "now": "2026-01-01T00:00:00+08:00"})


def test_every_sample_is_valid_in_both_languages(sample: str) -> None:
    for lang in ("en", "zh"):
        validate(json.loads(json.dumps(to_wire(SAMPLES[sample](), lang), allow_nan=False)))


def test_hostile_text_is_valid(evil: str) -> None:
    wire = to_wire(hostile(evil))
    validate(json.loads(json.dumps(wire).encode("utf-8")))


def test_keys_are_those_of_the_design() -> None:
    wire = to_wire(max_pods())
    assert set(wire) == TOP
    assert set(wire["causes"][0]) == CAUSE
    assert set(wire["missing"][0]) == {"rule", "needs", "state", "detail", "required", "blocking"}
    assert wire["schema"] == "diagflow.diagnosis/v1"
    assert wire["others"] == {"count": 2}
    assert wire["digests"]["rules"] == {"K8S-SCHED-007": "sha256:7a", "K8S-SCHED-042": "sha256:42"}


def test_keys_are_sorted_at_every_depth() -> None:
    text = json.dumps(to_wire(three_roots()))
    assert text == json.dumps(to_wire(three_roots()), sort_keys=True)


def test_first_cause() -> None:
    cause = to_wire(max_pods())["causes"][0]
    assert (cause["id"], cause["entity"], cause["role"]) == ("kubernetes.node-pod-capacity", "node/worker-1", "root")
    assert cause["onset"] == ["2026-01-01T03:01:26Z", "2026-01-01T03:01:29Z"]
    assert cause["evidence"][2] == {
        "query": 'promql:sum(min_over_time(kube_pod_status_phase{phase="Pending"}[5m]))',
        "origin": "state",
        "nats": 0.0,
        "conclusive": False,
        "text": "pods Pending for 5 min",
        "value": 18.0,
        "time": "2026-01-01T03:04:55Z",
    }


def test_consequence_says_of_what() -> None:
    last = to_wire(three_roots())["causes"][-1]
    assert (last["role"], last["explained_by"]) == ("consequence", ["kubernetes.secret-missing@pod/shop/web-2"])
    assert last["onset"] == [None, "2026-01-01T01:15:00Z"]


def test_missing_has_one_entry_a_rule() -> None:
    missing = to_wire(unknown_forbidden())["missing"]
    assert [(m["rule"], m["needs"]) for m in missing[:2]] == [
        ("K8S-SCHED-007", "objects:nodes"),
        ("K8S-NODE-031", "objects:nodes"),
    ]


def test_missing_without_a_rule_is_not_lost() -> None:
    gap = Missing(Query.of("objects", "pods"), State.ERROR, ())
    assert [m["rule"] for m in to_wire(replace(healthy(), missing=(gap,)))["missing"]] == [""]


def test_language() -> None:
    assert to_wire(max_pods(), "zh")["causes"][0]["title"] == "节点 worker-1 无法再接收 Pod：已达到上限 1"
    assert to_wire(three_roots(), "zh")["causes"][0]["title"].startswith("Secret shop/db")


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00Z"),
        (datetime(2026, 1, 1, 8, 0, 0, 120_000, timezone(timedelta(hours=8))), "2026-01-01T00:00:00.120Z"),
        (datetime(2026, 1, 1, 0, 0, 0, 999, tzinfo=UTC), "2026-01-01T00:00:00Z"),
        (datetime(2026, 1, 1), "2026-01-01T00:00:00Z"),  # noqa: DTZ001  # what a careless analyzer gives
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
    ],
)
def test_times_are_utc_with_milliseconds_only_where_not_zero(time: datetime, text: str) -> None:
    assert rfc3339(time) == text


def test_numbers_that_json_lacks_are_text() -> None:
    assert plain([math.nan, math.inf, -math.inf, 1.5]) == ["NaN", "+Inf", "-Inf", 1.5]


def test_plain_takes_what_behaves_like_json() -> None:
    given = MappingProxyType({"b": (1, {2}), "a": datetime(2026, 1, 1, tzinfo=UTC), 3: "\ud800"})
    assert list(plain(given).items()) == [("3", "\ufffd"), ("a", "2026-01-01T00:00:00Z"), ("b", [1, [2]])]


def test_plain_refuses_what_json_cannot_say() -> None:
    with pytest.raises(TypeError, match="type object cannot be written as JSON"):
        plain({"x": object()})


def test_fractions_have_three_decimals() -> None:
    base = max_pods()
    cause = replace(base.causes[0], confidence=0.97249, evidence=(replace(base.causes[0].evidence[0], nats=-1e-9),))
    wire = to_wire(replace(base, causes=(cause,)))["causes"][0]
    assert wire["confidence"] == 0.972
    assert math.copysign(1, wire["evidence"][0]["nats"]) == 1.0


def test_no_clock_zone_or_hash_seed_is_in_it() -> None:
    code = (
        "import hashlib; from diagflow.feedback import render; from tests.feedback.samples import SAMPLES\n"
        "print(hashlib.sha256(''.join(render(s(), 'json') for s in SAMPLES.values()).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "TZ": tz, "LC_ALL": "C", "PYTHONPATH": ":".join(filter(None, sys.path))},
            check=True,
            capture_output=True,
        ).stdout
        for seed, tz in (("0", "UTC"), ("4242", "Asia/Shanghai"))
    }
    assert len(digests) == 1


def test_empty_diagnosis_is_valid() -> None:
    validate(to_wire(replace(healthy(), incident=Incident(now=datetime(2026, 1, 1, tzinfo=UTC)), source={})))
