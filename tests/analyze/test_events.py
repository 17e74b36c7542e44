from datetime import UTC, datetime

from diagflow.analyze.events import event_of
from diagflow.model import Entity

LAST = datetime(2026, 1, 1, 0, 4, tzinfo=UTC)
FIRST = datetime(2026, 1, 1, 0, 1, tzinfo=UTC)
ABOUT = {
    "kind": "Pod",
    "apiVersion": "v1",
    "namespace": "shop",
    "name": "cart-0",
    "uid": "u1",
    "fieldPath": "spec.containers{app}",
}

OLD = {
    "reason": "BackOff",
    "message": "Back-off",
    "count": 7,
    "firstTimestamp": "2026-01-01T00:01:00Z",
    "lastTimestamp": "2026-01-01T00:04:00Z",
    "involvedObject": ABOUT,
}
NEW = {
    "reason": "BackOff",
    "note": "Back-off",
    "eventTime": "2026-01-01T00:01:00.000000Z",
    "series": {"count": 7, "lastObservedTime": "2026-01-01T00:04:00.000000Z"},
    "regarding": ABOUT,
}


def test_both_api_groups_tell_the_same():
    for event in [event_of(OLD), event_of(NEW)]:
        assert (event.reason, event.message, event.count) == ("BackOff", "Back-off", 7)
        assert (event.entity, event.uid, event.container) == (Entity("pod", "cart-0", "shop"), "u1", "app")
        assert (event.first, event.last) == (FIRST, LAST)
        assert event.plain["message"] == "Back-off"
        assert event.plain["involvedObject"] == ABOUT


def test_an_event_without_a_series_was_seen_once_at_its_time():
    event = event_of({"reason": "X", "eventTime": "2026-01-01T00:01:00Z", "regarding": {"kind": "Node", "name": "n"}})
    assert (event.count, event.first, event.last) == (1, FIRST, FIRST)
    assert event.entity == Entity("node", "n")


def test_a_hostile_event_is_an_event_about_nothing():
    event = event_of({"involvedObject": 7, "series": "x", "count": "many", "message": None, "reason": None})
    assert (event.reason, event.message, event.count, event.first, event.uid) == ("", "", 1, None, "")
