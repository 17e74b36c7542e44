"""What DiagFlow, k8sgpt and popeye each find in a cluster in which fifty things are broken in twenty-five ways.

    python -m bench.compare [--keep] [--size small] [--without-popeye]

Local only: needs root and the lab's programs (`python -m lab build`); builds the other two, pinned by hash, when they
are not there. In a lab of its own (`--name big`) it makes 1,000 nodes and 10,000 pods, which takes a quarter of an hour
(`--size small`: 50 and 500, to try it), puts the fifty of `lab/motley.yaml` among them, and leaves all with `--keep`.

- found: a claim points at the object that is broken, or at one that belongs to it (its pod, its Deployment, its claim).
- cause: DiagFlow must name exactly the cause and the entity that the way says. Of the others any message about such an
  object is enough that has the words which would put a reader on the right track (`says`): what is unclear counts.
- beside: objects told of as well because of the same thing, as claims of their own.
- of what is well: claims about anything else. What popeye says of how objects are written is counted apart.

The exit status says whether DiagFlow names all fifty and nothing else, and takes no more time and memory than k8sgpt.
"""

import argparse
import re
import statistics
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from bench import _peers
from bench._live import Cost, load, prepared, run
from bench._peers import Claim, Tool
from lab import cluster as clusters
from lab import crowd, motley, paths
from lab.cluster import Cluster
from lab.motley import Ill

SIZES = {"full": crowd.Size(ill=motley.COUNT), "small": crowd.Size(50, 500, motley.COUNT)}
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """How right a tool is."""

    found: frozenset[str]
    """Entities of what is broken."""
    named: frozenset[str]
    beside: int
    noise: tuple[Claim, ...]

    @property
    def perfect(self) -> bool:
        """All is named and nothing else told."""
        return len(self.named) == motley.COUNT and not self.beside and not self.noise


def judge(claims: list[Claim], ills: tuple[Ill, ...]) -> Verdict:
    """Compare what a tool says with what is broken."""
    about = {ill.entity: [claim for claim in claims if _concerns(ill, claim)] for ill in ills}
    named = {ill.entity for ill in ills if any(_names(ill, claim) for claim in about[ill.entity])}
    objects = {entity: {(claim.kind, claim.name) for claim in found} for entity, found in about.items()}
    meant = {claim for found in about.values() for claim in found}
    return Verdict(
        frozenset(entity for entity, found in about.items() if found),
        frozenset(named),
        sum(len(found) - 1 for found in objects.values() if found),
        tuple(claim for claim in claims if claim not in meant),
    )


def _concerns(ill: Ill, claim: Claim) -> bool:
    return ill.concerns(claim.namespace, claim.name) or ill.is_named(claim.cause, _entity(claim))


def _names(ill: Ill, claim: Claim) -> bool:
    if claim.cause:
        return ill.is_named(claim.cause, _entity(claim))
    return re.search(ill.says, claim.text, re.IGNORECASE) is not None


def _entity(claim: Claim) -> str:
    return "/".join(part for part in (claim.kind, claim.namespace, claim.name) if part)


def measure(tools: tuple[Tool, ...], folder: Path) -> dict[str, list[Cost]]:
    """Run the tools in turns, who runs once last; what each said last stands in the folder."""
    costs: dict[str, list[Cost]] = {tool.name: [] for tool in tools}
    most = max(tool.rounds for tool in tools)
    for number in range(most):
        for tool in tools:
            if number >= most - tool.rounds:
                cost = run(tool.command)
                (folder / tool.name).write_bytes(cost.out)
                # what came is let go: a child's peak begins with what its parent holds
                costs[tool.name].append(replace(cost, out=b""))
                print(f"{tool.name:9} {cost}  exit status {cost.status}", flush=True)
    return costs


def compare(cluster: Cluster, tools: tuple[Tool, ...], folder: Path) -> bool:
    """Measure, judge and print; return whether the goals are reached."""
    ills = motley.everything()
    motley.await_faults(cluster)
    motley.look_again(cluster)
    before = load()
    costs = measure(tools, folder)
    print(f"before: {before}\nafter:  {load()}")
    verdicts = {tool.name: judge(tool.read((folder / tool.name).read_bytes()), ills) for tool in tools}
    _say_table(costs, verdicts)
    if "popeye" in verdicts:
        print(f"popeye besides: {_peers.style((folder / 'popeye').read_bytes()):,} warnings of how objects are written")
    _say_ways(verdicts, ills)
    for name, verdict in verdicts.items():
        for claim in verdict.noise[:10]:
            print(f"  {name} of what is well: {_entity(claim)}: {claim.cause or claim.text[:90]}")
    return _reached(costs, verdicts)


def _say_table(costs: dict[str, list[Cost]], verdicts: dict[str, Verdict]) -> None:
    head = ("found", "cause", "beside", "of what is well", "wall", "CPU", "peak")
    print("| | " + " | ".join(head) + " |\n|" + " --- |" * (len(head) + 1))
    for name, verdict in verdicts.items():
        wall, cpu = (statistics.median(each) for each in zip(*((c.wall, c.cpu) for c in costs[name]), strict=True))
        right = f"{len(verdict.found)} | {len(verdict.named)} | {verdict.beside} | {len(verdict.noise)}"
        print(f"| {name} | {right} | {wall:.2f} s | {cpu:.2f} s | {_peak(costs[name]):.0f} MB |")


def _say_ways(verdicts: dict[str, Verdict], ills: tuple[Ill, ...]) -> None:
    print("\nnamed (+), found only (o), missed (-), for each of two: " + ", ".join(verdicts))
    for ill in ills[:: motley.COPIES]:
        both = [other for other in ills if other.cause == ill.cause]
        marks = ("".join(_mark(verdict, other) for other in both) for verdict in verdicts.values())
        print(f"  {ill.cause:40} {'  '.join(marks)}")


def _mark(verdict: Verdict, ill: Ill) -> str:
    return "+" if ill.entity in verdict.named else "o" if ill.entity in verdict.found else "-"


def _peak(costs: list[Cost]) -> float:
    return max(cost.peak for cost in costs)


def _reached(costs: dict[str, list[Cost]], verdicts: dict[str, Verdict]) -> bool:
    ours, theirs = (statistics.median(cost.wall for cost in costs[name]) for name in ("diagflow", "k8sgpt"))
    goals = {
        f"{motley.COUNT} of {motley.COUNT} and nothing else": verdicts["diagflow"].perfect,
        "wall at most k8sgpt's": ours <= theirs,
        "peak at most k8sgpt's": _peak(costs["diagflow"]) <= _peak(costs["k8sgpt"]),
    }
    for goal, reached in goals.items():
        print(f"{goal}: {'yes' if reached else 'NO'}")
    return all(goals.values())


def main() -> int:
    """Measure and print; the exit status says whether the goals are reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true", help="leave the lab up, to measure again")
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("--without-popeye", action="store_true", help="which takes minutes and 12 GB of memory")
    parser.add_argument("--folder", type=Path, help="keep what the tools printed there")
    options = parser.parse_args()
    _peers.build(paths.cache())
    cluster = prepared(SIZES[options.size], motley.gather)
    try:
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as homes:
            _peers.own_homes(Path(homes))
            if options.folder:
                options.folder.mkdir(parents=True, exist_ok=True)
            tools = _peers.tools(ROUNDS)
            chosen = tuple(tool for tool in tools if tool.name != "popeye" or not options.without_popeye)
            return 0 if compare(cluster, chosen, options.folder or Path(folder)) else 1
    finally:
        if not options.keep:
            clusters.down(cluster)


if __name__ == "__main__":
    sys.exit(main())
