"""When a diagnosis gets suspects: behind an alert without a cause, where there are series, and only then."""

import subprocess
import sys
from dataclasses import replace

import pytest

from diagflow.infer import infer
from diagflow.infer.suspected import alerting, with_suspects
from diagflow.model import CLUSTER, BadInput, Incident
from diagflow.model.diagnosis import Status, Suppressed
from diagflow.promql import Series, Storage
from tests.infer.make import NOW, cause, entity, known, match
from tests.infer.test_suspects import BEGAN, CALLS, TIMES, levels

ALERT = Incident(now=NOW, alert={"alerts": []}, entities=(entity("service/shop"),), onset=BEGAN)


def storage():
    labels = {"__name__": "latency", "service": "cart"}
    return Storage([Series(labels, (TIMES * 1000).astype("int64"), levels(0.05, 0.8))])


def never():
    raise AssertionError("nobody may look at series here")


def diagnosis(incident=ALERT, *verdicts):
    return infer(verdicts, known(cause("net.down")), CALLS, incident)


def test_an_alert_without_a_cause_gets_suspects():
    before = diagnosis()
    after = with_suspects(before, CALLS, storage)
    assert (before.status, after.status, after.exit_status) == (Status.UNKNOWN, Status.SUSPECTS, 3)
    assert [str(s.entity) for s in after.suspects] == ["service/cart"]
    assert replace(after, status=before.status, suspects=()) == before


def test_a_cause_leaves_no_room_for_suspects():
    named = diagnosis(ALERT, match("net.down", "service/shop"))
    assert named.status is Status.DIAGNOSED
    assert with_suspects(named, CALLS, never) is named


def test_a_scan_has_none():
    for blind in (False, True):
        scan = infer([], {}, CALLS, Incident(now=NOW), blind=blind)
        assert with_suspects(scan, CALLS, never) is scan


def test_a_suppressed_cause_is_no_riddle():
    hidden = replace(diagnosis(), suppressed=(Suppressed("net.down", entity("service/shop"), "", "", ""),))
    assert with_suspects(hidden, CALLS, never) is hidden


def test_without_series_or_without_change_nothing_is_said():
    before = diagnosis()
    assert with_suspects(before, CALLS, lambda: None) is before
    assert with_suspects(before, CALLS, Storage) == before


def test_with_more_series_it_says_what_these_say():
    first = with_suspects(diagnosis(), CALLS, storage)
    assert with_suspects(first, CALLS, storage) == first
    assert with_suspects(first, CALLS, Storage) == diagnosis()


def test_series_that_cannot_be_read_are_none():
    def broken():
        raise BadInput("no samples")

    before = diagnosis()
    assert with_suspects(before, CALLS, broken) is before


@pytest.mark.parametrize("entities", [(), (CLUSTER,)])
def test_a_service_without_a_namespace_is_a_label_of_the_alert(entities):
    incident = replace(ALERT, entities=entities, labels={"service": "shop"})
    assert alerting(incident) == (entity("service/shop"),)
    assert alerting(replace(incident, labels={})) == entities
    assert alerting(ALERT) == ALERT.entities


def test_nothing_imports_numpy_until_there_are_series():
    program = "import sys, diagflow.engine, diagflow.infer.suspected; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
