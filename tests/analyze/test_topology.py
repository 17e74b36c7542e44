from typing import Any

import pytest

from diagflow.analyze.lookup import Lookup
from diagflow.analyze.plan import plan_for
from diagflow.analyze.topology import ReadTopology
from diagflow.bundle import Bundle
from diagflow.harness.world import World
from diagflow.model import Direction, Query, Want
from diagflow.model.topology import Edge
from diagflow.rules import RuleSet
from tests.analyze.make import NOW, entity, pod

OBJECTS: list[dict[str, Any]] = [
    pod(
        owner="replicaset/shop/cart-5d4f8c7b9",
        labels={"app": "cart"},
        spec={
            "nodeName": "n1",
            "serviceAccountName": "robot",
            "imagePullSecrets": [{"name": "registry"}],
            "volumes": [
                {"persistentVolumeClaim": {"claimName": "data"}},
                {"configMap": {"name": "settings"}},
                {"projected": {"sources": [{"secret": {"name": "token"}}]}},
            ],
            "containers": [
                {
                    "name": "app",
                    "envFrom": [{"configMapRef": {"name": "env"}}],
                    "env": [{"name": "X", "valueFrom": {"secretKeyRef": {"name": "key", "key": "x"}}}],
                }
            ],
        },
    ),
    pod("cart-1", labels={"app": "cart"}, spec={"nodeName": "n1"}),
    pod("other", namespace="other", labels={"app": "cart"}),
    {
        "kind": "ReplicaSet",
        "namespace": "shop",
        "name": "cart-5d4f8c7b9",
        "owner": "deployment/shop/cart",
        "spec": {"template": {"spec": {"serviceAccountName": "robot"}}},
    },
    {"kind": "Deployment", "namespace": "shop", "name": "cart"},
    {
        "kind": "PersistentVolumeClaim",
        "namespace": "shop",
        "name": "data",
        "spec": {"volumeName": "v", "storageClassName": "fast"},
    },
    {"kind": "Service", "namespace": "shop", "name": "cart", "spec": {"selector": {"app": "cart"}}},
    {"kind": "Service", "namespace": "shop", "name": "headless", "spec": {}},
    {
        "kind": "PodDisruptionBudget",
        "namespace": "shop",
        "name": "cart",
        "spec": {"selector": {"matchLabels": {"app": "cart"}}},
    },
    {
        "kind": "HorizontalPodAutoscaler",
        "namespace": "shop",
        "name": "cart",
        "spec": {"scaleTargetRef": {"kind": "Deployment", "apiVersion": "apps/v1", "name": "cart"}},
    },
    {"kind": "ResourceQuota", "namespace": "shop", "name": "small"},
    {
        "kind": "Ingress",
        "namespace": "shop",
        "name": "web",
        "spec": {
            "ingressClassName": "nginx",
            "tls": [{"secretName": "web-tls"}],
            "rules": [{"http": {"paths": [{"backend": {"service": {"name": "cart"}}}]}}],
        },
    },
    {"kind": "NetworkPolicy", "namespace": "shop", "name": "closed", "spec": {"podSelector": {}}},
    {
        "kind": "NetworkPolicy",
        "namespace": "shop",
        "name": "paid",
        "spec": {"podSelector": {"matchLabels": {"app": "pay"}}},
    },
    {
        "kind": "ValidatingWebhookConfiguration",
        "name": "checks",
        "webhooks": [{"clientConfig": {"service": {"namespace": "shop", "name": "cart", "port": 443}}}],
    },
    {"kind": "APIService", "name": "v1.metrics", "spec": {"service": {"namespace": "shop", "name": "cart"}}},
    {"kind": "APIService", "name": "v1.apps", "spec": {"service": None}},
    {
        "kind": "RoleBinding",
        "namespace": "shop",
        "name": "readers",
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
        "subjects": [
            {"kind": "ServiceAccount", "name": "robot", "namespace": "other"},
            {"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "jane"},
        ],
    },
    {"kind": "PersistentVolume", "name": "v", "spec": {"csi": {"driver": "disk.csi"}, "storageClassName": "fast"}},
    {
        "kind": "VolumeAttachment",
        "name": "csi-1",
        "spec": {"nodeName": "n1", "source": {"persistentVolumeName": "v"}},
    },
]
LISTS = (
    "pods", "replicasets.apps", "deployments.apps", "persistentvolumeclaims", "services", "poddisruptionbudgets.policy",
    "horizontalpodautoscalers.autoscaling", "resourcequotas", "ingresses.networking.k8s.io",
    "networkpolicies.networking.k8s.io", "validatingwebhookconfigurations.admissionregistration.k8s.io",
    "apiservices.apiregistration.k8s.io", "rolebindings.rbac.authorization.k8s.io", "persistentvolumes",
    "volumeattachments.storage.k8s.io",
)  # fmt: skip
EVERYTHING = frozenset({"spec", "webhooks", "roleRef", "subjects"})


def topology(without: tuple[str, ...] = (), edges: tuple[Edge, ...] = ()) -> ReadTopology:
    world = World({"now": NOW, "objects": OBJECTS})
    bundle = Bundle(world.incident)
    wants = [Want(Query("objects", name), EVERYTHING) for name in LISTS if name not in without]
    for reading in world.read(wants, deadline=0):
        bundle.add(reading)
    return ReadTopology(Lookup(bundle, plan_for(RuleSet())), edges)


def along(name: str, **rest: Any) -> set[str]:
    return {f"{r} {e}" for r, e in topology(**rest).neighbours(entity(name), Direction.DEPENDENCIES)}


def against(name: str, **rest: Any) -> set[str]:
    return {f"{r} {e}" for r, e in topology(**rest).neighbours(entity(name), Direction.DEPENDENTS)}


def test_what_a_pod_hangs_on():
    assert along("pod/shop/cart-0") == {
        "namespace namespace/shop",
        "owner replicaset/shop/cart-5d4f8c7b9",
        "node node/n1",
        "account serviceaccount/shop/robot",
        "claim persistentvolumeclaim/shop/data",
        "config configmap/shop/settings",
        "config configmap/shop/env",
        "secret secret/shop/registry",
        "secret secret/shop/token",
        "secret secret/shop/key",
    }


@pytest.mark.parametrize(
    ("name", "relation"),
    [
        ("replicaset/shop/cart-5d4f8c7b9", "owner deployment/shop/cart"),
        ("replicaset/shop/cart-5d4f8c7b9", "account serviceaccount/shop/robot"),
        ("persistentvolumeclaim/shop/data", "volume persistentvolume/v"),
        ("persistentvolumeclaim/shop/data", "class storageclass/fast"),
        ("service/shop/cart", "selects pod/shop/cart-0"),
        ("poddisruptionbudget/shop/cart", "selects pod/shop/cart-1"),
        ("horizontalpodautoscaler/shop/cart", "scales deployment/shop/cart"),
        ("namespace/shop", "quota resourcequota/shop/small"),
        ("ingress/shop/web", "backend service/shop/cart"),
        ("ingress/shop/web", "class ingressclass/nginx"),
        ("ingress/shop/web", "secret secret/shop/web-tls"),
        ("networkpolicy/shop/closed", "selects pod/shop/cart-1"),
        ("validatingwebhookconfiguration/checks", "backend service/shop/cart"),
        ("apiservice/v1.metrics", "backend service/shop/cart"),
        ("rolebinding/shop/readers", "role clusterrole/view"),
        ("rolebinding/shop/readers", "account serviceaccount/other/robot"),
        ("persistentvolume/v", "driver csidriver/disk.csi"),
        ("volumeattachment/csi-1", "volume persistentvolume/v"),
        ("volumeattachment/csi-1", "node node/n1"),
    ],
)
def test_each_relation_is_found_from_both_ends(name: str, relation: str):
    word, target = relation.split(" ")
    assert relation in along(name)
    assert f"{word} {name}" in against(target)


def test_selectors_stay_in_their_namespace_and_an_empty_one_selects_nothing():
    assert "selects pod/other/other" not in along("service/shop/cart")
    assert along("service/shop/headless") == {"namespace namespace/shop"}


def test_an_empty_selector_of_a_network_policy_selects_its_whole_namespace():
    assert "selects pod/shop/cart-0" in along("networkpolicy/shop/closed")
    assert "selects pod/other/other" not in along("networkpolicy/shop/closed")
    assert along("networkpolicy/shop/paid") == {"namespace namespace/shop"}


def test_people_whom_a_binding_names_are_no_entities():
    assert along("rolebinding/shop/readers") == {
        "namespace namespace/shop",
        "role clusterrole/view",
        "account serviceaccount/other/robot",
    }
    assert along("apiservice/v1.apps") == set()


def test_the_pods_of_a_node_and_of_a_namespace():
    assert against("node/n1") == {"node pod/shop/cart-0", "node pod/shop/cart-1", "node volumeattachment/csi-1"}
    assert {"namespace pod/shop/cart-0", "namespace deployment/shop/cart"} <= against("namespace/shop")


def test_a_replicaset_that_was_not_read_tells_its_deployment_by_its_name():
    assert along("replicaset/shop/cart-5d4f8c7b9", without=("replicasets.apps",)) == {
        "namespace namespace/shop",
        "owner deployment/shop/cart",
    }
    assert along("replicaset/shop/handmade", without=("replicasets.apps",)) == {"namespace namespace/shop"}


def test_derived_edges_are_part_of_it():
    edge = Edge(entity("pod/shop/cart-1"), "candidate", entity("node/n2"))
    assert "candidate node/n2" in along("pod/shop/cart-1", edges=(edge,))
    assert "candidate pod/shop/cart-1" in against("node/n2", edges=(edge,))


def test_the_whole_cluster_hangs_on_nothing():
    assert along("cluster/local") == set()
    assert against("cluster/local") == set()


def found_without_lists(*found: str):
    bundle = Bundle(World({"now": NOW}).incident)
    return ReadTopology(Lookup(bundle, plan_for(RuleSet())), found=map(entity, found))


def test_a_quota_that_a_rule_found_belongs_to_its_namespace_without_a_list():
    topology = found_without_lists("resourcequota/shop/cpu", "resourcequota/other/cpu", "pod/shop/cart-0")
    quota, namespace = entity("resourcequota/shop/cpu"), entity("namespace/shop")
    assert list(topology.neighbours(namespace, Direction.DEPENDENCIES)) == [("quota", quota)]
    assert ("quota", namespace) in topology.neighbours(quota, Direction.DEPENDENTS)


def test_a_pod_that_a_rule_found_is_in_its_namespace_from_both_ends():
    topology = found_without_lists("pod/shop/cart-0", "pod/other/cart-0")
    cart, namespace = entity("pod/shop/cart-0"), entity("namespace/shop")
    assert list(topology.neighbours(namespace, Direction.DEPENDENTS)) == [("namespace", cart)]
    assert ("namespace", namespace) in topology.neighbours(cart, Direction.DEPENDENCIES)
