"""What the Go pack tells: no gaps, both languages, operations for every shell, nothing that must not be said."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

import diagflow.packs.go as pack
from diagflow.engine import diagnose
from diagflow.feedback.shells import commands
from diagflow.harness.case import Case, read_tests
from diagflow.harness.world import World
from diagflow.model import Act, Cause, Outcome, Role, Text
from diagflow.model.diagnosis import NamedCause
from tests.packs.go.worlds import knowledge

RULES: Final = Path(str(pack.__file__)).parent / "rules"
SHELLS: Final = (("windows", "powershell"), ("windows", "cmd"), ("windows", "bash"), ("linux", "zsh"))

NEVER: Final = (
    r"System32\\go\.exe",
    "PackedDelphi",
    "CryptVerifyCertificateSignature",
    "RealtimeProtection",
    "RUNASINVOKER",
    "InstallPath",
    r"/mnt/c/Program\\",
    "CC_x86_64_w64_mingw32",
    "asyncpreemptoff",
    "-Xss2m",
    r"dlv\.stackSize",
    "languageServerTimeout",
    "goplsArgs",
    "goplsEnv",
    "TERM_PROGRAM",
    "DisableRealtimeMonitoring",
)
"""Commands, keys and settings that circulate and are wrong or harmful."""


def positive_cases() -> Iterator[Any]:
    for path in sorted(RULES.rglob("*.test.yaml")):
        tests = read_tests(path)
        for case in tests.cases:
            if case.expect.verdict is Outcome.MATCH and case.expect.causes:
                yield pytest.param(case, id=f"{tests.rule}: {case.name}")


def texts_of(entry: NamedCause) -> Iterator[Text]:
    yield entry.title
    yield entry.explanation
    yield from (evidence.text for evidence in entry.evidence)
    yield from (instruction.text for instruction in (entry.remedy, entry.check))


def assert_no_gap(entry: NamedCause) -> None:
    for text in texts_of(entry):
        for said in (text.en, text.zh):
            assert said.strip(), entry.id
            assert not re.search(r"\{[a-z][a-z0-9_]*\}", said), said


def assert_told_to_every_shell(entry: NamedCause) -> None:
    for operation in (*entry.remedy.operations, *entry.check.operations):
        for system, shell in SHELLS:
            assert commands([operation], {"os": system, "shell": shell}), (entry.id, operation)


@pytest.mark.parametrize("case", [*positive_cases()])
def test_what_is_named_has_no_gaps_and_a_remedy_for_every_shell(case: Case):
    reader = World(case.given)
    for entry in diagnose(knowledge(), reader, reader.incident).diagnosis.causes:
        assert_no_gap(entry)
        assert_told_to_every_shell(entry)


def causes(*roles: Role) -> list[Cause]:
    return [cause for cause in knowledge().causes.values() if cause.id.startswith("go.") and cause.role in roles]


def test_every_cause_says_what_happens_how_to_mend_it_and_how_to_see_that_it_is():
    for cause in causes(Role.CAUSE):
        told = (cause.name, cause.explanation, cause.remedy.text, cause.check.text)
        assert all(text.en and text.zh for text in told), cause.id
        assert cause.docs.startswith("https://"), cause.id
        assert any(effect.what == "go.command-failed" for effect in cause.explains), cause.id


def test_claims_are_only_ever_refuted():
    claims = {cause.id for cause in causes(Role.CLAIM)}
    for rule in knowledge().rules:
        if rule.names in claims:
            assert rule.effect.value == "refutes", rule.id


def test_nothing_is_said_that_must_not_be_said():
    for cause in causes(*Role):
        parts = (cause.title, cause.name, cause.explanation, cause.remedy.text, cause.check.text)
        told = " ".join(said for text in parts for said in (text.en, text.zh))
        told += " ".join(
            " ".join((o.target, o.to, *o.words)) for o in (*cause.remedy.operations, *cause.check.operations)
        )
        assert [pattern for pattern in NEVER if re.search(pattern, told)] == [], cause.id


def test_no_operation_takes_a_protection_away():
    for cause in causes(*Role):
        for operation in cause.remedy.operations:
            changed = (operation.act, operation.target, operation.to)
            assert operation.target not in ("GOINSECURE", "GONOSUMDB", "GONOSUMCHECK"), cause.id
            assert changed != (Act.SET, "GOSUMDB", "off"), cause.id
            assert "safe.directory *" not in " ".join(operation.words), cause.id
