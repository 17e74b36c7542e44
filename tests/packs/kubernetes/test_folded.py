"""What the log of a crashing container is folded to."""

import pytest

from diagflow.analyze.case import Ask, LiveCase
from diagflow.model import Entity, Query, Reading, State
from diagflow.packs.kubernetes.applog.folded import main_line, run
from tests.packs.kubernetes.scheduling_make import NOW

POD = Entity("pod", "cart-0", "shop")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["ERROR order 1 failed", "ERROR order 2 failed", "ERROR other thing went wrong"], ("ERROR order 2 failed", 2)),
        (["ERROR one", "  FATAL other thing, sorry  ", "bye"], ("FATAL other thing, sorry", 1)),
        (["started", "stopped now, as asked"], ("stopped now, as asked", 1)),
        (["W0101 slow", "E0101 12:00:00.1 main.go:3] gone"], ("E0101 12:00:00.1 main.go:3] gone", 1)),
        (["java.lang.IllegalStateException: no", "ok"], ("java.lang.IllegalStateException: no", 1)),
        (["error " + "x" * 400], ("error " + "x" * 294, 1)),
        (["", "  "], None),
        ([], None),
    ],
)
def test_the_most_frequent_error_is_what_it_says(lines: list[str], said: tuple[str, int] | None):
    assert main_line(lines) == said


def status(name: str, **more: object) -> dict[str, object]:
    return {"name": name, "restartCount": 0, **more}


def test_the_run_that_ended_is_read_and_told_as_context():
    crashed = status("app", state={"waiting": {}}, lastState={"terminated": {"exitCode": 1}})
    ended = status("side", state={"terminated": {"exitCode": 2}})
    fine = status("fine", state={"running": {}})
    never = status("never", state={"waiting": {}})
    pod = {
        "metadata": {"namespace": "shop", "name": "cart-0"},
        "status": {"containerStatuses": [crashed, ended, fine, never], "initContainerStatuses": [ended]},
    }
    answers = {"objects:pods": [pod], "log:shop/cart-0/app#previous=true&tail=50": "error 1\nerror 2\n"}
    asked: list[str] = []

    def read(query: Query) -> Reading:
        asked.append(str(query))
        return Reading(query, State.DATA, NOW, answers.get(str(query), "panic: 3\n"))

    (found,) = run(LiveCase(Ask(NOW, False, (POD,), {}), read))
    assert (found.entity, found.names) == (POD, "kubernetes.crash-loop")
    assert [o.text.en for o in found.observations] == [
        "log of container app, 2 lines like: error 2",
        "log of container side: panic: 3",
    ]
    assert all(o.supports is None and o.refutes is None for o in found.observations)
    assert asked[1:] == ["log:shop/cart-0/app#previous=true&tail=50", "log:shop/cart-0/side#tail=50"]


def test_a_log_that_cannot_be_read_says_nothing():
    crashed = status("app", state={"waiting": {}}, lastState={"terminated": {"exitCode": 1}})
    pod = {"metadata": {"namespace": "shop", "name": "cart-0"}, "status": {"containerStatuses": [crashed]}}

    def read(query: Query) -> Reading:
        if query.kind == "log":
            return Reading(query, State.FORBIDDEN, NOW)
        return Reading(query, State.DATA, NOW, [pod])

    (found,) = run(LiveCase(Ask(NOW, False, (POD,), {}), read))
    assert (found.names, found.observations) == ("", ())
