"""Claims of a pod that keep it from any node, before the scheduler looks at a single one."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from diagflow.packs.kubernetes.scheduling.pending import Pending, claim_names
from diagflow.packs.kubernetes.scheduling.places import Names, union
from diagflow.packs.kubernetes.scheduling.quantity import amount
from diagflow.packs.kubernetes.scheduling.selectors import Json
from diagflow.packs.kubernetes.scheduling.world import World, key, meta


class Trouble(StrEnum):
    """What is wrong with a claim."""

    MISSING = "missing"
    DELETING = "deleting"
    LOST = "lost"
    NO_CLASS = "no-class"  # none named, no default, no volume fits
    CLASS_MISSING = "class-missing"
    NOT_PROVISIONED = "not-provisioned"  # the class is there, its provisioner has made no volume
    NO_VOLUME = "no-volume"  # a class without provisioner, and no free volume that fits
    UNFIT = "unfit"  # nobody makes volumes for it, and some are there: why none fits is for check-claim-volumes to tell


_EXPLAINED: Final = frozenset({Trouble.LOST, Trouble.CLASS_MISSING, Trouble.NOT_PROVISIONED, Trouble.UNFIT})


@dataclass(frozen=True, slots=True)
class BadClaim:
    """A claim that keeps its pod from every node.

    Attributes:
        namespace: of the claim.
        name: of the claim.
        trouble: what is wrong with it.
        storage_class: the class that it names.
        detail: what its events say, or what it waits for.
    """

    namespace: str
    name: str
    trouble: Trouble
    storage_class: str = ""
    detail: str = ""

    @property
    def explained(self) -> bool:
        """True where something else is at fault: the volume, the class, its provisioner, or the volumes that are there.

        A claim is a root of its own only where there is nothing that could be: nobody made it, somebody deletes it, or
        it waits for a volume that nobody has made.
        """
        return self.trouble in _EXPLAINED


_NO_PROVISIONER: Final = "kubernetes.io/no-provisioner"
_PROVISIONED_BY: Final = "pv.kubernetes.io/provisioned-by"
_DEFAULT: Final = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)


def bad_claims(pod: Pending, world: World) -> list[BadClaim]:
    """Return the claims that stand in the way of this pod, in the order of its volumes."""
    if world.claims is None:
        return []
    found = []
    for name, generated in claim_names(pod.entity.name, pod.spec).items():
        claim = world.claims.get((pod.namespace, name))
        if claim is None and generated:
            continue  # the ephemeral volume controller creates it in a moment
        trouble = Trouble.MISSING if claim is None else _trouble(claim, world)
        if trouble is not None:
            found.append(BadClaim(pod.namespace, name, trouble, _class_name(claim) if claim else ""))
    return found


def _trouble(claim: Json, world: World) -> Trouble | None:
    if meta(claim).get("deletionTimestamp"):
        return Trouble.DELETING
    phase = (claim.get("status") or {}).get("phase")
    if phase == "Lost":
        return Trouble.LOST
    return _unbound_trouble(claim, world) if phase == "Pending" else None


def unprovisioned(pod: Pending, world: World) -> list[BadClaim]:
    """Return the claims that have waited for their pod, and get no volume now that a node was found for it.

    The scheduler waits 10 minutes for the provisioner, then turns the pod down with an error of the plugin
    VolumeBinding; each node would take the pod, so this is all that is left.
    """
    if "binding volumes" not in pod.message.raw:
        return []
    names = claim_names(pod.entity.name, pod.spec)
    claims = {name: (world.claims or {}).get((pod.namespace, name)) for name in names}
    return [
        BadClaim(pod.namespace, name, Trouble.NOT_PROVISIONED, _class_name(claim))
        for name, claim in claims.items()
        if claim is not None and (claim.get("status") or {}).get("phase") == "Pending"
    ]


def _class_name(claim: Json) -> str:
    return str((claim.get("spec") or {}).get("storageClassName") or "")


def _unbound_trouble(claim: Json, world: World) -> Trouble | None:
    name = _class_name(claim)
    if world.classes is None:
        return Trouble.NOT_PROVISIONED
    if not name:
        return _without_class(claim, world)
    known = world.classes.get(name)
    if known is None:
        return None if _static_volume(claim, world) else Trouble.CLASS_MISSING
    if waits_for_pod(known):
        return None  # bound only when the pod has found its node: no fault of its own
    by_hand = known.get("provisioner") == _NO_PROVISIONER
    return _without_provisioner(claim, world, Trouble.NO_VOLUME) if by_hand else Trouble.NOT_PROVISIONED


def _without_class(claim: Json, world: World) -> Trouble:
    """No class: the default fills it in, unless the claim says that it wants none (an empty name)."""
    wants_none = (claim.get("spec") or {}).get("storageClassName") == ""
    defaults = [c for c in (world.classes or {}).values() if _is_default(c)]
    if defaults and not wants_none:
        return Trouble.NOT_PROVISIONED
    return _without_provisioner(claim, world, Trouble.NO_CLASS)


def _without_provisioner(claim: Json, world: World, trouble: Trouble) -> Trouble:
    """Nobody makes volumes for the claim: that is all there is to tell, unless some are there, or may be."""
    if world.volumes is None or any(meant(v, claim) for v in world.volumes.values()):
        return Trouble.UNFIT
    return trouble


def meant(volume: Json, claim: Json) -> bool:
    """True for the volume that a claim names, else for those of its class that no provisioner has made for another."""
    wanted = (claim.get("spec") or {}).get("volumeName")
    if wanted:
        return str(meta(volume).get("name")) == str(wanted)
    made = _PROVISIONED_BY in (meta(volume).get("annotations") or {})
    return not made and str((volume.get("spec") or {}).get("storageClassName") or "") == _class_name(claim)


def _is_default(storage_class: Json) -> bool:
    annotations = meta(storage_class).get("annotations") or {}
    return any(annotations.get(a) == "true" for a in _DEFAULT)


def waits_for_pod(storage_class: Json) -> bool:
    """True when volumes of a class are bound only once a pod needs them."""
    return storage_class.get("volumeBindingMode") == "WaitForFirstConsumer"


def _static_volume(claim: Json, world: World) -> bool:
    return any(_fits(volume, claim) for volume in (world.volumes or {}).values())


def _fits(volume: Json, claim: Json) -> bool:
    """True when a free volume could be bound to a claim."""
    spec, wanted = volume.get("spec") or {}, claim.get("spec") or {}
    reserved = spec.get("claimRef") or {}
    free = (volume.get("status") or {}).get("phase") == "Available" or (
        (reserved.get("namespace"), reserved.get("name")) == key(claim)
    )
    size = amount("storage", (spec.get("capacity") or {}).get("storage", 0))
    asked = amount("storage", ((wanted.get("resources") or {}).get("requests") or {}).get("storage", 0))
    modes = set(wanted.get("accessModes") or ()) <= set(spec.get("accessModes") or ())
    same_class = str(spec.get("storageClassName") or "") == _class_name(claim)
    return free and same_class and modes and size >= asked


def unreachable_volumes(pod: Pending, world: World) -> list[tuple[str, Names]]:
    """Return the claims with a bound volume, each with the nodes from which it cannot be used."""
    return [
        (name, world.places.every - _reachable(volume, world) | _other_zones(volume, world))
        for name, volume in _bound(pod, world)
    ]


_ZONES: Final = (
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
)


def _other_zones(volume: Json, world: World) -> Names:
    """Labels of old volumes name their zones, several of them joined by two underscores (plugin VolumeZone)."""
    labels: dict[str, Any] = meta(volume).get("labels") or {}
    own = {z: str(labels[z]).split("__") for z in _ZONES if z in labels}
    return union(names for z, zones in own.items() for v, names in world.places.values(z).items() if v not in zones)


def _bound(pod: Pending, world: World) -> Iterable[tuple[str, Json]]:
    for name in claim_names(pod.entity.name, pod.spec):
        claim = (world.claims or {}).get((pod.namespace, name)) or {}
        volume = (world.volumes or {}).get(str((claim.get("spec") or {}).get("volumeName") or ""))
        if volume is not None:
            yield name, volume


def unbindable_claims(pod: Pending, world: World) -> list[tuple[str, Names]]:
    """Return the claims that wait for their pod, each with the nodes on which it could get no volume."""
    found = []
    for name in claim_names(pod.entity.name, pod.spec):
        claim = (world.claims or {}).get((pod.namespace, name))
        if claim is not None and (claim.get("status") or {}).get("phase") == "Pending":
            found.append((name, world.places.every - _bindable(claim, world)))
    return found


def _bindable(claim: Json, world: World) -> Names:
    known = (world.classes or {}).get(_class_name(claim))
    if known is None or not waits_for_pod(known) or world.volumes is None:
        return world.places.every
    if known.get("provisioner") != _NO_PROVISIONER:
        return _topology_allowed(known, world)
    return union(_reachable(v, world) for v in world.volumes.values() if _fits(v, claim))


def _reachable(volume: Json, world: World) -> Names:
    required = ((volume.get("spec") or {}).get("nodeAffinity") or {}).get("required")
    return world.places.every if required is None else world.places.in_terms(required)


def _topology_allowed(storage_class: Json, world: World) -> Names:
    topologies = storage_class.get("allowedTopologies") or ()
    return union(_in_topology(t, world) for t in topologies) if topologies else world.places.every


def _in_topology(term: Json, world: World) -> Names:
    found = world.places.every
    for wanted in term.get("matchLabelExpressions") or ():
        values = wanted.get("values") or ()
        found &= union(names for v, names in world.places.values(str(wanted.get("key"))).items() if v in values)
    return found
