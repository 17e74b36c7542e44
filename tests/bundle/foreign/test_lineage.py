"""Trees of kube-lineage, aligned as kubectl aligns tables."""

from datetime import UTC, datetime

from diagflow.bundle.foreign import lineage
from tests.bundle.foreign.printer import printed

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TREE = (
    "NAME\tREADY\tSTATUS\tAGE\n"
    "Deployment/web\t1/1\t\t17h\n"
    "├── ReplicaSet/web-66468d89c8\t1/1\t\t17h\n"
    "│   └── Pod/web-66468d89c8-sxrjj\t2/2\tRunning\t3h\n"
    "│       ├── Event/web.182d\t-\tFailed: Error: no such image: x\t2h\n"
    "│       ├── NetworkPolicy/deny\t-\t\t38m\n"
    "│       └── Service/web\t-\t\t44d\n"
    "│           └── Pod/stranger\t1/1\tRunning\t44d\n"
    "├── Event/of-the-deployment\t-\tScaled: up\t2h\n"
    "└── ReplicaSet/web-old\t-\t\t18h\n"
)


def tree(text=TREE, now=NOW):
    return list(lineage(printed(text, padding=3, minwidth=6), "shop", now))


def test_owners_are_those_that_make_what_stands_below_them():
    owners = {
        f"{one['kind']}/{one['metadata']['name']}": [
            f"{owner['kind']}/{owner['name']}" for owner in one["metadata"].get("ownerReferences", ())
        ]
        for one in tree()
        if one["kind"] != "Event"
    }
    assert owners == {
        "Deployment/web": [],
        "ReplicaSet/web-66468d89c8": ["Deployment/web"],
        "Pod/web-66468d89c8-sxrjj": ["ReplicaSet/web-66468d89c8"],
        "Pod/stranger": [],  # a Service selects it, and owns nothing
        "ReplicaSet/web-old": ["Deployment/web"],
    }


def test_a_pod_has_what_its_line_says():
    pod = next(one for one in tree() if one["kind"] == "Pod")
    assert (pod["metadata"]["namespace"], pod["metadata"]["creationTimestamp"]) == ("shop", "2026-03-01T09:00:00Z")
    assert (pod["spec"], pod["status"]) == ({}, {"phase": "Running"})


def test_events_of_pods_say_reason_and_message_and_no_type():
    (event,) = [one for one in tree() if one["kind"] == "Event"]
    assert event["involvedObject"] == {"kind": "Pod", "name": "web-66468d89c8-sxrjj", "namespace": "shop"}
    assert (event["reason"], event["message"]) == ("Failed", "Error: no such image: x")
    assert not {"type", "lastTimestamp", "count"} & event.keys()


def test_without_a_moment_nothing_has_an_age():
    assert not any("creationTimestamp" in one["metadata"] for one in tree(now=None))


def test_what_is_no_tree_has_no_objects():
    assert [
        tree(text) for text in ("", "error: no such resource\n", "NAME  READY\n", "NAMESPACE\tNAME\nx\tPod/a\n")
    ] == [
        [],
        [],
        [],
        [],
    ]
