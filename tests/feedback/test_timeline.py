from dataclasses import replace
from datetime import UTC

from diagflow.feedback.clock import Clock
from diagflow.feedback.report import Happening
from diagflow.feedback.timeline import alert_name, timeline
from diagflow.feedback.words import words
from diagflow.model import Query
from diagflow.model.diagnosis import Diagnosis
from tests.feedback.samples import at, contradiction, healthy, max_pods, seen, suspects


def happenings(d: Diagnosis) -> tuple[Happening, ...]:
    return timeline(d, "en", Clock(d.incident.now, UTC, words("en")), words("en"))


def test_it_is_in_order_and_ends_with_the_diagnosis() -> None:
    found = happenings(max_pods())
    assert [h.kind for h in found] == [
        *("onset", "onset", "evidence", "alert", "evidence", "evidence", "evidence", "now")
    ]
    assert [h.time.iso for h in found] == sorted(h.time.iso for h in found)


def test_the_same_observation_at_the_same_second_stands_once() -> None:
    base = max_pods()
    many = tuple(seen("a pod was refused", time=at(7 - n / 10)) for n in range(5))
    d = replace(base, causes=(replace(base.causes[0], evidence=many),))
    assert [(h.what, h.times) for h in happenings(d) if h.what == "a pod was refused"] == [("a pod was refused", 5)]


def test_a_change_comes_before_what_began_in_the_same_second() -> None:
    base = max_pods()
    rollout = seen("rollout of shop/cart", query=Query.of("change", "rollout"), time=at(211))
    found = happenings(replace(base, causes=(replace(base.causes[0], evidence=(rollout,)),)))
    assert [h.kind for h in found[:2]] == ["change", "onset"]


def test_too_much_keeps_the_latest() -> None:
    base = max_pods()
    many = tuple(seen(f"event {n}", time=at(1000 - n)) for n in range(100))
    found = happenings(replace(base, causes=(replace(base.causes[0], evidence=many),)))
    assert (len(found), found[-1].kind) == (40, "now")


def test_alert_name_wherever_it_stands() -> None:
    assert alert_name(max_pods()) == "PendingRises"
    assert alert_name(contradiction()) == "KubeNodeNotReady"
    assert alert_name(suspects()) == "SlowRequests"
    assert alert_name(healthy()) == ""
