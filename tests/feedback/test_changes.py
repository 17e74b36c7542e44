import json
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import jsonschema
import msgspec
import pytest

from diagflow.feedback.changes import Told, change_lines, status_line
from diagflow.feedback.schema import published
from diagflow.feedback.shape import ChangedDiagnosis
from diagflow.feedback.structured import as_json_line
from diagflow.feedback.wire import to_changed_wire, to_wire
from diagflow.feedback.written import written
from diagflow.model import Cause, Entity, State, Text
from diagflow.model.changes import Changes, End, Ended, Gap, Standing
from diagflow.model.diagnosis import Diagnosis, Status
from tests.feedback.samples import healthy, hostile, max_pods, pod, unknown_forbidden

NOW = max_pods().incident.now
BEFORE = NOW - timedelta(minutes=12)
PULL = Cause("t.pull", Text("image {image} is missing"), name=Text("missing image", "缺少镜像"))
FULL = Cause("t.full", Text("full"), name=Text("too little {resource}"))
CAUSES = {"t.pull": PULL, "t.full": FULL}
CHANGES = Changes(
    before=BEFORE,
    ended=(
        *(Ended("t.pull", pod(f"p{n}"), NOW - timedelta(minutes=n), End.OVER) for n in range(1, 7)),
        Ended("t.full", Entity("node", "n"), NOW - timedelta(hours=3), End.GONE),
        Ended("t.old", Entity("node", "n"), NOW, End.UNASKED),
    ),
    standing=(Standing("t.full", Entity("node", "m"), BEFORE),),
    unseen=(Standing("t.pull", pod("x"), BEFORE), Standing("t.pull", pod("y"), BEFORE)),
    lost=(
        Gap("objects:pods", State.ERROR, "connection refused", told=True),
        Gap("objects:nodes", State.ERROR, "connection refused", told=True),
        Gap("objects:events", State.FORBIDDEN, "viewer may not", told=True),
    ),
    regained=(Gap("promql:sum(up)", State.DATA, told=True),),
)
OVER = "missing image (t.pull) pod/shop/p1, pod/shop/p2, pod/shop/p3 and 3 more (stood 6 min)"

REST = "Gone with its object: t.full node/n (stood 3 h) · No rule looks for it any more: t.old node/n"


def quiet() -> Diagnosis:
    return replace(healthy(), incident=max_pods().incident, source={"cluster": "prod"})


def said(changes: Changes, diagnosis: Diagnosis | None = None, lang: str = "en", **more: Any) -> list[str]:
    told = Told(diagnosis or quiet(), changes, CAUSES)
    return written(change_lines(told, lang, UTC, **more)).splitlines()


def test_since_last_takes_a_line_and_one_for_each_gap():
    time = f"{BEFORE:%H:%M:%S}"
    assert said(CHANGES) == [
        f"Since the scan at {time}: nothing new · Over: {OVER} · {REST} · 1 stands as before · in prod",
        "Cannot be seen now: list of pods, list of nodes (failed): connection refused",
        "Cannot be seen now: list of events (forbidden): viewer may not",
        "Seen again: metric sum(up)",
        "Not known to be over: missing image (t.pull) pod/shop/x, pod/shop/y",
    ]


def test_watched_lines_say_when_and_do_not_count_what_stands():
    time = f"{NOW:%H:%M:%S}"
    lines = said(CHANGES, watched=True)
    assert all(line.startswith(f"{time}  ") for line in lines)
    assert f"{time}  Over: {OVER}" in lines
    assert not [line for line in lines if "as before" in line]
    assert [line for line in lines if "Not known to be over" in line]
    assert not [line for line in said(replace(CHANGES, lost=()), watched=True) if "Not known to be over" in line]


def test_verbose_names_everything():
    assert "pod/shop/p6 (stood" in said(CHANGES, verbose=True)[0]


def test_what_is_new_stands_in_full_without_what_cannot_be_seen_anyway():
    new = max_pods()
    changes = Changes(before=BEFORE, new=((new.causes[0].id, new.causes[0].entity),))
    lines = said(changes, new)
    assert lines[0].startswith(new.causes[0].title.en)
    assert "Fix" in lines
    assert "Could not be seen" not in lines
    assert lines[-1].startswith(f"Since the scan at {BEFORE:%H:%M:%S}: 1 is new · in ")


def test_a_symptom_alone_is_told_as_what_nobody_can_explain():
    symptom = unknown_forbidden().symptoms[0]
    new = replace(unknown_forbidden(), status=Status.DIAGNOSED, missing=(), candidates=())  # something else stands
    lines = said(Changes(before=BEFORE, new=((symptom.id, symptom.entity),)), new)
    assert lines[0] == "Could not tell what is wrong: no known cause explains what is seen"


def test_without_an_earlier_scan_it_is_the_report():
    assert said(Changes(), watched=True)[0].startswith("Nothing wrong found · in prod")


def test_chinese():
    first = said(CHANGES, lang="zh")[0]
    assert "没有新问题" in first
    assert "缺少镜像" in first
    assert "Over" not in first


def test_names_cannot_deceive(evil: str) -> None:
    thing = Entity("pod", evil or "x", "shop")
    changes = replace(
        CHANGES,
        ended=(Ended(evil, thing, BEFORE, End.OVER),),
        unseen=(Standing(evil, thing, BEFORE),),
        lost=(Gap(f"objects:{evil}", State.ERROR, evil, told=True),),
    )
    for watched in (False, True):
        text = "\n".join(said(changes, watched=watched))
        assert "\x1b" not in text
        assert "\u202e" not in text
    line = as_json_line(to_changed_wire(hostile(evil), changes))
    assert line.count("\n") == 1
    assert line.splitlines() == [line[:-1]]
    jsonschema.Draft202012Validator(published("changes")).validate(json.loads(line))


def test_the_wire_form_is_the_diagnosis_and_a_block():
    wire = to_changed_wire(max_pods(), CHANGES)
    jsonschema.Draft202012Validator(published("changes")).validate(wire)
    msgspec.convert(wire, ChangedDiagnosis)
    plain = to_wire(max_pods())
    assert {**wire, "schema": plain["schema"], "changes": None} == {**plain, "changes": None}
    assert list(wire) == sorted(wire)
    assert wire["changes"]["regained"] == ["promql:sum(up)"]
    assert [one["end"] for one in wire["changes"]["ended"][-3:]] == ["over", "gone", "unasked"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(published()).validate(wire)


def test_the_line_of_a_terminal():
    assert status_line(NOW, 1, "en", UTC) == f"watching · last scan {NOW:%H:%M:%S} · 1 finding stands"
    assert status_line(NOW, 3, "zh", UTC) == f"监视中 · 上次扫描 {NOW:%H:%M:%S} · 3 项存在"
