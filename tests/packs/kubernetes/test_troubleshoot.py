"""The public traces of `troubleshoot`, exactly as their own labels say, where they lie beside the repository.

Each labelled list is scanned alone, with its events where it has any. Nothing but the labelled entity may be named: the
event files also speak of other pods, which the lists do not hold any more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
import yaml

from diagflow.bundle import open_bundle
from diagflow.collect.recorded import BundleReader
from diagflow.engine import diagnose
from diagflow.model import Entity
from diagflow.model.diagnosis import Diagnosis, NamedCause, Status
from diagflow.rules import RuleSet, load_packs

TRACES = Path(__file__).parents[4] / "shared" / "traces" / "kubernetes-reasons" / "troubleshoot"
pytestmark = pytest.mark.skipif(not TRACES.is_dir(), reason="the public traces are not beside the repository")

# Labels without a row of the catalogue describe their cause in words; these are ours for them.
IN_WORDS = {
    "hostPath of type Directory": "kubernetes.host-path-missing",
    "registry's TLS certificate": "kubernetes.registry-certificate-invalid",
}


@cache
def knowledge() -> RuleSet:
    """Return our pack, loaded once."""
    return load_packs(["kubernetes"])


@dataclass(frozen=True)
class Label:
    """One reviewed file: what is right about it."""

    file: str
    content: Mapping[str, Any]

    def __str__(self) -> str:
        return self.file


def labels() -> list[Mapping[str, Any]]:
    """Read the labels; none where there are no traces."""
    path = TRACES / "labels.yaml"
    found: list[Mapping[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else []
    return found


def ill() -> list[Label]:
    return [Label(each["file"], each) for each in labels() if "entity" in each]


def contradictory() -> list[Label]:
    return [Label(each["file"], each) for each in labels() if "file" in each and "entity" not in each]


def healthy() -> list[Label]:
    patterns = [pattern for each in labels() for pattern in each.get("files", ())]
    named = {each.file for each in ill()}
    files = [path for pattern in patterns for path in sorted(TRACES.glob(pattern)) if path.is_file()]
    return [Label(name, {}) for path in files if (name := path.relative_to(TRACES).as_posix()) not in named]


def opened(folder: Path, files: Iterable[str], *entities: str) -> Diagnosis:
    """Diagnose an incident folder of these files: a scan, or with `entities` what is wrong with those."""
    (folder / "objects").mkdir()
    for number, name in enumerate(files):
        copyfile(TRACES / name, folder / "objects" / f"{number}.json")
    bundle = open_bundle(folder).bundle
    bundle.incident = replace(bundle.incident, entities=tuple(Entity.parse(e) for e in entities))
    return diagnose(knowledge(), BundleReader(bundle), bundle.incident, bundle=bundle).diagnosis


def files_of(label: Label) -> list[str]:
    return [label.file, *([label.content["events"]] if "events" in label.content else [])]


def is_it(entity: Entity, labelled: str) -> bool:
    """True for the labelled entity; the lists were moved to namespaces named after their files, the labels were not."""
    wanted = Entity.parse(labelled)
    return (entity.kind, entity.name) == (wanted.kind, wanted.name)


def roots(diagnosis: Diagnosis) -> list[NamedCause]:
    return [cause for cause in diagnosis.causes if cause.root]


def named(diagnosis: Diagnosis) -> list[Entity]:
    """Return every entity that a cause or a symptom is about."""
    of_causes = [entity for cause in diagnosis.causes for entity in cause.entities]
    return of_causes + [entity for symptom in diagnosis.symptoms for entity in symptom.entities]


def check(diagnosis: Diagnosis, label: Mapping[str, Any]) -> None:
    """Compare a diagnosis with what a label says."""
    expected = next((name for words, name in IN_WORDS.items() if words in label.get("cause", "")), None)
    seen = {ref for symptom in diagnosis.symptoms for ref in symptom.refs}
    if expected or label.get("ref", "K8S-054") != "K8S-054":
        (root,) = roots(diagnosis)
        assert [is_it(entity, label["entity"]) for entity in root.entities] == [True]
        assert root.id == expected or label.get("ref") in root.refs
        assert not set(root.refs) & set(label.get("not", ()))
    else:  # a symptom whose cause is not in the data: said, and no cause made up for it
        assert not diagnosis.causes
        assert [is_it(e, label["entity"]) for s in diagnosis.symptoms for e in s.entities] == [True]
        assert label.get("ref") in {None, *seen}
    if label.get("symptom", "").startswith("K8S-"):
        assert label["symptom"] in seen
    assert all(is_it(entity, label["entity"]) for entity in named(diagnosis))


@pytest.mark.parametrize("label", ill(), ids=str)
def test_a_scan_says_what_the_label_says(label: Label, tmp_path: Path) -> None:
    check(opened(tmp_path, files_of(label)), label.content)


@pytest.mark.parametrize("label", [each for each in ill() if each.file.startswith("pods/")], ids=str)
def test_asking_about_the_pod_says_what_the_label_says(label: Label, tmp_path: Path) -> None:
    name = Entity.parse(label.content["entity"]).name
    namespace = Path(label.file).stem
    check(opened(tmp_path, files_of(label), f"pod/{namespace}/{name}"), label.content)


@pytest.mark.parametrize("label", [*contradictory(), *healthy()], ids=str)
def test_nothing_is_named_where_nothing_is_wrong(label: Label, tmp_path: Path) -> None:
    diagnosis = opened(tmp_path, [label.file])
    known = [each.content["entity"] for each in ill() if not each.file.startswith("pods/")]
    entries = named(diagnosis)
    if "support-bundle" in label.file:  # holds the ReplicaSet and the Job that are labelled elsewhere
        entries = [e for e in entries if not any(is_it(e, entity) for entity in known)]
        assert not entries
    else:
        assert not entries
        assert diagnosis.status is Status.HEALTHY
