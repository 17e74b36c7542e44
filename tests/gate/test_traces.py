"""The public traces beside the repository, converted and diagnosed.

Every recording opens; a healthy one is silent; a faulty one names its cause, or none. Where no rule exists yet, not to
know is the right answer. The table that this prints says how many are right, abstain and are wrong.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from diagflow.cli.source import SourceOptions, Target, open_source
from diagflow.engine import diagnose
from diagflow.gate.convert import convert
from diagflow.model.diagnosis import Diagnosis, NamedCause
from diagflow.rules import RuleSet, load_packs
from tests.cli.run import diagflow

TRACES = Path(__file__).parents[3] / "shared" / "traces"
pytestmark = pytest.mark.skipif(not TRACES.is_dir(), reason="the public traces are not beside the repository")

WHERE = {
    "faults": "kubernetes-reasons/faults",
    "holmesgpt": "kubernetes-reasons/holmesgpt",
    "kernel-logs": "kernel-logs",
    "nezha": "nezha-onlineboutique",
    "petshop": "petshop",
    "troubleshoot": "kubernetes-reasons/troubleshoot",
}
COUNTS = {"faults": 29, "holmesgpt": 16, "kernel-logs": 8, "nezha": 56, "petshop": 18, "troubleshoot": 22}

# Where a symptom is all that there is to see, it is said: (recording, row of the catalogue).
SYMPTOMS = {
    "troubleshoot/jobs-test": "K8S-054",
    "troubleshoot/replicasets-rook-ceph": "K8S-046",
    "troubleshoot/support-bundle": "K8S-054",
    "troubleshoot/pods-message-pod-crashloop-backoff": "K8S-024",
    "troubleshoot/pods-message-pod-init-crashloop-backoff": "K8S-030",
    "holmesgpt/01_oom_kill": "K8S-024",
    "holmesgpt/02_crashloop_backoff": "K8S-030",
    "holmesgpt/05_crashpod": "K8S-024",
    "holmesgpt/11_KubePodCrashLooping": "K8S-024",
}

# What the rules of today name; more is welcome, less is a loss.
RIGHT = {"faults": 29, "holmesgpt": 7, "kernel-logs": 7, "nezha": 0, "petshop": 0, "troubleshoot": 7}

NOT_KNOWN = 3  # exit status


@dataclass(frozen=True)
class Answer:
    """One recording and what was said about it."""

    name: str
    labels: Mapping[str, Any]
    diagnosis: Diagnosis

    @property
    def roots(self) -> list[NamedCause]:
        return [cause for cause in self.diagnosis.causes if cause.root]

    @property
    def verdict(self) -> str:
        """`right`, `abstains` or `wrong`."""
        if self.labels.get("healthy"):
            return "wrong" if self.diagnosis.causes or self.diagnosis.symptoms else "right"
        if not self.roots:
            return "abstains"
        return "right" if all(self._is_true(root) for root in self.roots) else "wrong"

    def _is_true(self, root: NamedCause) -> bool:
        return any(_fits(label, root) for label in self.labels["causes"])

    def __str__(self) -> str:
        wanted = [*map(dict, self.labels.get("causes", ()))] or "nothing"
        said = [f"{root.id}@{root.entity}" for root in self.roots]
        return f"{self.name}: {said or self.diagnosis.status.value}, wanted {wanted}"


def _fits(label: Mapping[str, str], root: NamedCause) -> bool:
    named = root.id == label["id"] if "id" in label else label.get("ref") in root.refs
    return named and all(fnmatchcase(str(entity), label["entity"]) for entity in root.entities)


@cache
def knowledge() -> RuleSet:
    return load_packs()


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    """Return where a corpus is, converted once."""
    place = tmp_path_factory.mktemp("corpora")

    @cache
    def make(corpus):
        if corpus == "nezha" and find_spec("pyarrow") is None:
            pytest.skip("spans need pyarrow, which is an extra: pip install '.[parquet]'")
        convert(corpus, TRACES / WHERE[corpus], place / corpus)
        return place / corpus

    return make


def answers(corpus, path):
    """Yield what is said about a recording: asked as it was recorded, and by a scan."""
    labels = yaml.safe_load((path / "labels.yaml").read_text())
    assert labels["family"]
    assert labels["source"]
    for everything in (False, True) if (path / "alert.json").exists() else (True,):
        source = open_source(SourceOptions(bundle=path), Target(everything=everything))
        found = diagnose(knowledge(), source.reader, source.incident, bundle=source.bundle).diagnosis
        yield Answer(f"{corpus}/{path.name}", labels, found)


@pytest.mark.parametrize("corpus", WHERE)
def test_a_corpus(corpus, converted, capsys):
    """Nothing wrong is named, what was right stays right, and not to know is said.

    One test, as one process converts the corpus then. It prints its line of the table.
    """
    by_recording = [list(answers(corpus, path)) for path in sorted(converted(corpus).iterdir())]
    every = [answer for several in by_recording for answer in several]
    with capsys.disabled():
        sys.stdout.write("\n" + line_of(corpus, [several[0] for several in by_recording]))
    assert len(by_recording) == COUNTS[corpus]
    assert [str(answer) for answer in every if answer.verdict == "wrong"] == []
    assert [str(a) for a in every if a.verdict == "abstains" and a.diagnosis.exit_status != NOT_KNOWN] == []
    assert [str(answer) for answer in every if not says_its_symptom(answer)] == []
    first = [several[0] for several in by_recording if not several[0].labels.get("healthy")]
    assert sum(answer.verdict == "right" for answer in first) >= RIGHT[corpus]


def says_its_symptom(answer):
    wanted = SYMPTOMS.get(answer.name)
    return wanted is None or wanted in {ref for symptom in answer.diagnosis.symptoms for ref in symptom.refs}


def line_of(corpus, found):
    """Return the line of a corpus in the table; each recording counts once."""
    verdicts = [(answer.verdict, bool(answer.labels.get("healthy"))) for answer in found]
    right, silent, abstains = map(verdicts.count, (("right", False), ("right", True), ("abstains", False)))
    wrong = sum(verdict == "wrong" for verdict, _ in verdicts)
    assert right + silent + abstains + wrong == len(found)
    return (
        f"{corpus:<13}{len(found):>3} recordings: {right} right, {silent} healthy and silent, {abstains} abstain,"
        f" {wrong} wrong\n"
    )


def test_every_label_of_a_symptom_is_about_a_recording(converted):
    for name in SYMPTOMS:
        corpus, _, recording = name.partition("/")
        assert (converted(corpus) / recording).is_dir(), name


def test_the_commands_take_a_converted_recording(converted):
    path = converted("holmesgpt") / "01_oom_kill"
    alert, scan = (diagflow(command, "--bundle", path) for command in ("diagnose", "scan"))
    assert (alert.status, scan.status) == (1, 1)
    assert "OOM" in alert.out
