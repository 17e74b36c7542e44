"""The analyzer `check-claim-volumes`: why none of the volumes that are there is bound to a claim.

Where volumes are made by hand (no class, a class of kubernetes.io/no-provisioner, a class that is a mere word), the
controller binds a claim to a volume of the same class that is free, large enough and of the same modes, and otherwise
says "no persistent volumes available" without a reason. This says the reason for each volume of that class:
https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/component-helpers/storage/volume/pv_helpers.go
(FindMatchingVolume). Where there is no volume of that class, there is nothing to tell.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from diagflow.analyze.api import Case, Finding, Observation
from diagflow.model import CLUSTER, Entity, Outcome, Query, Reading, Strength, Text
from diagflow.packs.kubernetes.scheduling.claims import meant
from diagflow.packs.kubernetes.scheduling.patience import ORDINARY, age
from diagflow.packs.kubernetes.scheduling.quantity import amount, show
from diagflow.packs.kubernetes.scheduling.selectors import selects
from diagflow.packs.kubernetes.scheduling.world import key, meta, timestamp

Json = Mapping[str, Any]

CAUSE: Final = "kubernetes.volume-unmatched"
_CLAIMS: Final = "objects:persistentvolumeclaims"
_VOLUMES: Final = "objects:persistentvolumes"
_CLASSES: Final = "objects:storageclasses"
_NO_PROVISIONER: Final = "kubernetes.io/no-provisioner"
_SHOWN: Final = 3


def run(case: Case) -> list[Finding]:
    """Say why the claims in question get none of the volumes that are there."""
    claims, volumes, classes = case.read(_CLAIMS), case.read(_VOLUMES), case.read(_CLASSES)
    unread = next((r for r in (claims, volumes, classes) if not r.answered), None)
    if unread is not None:
        return [Finding(CLUSTER, outcome=Outcome.INCONCLUSIVE, detail=f"not read completely: {_what(unread)}")]
    known = {key(c)[1]: c for c in classes.data or ()}
    asked = [c for c in claims.data or () if _entity(c) in case.entities and _by_hand(c, known, near=case.near)]
    found = [f for c in asked if (f := _finding(c, volumes.data or (), case)) is not None]
    return found or [Finding(CLUSTER, outcome=Outcome.NO_MATCH, detail="no claim waits for volumes made by hand")]


def _what(reading: Reading) -> str:
    return f"{reading.query}, {reading.detail or reading.state}"


def _entity(claim: Json) -> Entity:
    namespace, name = key(claim)
    return Entity("persistentvolumeclaim", name, namespace)


def _class_of(obj: Json) -> str:
    return str((obj.get("spec") or {}).get("storageClassName") or "")


def _by_hand(claim: Json, classes: Mapping[str, Json], *, near: bool) -> bool:
    """True for a claim that only a volume which is there already can serve, and that waits for nothing else.

    A class that waits for its first consumer leaves the claim Pending by design, so about such a claim somebody has to
    ask. One that names its volume waits for that one, whoever makes volumes of its class. The controller gives a claim
    without any class the default one in a moment.
    """
    if (claim.get("status") or {}).get("phase") != "Pending" or meta(claim).get("deletionTimestamp"):
        return False
    known = classes.get(_class_of(claim))
    if known is None or (claim.get("spec") or {}).get("volumeName"):
        return True
    waits = known.get("volumeBindingMode") == "WaitForFirstConsumer"
    return known.get("provisioner") == _NO_PROVISIONER and (near or not waits)


def _finding(claim: Json, volumes: Sequence[Json], case: Case) -> Finding | None:
    own = sorted((v for v in volumes if meant(v, claim)), key=key)
    problems = [(key(v)[1], _problem(v, claim)) for v in own]
    if not problems or any(p is None for _, p in problems):
        return None
    created = timestamp(meta(claim).get("creationTimestamp"))
    lasting = created is None or age(created, case.now) > ORDINARY
    told = _told([(name, p) for name, p in problems if p is not None])
    seen = Observation(Query.parse(_VOLUMES), told, supports=Strength.CONCLUSIVE if lasting else Strength.STRONG)
    args = {"class": _class_of(claim) or '""', "count": len(problems), "volume": problems[0][0]}
    return Finding(_entity(claim), CAUSE, observations=(seen,), args=args)


def _told(problems: Sequence[tuple[str, Text]]) -> Text:
    shown = problems[:_SHOWN]
    more = f" +{len(problems) - _SHOWN}" if len(problems) > _SHOWN else ""
    return Text(
        "; ".join(f"{name}: {p.en}" for name, p in shown) + more,
        "；".join(f"{name}：{p.zh}" for name, p in shown) + more,
    )


def _problem(volume: Json, claim: Json) -> Text | None:
    """Return the first thing in the way, in the order in which an operator would mend it; None where it fits."""
    return next(_problems(volume, claim), None)


def _problems(volume: Json, claim: Json) -> Iterator[Text]:
    spec, wanted = volume.get("spec") or {}, claim.get("spec") or {}
    yield from _taken(volume, claim)
    if _class_of(volume) != _class_of(claim):
        args = {"own": _class_of(volume) or '""', "asked": _class_of(claim) or '""'}
        yield Text("its class is {own}, the claim's {asked}", "其存储类为 {own}，声明为 {asked}").fill(args)
    own, asked = _mode(spec), _mode(wanted)
    if own != asked:
        yield Text("its volumeMode is {own}, the claim's {asked}", "其 volumeMode 为 {own}，声明为 {asked}").fill(
            {"own": own, "asked": asked}
        )
    size, least = _size(spec.get("capacity")), _size((wanted.get("resources") or {}).get("requests"))
    if size < least:
        args = {"size": show("memory", size), "asked": show("memory", least)}
        yield Text("it has {size}, the claim asks for {asked}", "容量 {size}，声明请求 {asked}").fill(args)
    lacking = sorted(set(wanted.get("accessModes") or ()) - set(spec.get("accessModes") or ()))
    if lacking:
        yield Text("it does not offer {modes}", "不支持 {modes}").fill({"modes": ", ".join(lacking)})
    selector = wanted.get("selector")
    if selector is not None and not selects(selector, meta(volume).get("labels") or {}):
        yield Text("the claim's selector does not select its labels", "声明的 selector 未选中其标签")


def _taken(volume: Json, claim: Json) -> Iterator[Text]:
    """Return who has the volume, if it is not free for this claim."""
    status, reserved = volume.get("status") or {}, (volume.get("spec") or {}).get("claimRef") or {}
    if meta(volume).get("deletionTimestamp"):
        yield Text("it is being deleted", "正在被删除")
    holder = f"{reserved.get('namespace')}/{reserved.get('name')}"
    if status.get("phase") in ("Released", "Failed"):
        yield Text(
            "it is {phase}: it still belongs to the claim {holder}, which is gone",
            "处于 {phase}：仍属于已删除的声明 {holder}",
        ).fill({"phase": status["phase"], "holder": holder})
    elif reserved and (reserved.get("namespace"), reserved.get("name")) != key(claim):
        yield Text("it belongs to the claim {holder}", "属于声明 {holder}").fill({"holder": holder})


def _mode(spec: Json) -> str:
    return str(spec.get("volumeMode") or "Filesystem")


def _size(amounts: Any) -> int:
    return amount("storage", (amounts or {}).get("storage", 0))
