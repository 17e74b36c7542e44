"""What go and its tools print, from real runs and from reports, through the command line: `doctor go --log FILE`.

In the encodings in which people save it, alone and in the midst of a log. The samples are kept outside of the project;
a checkout without them skips these tests.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from diagflow.cli import main
from diagflow.cli.configured import Config
from tests.packs.go.worlds import knowledge

SAMPLES: Final = Path(__file__).parents[4] / "shared" / "go-windows-patterns.json"
if not SAMPLES.is_file():
    pytest.skip(f"there are no samples: {SAMPLES.name} is not beside the checkout", allow_module_level=True)

pytestmark = pytest.mark.filterwarnings("ignore:'click.utils:DeprecationWarning")  # what typer imports

KNOWN: Final[list[dict[str, Any]]] = json.loads(SAMPLES.read_text(encoding="utf-8"))

EXPECTED: Final[dict[str, tuple[str, ...]]] = {
    "E01": ("go.goroot-missing",),
    "E02": ("go.goroot-other-release", "go.goroot-other-release"),
    "E03": ("go.gopath-msys",),
    "E04": ("go.gopath-tilde",),
    "E05": ("go.gopath-is-goroot",),
    "E06": ("go.go111module-off",),
    "E07": ("go.env-file-crlf",),
    "E08": ("go.no-module",),
    "E09": ("go.no-module", "go.install-without-version"),
    "E10": ("go.import-path",),
    "E11": ("go.trailing-blank", "go.env-file-crlf"),
    "E12": ("go.goos-left-over",),
    "E13": ("go.goos-left-over",),
    "E14": ("go.gobin-cross",),
    "E15": ("go.toolchain-unknown",),
    "E16": ("go.toolchain-download-failed",),
    "E17": ("go.toolchain-too-old",),
    "E18": ("go.toolchain-setting-invalid", "go.toolchain-not-in-path", "go.env-file-crlf"),
    "E19": ("go.sumdb-off",),
    "E20": ("go.proxy-unreachable",),
    "E21": ("go.proxy-unreachable", "go.dead-proxy"),
    "E22": ("go.certificate-untrusted",),
    "E23": ("go.git-missing", "go.git-login"),
    "E24": ("go.vcs-stamp",),
    "E25": ("go.checksum-mismatch",),
    "E26": ("go.cc-missing",),
    "E27": ("go.cgo-off",),
    "E28": ("go.cc-wrong-target",),
    "E29": ("go.cc-wrong-target",),
    "E30": ("go.cc-unquoted",),
    "E31": ("go.race-needs-cgo", "go.race-unsupported"),
    "E32": ("go.race-old-go",),
    "E33": ("go.wsl-share",),
    "E34": ("go.antivirus-blocked",),
    "E35": ("go.app-control-blocked",),
    "E36": ("go.applocker",),
    "E37": ("go.smart-app-control", "go.smart-app-control"),
    "E38": ("go.elevation-asked",),
    "E39": ("go.source-utf16",),
    "E40": ("go.mod-encoding", "go.mod-encoding"),
    "E41": ("go.workspace-excludes-module",),
    "E42": ("go.goflags-invalid", "go.vendor-inconsistent"),
    "E43": ("go.env-shadowed",),
    "E44": ("go.gocache-unusable", "go.temp-unusable", "go.gocache-unusable"),
    "E45": ("go.path-too-long",),
    "E46": ("go.import-case",),
    "E47": ("go.relative-executable",),
    "E48": ("go.vscode-go-not-found",),
    "E49": ("go.delve-too-old",),
    "E50": ("go.script-policy",),
}
"""What each sample is about, in the order of the samples."""

ENCODINGS: Final = {"UTF-8": "utf-8", "UTF-16LE": "utf-16", "cp936": "cp936"}  # Python's "utf-16" begins with the mark


def _in_a_build(said: str) -> str:
    """Return a log in which go is one of many; what is Chinese makes a difference between the encodings."""
    return (
        "C:\\工作\\商店> mingw32-make 构建\n"
        "go build -o 商店.exe ./...\n"
        "go: downloading golang.org/x/text v0.14.0\n"
        f"{said}\n"
        "mingw32-make: *** [Makefile:12：构建] 错误 1\n"
    )


def _by_powershell(said: str) -> str:
    """Return what Windows PowerShell 5.1 writes into a file for the first line on stderr."""
    return (
        f"go : {said}\n"
        "所在位置 C:\\工作\\build.ps1:3 字符: 1\n"
        "+ go build ./... 2>&1 | Out-File build.log\n"
        "+ ~~~~~~~~~~~~~~~~~~~\n"
        "    + CategoryInfo          : NotSpecified: (:String) [], RemoteException\n"
        "    + FullyQualifiedErrorId : NativeCommandError\n"
        " \n"
    )


SURROUNDINGS: Final[dict[str, Callable[[str], str]]] = {
    "alone": str,
    "a line": lambda said: f"{said}\r\n",
    "a build": _in_a_build,
    "a test": lambda said: (
        f"ok  \texample.com/shop/a\t0.01s\n# example.com/shop\n{said}\nFAIL\texample.com/shop [build failed]\n"
    ),
    "PowerShell": lambda said: _by_powershell(said).replace("\n", "\r\n"),
    "a build server": lambda said: "".join(
        f"2026-08-01T10:00:00.1234567Z {line}\n" for line in _in_a_build(said).split("\n")
    ),
}

_VIRUS: Final = "the file contains a virus or potentially unwanted software."
CHINESE: Final = (
    ("E12", "%1 is not a valid Win32 application", "%1 不是有效的 Win32 应用程序"),
    ("E33", "Incorrect function.", "函数不正确。"),
    (
        "E34",
        f"Operation did not complete successfully because {_VIRUS}",
        "无法成功完成操作，因为文件包含病毒或潜在的垃圾软件。",
    ),
    ("E35", "An Application Control policy has blocked this file. (os error 4551)", "应用程序控制策略已阻止此文件。"),
    ("E36", "This program is blocked by group policy.", "此程序被组策略阻止。有关详细信息，请与系统管理员联系。"),
    ("E38", "The requested operation requires elevation.", "请求的操作需要提升。"),
    ("E45", "The filename or extension is too long.", "文件名或扩展名太长。"),
)
"""What Windows says where it has no English text: go asks for that first."""

Told = Callable[[bytes], tuple[int, dict[str, Any]]]


def samples(strength: str) -> Iterator[Any]:
    """Yield the samples of one strength, with the cause and the chapters that it belongs to."""
    for entry in KNOWN:
        if entry["strength"] == strength:
            chapters = set(re.findall(r"[CP][0-9]+", entry["target"]))
            for number, (said, cause) in enumerate(zip(entry["samples"], EXPECTED[entry["id"]], strict=True)):
                yield pytest.param(said, cause, chapters, id=f"{entry['id']}-{number}")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Return what the doctor says of a log: its exit status and its JSON. The rules are loaded once."""
    folder = tmp_path_factory.mktemp("logs")
    log, result = folder / "build.log", folder / "result.json"

    def ask(saved: bytes) -> tuple[int, dict[str, Any]]:
        log.write_bytes(saved)
        with pytest.raises(SystemExit) as ended:
            main(["doctor", "go", "--log", str(log), "-o", "json", "--out", str(result)])
        assert isinstance(ended.value.code, int)
        return ended.value.code, json.loads(result.read_bytes())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("diagflow.cli.doctor.live.load_rules", lambda *_, **__: knowledge())
        patch.setattr("diagflow.cli.config.load_config", Config)
        yield ask


def named(found: dict[str, Any]) -> list[str]:
    return [cause["id"] for cause in found["causes"] if cause["role"] == "root"]


def test_every_sample_has_its_cause():
    assert {entry["id"]: len(entry["samples"]) for entry in KNOWN} == {k: len(v) for k, v in EXPECTED.items()}
    assert {entry["strength"] for entry in KNOWN} == {"proof", "strong"}
    assert {cause for causes in EXPECTED.values() for cause in causes} <= knowledge().causes.keys()


@pytest.mark.parametrize("around", SURROUNDINGS)
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(("said", "cause", "chapters"), [*samples("proof")])
def test_a_proof_names_its_cause_alone(
    told: Told, said: str, cause: str, chapters: set[str], encoding: str, around: str
):
    status, found = told(SURROUNDINGS[around](said).encode(ENCODINGS[encoding]))
    assert (status, named(found)) == (1, [cause])
    assert chapters & set(found["causes"][0]["refs"])


@pytest.mark.parametrize("around", SURROUNDINGS)
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(("said", "cause", "chapters"), [*samples("strong")])
def test_a_hint_leaves_its_cause_open_and_says_what_would_decide(
    told: Told, said: str, cause: str, chapters: set[str], encoding: str, around: str
):
    status, found = told(SURROUNDINGS[around](said).encode(ENCODINGS[encoding]))
    assert (status, found["causes"]) == (3, [])
    (candidate,) = [one for one in found["candidates"] if one["id"] == cause]
    assert candidate["would_decide"]
    assert chapters & set(knowledge().causes[cause].refs)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(("entry", "english", "chinese"), CHINESE, ids=[one[0] for one in CHINESE])
def test_a_text_of_windows_in_chinese_says_the_same(told: Told, entry: str, english: str, chinese: str, encoding: str):
    (known,) = [one for one in KNOWN if one["id"] == entry]
    assert english in known["samples"][0]
    said = known["samples"][0].replace(english, chinese).replace("\\x\\", "\\张三\\")
    status, found = told(_in_a_build(said).encode(ENCODINGS[encoding]))
    (cause,) = EXPECTED[entry]
    if known["strength"] == "proof":
        assert (status, named(found)) == (1, [cause])
    else:
        assert (status, found["causes"]) == (3, [])
        assert cause in [one["id"] for one in found["candidates"]]
