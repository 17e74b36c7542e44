"""Files and installed packs to a `RuleSet`."""

from collections.abc import Iterable
from pathlib import Path

from diagflow.rules.files import parse
from diagflow.rules.folders import Source, installed, sources_of_pack, sources_of_paths
from diagflow.rules.ruleset import RuleSet, merged
from diagflow.rules.source import read_bytes


def load(paths: Iterable[str | Path] = (), packs: Iterable[str] | None = None) -> RuleSet:
    """Load the installed packs and, on top, the rules of `--rules PATH`; never raises.

    Args:
        paths: files and folders of the user.
        packs: names of packs; None for all that are installed.
    """
    base = load_packs(packs)
    own, problems = sources_of_paths(paths)
    if not own and not problems:
        return base
    # A folder of an installed pack is loaded already.
    known = {source.path.resolve() for pack in installed(packs)[0] for source in sources_of_pack(pack)}
    fresh = [source for source in own if source.path.resolve() not in known]
    return merged((base, _read(fresh, RuleSet(problems=tuple(problems)))))


def load_packs(names: Iterable[str] | None = None) -> RuleSet:
    """Load installed packs, all of them or those named; what is wrong is in `problems`, nothing is raised."""
    packs, problems = installed(names)
    sources = [source for pack in packs for source in sources_of_pack(pack)]
    return _read(sources, RuleSet(problems=tuple(problems), packs=tuple(pack.name for pack in packs)))


def load_paths(paths: Iterable[str | Path]) -> RuleSet:
    """Load files and folders; what is wrong is in `problems`, nothing is raised.

    Rules of a user may name causes of a pack: `merge` with the packs, or use `load`, which does.
    """
    sources, problems = sources_of_paths(paths)
    return _read(sources, RuleSet(problems=tuple(problems)))


def _read(sources: Iterable[Source], found: RuleSet) -> RuleSet:
    return merged((found, *(_contents(source) for source in sources)))


def _contents(source: Source) -> RuleSet:
    data, problem = read_bytes(source.path)
    if problem:
        return RuleSet(problems=(problem,))
    found = parse(data, str(source.path), source.kind, source.pack, contained=source.contained)
    return RuleSet(tuple(found.rules), found.causes, found.analyzers, tuple(found.problems), found.places)
