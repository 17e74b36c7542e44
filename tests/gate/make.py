"""Outcomes and recordings, made up."""

from datetime import UTC, datetime

from diagflow.bundle import Bundle, save
from diagflow.gate.outcome import Check, Outcome, Prediction, Root
from diagflow.model import Incident, Query, Reading, State
from diagflow.model.projection import ObjectList

NOW = datetime(2026, 1, 31, 10, tzinfo=UTC)
CAUSE = "kubernetes.image-not-found@pod/shop/cart-0"
OTHER = "kubernetes.bad-configuration@pod/shop/cart-0"
BROAD = """
- id: MY-BROAD-001
  title: {en: Pods of a node, zh: 节点上的 Pod}
  cause: kubernetes.node-disk-pressure
  entity: pod/{namespace}/{name}
  triggers:
    - object: pod
      when: {status.phase: [Pending, Running]}
      supports: conclusive
      extract: {message: object.status.phase}
      text: {en: there is a pod, zh: 有 Pod}
"""
"""A rule that is too broad."""


def root(name=CAUSE, confidence=0.9, *, right=True):
    cause, _, entity = name.partition("@")
    return Root(cause, entity, confidence, confidence, right)


def faulty(name="faults/a.zip", *, roots=(), family="", corpus="lab", forbidden=(), **more):
    """An outcome of a recording with one true cause, `CAUSE`."""
    roots = tuple(roots)
    right = [one.right for one in roots]
    false = tuple(str(one) for one in roots if not one.right)
    checks = {
        Check.TOP1: right[:1] == [True],
        Check.TOP3: any(right[:3]),
        Check.ALL: any(right),
        Check.CLEAN: not false,
        Check.ALLOWED: not forbidden,
    }
    return Outcome(
        corpus,
        name,
        f"{corpus}/{name}",
        family=family or f"{corpus}/{name}",
        known=True,
        expected=(CAUSE,),
        digest="sha256:" + "a" * 64,
        status="diagnosed" if roots else "unknown",
        roots=roots,
        false=false,
        forbidden=tuple(forbidden),
        missed=() if any(right) else (CAUSE,),
        checks=checks,
        abstained=not roots,
        predictions=(Prediction(roots[0].confidence, roots[0].uncapped, roots[0].right),) if roots else (),
        seconds=0.02,
        **more,
    )


def healthy(name="healthy/a.zip", *, roots=(), family="", corpus="lab", **more):
    """An outcome of a recording in which nothing is wrong."""
    roots = tuple(roots)
    return Outcome(
        corpus,
        name,
        f"{corpus}/{name}",
        family=family or f"{corpus}/{name}",
        healthy=True,
        known=True,
        digest="sha256:" + "b" * 64,
        status="diagnosed" if roots else "healthy",
        roots=roots,
        false=tuple(map(str, roots)),
        checks={Check.CLEAN: not roots, Check.QUIET: not roots},
        abstained=not roots,
        predictions=(Prediction(roots[0].confidence, roots[0].uncapped, False),) if roots else (),
        seconds=0.01,
        **more,
    )


def bundle_of(**lists):
    """A bundle with lists of objects: `pods=[{...}]`."""
    bundle = Bundle(Incident(now=NOW))
    for resource, items in lists.items():
        state = State.DATA if items else State.EMPTY
        kind = {"pods": "Pod", "nodes": "Node", "events": "Event"}[resource]
        bundle.add(Reading(Query.of("objects", resource), state, NOW, ObjectList(items, None, kind)))
    return bundle


def write(path, labels, **lists):
    path.parent.mkdir(parents=True, exist_ok=True)
    save(bundle_of(**(lists or {"pods": []})), path, labels=labels)
    return path
