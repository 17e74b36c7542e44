"""The analyzer `fold-logs`: what the log of a container that crashes says most often, folded to one line.

It supports nothing: the line stands as context under the crash loop, for whoever has to read on where no rule knows it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import re2

from diagflow.analyze.api import Case, Finding, Observation
from diagflow.analyze.containers import containers_of
from diagflow.analyze.logs import has_log, has_previous, matters
from diagflow.analyze.narrow import rows
from diagflow.analyze.templates import Template, mine
from diagflow.model import CLUSTER, Entity, Outcome, Query, Text

Json = Mapping[str, Any]

SYMPTOM: Final = "kubernetes.crash-loop"
MOST_TEXT: Final = 300

_ERROR: Final = (
    r"(?i)\b(?:error|fatal|panic|critical|severe|emerg|alert|traceback|abort(?:ed|ing)?|failed|failure"
    r"|cannot|can't|could not|unable to)\b|Exception\b|Error\b|^[EF]\d{4} "
)


def run(case: Case) -> list[Finding]:
    """Say of each pod what the last runs of its crashing containers say."""
    pods = _among(case.read("objects:pods").data or (), case.entities)
    found = ((pod, tuple(_observations(case, pod, pods[pod]))) for pod in sorted(pods))
    findings = [Finding(pod, SYMPTOM, observations=seen) for pod, seen in found if seen]
    return findings or [Finding(CLUSTER, outcome=Outcome.NO_MATCH, detail="no log says anything")]


def _among(pods: Sequence[Json], wanted: Collection[Entity]) -> dict[Entity, Json]:
    """Return those of the pods that are wanted: of 10,000 few are, so only their names are looked at."""
    names = {(pod.namespace, pod.name): pod for pod in wanted if pod.kind == "pod"}
    every = enumerate(rows(pods, "metadata.namespace", "metadata.name"))
    return {names[name]: pods[number] for number, (space, own) in every if (name := (space or "", own)) in names}


def _observations(case: Case, pod: Entity, obj: Json) -> Iterator[Observation]:
    for container in containers_of(obj):
        if container["type"] == "init" or not matters(container):
            continue
        query = Query.of("log", f"{pod.namespace}/{pod.name}/{container['name']}", tail="50")
        if has_previous(container):
            query = Query.of("log", query.target, tail="50", previous="true")
        elif not has_log(container):
            continue
        text = case.read(query).data
        said = main_line(text.splitlines()) if isinstance(text, str) else None
        if said:
            yield Observation(query, _text(container["name"], *said), origin="log", value=said[0])


def main_line(lines: list[str]) -> tuple[str, int] | None:
    """Return a line, and how many are like it: of the errors the most frequent, else the last; None without any.

    Of templates that are as frequent the one that ends the log tells more.
    """
    found = mine(lines)
    tells = re2.compile(_ERROR).search
    errors = [t for t in found if any(tells(lines[place]) for place in t.lines)]
    best: Template | None = max(errors or found, key=_rank if errors else _last, default=None)
    if best is None:
        return None
    return lines[best.lines[-1]].strip()[:MOST_TEXT], len(best.lines)


def _rank(template: Template) -> tuple[int, int]:
    return len(template.lines), template.lines[-1]


def _last(template: Template) -> int:
    return template.lines[-1]


def _text(container: str, line: str, count: int) -> Text:
    if count == 1:
        return Text(f"log of container {container}: {line}", f"容器 {container} 的日志：{line}")
    return Text(
        f"log of container {container}, {count} lines like: {line}", f"容器 {container} 的日志，{count} 行类似：{line}"
    )
