"""Which files are looked at, when they count as saved, and which tests a save affects."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from diagflow.harness.find import Selection, find
from diagflow.harness.watch import EVERY, SETTLED, Files, Ran, affected, names, watched
from diagflow.rules.folders import installed
from tests.harness.test_run import CAUSES, RULES, TESTS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "causes.yaml").write_text(CAUSES + "- {id: t.other, title: other}\n", encoding="utf-8")
    for number, cause in ((1, "t.broken"), (2, "t.other")):
        rule = f"T-X-00{number}"
        text = RULES.replace("T-X-001", rule).replace("t.broken", cause)
        (tmp_path / f"{rule}.yaml").write_text(text, encoding="utf-8")
        (tmp_path / f"{rule}.test.yaml").write_text(TESTS.replace("t.broken", cause), encoding="utf-8")
    return tmp_path


def steps(*done: Callable[[], object]) -> tuple[Callable[[float], None], list[float]]:
    """Return a `sleep` that does one thing each time, and how long it was to sleep."""
    left, slept = list(done), []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if left:
            left.pop(0)()

    return sleep, slept


def test_a_save_is_told_once_no_matter_how_often_the_editor_writes(folder: Path):
    files = Files([folder])
    rule = folder / "T-X-001.yaml"
    partly, moved = folder / "T-X-001.yaml~", folder / "new.tmp"

    def renamed() -> None:
        moved.write_text(RULES, encoding="utf-8")
        rule.unlink()

    sleep, slept = steps(
        lambda: None,
        lambda: partly.write_text("x"),
        lambda: rule.write_text("- id"),
        lambda: rule.write_text("- id: T"),
        renamed,
        lambda: moved.replace(rule),
    )
    assert files.changed(sleep) == {rule.resolve()}
    assert slept == [EVERY, EVERY, EVERY, SETTLED, SETTLED, SETTLED, SETTLED]
    later, _ = steps((folder / "T-X-002.yaml").touch)
    assert files.changed(later) == {(folder / "T-X-002.yaml").resolve()}


def test_what_is_saved_while_tests_run_is_found_afterwards(folder: Path):
    files = Files([folder])
    (folder / "T-X-001.yaml").write_text("x", encoding="utf-8")
    sleep, slept = steps()
    assert files.changed(sleep) == {(folder / "T-X-001.yaml").resolve()}
    assert slept == [SETTLED]


def test_files_that_are_added_or_removed_are_told_in_folders_too(folder: Path):
    files = Files([folder])

    def at_once() -> None:
        (folder / "deep" / "er").mkdir(parents=True)
        (folder / "deep" / "er" / "T-X-003.yml").write_text("x")
        (folder / "causes.yaml").unlink()
        (folder / ".hidden.yaml").write_text("x")
        (folder / "notes.txt").write_text("x")

    sleep, _ = steps(at_once)
    assert {path.name for path in files.changed(sleep)} == {"T-X-003.yml", "causes.yaml"}


def test_a_file_stands_for_those_beside_it(folder: Path):
    (folder / "deep").mkdir()
    files = Files([folder / "T-X-001.yaml"])
    assert len(files) == 5

    def at_once() -> None:
        (folder / "T-X-001.test.yaml").touch()
        (folder / "deep" / "x.yaml").write_text("x")

    sleep, _ = steps(at_once)
    assert {path.name for path in files.changed(sleep)} == {"T-X-001.test.yaml"}


def test_packs_are_looked_at_where_rules_are_named_by_id_or_not_at_all(folder: Path):
    packs = [pack.folder for pack in installed()[0]]
    assert watched([str(folder)], None) == [folder]
    assert watched([], None) == packs
    assert watched([str(folder), "K8S-SCHED-042"], None) == [folder, *packs]
    assert [path.name for path in watched([], "go")] == ["go"]


def again(folder: Path, change: Callable[[], object], *, failed: frozenset[str] = frozenset()) -> list[str]:
    before = find([str(folder)])
    stamps = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()}
    change()
    changed = {p for p in folder.iterdir() if stamps.get(p) != (p.stat().st_mtime_ns, p.read_bytes())}
    return [tests.rule for tests in affected(Ran(before, failed), find([str(folder)]), changed).tests]


def edit(path: Path, old: str, new: str) -> Callable[[], object]:
    return lambda: path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_a_test_file_that_was_saved_runs_again(folder: Path):
    assert again(folder, edit(folder / "T-X-002.test.yaml", "tries: 5", "tries: 6")) == ["T-X-002"]


def test_the_tests_of_a_rule_that_was_saved_run_again_changed_or_not(folder: Path):
    assert again(folder, edit(folder / "T-X-001.yaml", "> 4", "> 3")) == ["T-X-001"]
    assert again(folder, lambda: os.utime(folder / "T-X-001.yaml", (1, 1))) == ["T-X-001"]


def test_a_cause_affects_the_rules_that_name_it(folder: Path):
    assert again(folder, edit(folder / "causes.yaml", "title: other", "title: another")) == ["T-X-002"]


def test_a_rule_that_is_new_affects_its_tests(folder: Path):
    (folder / "T-X-003.test.yaml").write_text(TESTS, encoding="utf-8")
    text = RULES.replace("T-X-001", "T-X-003")
    assert again(folder, lambda: (folder / "T-X-003.yaml").write_text(text, encoding="utf-8")) == ["T-X-003"]


def test_what_failed_runs_again_since_another_rule_may_have_mended_it(folder: Path):
    change = edit(folder / "T-X-001.yaml", "> 4", "> 3")
    assert again(folder, change, failed=frozenset({"T-X-002"})) == ["T-X-001", "T-X-002"]


def test_a_test_file_by_itself_brings_the_rules_beside_it(folder: Path):
    found: Selection = find([str(folder / "T-X-001.test.yaml")])
    assert ([tests.rule for tests in found.tests], found.untested) == (["T-X-001"], ())


def test_a_few_names_are_told():
    assert names([Path("/a/b.yaml"), Path("/a/a.yaml")]) == "a.yaml, b.yaml"
    assert names(Path(f"/{n}") for n in "abcde") == "a, b, c and 2 more"
