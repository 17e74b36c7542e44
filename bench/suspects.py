"""How often the true place is the first suspect, or among the first three, beside what others published.

    python -m bench.suspects [--traces FOLDER] [-v]

Each fault is diagnosed as the gate does it, behind the alert of its recording. Then quiet life: an alert about the
front door is thought to have begun at each full hour of PetShop's last normal day, and
nobody should be suspected. There is no goal yet; the exit status is 0.
"""

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from diagflow.analyze.watched import watched
from diagflow.collect.recorded import BundleReader
from diagflow.engine import diagnose
from diagflow.gate.bounds import upper_bound, wilson
from diagflow.gate.convert import convert
from diagflow.gate.corpus import OpenedRecording, find_recordings, open_recording
from diagflow.gate.labels import Labels
from diagflow.model import BadInput, Entity, Incident
from diagflow.model.diagnosis import Diagnosis
from diagflow.rules import RuleSet, load_packs

TRACES: Final = Path(__file__).parents[2] / "shared" / "traces"
FOLDERS: Final = {"petshop": "petshop", "nezha": "nezha-onlineboutique"}
PUBLISHED: Final = {
    "petshop": "top-1/top-3 of all 52 cases, of which these are 16: ranked correlation .65/.83, anomaly traversal"
    " .50/.83, CIRCA .33/.73, RCD .15/.19",
    "nezha": "top-1: Nezha .93 (.64 without logs), n-sigma on metrics .52, PDiagnose .41, MicroRank .41, MicroRCA .16",
}
FRONT: Final = Entity("service", "PetSite")
"""What is thought to alert in quiet life; Nezha has none recorded."""
FIRST: Final = 3
QUIET: Final = timedelta(minutes=10)
"""How long after its start a made-up alert is looked at; PetShop's real ones are as old."""


@dataclass(frozen=True)
class Found:
    """One recording; `rank` and `n_sigma` are those of the true place, 0 where it is not among the suspects."""

    name: str
    family: str
    rank: int
    seconds: float
    suspects: tuple[str, ...]
    n_sigma: int


def behind(incident: Incident, onset: datetime, now: datetime) -> Incident:
    """Returns the incident of an alert about the front door."""
    return replace(incident, alert={"alerts": []}, entities=(FRONT,), onset=onset, now=now)


def diagnosed(opened: OpenedRecording, ruleset: RuleSet) -> Diagnosis:
    """Returns what the product says."""
    bundle = opened.bundle
    return diagnose(ruleset, BundleReader(bundle), bundle.incident, bundle=bundle).diagnosis


def faulty(opened: Sequence[tuple[str, OpenedRecording]], ruleset: RuleSet) -> Iterator[Found]:
    """Yields each fault with the rank of its place."""
    for name, one in opened:
        if one.labels.healthy:
            continue
        began = time.process_time()
        said = diagnosed(one, ruleset).suspects
        cost = time.process_time() - began
        ours = rank(one.labels, [s.entity for s in said])
        theirs = rank(one.labels, n_sigma(one))
        yield Found(name, one.labels.family, ours, cost, tuple(str(s.entity) for s in said), theirs)


def rank(labels: Labels, places: Sequence[Entity]) -> int:
    """Returns the rank of the first true place, 0 where none is."""
    right = (i for i, place in enumerate(places, 1) if any(cause.at([place]) for cause in labels.causes))
    return next(right, 0)


def n_sigma(opened: OpenedRecording) -> list[Entity]:
    """Returns all entities by their farthest sample since the alert, in standard deviations of what was before."""
    held, incident = opened.bundle.series(), opened.bundle.incident
    if held is None or incident.onset is None:
        return []
    farthest: dict[Entity, float] = defaultdict(float)
    for one in watched(held.storage):
        good = np.isfinite(one.values) & (one.times <= incident.now.timestamp())
        since = one.times >= incident.onset.timestamp()
        before, after = one.values[good & ~since], one.values[good & since]
        if len(before) and len(after) and before.std() > 0:
            far = float(np.abs(after - before.mean()).max() / before.std())
            farthest[one.entity] = max(farthest[one.entity], far)
    return sorted(farthest, key=lambda entity: -farthest[entity])


def quiet(opened: Sequence[tuple[str, OpenedRecording]], ruleset: RuleSet) -> list[int]:
    """Returns how many are suspected at each hour of the last day of normal operation."""
    counts = []
    for _, one in opened:
        if one.labels.healthy:
            last = one.bundle.incident.now
            for hour in range(24):
                now = last - timedelta(hours=hour)
                one.bundle.incident = behind(one.bundle.incident, now - QUIET, now)
                counts.append(len(diagnosed(one, ruleset).suspects))
    return counts


def share(name: str, right: Sequence[bool], families: Sequence[str]) -> str:
    """Returns a share with Wilson's intervals, over recordings and over families."""
    by_family = defaultdict(list)
    for one, family in zip(right, families, strict=True):
        by_family[family].append(one)
    ours = sum(sum(these) / len(these) for these in by_family.values())
    parts = ((sum(right), len(right), "recordings"), (ours, len(by_family), "families"))
    texts = (f"{k / n:.2f} of {n} {what} (95 %: {'{:.2f} to {:.2f}'.format(*wilson(k, n))})" for k, n, what in parts)
    return f"  {name}: {'; '.join(texts)}"


def report(corpus: str, opened: Sequence[tuple[str, OpenedRecording]], ruleset: RuleSet, *, verbose: bool) -> None:
    """Prints the figures of one corpus."""
    found = list(faulty(opened, ruleset))
    families = [one.family for one in found]
    print(f"{corpus}: the true place is")
    print(share("the first suspect", [one.rank == 1 for one in found], families))
    print(share("among the first three", [0 < one.rank <= FIRST for one in found], families))
    print(f"  no suspect at all: {sum(not one.suspects for one in found)} of {len(found)}")
    print("  by n-sigma on the same metrics, without a call graph, it is")
    print(share("the first", [one.n_sigma == 1 for one in found], families))
    print(share("among the first three", [0 < one.n_sigma <= FIRST for one in found], families))
    print(f"  published: {PUBLISHED[corpus]}")
    seconds = sorted(one.seconds for one in found)
    print(f"  processor: median {seconds[len(seconds) // 2] * 1000:.0f} ms, longest {seconds[-1] * 1000:.0f} ms")
    kinds = defaultdict(list)
    for one in found:
        kinds[one.family.rsplit("-", 1)[-1]].append(one.rank)
    for kind, ranks in sorted(kinds.items()):
        print(f"  {kind}: {ranks.count(1)} first, {sum(0 < r <= FIRST for r in ranks)} of three, of {len(ranks)}")
    for one in found if verbose else ():
        print("  " + json.dumps([one.name, one.rank, one.suspects[:FIRST]]))
    counts = quiet(opened, ruleset)
    if counts:
        loud = sum(count > 0 for count in counts)
        bound = upper_bound(loud, len(counts))
        print(f"  normal operation: somebody is suspected at {loud} of {len(counts)} hours (at most {bound:.0%})")


def main() -> int:
    """Converts both corpora, diagnoses them and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=Path, default=TRACES)
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    ruleset = load_packs()
    with tempfile.TemporaryDirectory() as place:
        for corpus, folder in FOLDERS.items():
            target = Path(place) / corpus
            try:
                convert(corpus, options.traces / folder, target)
                opened = [(r.name, open_recording(r)) for r in find_recordings([target])]
            except BadInput as e:
                print(f"{corpus} is left out: {e}")
                continue
            report(corpus, opened, ruleset, verbose=options.verbose)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
