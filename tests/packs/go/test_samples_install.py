"""What go prints, from real runs and from reports: installation, PATH, settings, toolchains, modules.

The samples are kept outside of the project; a checkout without them skips these tests.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from diagflow.model.diagnosis import Diagnosis
from tests.packs.go.worlds import knowledge, log_alone

SAMPLES: Final = Path(__file__).parents[4] / "shared" / "go-windows-patterns.json"
if not SAMPLES.is_file():
    pytest.skip(f"there are no samples: {SAMPLES.name} is not beside the checkout", allow_module_level=True)

NAMED: Final[dict[str, tuple[str, ...]]] = {
    "E01": ("go.goroot-missing",),
    "E02": ("go.goroot-other-release", "go.goroot-other-release"),
    "E03": ("go.gopath-msys",),
    "E04": ("go.gopath-tilde",),
    "E05": ("go.gopath-is-goroot",),
    "E06": ("go.go111module-off",),
    "E07": ("go.env-file-crlf",),
    "E08": ("go.no-module",),
    "E09": ("go.no-module", "go.install-without-version"),
    "E11": ("go.trailing-blank", "go.env-file-crlf"),
    "E14": ("go.gobin-cross",),
    "E15": ("go.toolchain-unknown",),
    "E16": ("go.toolchain-download-failed",),
    "E17": ("go.toolchain-too-old",),
    "E18": ("go.toolchain-setting-invalid", "go.toolchain-not-in-path", "go.env-file-crlf"),
    "E19": ("go.sumdb-off",),
    "E30": ("go.cc-unquoted",),
    "E33": ("go.wsl-share",),
    "E41": ("go.workspace-excludes-module",),
    "E42": ("go.goflags-invalid", "go.vendor-inconsistent"),
    "E43": ("go.env-shadowed",),
    "E44": ("go.gocache-unusable", "go.temp-unusable", "go.gocache-unusable"),
    "E47": ("go.relative-executable",),
}
"""What each sample of strength `proof` names, in the order of the samples."""

OPEN: Final[dict[str, tuple[str, ...]]] = {
    "E10": ("go.import-path",),
    "E12": ("go.goos-left-over",),
    "E13": ("go.goos-left-over",),
    "E38": ("go.elevation-asked",),
    "E45": ("go.path-too-long",),
}
"""What each sample of strength `strong` leaves open."""

LINES: Final = {"LF": "\n", "CRLF": "\r\n", "alone": ""}


def samples(wanted: dict[str, tuple[str, ...]]) -> Iterator[Any]:
    """Yield each sample with what it should lead to, with each sort of line end."""
    known: list[dict[str, Any]] = json.loads(SAMPLES.read_text(encoding="utf-8"))
    for entry in known:
        for number, (sample, cause) in enumerate(zip(entry["samples"], wanted.get(entry["id"], ()), strict=False)):
            for name, end in LINES.items():
                yield pytest.param(sample + end, cause, id=f"{entry['id']}-{number}-{name}")


def roots(found: Diagnosis) -> list[str]:
    return [cause.id for cause in found.causes if cause.root]


def test_every_sample_of_ours_is_listed():
    known = {entry["id"]: entry for entry in json.loads(SAMPLES.read_text(encoding="utf-8"))}
    for listed, strength in ((NAMED, "proof"), (OPEN, "strong")):
        for name, causes in listed.items():
            assert (known[name]["strength"], len(known[name]["samples"])) == (strength, len(causes)), name


@pytest.mark.parametrize(("text", "cause"), [*samples(NAMED)])
def test_a_proof_names_its_cause_alone(text: str, cause: str):
    found = log_alone(text)
    assert roots(found) == [cause]
    assert found.exit_status == 1


@pytest.mark.parametrize(("text", "cause"), [*samples(OPEN)])
def test_a_hint_leaves_its_cause_open_and_says_what_would_decide(text: str, cause: str):
    found = log_alone(text)
    assert found.causes == ()
    assert found.exit_status == 3
    (candidate,) = [one for one in found.candidates if one.id == cause]
    assert candidate.would_decide


def test_what_is_expected_is_known():
    listed = {cause for causes in (*NAMED.values(), *OPEN.values()) for cause in causes}
    assert listed <= knowledge().causes.keys()
