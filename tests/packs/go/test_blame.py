"""Nothing is blamed that is merely there: what the user's own program prints, guards that let Go pass, old events."""

from typing import Any, Final

import pytest

from diagflow.engine import diagnose
from diagflow.harness.world import World
from tests.packs.go.worlds import diagnosed, knowledge, windows

OWN: Final = (
    "open secret.txt: Access is denied.",
    "open data.db: The process cannot access the file because it is being used by another process.",
    "open /etc/shadow: permission denied",
    'Get "https://api.example/v1": dial tcp: lookup api.example: no such host',
    'Get "https://localhost:8443/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    "dial tcp 127.0.0.1:5432: connectex: No connection could be made because the target machine actively refused it.",
    'exec: "ffmpeg": executable file not found in %PATH%',
    "signal: killed",
    "config.json: unexpected NUL in input",
    "fatal: could not read Username",
    "bash: ./run.sh: Permission denied",
)
"""What a program of the user's prints about its own work."""


@pytest.mark.parametrize("said", OWN)
def test_what_the_users_program_says_names_nothing_of_ours(said: str):
    facts = windows()
    facts["command"] = {"given": "run", "argv": ["go", "run", "."], "rc": 1, "started": "2026-01-01T00:00:00Z"}
    facts["network"] = {
        "offline": False,
        "proxy": {},
        "wininet": {"enabled": True, "server": "127.0.0.1:7890"},
        "targets": [{"name": "goproxy", "host": "proxy.example", "ok": False, "kind": "dns", "error": "not found"}],
    }
    facts["code_integrity"] = {"smart_app_control": "off", "hvci": True, "events": [], "applocker": []}
    facts["defender"] = {"real_time": True, "antivirus": ["Windows Defender"], "asr": [], "events": []}
    found = diagnosed(facts, f"{said}\nexit status 1\n")
    assert [cause.id for cause in found.causes] == ["go.own-code"]


@pytest.mark.parametrize("name", ["network", "defender", "code_integrity", "terminal", "powershell"])
@pytest.mark.parametrize("state", ["error", "forbidden"])
def test_what_cannot_be_asked_is_no_finding_on_a_healthy_machine(name: str, state: str):
    reader = World({"facts": windows(), "states": {"log:host/local": "absent", f"fact:{name}": state}})
    found = diagnose(knowledge(), reader, reader.incident).diagnosis
    assert (found.causes, found.candidates, found.exit_status) == ((), (), 0)


def guarded() -> dict[str, Any]:
    """Return a healthy machine that has all that circulates as a cause: none of it stops Go."""
    facts = windows()
    facts["host"] |= {"msystem": "MINGW64"}
    facts["network"] = {
        "offline": False,
        "proxy": {"https": "http://127.0.0.1:7890", "host": "127.0.0.1", "port": 7890, "listening": False},
        "wininet": {"enabled": True, "server": "127.0.0.1:7890"},
        "ssl_cert_file": {"path": r"C:\conda\cacert.pem", "exists": True, "certificates": 140},
        "targets": [
            {"name": "goproxy", "host": "proxy.example", "ok": False, "kind": "certificate", "public_issuer": False},
            {"name": "gosumdb", "host": "sum.example", "ok": False, "kind": "timeout", "error": "timed out"},
        ],
    }
    past = "2026-01-01T00:00:00Z"
    gopls = r"C:\Users\li\go\bin\gopls.exe"
    facts["code_integrity"] = {
        "smart_app_control": "on",
        "hvci": True,
        "vbs": True,
        "events": [{"id": 3077, "time": past, "file": gopls, "policy_id": "{0283ac0f-fff1-49ae-ada1-8a933130cad6}"}],
        "applocker": [{"id": 8004, "time": past, "file": gopls}],
    }
    facts["defender"] = {
        "mode": "Normal",
        "real_time": True,
        "controlled_folders": True,
        "antivirus": ["Windows Defender"],
        "asr": [{"id": "01443614-cd74-433a-b99e-2ecdc07bfc25", "action": "1"}],
        "events": [{"id": 5007, "time": past}],
    }
    facts["powershell"] = {"edition": "Desktop", "effective": "Restricted", "policies": {}, "profiles": []}
    facts["terminal"] = {"program": "windows-terminal", "version": "1.18.3"}
    facts["vscode"] = {
        "installed": True,
        "extension": "0.50.0",
        "settings": {"go.languageServerTimeout": 60},
        "log": {"path": "Go.log", "started": 1, "running": 1, "disabled": False, "failed_to_find": False},
    }
    facts["goland"] = {"installed": True, "vm_options": ["-Xss2m"]}
    facts["git"] = {"path": "git.exe", "version": "2.45.1", "kind": "not-a-repository", "core_autocrlf": "true"}
    return facts


def test_a_guarded_machine_is_healthy_and_the_popular_claims_are_ruled_out():
    found = diagnosed(guarded())
    assert (found.causes, found.candidates, found.symptoms, found.exit_status) == ((), (), (), 0)
    assert {
        "go.claim-hvci",
        "go.claim-unsigned",
        "go.claim-real-time-protection",
        "go.claim-execution-policy",
        "go.claim-terminal-bom",
        "go.claim-gopls-timeout",
        "go.claim-stack-size",
        "go.claim-git-bash-linker",
    } <= {one.id for one in found.ruled_out}


def test_nor_is_it_blamed_for_a_failure_that_says_nothing_of_it():
    command = {"given": "run", "argv": ["go", "build"], "rc": 1, "started": "2026-02-01T00:00:00Z", "seconds": 1.0}
    found = diagnosed(guarded() | {"command": command}, "go: updates to go.sum needed\n")
    assert (found.causes, found.exit_status) == ((), 3)


def test_old_events_are_not_blamed_for_what_is_denied_now():
    command = {"given": "run", "argv": ["go", "run", "."], "rc": 1, "started": "2026-02-01T00:00:00Z", "seconds": 1.0}
    found = diagnosed(guarded() | {"command": command}, "open secret.txt: Access is denied.\nexit status 1\n")
    assert [one.id for one in found.causes] == ["go.own-code"]
