"""`diagflow rules role`: the role that lets rules read what they declare, and nothing else."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from diagflow.analyze.rights import Right
    from diagflow.rules import RuleSet

SECRETS_SUFFIX: Final = "-secret-names"

_HEAD: Final = """\
# All that the rules of this DiagFlow read, made by `diagflow rules role`: make it anew when rules change.
# Bind it:  kubectl create clusterrolebinding {name} --clusterrole={name} --serviceaccount=NAMESPACE:NAME
# A part of it is enough for a part of the rules: what may not be read is said, and never called healthy.
# Metrics are asked of the Prometheus that --prometheus names. One that is found in the cluster is reached through
# the API server instead, which takes the right to `get` services/proxy: it leads to every service, so it is not here.
"""
_SECRETS_HEAD: Final = """\
# Optional. DiagFlow asks for the names of secrets, never for what is in them, and finds most missing ones without. But
# Kubernetes has no right to names alone: whoever has this account's token may read all secrets.
"""


def roles(ruleset: "RuleSet", name: str, *, secrets: bool) -> list[dict[str, Any]]:
    """Return the ClusterRoles for a set of rules, as the API server takes them."""
    from diagflow.analyze.rights import READ, SECRETS, Right, rights_of

    found = [_role(name, rights_of(ruleset))]
    if secrets:
        found.append(_role(name + SECRETS_SUFFIX, [Right("", SECRETS, READ)]))
    return found


def _role(name: str, rights: "Iterable[Right]") -> dict[str, Any]:
    from diagflow.analyze.rights import by_group

    rules = [
        {"apiGroups": [group], "resources": resources, "verbs": list(verbs)}
        for (group, verbs), resources in by_group(rights).items()
    ]
    head = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole"}
    return {**head, "metadata": {"name": name}, "rules": rules}


def write(found: list[dict[str, Any]]) -> None:
    """Print roles as YAML documents, each with what to know about it."""
    import yaml

    for role in found:
        name = role["metadata"]["name"]
        head = _SECRETS_HEAD if name.endswith(SECRETS_SUFFIX) else _HEAD.format(name=name)
        sys.stdout.write("---\n" + head + yaml.safe_dump(role, sort_keys=False, default_flow_style=None, width=110))
