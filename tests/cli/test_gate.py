"""`diagflow gate`, as somebody uses it who changes a rule."""

import json
import shlex
import shutil
from pathlib import Path

import pytest

import diagflow as product
from diagflow.bundle import open_bundle, save
from tests.cli.run import diagflow
from tests.gate.make import BROAD

CORPUS = Path(__file__).parents[1] / "corpus"


@pytest.fixture
def corpus(tmp_path):
    """Three recordings with a baseline."""
    made = tmp_path / "mine"
    made.mkdir()
    for name in ("faults/quota.zip", "faults/oom-killed.zip", "healthy/healthy-1.zip"):
        shutil.copy(CORPUS / name, made)
    wrote = diagflow("gate", "run", made, "--update-baseline", "--reason", "as it is")
    assert wrote.status == 0, wrote.err
    assert f"written to {made / 'baseline.json'}: 3 recordings" in wrote.err
    return made


def test_the_same_again_passes(corpus):
    ran = diagflow("gate", "run", corpus)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines()[-1] == "passed: 3 recordings, none worse"


def test_a_rule_made_too_broad_fails_and_the_command_that_looks_closer_shows_it(corpus, tmp_path):
    (tmp_path / "broad.yaml").write_text(BROAD)
    ran = diagflow("gate", "run", corpus, "--rules", tmp_path / "broad.yaml")
    assert ran.status == 1
    assert "WORSE  mine/oom-killed.zip: top-1, no false cause" in ran.out
    assert "MY-BROAD-001 is new" in ran.out
    assert ran.out.splitlines()[-1] == "FAILED: 3 recordings of 3 got worse"
    closer = next(line.split("diagflow ", 1)[1] for line in ran.out.splitlines() if "look closer" in line)
    assert "MY-BROAD-001" in diagflow(*shlex.split(closer)).out


def test_a_new_rule_that_no_recording_can_judge_is_told(corpus, tmp_path):
    """It would be far too broad; the recordings have no such metric, so the gate knows nothing of it."""
    metric = BROAD.replace("- object: pod\n", "- metric: queue_length\n").replace(
        "      when: {status.phase: [Pending, Running]}\n", '      threshold: "> 0"\n'
    )
    (tmp_path / "metric.yaml").write_text(metric.replace("object.status.phase", "string(value)"))
    ran = diagflow("gate", "run", corpus, "--rules", tmp_path / "metric.yaml")
    assert ran.status == 0, ran.out + ran.err
    assert "NOT JUDGED  MY-BROAD-001 could be judged in none of 3 recordings" in ran.out
    assert ran.out.splitlines()[-1] == "passed: 3 recordings, none worse; 1 rule not judged by any"
    (tmp_path / "broad.yaml").write_text(BROAD)
    assert "NOT JUDGED" not in diagflow("gate", "run", corpus, "--rules", tmp_path / "broad.yaml").out


WEAK = BROAD.replace("MY-BROAD-001", "MY-WEAK-001").replace("conclusive", "moderate")


def test_a_rule_that_matches_something_healthy_too_weakly_to_be_named_is_told(tmp_path):
    (tmp_path / "mine").mkdir()
    shutil.copy(CORPUS / "healthy" / "healthy-1.zip", tmp_path / "mine")
    (tmp_path / "weak.yaml").write_text(WEAK)
    ran = diagflow("gate", "run", tmp_path / "mine", "--rules", tmp_path / "weak.yaml")
    assert ran.status == 0, ran.out + ran.err
    assert "FIRES ON HEALTHY  MY-WEAK-001 matches in 1 healthy recording, too weakly to be named there" in ran.out


@pytest.fixture
def source(tmp_path):
    """A copy of the product's source, to be broken; `PYTHONPATH` makes a command run it."""
    copy = tmp_path / "source"
    shutil.copytree(Path(product.__file__).parent, copy / "diagflow", ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_rule_broken_on_purpose_fails(corpus, source):
    (rule,) = source.rglob("K8S-RUN-010.yaml")
    change(rule, "reason: OOMKilled", "reason: OutOfMemory")
    ran = diagflow("gate", "run", corpus, PYTHONPATH=str(source))
    assert ran.status == 1
    assert "WORSE  mine/oom-killed.zip: top-1, top-3, all named" in ran.out
    assert "rules since the baseline: K8S-RUN-010 changed" in ran.out
    assert "engine since the baseline" not in ran.out
    assert ran.out.splitlines()[-1] == "FAILED: 1 recording of 3 got worse"


def test_an_engine_that_names_nothing_any_more_fails(corpus, source):
    change(source / "diagflow" / "model" / "diagnosis.py", "NAMED_FROM = 0.5", "NAMED_FROM = 1.5")
    ran = diagflow("gate", "run", corpus, PYTHONPATH=str(source))
    assert ran.status == 1
    assert "engine since the baseline: " in ran.out
    assert "rules since the baseline" not in ran.out
    assert {line.split()[1] for line in ran.out.splitlines() if line.startswith("WORSE")} == {
        "mine/oom-killed.zip:",
        "mine/quota.zip:",
    }


def test_an_engine_that_is_only_another_one_is_named_and_passes(corpus, source):
    change(source / "diagflow" / "model" / "diagnosis.py", "NAMED_FROM = 0.5", "NAMED_FROM = 0.50")
    ran = diagflow("gate", "run", corpus, PYTHONPATH=str(source))
    assert (ran.status, "engine since the baseline: " in ran.out) == (0, True)


def test_a_waiver_a_new_baseline_and_a_lost_recording(corpus, tmp_path):
    (tmp_path / "broad.yaml").write_text(BROAD)
    broad = ("gate", "run", corpus, "--rules", tmp_path / "broad.yaml")
    lines = [f"- {{recording: mine/{n}.zip, reason: r, owner: ann, expires: 2999-01-01}}"
             for n in ("quota", "oom-killed", "healthy-1")]  # fmt: skip
    (corpus / "waivers.yaml").write_text("\n".join(lines))
    waived = diagflow(*broad)
    assert waived.status == 0
    assert waived.out.splitlines()[-1] == "passed: 3 recordings, none worse, 3 waived"
    (corpus / "waivers.yaml").unlink()
    accepted = diagflow(*broad, "--update-baseline", "--reason", "we like it")
    assert accepted.status == 0
    assert "accepted as right from now on: mine/quota.zip without top-1, no false cause" in accepted.err
    assert diagflow(*broad).status == 0
    (corpus / "quota.zip").unlink()
    gone = diagflow("gate", "run", corpus)
    assert gone.status == 1
    assert "GONE  mine/quota.zip" in gone.out


def test_a_broken_baseline_is_made_anew_as_it_is_told(corpus):
    """Over a broken one nothing is written: what it said of corpora that do not run would be lost."""
    (corpus / "baseline.json").write_text("{")
    anew = ("gate", "run", corpus, "--update-baseline", "--reason", "anew")
    ran = diagflow(*anew)
    assert ran.status == 2
    assert "put back the committed one, or move it away and make one: --update-baseline --reason WHY" in ran.err
    (corpus / "baseline.json").rename(corpus / "away.json")
    assert diagflow(*anew).status == 0


def test_a_baseline_of_other_corpora_does_not_let_everything_pass(corpus):
    """A folder that was renamed is another corpus, and would be compared with nothing for ever."""
    moved = corpus.rename(corpus.parent / "yours")
    ran = diagflow("gate", "run", moved)
    assert (ran.status, ran.out) == (2, "")
    assert f"{moved / 'baseline.json'} knows nothing of yours, only mine, so that nothing could be compared" in ran.err
    assert "name it mine=FOLDER" in ran.err
    assert diagflow("gate", "run", f"mine={moved}").status == 0
    assert diagflow("gate", "run", moved, "--update-baseline", "--reason", "new").status == 0
    assert diagflow("gate", "run", moved).status == 0


@pytest.mark.parametrize(("form", "begin"), [("json", "{"), ("html", "<!doctype html>"), ("junit", "<?xml ")])
def test_forms(corpus, tmp_path, form, begin):
    ran = diagflow("gate", "run", corpus, "-o", form, "--out", tmp_path / "report")
    assert (ran.status, ran.out) == (0, "")
    assert (tmp_path / "report").read_text(encoding="utf-8").startswith(begin)


def test_a_pipe_gets_data_as_utf8_whatever_the_code_page(corpus):
    shutil.move(corpus / "quota.zip", corpus / "配额.zip")
    narrow = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    assert "mine/配额.zip" in diagflow("gate", "run", corpus, "-o", "json", **narrow).out
    assert r"mine/\u914d\u989d.zip" in diagflow("gate", "run", corpus, **narrow).out


def test_seeds_processes_and_figures(corpus, tmp_path):
    more = ("--seeds", "4", "--jobs", "2", "--figures", tmp_path / "figures.json", "-o", "json")
    ran = diagflow("gate", "run", corpus, *more)
    plain = json.loads(ran.out)
    assert (ran.status, plain["seeds"], plain["overall"]["top1"]["of"]) == (0, 4, 2)
    assert 2 < plain["calibration"]["answers"] <= 20  # each of five runs, with its alert and as a scan
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures["rules"]["K8S-RUN-010"]["provisional"]


def test_one_that_cannot_be_used_fails_and_keeps_the_baseline(corpus):
    before = (corpus / "baseline.json").read_bytes()
    (corpus / "broken.zip").write_bytes(b"PK no bundle")
    assert diagflow("gate", "run", corpus).status == 1
    ran = diagflow("gate", "run", corpus, "--update-baseline", "--reason", "x")
    assert ran.status == 1
    assert "cannot be used: mine/broken.zip: " in ran.out
    assert "stays as it is" in ran.err
    assert (corpus / "baseline.json").read_bytes() == before


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--update-baseline"], "--update-baseline and --reason go together"),
        (["--reason", "x"], "--update-baseline and --reason go together"),
        (["--baseline", "none.json"], "there is no baseline none.json"),
        (["--waivers", "none.yaml"], "none.yaml cannot be read"),
        (["--out", "nowhere/x"], "nowhere/x cannot be written"),
        (["--rules", "nowhere"], "nowhere"),
    ],
)
def test_bad_usage(corpus, more, said):
    ran = diagflow("gate", "run", corpus, *more)
    assert ran.status == 2
    assert said in ran.err


def test_what_is_no_corpus(tmp_path):
    assert "is no folder" in diagflow("gate", "run", tmp_path / "none").err
    ran = diagflow("gate", "run", tmp_path)
    assert (ran.status, "holds no recording" in ran.err) == (2, True)


def test_from_an_incident_to_a_test(tmp_path):
    bundle, corpus = tmp_path / "incident.zip", tmp_path / "corpus"
    recorded = diagflow("diagnose", "--bundle", CORPUS / "faults" / "max-pods.zip", "--record", bundle)
    assert recorded.status == 1, recorded.err
    added = diagflow("gate", "add", bundle, "--cause", "kubernetes.node-pod-capacity", "--to", corpus)
    assert (added.status, added.err) == (0, "")
    assert added.out.splitlines() == [
        f"{corpus / 'incident.zip'}: kubernetes.node-pod-capacity@node/worker-7f6e (family incident)",
        "today's answer is right",
        f"next: diagflow gate run {corpus}",
    ]
    ran = diagflow("gate", "run", corpus)
    assert ran.status == 0
    assert "no baseline to compare with: 1 recording, 0 not as labelled" in ran.out
    assert "--update-baseline --reason WHY" in ran.err


def test_the_commands_that_are_shown_choose_the_same_rules(tmp_path):
    """Pasted with others, they would show another diagnosis."""
    (tmp_path / "my rules").mkdir()
    (tmp_path / "my rules" / "broad.yaml").write_text(BROAD)
    mine = ("--rules", tmp_path / "my rules", "--packs", "kubernetes")
    quoted = f"--rules '{tmp_path / 'my rules'}' --packs kubernetes"
    oom = CORPUS / "faults" / "oom-killed.zip"
    right = ("--cause", "kubernetes.container-oom-killed", "--entity", "pod/fable-07c2/lupin-*", "--relabel")
    added = diagflow("gate", "add", oom, *right, "--to", tmp_path / "corpus", *mine)
    assert added.status == 0, added.err
    assert "today's answer is wrong" in added.out
    closer, following = added.out.splitlines()[-2:]
    assert closer == f"look closer: diagflow diagnose --bundle {tmp_path}/corpus/oom-killed.zip {quoted} -v"
    assert following == f"next: diagflow gate run {tmp_path}/corpus {quoted}"
    ran = diagflow(*shlex.split(following)[2:])
    assert ran.status == 1
    assert "FAILED: 1 recording of 1 answered wrongly, and no baseline that accepts it" in ran.out
    assert f"{closer}\n" in ran.out
    kept = ran.err.strip().removeprefix("to compare with this from now on: ")
    assert kept == f"diagflow gate run {tmp_path}/corpus {quoted} --update-baseline --reason WHY"
    assert diagflow(*shlex.split(kept)[1:]).status == 0
    assert diagflow(*shlex.split(following)[2:]).status == 0


def test_a_bundle_without_labels_gets_them_by_the_command_that_is_shown(tmp_path):
    corpus = tmp_path / "my corpus"
    corpus.mkdir()
    save(open_bundle(CORPUS / "faults" / "max-pods.zip").bundle, corpus / "x.zip")
    ran = diagflow("gate", "run", corpus, "--packs", "kubernetes")
    assert ran.status == 1
    shown = next(line for line in ran.out.splitlines() if "it has no labels" in line).partition("diagflow ")[2]
    words = shlex.split(
        shown.removesuffix(" (or --healthy)").replace("--cause ID", "--cause kubernetes.node-pod-capacity")
    )
    assert words[-4:] == ["--packs", "kubernetes", "--cause", "kubernetes.node-pod-capacity"]
    assert diagflow(*words).status == 0
    assert diagflow("gate", "run", corpus).status == 0


def test_a_misspelt_cause_gets_a_near_name(tmp_path):
    ran = diagflow(
        "gate", "add", CORPUS / "faults" / "quota.zip", "--cause", "kubernetes.quotas-exceed", "--to", tmp_path
    )
    assert ran.status == 2
    assert "there is no cause kubernetes.quotas-exceed: did you mean `kubernetes.quota-exceeded`?" in ran.err
    assert "a cause of your own? name its folder with --rules" in ran.err
