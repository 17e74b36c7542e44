from diagflow.analyze.containers import containers_of, expand, fields_for

POD = {
    "spec": {
        "initContainers": [
            {"name": "init", "image": "i:1"},
            {"name": "proxy", "image": "p:1", "restartPolicy": "Always"},
        ],
        "containers": [{"name": "app", "image": "a:1"}, {"name": "new"}],
        "ephemeralContainers": [{"name": "debug"}],
    },
    "status": {
        "containerStatuses": [
            {"name": "app", "image": "a:resolved", "state": {"running": {}}, "ready": True, "restartCount": 3},
            {"name": "gone", "image": "g:1", "lastState": {"terminated": {"exitCode": 1}}},
        ],
        "initContainerStatuses": [{"name": "init", "started": False}],
    },
}


def test_containers_join_spec_and_status_by_name_init_first():
    found = {c["name"]: c for c in containers_of(POD)}
    assert list(found) == ["init", "proxy", "app", "new", "gone", "debug"]
    assert [c["type"] for c in found.values()] == ["init", "sidecar", "main", "main", "main", "ephemeral"]
    assert found["app"]["image"] == "a:1"
    assert (found["app"]["state"], found["app"]["ready"], found["app"]["restartCount"]) == ({"running": {}}, True, 3)
    assert found["gone"]["image"] == "g:1"
    assert "state" not in found["new"]
    assert found["init"]["started"] is False


def test_a_workload_has_the_containers_of_its_template():
    template = {"spec": {"containers": [{"name": "app"}]}}
    assert [c["name"] for c in containers_of({"spec": {"template": template}}, "deployment")] == ["app"]
    cron = {"spec": {"jobTemplate": {"spec": {"template": template}}}}
    assert [c["name"] for c in containers_of(cron, "cronjob")] == ["app"]


def test_what_is_no_list_or_no_mapping_has_no_containers():
    assert list(containers_of({"spec": None, "status": {"containerStatuses": "x"}})) == []
    assert list(containers_of({"spec": {"containers": ["x", 1]}})) == []


def test_container_paths_expand_to_where_they_stand():
    assert expand("container.state.waiting.reason") == (
        "status.initContainerStatuses[].state.waiting.reason",
        "status.containerStatuses[].state.waiting.reason",
        "status.ephemeralContainerStatuses[].state.waiting.reason",
    )
    assert expand("container.spec.resources", "deployment")[1] == "spec.template.spec.containers[].resources"
    assert expand("container.type") == ()
    assert "spec.containers[].image" in expand("container.image")


def test_fields_for_containers_hold_what_joins_them():
    assert {
        "spec.containers[].name",
        "status.containerStatuses[].name",
        "spec.initContainers[].restartPolicy",
    } <= fields_for(frozenset({"container.ready"}))
    assert fields_for(frozenset({"status.phase"})) == {"status.phase"}
