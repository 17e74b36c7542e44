"""What the pods that run already have to do with it: pod (anti-)affinity and topology spread.

As in the plugins InterPodAffinity and PodTopologySpread. Selectors over namespaces (`namespaceSelector`) need the
labels of namespaces, which are not read here: such a term is taken for the pod's own namespace only.
"""

from collections.abc import Mapping, Sequence

from diagflow.packs.kubernetes.scheduling.pending import Pending
from diagflow.packs.kubernetes.scheduling.places import NOWHERE, Names, union
from diagflow.packs.kubernetes.scheduling.selectors import Json, looks_at, selects, terms, untolerated
from diagflow.packs.kubernetes.scheduling.standing import Kin
from diagflow.packs.kubernetes.scheduling.world import World


def _matches(term: Json, owner_namespace: str, labels: Mapping[str, str], namespace: str) -> bool:
    return looks_at(term, owner_namespace, namespace) and selects(term.get("labelSelector"), labels)


def _meets(term: Json, pod: Pending, kin: Kin) -> bool:
    return _matches(term, pod.namespace, kin.labels, str(kin.namespace or ""))


def _key(term: Json) -> str:
    return str(term.get("topologyKey") or "")


def friendless(pod: Pending, world: World) -> Names:
    """Return the nodes where a required affinity finds nobody."""
    wanted = terms(pod.spec, "podAffinity")
    if not wanted:
        return NOWHERE
    keyless = union(world.places.every - world.places.having(t.get("topologyKey", "")) for t in wanted)
    friends = {n for kin in world.kin if all(_meets(t, pod, kin) for t in wanted) for n in kin.nodes}
    found = {k: _domains(k, friends, world) for k in map(_key, wanted)}
    first = all(_matches(t, pod.namespace, pod.labels, pod.namespace) for t in wanted)
    if first and not any(found.values()):
        return keyless  # the first of its kind may go anywhere
    return keyless.union(*(world.places.every - _nodes_in(k, values, world) for k, values in found.items()))


def crowded(pod: Pending, world: World) -> Names:
    """Return the nodes where an anti-affinity, its own or that of a pod that runs, forbids it."""
    taken: dict[str, set[str | None]] = {}
    for term in terms(pod.spec, "podAntiAffinity"):
        others = {n for kin in world.kin if _meets(term, pod, kin) for n in kin.nodes}
        taken.setdefault(_key(term), set()).update(_domains(_key(term), others, world))
    for term, nodes in world.avoiders(pod.namespace):
        if selects(term.get("labelSelector"), pod.labels):
            taken.setdefault(_key(term), set()).update(_domains(_key(term), nodes, world))
    return union(_nodes_in(k, values, world) for k, values in taken.items())


def _domains(key: str, nodes: set[str], world: World) -> set[str | None]:
    """Return the values of a topology key that some nodes have."""
    return {world.places.label(n, key) for n in nodes} - {None}


def _nodes_in(key: str, values: set[str | None], world: World) -> Names:
    return union(world.places.domain(key, v) for v in values)


def uneven(pod: Pending, world: World) -> Names:
    """Return the nodes where one pod more would make the skew of a hard topology spread constraint too large."""
    every = pod.spec.get("topologySpreadConstraints") or ()
    hard = [c for c in every if c.get("whenUnsatisfiable", "DoNotSchedule") == "DoNotSchedule"]
    return union(_skewed(c, pod, world) for c in hard)


def _skewed(constraint: Json, pod: Pending, world: World) -> Names:
    key, places = _key(constraint), world.places
    domains = places.values(key)
    keyless = places.every - union(domains.values())
    if not domains:
        return keyless
    counts = _counts(constraint, pod, world)
    fewest = min(counts.values(), default=0) if len(counts) >= int(constraint.get("minDomains") or 1) else 0
    itself = 1 if selects(constraint.get("labelSelector"), pod.labels) else 0
    most = int(constraint.get("maxSkew") or 1) + fewest - itself
    return keyless.union(*(nodes for value, nodes in domains.items() if counts.get(value, 0) > most))


def _counts(constraint: Json, pod: Pending, world: World) -> dict[str | None, int]:
    """Count the matching pods in each domain of the nodes that count for this pod."""
    key, places = _key(constraint), world.places
    counting = _eligible(constraint, pod, world) & places.having(key)
    counts = dict.fromkeys((places.label(n, key) for n in counting), 0)
    for kin in world.kin:
        if _counted(kin, constraint, pod):
            for name in kin.nodes:
                if name in counting:
                    counts[places.label(name, key)] += 1
    return counts


def _eligible(constraint: Json, pod: Pending, world: World) -> Names:
    found = world.places.every
    if constraint.get("nodeAffinityPolicy", "Honor") == "Honor":
        found = world.places.selected(pod.spec)
    if constraint.get("nodeTaintsPolicy", "Ignore") == "Honor":
        tolerations = pod.spec.get("tolerations") or ()
        shut = [names for (_, taints), names in world.tainted.items() if untolerated(taints, tolerations)]
        found = found.difference(*shut)
    return found


def _counted(kin: Kin, constraint: Json, pod: Pending) -> bool:
    keys: Sequence[str] = constraint.get("matchLabelKeys") or ()
    return (
        kin.namespace == pod.namespace
        and not kin.ending
        and selects(constraint.get("labelSelector"), kin.labels)
        and all(kin.labels.get(k) == pod.labels[k] for k in keys if k in pod.labels)
    )
