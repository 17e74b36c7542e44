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
RIGHT = {"faults": 23, "holmesgpt": 5, "kernel-logs": 0, "nezha": 0, "petshop": 0, "troubleshoot": 7}

corpora = pytest.mark.parametrize("corpus", WHERE)


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


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def answers(converted):
    """Return what is said about each recording of a corpus, asked as it was recorded and by a scan."""

    @cache
    def ask(corpus):
        return [answer for path in sorted(converted(corpus).iterdir()) for answer in _answers(corpus, path)]

    return ask


def _answers(corpus, path):
    labels = yaml.safe_load((path / "labels.yaml").read_text())
    for everything in (False, True) if (path / "alert.json").exists() else (True,):
        source = open_source(SourceOptions(bundle=path), Target(everything=everything))
        found = diagnose(knowledge(), source.reader, source.incident, bundle=source.bundle).diagnosis
        yield Answer(f"{corpus}/{path.name}", labels, found)


def by_recording(answers):
    """Return the first answer of each: to its alert, else to a scan."""
    found: dict[str, Answer] = {}
    for answer in answers:
        found.setdefault(answer.name, answer)
    return list(found.values())


@corpora
def test_nothing_wrong_is_named(corpus, answers):
    assert [str(answer) for answer in answers(corpus) if answer.verdict == "wrong"] == []


@corpora
def test_every_recording_is_there_with_a_family_and_says_when(corpus, converted):
    recordings = list(converted(corpus).iterdir())
    labels = [yaml.safe_load((path / "labels.yaml").read_text()) for path in recordings]
    assert len(recordings) == COUNTS[corpus]
    assert all(label["family"] and label["source"] for label in labels)
    assert all(label.get("time") or corpus == "troubleshoot" for label in labels)


@corpora
def test_what_was_right_stays_right(corpus, answers):
    faulty = [answer for answer in by_recording(answers(corpus)) if not answer.labels.get("healthy")]
    assert sum(answer.verdict == "right" for answer in faulty) >= RIGHT[corpus]


@pytest.mark.parametrize("name", SYMPTOMS)
def test_the_symptom_is_said(name, answers):
    for answer in answers(name.partition("/")[0]):
        if answer.name == name:
            assert SYMPTOMS[name] in {ref for symptom in answer.diagnosis.symptoms for ref in symptom.refs}


@corpora
def test_not_to_know_is_said_by_the_exit_status(corpus, answers):
    for answer in answers(corpus):
        if answer.verdict == "abstains":
            assert answer.diagnosis.exit_status == 3, answer


def test_the_commands_take_a_converted_recording(converted):
    path = converted("holmesgpt") / "01_oom_kill"
    alert, scan = (diagflow(command, "--bundle", path) for command in ("diagnose", "scan"))
    assert (alert.status, scan.status) == (1, 1)
    assert "OOM" in alert.out


def test_the_table(answers, capsys):
    """Print how many are right; see it with `pytest -s tests/gate/test_traces.py -k table`."""
    with capsys.disabled():
        sys.stdout.write(f"\n{'corpus':<14}{'recordings':>11}{'right':>7}{'healthy, silent':>17}{'abstains':>10}")
        sys.stdout.write(f"{'wrong':>7}\n")
        for corpus in WHERE:
            if corpus == "nezha" and find_spec("pyarrow") is None:
                sys.stdout.write(f"{corpus:<14} not converted: spans need pyarrow\n")
            else:
                sys.stdout.write(_row(corpus, by_recording(answers(corpus))) + "\n")


def _row(corpus, found):
    """Return the line of a corpus; each recording is in one column."""
    verdicts = [(answer.verdict, bool(answer.labels.get("healthy"))) for answer in found]
    counts = [verdicts.count(one) for one in (("right", False), ("right", True), ("abstains", False))]
    wrong = sum(verdict == "wrong" for verdict, _ in verdicts)
    assert sum(counts) + wrong == len(found) == COUNTS[corpus]
    return f"{corpus:<14}{len(found):>11}{counts[0]:>7}{counts[1]:>17}{counts[2]:>10}{wrong:>7}"
