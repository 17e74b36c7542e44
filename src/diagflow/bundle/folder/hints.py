"""Which resource a file is about, as far as its name tells."""

from typing import Final

from diagflow.bundle.folder.files import Found
from diagflow.bundle.resources import canonical, kind_of, plural_of

_SHORT_NAMES = """
    cm=configmaps crds=customresourcedefinitions deploy=deployments ds=daemonsets ep=endpoints ev=events
    hpa=horizontalpodautoscalers hpas=horizontalpodautoscalers ing=ingresses limits=limitranges netpol=networkpolicies
    no=nodes ns=namespaces pdb=poddisruptionbudgets pdbs=poddisruptionbudgets po=pods pv=persistentvolumes
    pvs=persistentvolumes pvc=persistentvolumeclaims pvcs=persistentvolumeclaims quota=resourcequotas rs=replicasets
    sa=serviceaccounts sc=storageclasses sts=statefulsets svc=services
"""
_SHORT: Final = dict(pair.split("=") for pair in _SHORT_NAMES.split())
"""Short names of kubectl and of the folders of support bundles."""


def resource_of_file(file: Found) -> str:
    """Return the resource that a file or its folders are named after, the nearest name first; else nothing."""
    for part in reversed((*file.parts[:-1], file.path.stem)):
        resource = resource_of(part)
        if resource:
            return resource
    return ""


def resource_of(name: str) -> str:
    """Return the resource that a word names, as `pods`, `pvcs` or `deployments.apps`; else nothing."""
    word, _, group = name.lower().replace("-", "").replace("_", "").partition(".")
    for plural in (_SHORT.get(word, word), plural_of(word)):
        if kind_of(plural):
            return canonical(f"{plural}.{group}" if group else plural)
    return ""
