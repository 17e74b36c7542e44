# ruff: noqa: E501  # messages and rules stand in one piece
"""Packs, paths, merging, digests, the cache."""

import gc
import json
import os
import random
import subprocess
import sys
from hashlib import sha256
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import msgspec
import pytest

import diagflow.packs
from diagflow.model import Cause, Text
from diagflow.rules import Analyzer, Cel, RuleSet, cache, load, load_packs, load_paths
from diagflow.rules.codec import decode, encode
from diagflow.rules.digest import digest_of
from diagflow.rules.filenames import FileKind
from diagflow.rules.folders import installed
from diagflow.rules.syntax_tree import decode as tree_of
from diagflow.rules.walk import expressions
from tests.rules.make import PRINTED, parsed, rule, rule_with, ruleset
from tests.rules.variety import generated

CAUSES = "- {id: stranger.broken, title: It is broken}\n"
PACK = """\
name: stranger
analyzers:
  - {name: look-closer, version: 1, run: "stranger_pack.look:run", names: [stranger.broken], inputs: [{query: "objects:pods"}]}
"""


@pytest.fixture
def stranger(tmp_path):
    """A package of somebody else, installed, that leaves a mark when it is imported."""
    package = tmp_path / "site" / "stranger_pack"
    (package / "inner" / "rules" / "deep").mkdir(parents=True)
    for folder in (package, package / "inner"):
        (folder / "__init__.py").write_text("open('IMPORTED', 'w').close()\n")
    inner = package / "inner"
    (inner / "pack.yaml").write_text(PACK)
    (inner / "causes.yaml").write_text(CAUSES)
    text = rule_with("metric: up", cause="stranger.broken", action="look-closer")
    (inner / "rules" / "deep" / "A-B-001.yaml").write_text(text)
    (inner / "rules" / "deep" / "A-B-001.test.yaml").write_text("- not a rule\n")
    (inner / "other.yaml").write_text("- not a rule\n")
    info = tmp_path / "site" / "stranger_pack-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger-pack\nVersion: 1.0\n")
    points = "[diagflow.packs]\nstranger = stranger_pack.inner\nlost = nowhere_at_all\nkubernetes = stranger_pack\n"
    (info / "entry_points.txt").write_text(points)
    return tmp_path


ASK = """
import json, sys
from diagflow.rules import load_packs
found = load_packs(json.loads(sys.argv[1]))
print(json.dumps({
    "rules": [[r.id, r.pack] for r in found.rules if r.pack != "kubernetes"], "packs": list(found.packs),
    "causes": [c for c in found.causes if c.startswith("stranger.")],
    "contained": {a.name: a.contained for a in found.analyzers.values()},
    "problems": [str(p) for p in found.problems],
    "ours": sum(r.pack == "kubernetes" for r in found.rules),
    "imported": [m for m in sys.modules if m.startswith("stranger")],
}))
"""


def ask(folder: Path, names: list[str] | None) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", ASK, json.dumps(names)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "site")},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_a_strangers_pack_is_read_and_never_imported(stranger):
    found = ask(stranger, ["stranger"])
    assert found["rules"] == [["A-B-001", "stranger"]]
    assert (found["packs"], found["causes"], found["problems"]) == (["stranger"], ["stranger.broken"], [])
    assert found["contained"] == {"look-closer": True}
    assert found["imported"] == []
    assert not (stranger / "IMPORTED").exists()


def test_a_stranger_does_not_take_the_place_of_our_pack(stranger):
    found = ask(stranger, ["kubernetes"])
    assert found["ours"] > 10
    assert found["contained"]["check-scheduler-config"] is False


def test_our_packs_are_found_without_going_through_what_is_installed(monkeypatch):
    ours = {point.name for point in distribution("diagflow").entry_points if point.group == "diagflow.packs"}
    assert {file.parent.name for file in Path(diagflow.packs.__file__).parent.glob("*/pack.yaml")} == ours
    monkeypatch.setattr("diagflow.rules.folders._points", None)
    packs, problems = installed(ours)
    assert ({pack.name for pack in packs}, problems) == (ours, [])
    assert not any(pack.contained for pack in packs)


def test_a_pack_that_is_lost_is_said_and_the_others_load(stranger):
    found = ask(stranger, None)
    assert found["packs"] == ["go", "kubernetes", "node", "stranger"]
    assert found["problems"] == [
        "pack lost:1:1: its package `nowhere_at_all` is not found on disk: install it again, unpacked"
    ]


def test_a_pack_that_is_not_installed_has_a_near_name():
    (problem,) = load_packs(["kubernets"]).problems
    assert str(problem) == "pack kubernets:1:1: is not installed: did you mean `kubernetes`?"


def test_our_packs_have_no_errors():
    found = load_packs()
    assert [str(p) for p in found.errors] == []
    assert found.rule("K8S-SCHED-042") is not None


def test_rules_of_a_user_come_on_top(tmp_path):
    (tmp_path / "mine.yaml").write_text(rule_with("metric: up", cause="kubernetes.image-pull-secret-missing"))
    found = load([tmp_path])
    assert found.errors == ()
    assert [r.pack for r in found.rules if r.id == "A-B-001"] == [""]
    assert len(found.rules) == len(load_packs().rules) + 1
    alone = load_paths([tmp_path])
    assert {p.code for p in alone.problems} == {"unknown-cause"}
    assert alone.merge(load_packs()).errors == ()


def test_a_folder_of_an_installed_pack_is_not_read_twice():
    place = Path(load_packs().places["rule:K8S-SCHED-042"].file)
    assert load([place, place.parent.parent]).problems == load_packs().problems


def test_a_pack_in_a_folder_that_is_not_installed(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "pack.yaml").write_text(PACK)
    (tmp_path / "causes.yaml").write_text(CAUSES)
    (tmp_path / "rules" / "r.yml").write_text(rule_with("metric: up", cause="stranger.broken"))
    found = load_paths([tmp_path])
    assert (found.problems, set(found.analyzers), set(found.causes)) == ((), {"look-closer"}, {"stranger.broken"})


def test_of_two_with_one_id_the_first_stays():
    one = ruleset(rule_with("metric: first"), "x.y")
    other = ruleset(rule_with("metric: second"), "x.y")
    both = one.merge(other)
    assert both.rules == one.rules
    assert {p.code for p in both.problems} == {"duplicate-id"}


def test_merging_finds_references_anew():
    rules = ruleset(rule_with("metric: up", cause="x.y"))
    assert {p.code for p in rules.problems} == {"unknown-cause"}
    assert rules.merge(ruleset("", "x.y")).problems == ()


def digest(text: str, **causes: str) -> str:
    known = {name: Cause(name, Text(title)) for name, title in causes.items()}
    return digest_of(rule(text), known, {})


def test_the_digest_is_of_what_a_rule_means():
    plain = digest(PRINTED)
    moved = "# a comment\n\n" + PRINTED.replace(
        "          window: 5m\n          threshold: > 15\n", "          threshold: '>15'\n          window: 300s\n"
    )
    assert digest(moved) == plain
    changed = {
        digest(PRINTED.replace(*change))
        for change in (
            ("> 15", "> 16"),
            ("> 15", ">= 15"),
            ("5m", "6m"),
            ("Pending", "Failed"),
            ("affected", "all"),
            ("SCHED-042", "SCHED-043"),
            ("aggregate: max", "aggregate: min"),
        )
    }
    assert len(changed | {plain}) == 8


def test_the_digest_covers_cause_and_analyzer_and_nothing_else():
    text = rule_with("metric: up", cause="x.y", action="look")
    one, other = Cause("x.y", Text("a")), Cause("x.y", Text("b"))
    looks = [
        {"look": Analyzer("look", version, "a:b", (), names)}
        for version, names in (("1", ()), ("2", ()), ("1", ("x.z",)))
    ]
    digests = [digest_of(rule(text), {"x.y": cause}, look) for cause in (one, other) for look in looks]
    assert len(set(digests)) == 6
    unrelated = {"x.y": one, "x.q": Cause("x.q", Text("q"))}
    assert digest_of(rule(text), unrelated, {**looks[0], "more": Analyzer("more", "1", "c:d", ())}) == digests[0]


def test_another_pack_changes_no_digest():
    alone = {r.id: r.digest for r in load_packs(["kubernetes"]).rules}
    more = load_packs(["kubernetes"]).merge(ruleset(rule_with("metric: up"), "x.y"))
    assert {r.id: r.digest for r in more.rules if r.id in alone} == alone


def test_the_digest_does_not_depend_on_the_hash_seed():
    ask_digests = "from diagflow.rules import load_packs; print([r.digest for r in load_packs().rules])"
    printed = {
        subprocess.run(
            [sys.executable, "-c", ask_digests],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


@pytest.fixture
def cached(tmp_path, monkeypatch):
    place = tmp_path / "cache"
    monkeypatch.setenv("DIAGFLOW_CACHE", str(place))
    rules = tmp_path / "rules"
    rules.mkdir()
    for seed in range(5):
        text = "".join(generated(random.Random(s)) for s in (seed,))
        (rules / f"{seed}.yaml").write_text(text.replace("- id: ", f"- id: R{seed}-"), encoding="utf-8")
    (rules / "wrong.yaml").write_text(rule_with("metrik: up"))
    return place, rules


def test_the_cache_gives_what_loading_gives(cached, monkeypatch):
    place, rules = cached
    first = load_paths([rules])
    assert len(list(place.iterdir())) == 1
    monkeypatch.setattr("diagflow.rules.batches.document", None)
    assert load_paths([rules]) == first
    assert len(first.rules) > 5
    assert any(p.code == "unknown-key" for p in first.problems)


def test_the_cache_gives_cel_that_is_compiled(cached, monkeypatch):
    _, rules = cached
    sources = {source for rule in load_paths([rules]).rules for source in expressions(rule)}
    assert len(sources) > 2
    fresh = Cel()
    monkeypatch.setattr("diagflow.rules.cache.shared", lambda: fresh)
    load_paths([rules])
    assert fresh._known.keys() == sources
    assert all(tree_of(fresh._known[s]).root == tree_of(Cel().compile(s).check().serialize()).root for s in sources)


def test_it_does_not_matter_how_many_files_are_in_memory_at_a_time(cached, monkeypatch):
    _, rules = cached
    monkeypatch.setenv("DIAGFLOW_CACHE", "off")
    (rules / "none.yaml").mkdir()
    together = load_paths([rules])
    monkeypatch.setattr("diagflow.rules.batches._BATCH", 0)
    assert load_paths([rules]) == together
    assert len(together.rules) > 5


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(cached, enabled):
    _, rules = cached
    was = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        load_paths([rules])
        assert gc.isenabled() is enabled
        assert gc.get_freeze_count() == 0
    finally:
        (gc.enable if was else gc.disable)()


def test_what_somebody_froze_stays_frozen(cached):
    _, rules = cached
    gc.freeze()
    try:
        assert gc.get_freeze_count() > 0
        before = gc.get_freeze_count()
        load_paths([rules])
        assert gc.get_freeze_count() == pytest.approx(before, rel=0.2)
    finally:
        gc.unfreeze()


def test_another_release_of_a_library_is_another_program(monkeypatch, tmp_path):
    before = cache.key_of([b"rules"])
    other = tmp_path / "__init__.py"
    other.write_text("")
    monkeypatch.setattr("msgspec.__file__", str(other))
    cache._program.cache_clear()
    try:
        assert cache.key_of([b"rules"]) != before
    finally:
        monkeypatch.undo()
        cache._program.cache_clear()
    assert cache.key_of([b"rules"]) == before


def test_a_changed_file_is_read_again(cached):
    _, rules = cached
    load_paths([rules])
    (rules / "wrong.yaml").write_text(rule_with("metric: up"))
    assert load_paths([rules]).rule("A-B-001") is not None


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "other", "forged"])
def test_a_damaged_entry_is_as_if_it_were_not_there(cached, damage):
    place, rules = cached
    first = load_paths([rules])
    (entry,) = place.iterdir()
    data = entry.read_bytes()
    middle = len(data) // 2
    other = b"\x92\x90\x93\x01\x02\x03"
    body, known = msgspec.msgpack.decode(data[32:])
    tables, _ = msgspec.msgpack.decode(body)
    hollow = msgspec.msgpack.encode([tables, [[], 7, {}, [], {}, []]])  # whole, and no causes
    forged = msgspec.msgpack.encode([hollow, known])
    entry.write_bytes(
        {
            "empty": b"",
            "cut": data[:middle],
            "flipped": data[:middle] + bytes([data[middle] ^ 4]) + data[middle + 1 :],
            "other": sha256(other).digest() + other,
            "forged": sha256(forged).digest() + forged,
        }[damage]
    )
    assert load_paths([rules]) == first
    assert msgspec.msgpack.decode(entry.read_bytes()[32:])[0] == body


def test_a_cache_that_cannot_be_written_is_none(cached, monkeypatch, tmp_path):
    _, rules = cached
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DIAGFLOW_CACHE", str(tmp_path / "file" / "cache"))
    assert len(load_paths([rules]).rules) > 5
    monkeypatch.setenv("DIAGFLOW_CACHE", "off")
    assert cache.folder() is None
    assert len(load_paths([rules]).rules) > 5


def test_old_entries_go(cached):
    place, rules = cached
    for number in range(20):
        (rules / "more.yaml").write_text(f"# {number}\n")
        load_paths([rules])
    assert len(list(place.iterdir())) == 16


def test_a_write_that_fails_leaves_nothing(cached, monkeypatch):
    place, rules = cached

    def fail(*_):
        raise OSError(28, "no space")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    assert len(load_paths([rules]).rules) > 5
    assert list(place.iterdir()) == []


def test_the_codec_gives_back_what_it_got():
    contents = parsed("".join(generated(random.Random(s)).replace("- id: ", f"- id: R{s}-") for s in range(30)))
    causes = parsed(CAUSES, FileKind.CAUSES).causes
    whole = RuleSet(tuple(contents.rules), causes, {}, (), contents.places, ("a",))
    assert len(whole.rules) > 30
    assert decode(RuleSet, encode(RuleSet, whole)) == whole


@pytest.mark.parametrize("pack", ["kubernetes", "node"])
def test_a_pack_that_explains_what_another_of_ours_knows_can_be_used_alone(pack: str):
    assert load_packs([pack]).errors == ()


def test_what_a_pack_that_is_used_does_not_know_is_an_error_still(tmp_path: Path):
    (tmp_path / "causes.yaml").write_text(
        "- {id: mine.x, severity: info, title: t, explains: [{what: kubernetes.no-such-thing}]}\n"
    )
    found = load([tmp_path], ["kubernetes"]).errors
    assert ["it explains `kubernetes.no-such-thing`, which is not known" in p.message for p in found] == [True]
