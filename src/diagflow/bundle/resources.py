"""How kinds of objects are named in queries: the plural, with the API group where kubectl needs it."""

from typing import Final

from diagflow.model import Query

_CORE = (
    "Binding ComponentStatus ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume "
    "PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount"
)
_GROUPS: Final[dict[str, str]] = {
    "": _CORE,
    "apps": "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet",
    "batch": "CronJob Job",
    "autoscaling": "HorizontalPodAutoscaler",
    "policy": "PodDisruptionBudget",
    "networking.k8s.io": "Ingress IngressClass IPAddress NetworkPolicy ServiceCIDR",
    "discovery.k8s.io": "EndpointSlice",
    "storage.k8s.io": "CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment VolumeAttributesClass",
    "rbac.authorization.k8s.io": "ClusterRole ClusterRoleBinding Role RoleBinding",
    "scheduling.k8s.io": "PriorityClass",
    "node.k8s.io": "RuntimeClass",
    "coordination.k8s.io": "Lease LeaseCandidate",
    "admissionregistration.k8s.io": (
        "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration "
        "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration"
    ),
    "apiextensions.k8s.io": "CustomResourceDefinition",
    "apiregistration.k8s.io": "APIService",
    "certificates.k8s.io": "CertificateSigningRequest",
    "flowcontrol.apiserver.k8s.io": "FlowSchema PriorityLevelConfiguration",
    "resource.k8s.io": "DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice",
}
_UNCOUNTABLE = frozenset({"endpoints"})
_OLD_GROUPS: Final = {
    "extensions": ("apps", "networking.k8s.io", "policy")
}  # where kinds of extensions/v1beta1 live now
_WITHOUT_NAMESPACE: Final = (
    "ComponentStatus Namespace Node PersistentVolume IngressClass IPAddress ServiceCIDR CSIDriver CSINode StorageClass "
    "VolumeAttachment VolumeAttributesClass ClusterRole ClusterRoleBinding PriorityClass RuntimeClass "
    "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration ValidatingAdmissionPolicy "
    "ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration CustomResourceDefinition APIService "
    "CertificateSigningRequest FlowSchema PriorityLevelConfiguration DeviceClass ResourceSlice"
)


def plural_of(kind: str) -> str:
    """Return the plural as Kubernetes builds it: `Ingress` is `ingresses`, `NetworkPolicy` is `networkpolicies`."""
    word = kind.lower()
    if word in _UNCOUNTABLE:
        return word
    if word.endswith(("s", "x", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


_KINDS: Final = {(group, kind) for group, kinds in _GROUPS.items() for kind in kinds.split()}
_BY_KIND: Final = {kind.lower(): (group, kind) for group, kind in sorted(_KINDS)}
_BY_PLURAL: Final = {plural_of(kind): (group, kind) for group, kind in sorted(_KINDS)}
_CLUSTER_WIDE: Final = frozenset(plural_of(k) for k in _WITHOUT_NAMESPACE.split())


def group_of(api_version: str) -> str:
    """Return the API group of an `apiVersion`: `apps/v1` is `apps`, `v1` the empty string."""
    group, slash, _ = api_version.partition("/")
    return group if slash else ""


def resource_of(kind: str, api_version: str = "") -> str:
    """Return how a query names objects of `kind`: `pods`, `deployments.apps`, `events`.

    A missing `apiVersion` is filled in for the kinds of Kubernetes itself.
    """
    group = group_of(api_version)
    if not api_version and kind.lower() in _BY_KIND:
        group = _BY_KIND[kind.lower()][0]
    return canonical(plural_of(kind) + (f".{group}" if group else ""))


def kind_of(resource: str) -> str:
    """Return the kind of a resource of Kubernetes itself (`deployments.apps`: `Deployment`), else the empty string."""
    plural, _, group = resource.partition(".")
    known = _BY_PLURAL.get(plural)
    return known[1] if known and (not group or known[0] == group) else ""


def canonical(resource: str) -> str:
    """Return the one name of a resource: `deployments` and `deployments.extensions` are `deployments.apps`.

    Events are one thing under two API groups.
    """
    plural, _, group = resource.lower().partition(".")
    if plural == "events" and group in ("", "events.k8s.io"):
        return "events"
    known = _BY_PLURAL.get(plural)
    if known and (not group or group == known[0] or known[0] in _OLD_GROUPS.get(group, ())):
        return f"{plural}.{known[0]}" if known[0] else plural
    return f"{plural}.{group}" if group else plural


def has_namespace(resource: str) -> bool:
    """Return False for the resources of Kubernetes that stand outside of namespaces."""
    return resource.partition(".")[0] not in _CLUSTER_WIDE


def canonical_query(query: Query) -> Query:
    """Return the query under the one name of its resource; a namespace that means nothing there is left out."""
    if query.kind != "objects":
        return query
    resource = canonical(query.target)
    params = query.params if has_namespace(resource) else tuple(p for p in query.params if p[0] != "namespace")
    return Query(query.kind, resource, params)
