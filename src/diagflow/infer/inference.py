"""The whole inference: weigh every candidate, find who explains whom, rank the roots, say what was ruled out."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from diagflow.infer.connect import connected_to
from diagflow.infer.explain import Explained, explain, is_symptom
from diagflow.infer.fold import fold_causes, fold_ruled_out, fold_symptoms
from diagflow.infer.graph import evidence_graph
from diagflow.infer.missing import could_not_tell, missing, undecided
from diagflow.infer.path import decision_path
from diagflow.infer.suppress import suppress
from diagflow.infer.texts import filled_name
from diagflow.infer.weigh import Key, Weighed, gather, weigh
from diagflow.model import FITTED, Cause, Entity, Incident, Query, Role, Topology, Verdict, Weights
from diagflow.model.diagnosis import NAMED_FROM, Candidate, Diagnosis, Missing, Status
from diagflow.model.garbage import no_collections
from diagflow.model.suppression import Suppression


@no_collections()
def infer(  # one straight line from verdicts to the diagnosis, a name for each stage
    verdicts: Sequence[Verdict],
    causes: Mapping[str, Cause],
    topology: Topology,
    incident: Incident,
    *,
    failures: frozenset[str] = frozenset(),
    source: Mapping[str, Any] | None = None,
    advice: bool = False,
    suppressions: Sequence[Suppression] = (),
    blind: bool = False,
    only: frozenset[Key] | None = None,
    proven: Container[str] | None = None,
    weights: Weights = FITTED,
) -> Diagnosis:
    """Turn the verdicts of the last round into a diagnosis.

    Args:
        verdicts: all of them, in any order.
        causes: causes and symptoms by id.
        topology: relations between entities, derived edges included.
        incident: what is diagnosed.
        failures: ids of the rules of class F: when what they require could not be read, silence proves nothing.
        source: who answered, as recorded.
        advice: show best practices too.
        suppressions: what not to tell; what they hid is listed.
        blind: nothing at all could be read: silence is no sign of health then.
        only: name these alone, and the symptoms that they explain, as what else is named makes them: roots or
            consequences. None names everything.
        proven: ids of the rules that are not provisional; None when none is.
        weights: priors; the strengths are in the evidence.
    """
    near = connected_to(incident.entities, topology) if incident.near else _nothing
    weighed = {
        key: weigh(key, group, weights.near if near(key[1]) else weights.scan, proven)
        for key, group in gather(verdicts).items()
    }
    explained = explain([w for w in weighed.values() if named(w)], causes, topology)
    roles = _Roles(weighed, explained, causes, topology, incident)
    shown, suppressed = suppress(roles.shown(), suppressions, incident.now)
    gaps = missing(verdicts, failures)
    if only is not None:
        shown = [w for w in shown if w.key in only or (roles.is_symptom(w) and not only.isdisjoint(roles.above(w)))]
    named_causes = fold_causes([w for w in shown if roles.is_cause(w)], explained, causes)
    symptoms = fold_symptoms([w for w in shown if roles.is_symptom(w)], explained, causes, named_causes)
    ruled_out = fold_ruled_out(roles.refuted(weighed.values(), shown), causes)
    others = fold_causes(roles.elsewhere(), explained, causes)
    unsure = blind or could_not_tell(verdicts, gaps) or bool(symptoms) or incident.alert is not None
    return Diagnosis(
        status=_status(bool(named_causes), unsure=unsure),
        incident=incident,
        source=source or {},
        causes=named_causes,
        symptoms=symptoms,
        candidates=_candidates(weighed.values(), verdicts, causes),
        ruled_out=ruled_out,
        missing=gaps,
        suppressed=suppressed,
        advice=_advice(weighed.values(), explained, causes) if advice else (),
        others=sum(1 for c in others if c.root),
        path=decision_path(verdicts, weighed.values(), explained, causes),
        graph=evidence_graph(named_causes, symptoms, incident, shown, explained),
    )


def _nothing(_: Entity) -> bool:
    return False


def named(weighed: Weighed) -> bool:
    """True when a candidate is sure enough to be named."""
    return weighed.confidence >= NAMED_FROM


def _status(diagnosed: bool, *, unsure: bool) -> Status:  # noqa: FBT001
    if diagnosed:
        return Status.DIAGNOSED
    return Status.UNKNOWN if unsure else Status.HEALTHY


class _Roles:
    """Which of the weighed candidates are shown, and as what."""

    def __init__(
        self,
        weighed: Mapping[Key, Weighed],
        explained: Explained,
        causes: Mapping[str, Cause],
        topology: Topology,
        incident: Incident,
    ) -> None:
        self._named = [w for w in weighed.values() if named(w) and self._known_role(w, causes) is not Role.ADVICE]
        self._explained = explained
        self._causes = causes
        self._near = connected_to(incident.entities, topology) if incident.near else None
        self._linked = self._keys_linked_to_the_alert()

    @staticmethod
    def _known_role(weighed: Weighed, causes: Mapping[str, Cause]) -> Role:
        known = causes.get(weighed.id)
        return known.role if known else Role.CAUSE

    def _keys_linked_to_the_alert(self) -> set[Key]:
        """The candidates at connected entities, and whatever explains them or is explained by those roots."""
        if self._near is None:
            return {w.key for w in self._named}
        linked = {w.key for w in self._named if self._near(w.entity)}
        todo = list(linked)
        while todo:
            for parent in self._explained.parents.get(todo.pop(), ()):
                if parent not in linked:
                    linked.add(parent)
                    todo.append(parent)
        roots = {key for key in linked if not self._explained.parents.get(key)}
        return linked | {w.key for w in self._named if self._below(w.key, roots)}

    def _below(self, key: Key, roots: set[Key]) -> bool:
        seen, todo = {key}, [key]
        while todo:
            for parent in self._explained.parents.get(todo.pop(), ()):
                if parent in roots:
                    return True
                if parent not in seen:
                    seen.add(parent)
                    todo.append(parent)
        return False

    def refuted(self, weighed: Iterable[Weighed], shown: Sequence[Weighed]) -> list[Weighed]:
        """Causes that were in question and are conclusively contradicted.

        In question is what declares to explain a symptom at the bottom of it all: a Deployment misses replicas because
        its pods are Pending; the question is then why they are Pending, and nobody asks about the probes of pods that
        have not started. Behind an alert without any symptom, whatever was asked about is in question. Popular claims
        always are.
        """
        bottom = self._bottom(shown)
        every = not shown and self._near is not None
        return [w for w in weighed if w.refuted and self._in_question(w, bottom, every=every)]

    def _in_question(self, weighed: Weighed, bottom: set[str], *, every: bool) -> bool:
        known = self._causes.get(weighed.id)
        if known is None or known.role is Role.CLAIM:
            return known is not None
        return known.role is Role.CAUSE and (every or _explains(known, bottom))

    def _bottom(self, shown: Iterable[Weighed]) -> set[str]:
        """Ids of what is shown and has no symptom above it."""
        return {one.id for one in shown if not any(map(self._symptom_key, self._explained.parents.get(one.key, ())))}

    def _symptom_key(self, key: Key) -> bool:
        return is_symptom(self._causes, key[0])

    def is_cause(self, weighed: Weighed) -> bool:
        """True for a root, and for what a root brings about.

        A cause that only symptoms explain is one of them: what brought those about did so to it too, and nobody knows
        what that is.
        """
        return not is_symptom(self._causes, weighed.id) and self._explained.has_root(weighed.key, self._causes)

    def is_symptom(self, weighed: Weighed) -> bool:
        return not self.is_cause(weighed)

    def above(self, weighed: Weighed) -> Iterable[Key]:
        """Return the nearest causes that explain it, whether they are shown or not."""
        return self._explained.causes_of(weighed.key, self._causes)

    def shown(self) -> list[Weighed]:
        """Everything named that belongs to the incident."""
        return [w for w in self._named if w.key in self._linked]

    def elsewhere(self) -> list[Weighed]:
        """Causes named that have nothing to do with the alert."""
        return [w for w in self._named if w.key not in self._linked and self.is_cause(w)]


def _explains(cause: Cause, ids: set[str]) -> bool:
    return any(effect.what in ids for effect in cause.explains)


def _candidates(
    weighed: Iterable[Weighed], verdicts: Iterable[Verdict], causes: Mapping[str, Cause]
) -> tuple[Candidate, ...]:
    """What is open: the same cause that the same readings would decide is one entry with its entities."""
    sure = {w.key: w for w in weighed}
    groups: dict[tuple[str, tuple[Query, ...]], list[Key]] = {}
    for key, queries in undecided(verdicts).items():
        known = causes.get(key[0])
        if known is not None and known.role is Role.CAUSE and queries and not (key in sure and named(sure[key])):
            groups.setdefault((key[0], queries), []).append(key)
    return tuple(_candidate(causes[cause_id], keys, queries, sure) for (cause_id, queries), keys in groups.items())


def _candidate(known: Cause, keys: Sequence[Key], queries: tuple[Query, ...], sure: Mapping[Key, Weighed]) -> Candidate:
    first = keys[0]
    seen = sure.get(first)
    return Candidate(
        id=known.id,
        entity=first[1],
        title=filled_name(known, first[1], seen.args if seen else {}),
        confidence=seen.confidence if seen else 0.0,
        refs=known.refs,
        would_decide=queries,
        entities=tuple(entity for _, entity in keys),
    )


def _advice(weighed: Iterable[Weighed], explained: Explained, causes: Mapping[str, Cause]) -> Any:
    wanted = [w for w in weighed if (known := causes.get(w.id)) is not None and known.role is Role.ADVICE]
    return fold_causes(wanted, explained, causes)


__all__ = ["Missing", "infer"]
