"""Kinds of objects that a rule may name without a group, and the relations between objects."""

from typing import Final

from diagflow.rules.near import did_you_mean, near
from diagflow.rules.scalars import Wrong, shorten

KINDS: Final = frozenset(
    """
    apiservice certificatesigningrequest clusterrole clusterrolebinding configmap controllerrevision
    cronjob csidriver csinode csistoragecapacity customresourcedefinition daemonset deployment
    deviceclass endpoints endpointslice flowschema horizontalpodautoscaler ingress ingressclass
    ipaddress job lease limitrange mutatingwebhookconfiguration namespace networkpolicy node
    persistentvolume persistentvolumeclaim pod poddisruptionbudget podtemplate priorityclass
    prioritylevelconfiguration replicaset replicationcontroller resourceclaim resourceclaimtemplate
    resourcequota resourceslice role rolebinding runtimeclass secret service serviceaccount
    servicecidr statefulset storageclass validatingadmissionpolicy validatingadmissionpolicybinding
    validatingwebhookconfiguration volumeattachment volumeattributesclass
    """.split()  # noqa: SIM905  # a table of words
)
"""Kinds of Kubernetes' own API groups, singular and in lower case."""

SHORT: Final = {
    "cm": "configmap", "deploy": "deployment", "ds": "daemonset", "ep": "endpoints", "hpa": "horizontalpodautoscaler",
    "ing": "ingress", "no": "node", "ns": "namespace", "pdb": "poddisruptionbudget", "po": "pod",
    "pv": "persistentvolume", "pvc": "persistentvolumeclaim", "quota": "resourcequota", "rs": "replicaset",
    "sa": "serviceaccount", "sc": "storageclass", "sts": "statefulset", "svc": "service",
}  # fmt: skip
"""kubectl's short names, for better messages: rules write the kind."""

RELATIONS: Final = (
    "owner", "node", "candidate", "claim", "volume", "class", "config", "secret", "account", "namespace", "quota",
    "selects", "scales", "backend", "role", "driver", "calls",
)  # fmt: skip
"""Relations between entities (`diagflow.model.topology`)."""


def kind(text: str) -> str:
    """Return a kind as written in rules: singular, lower case, with its group where that is not Kubernetes' own.

    Raises:
        Wrong: it is no kind that we know, and has no group.
    """
    name = text.lower()
    if name in KINDS or ("." in name and all(name.split("."))):
        return name
    if name == "event":
        raise Wrong("events are read with `event: REASON`, not with `object: event`")
    guess = SHORT.get(name) or (near(name, KINDS))
    meant = f"did you mean `{guess}`?" if guess else did_you_mean(name, KINDS)
    raise Wrong(
        f"the kind `{shorten(text)}` is not known: {meant} "
        "(kinds of other groups are written with it: `gateway.networking.istio.io`)"
    )
