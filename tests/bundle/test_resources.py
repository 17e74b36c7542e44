import pytest

from diagflow.bundle.resources import canonical, has_namespace, kind_of, resource_of


@pytest.mark.parametrize(
    ("kind", "version", "resource"),
    [
        ("Pod", "v1", "pods"),
        ("Deployment", "apps/v1", "deployments.apps"),
        ("Deployment", "extensions/v1beta1", "deployments.apps"),
        ("Ingress", "extensions/v1beta1", "ingresses.networking.k8s.io"),
        ("PodDisruptionBudget", "", "poddisruptionbudgets.policy"),
        ("Endpoints", "v1", "endpoints"),
        ("EndpointSlice", "discovery.k8s.io/v1", "endpointslices.discovery.k8s.io"),
        ("NetworkPolicy", "", "networkpolicies.networking.k8s.io"),
        ("StorageClass", "storage.k8s.io/v1", "storageclasses.storage.k8s.io"),
        ("Event", "events.k8s.io/v1", "events"),
        ("Gateway", "networking.istio.io/v1", "gateways.networking.istio.io"),
        ("Gateway", "gateway.networking.k8s.io/v1", "gateways.gateway.networking.k8s.io"),
        ("Service", "serving.knative.dev/v1", "services.serving.knative.dev"),
        ("pod", "", "pods"),
    ],
)
def test_resources_of_kinds(kind: str, version: str, resource: str):
    assert resource_of(kind, version) == resource
    assert canonical(resource) == resource


def test_kinds_of_resources():
    assert kind_of("deployments.apps") == "Deployment"
    assert kind_of("deployments") == "Deployment"
    assert kind_of("services.serving.knative.dev") == ""
    assert kind_of("things") == ""


def test_what_stands_outside_of_namespaces():
    assert not has_namespace("nodes")
    assert not has_namespace("storageclasses.storage.k8s.io")
    assert has_namespace("pods")
    assert has_namespace("gateways.networking.istio.io")
