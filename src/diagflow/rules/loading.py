"""Files and installed packs to a `RuleSet`."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from diagflow.model.garbage import no_collections
from diagflow.rules import cache
from diagflow.rules.folders import Source, about_of, installed, sources_of_pack, sources_of_paths
from diagflow.rules.problem import Problem
from diagflow.rules.proven import proven, read_figures
from diagflow.rules.ruleset import RuleSet, in_order, merged
from diagflow.rules.source import read_bytes


def load(paths: Iterable[str | Path] = (), packs: Iterable[str] | None = None, *, about: str | None = None) -> RuleSet:
    """Load the installed packs and, on top, the rules of `--rules PATH`; never raises.

    Args:
        paths: files and folders of the user.
        packs: names of packs; None for all that are installed.
        about: only packs about this: `cluster` or `host`; those that are named come in any case.
    """
    found, problems = installed(packs)
    if packs is None and about is not None:
        found = [pack for pack in found if about_of(pack) == about]
    sources = [source for pack in found for source in sources_of_pack(pack)]
    own, lost = sources_of_paths(paths)
    # A folder of an installed pack, named by the user, is not read twice.
    known = {source.path.resolve() for source in sources} if own else set()
    sources += [source for source in own if not known or source.path.resolve() not in known]
    ruleset = _read(sources, [*problems, *lost], tuple(pack.name for pack in found))
    return _weighed(ruleset, [*(pack.folder for pack in found), *map(Path, paths)])


def load_packs(names: Iterable[str] | None = None) -> RuleSet:
    """Load installed packs, all of them or those named; what is wrong is in `problems`, nothing is raised."""
    return load((), names)


def load_paths(paths: Iterable[str | Path]) -> RuleSet:
    """Load files and folders; what is wrong is in `problems`, nothing is raised.

    Rules of a user may name causes of a pack: `merge` with the packs, or use `load`, which does.
    """
    return load(paths, ())


def _read(sources: Sequence[Source], problems: Sequence[Problem], packs: tuple[str, ...]) -> RuleSet:
    with no_collections():
        files = [(source, *read_bytes(source.path)) for source in sources]
        key = cache.key_of([repr((problems, packs)).encode(), *(part for file in files for part in _identity(*file))])
        found = cache.load(key)
        if found is None:
            from diagflow.rules.batches import contents  # noqa: PLC0415  # what reads YAML, only where there is some

            found = merged([RuleSet(problems=tuple(problems), packs=packs), *contents(files)])
            cache.save(key, found)
    return found


def _weighed(ruleset: RuleSet, folders: Iterable[Path]) -> RuleSet:
    """Add which rules are proven; what recordings say of a rule changes without the rule."""
    figures, problems = read_figures(folders)
    told = in_order((*ruleset.problems, *problems)) if problems else ruleset.problems
    return replace(ruleset, proven=proven(figures, ruleset.rules), problems=told)


def _identity(source: Source, data: bytes, problem: Problem | None) -> tuple[bytes, bytes]:
    return repr((str(source.path), source.kind, source.pack, source.contained, problem)).encode(), data
