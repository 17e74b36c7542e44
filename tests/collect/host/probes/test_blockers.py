"""What may block (`defender`, `code_integrity`), and what is suspected (`powershell`, `virtualstore`, `terminal`)."""

import json

import pytest

from diagflow.collect.host.native import Process
from diagflow.collect.host.outcome import Outcome
from diagflow.collect.host.probes import terminal
from diagflow.collect.host.trouble import Absent
from tests.collect.host.make import NOW, fact, linux, put, windows

POLICY = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\CI\\Policy"
XML = (
    '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><EventID>{}</EventID>'
    '<TimeCreated SystemTime="2026-11-20T08:00:00.1Z"/></System><EventData>{}</EventData></Event>'
)


def event(number, **data):
    fields = "".join(f'<Data Name="{name.replace("_", " ")}">{value}</Data>' for name, value in data.items())
    return XML.format(number, fields)


def saying(answer, calls=None):
    def run(argv, **_how):
        if calls is not None:
            calls.append(argv)
        return answer if isinstance(answer, Outcome) else Outcome(0, json.dumps(answer).encode() + b"\r\n")

    return run


def test_defender(tmp_path):
    calls: list[list[str]] = []
    run = saying(
        {
            "mode": "Normal",
            "real": True,
            "cfa": "1",
            "excluded": "N/A: Must be an administrator to view exclusions",
            "ids": "01443614-CD74-433A-B99E-2ECDC07BFC25",
            "actions": "1",
            "antivirus": ["Windows Defender"],
            "events": [
                event(
                    1116,
                    Threat_Name="Trojan:Win32/Wacatac.B!ml",
                    Path="file:_C:\\t\\a.exe; file:_C:\\b",
                    Process_Name="C:\\go.exe",
                ),
                "<broken",
            ],
        },
        calls,
    )
    assert fact(windows(tmp_path, run=run), "defender") == {
        "mode": "Normal",
        "real_time": True,
        "controlled_folders": True,
        "antivirus": ["Windows Defender"],
        "asr": [{"id": "01443614-cd74-433a-b99e-2ecdc07bfc25", "action": "1"}],
        "events": [
            {
                "id": 1116,
                "time": "2026-11-20T08:00:00Z",
                "path": "C:\\t\\a.exe",
                "process": "C:\\go.exe",
                "threat": "Trojan:Win32/Wacatac.B!ml",
            }
        ],
    }
    ((program, *options),) = calls
    assert program == "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"
    assert options[:5] == ["-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass"]


def test_another_antivirus(tmp_path):
    run = saying({"mode": "", "real": None, "cfa": "", "excluded": [], "antivirus": "Other", "events": None})
    assert fact(windows(tmp_path, run=run), "defender") == {"antivirus": ["Other"], "exclusions": [], "asr": []}


@pytest.mark.parametrize(
    "answer",
    [
        Outcome(0, b""),
        Outcome(1, b"", b"powershell : error"),
        Outcome(0, b"garbage"),
        Outcome(error="The system cannot find the file specified", errno=2),
        [],
        {"mode": "", "cfa": "", "antivirus": []},
    ],
)
def test_no_answer_is_absent(tmp_path, answer):
    """Wine's powershell.exe ends at once and prints nothing."""
    for name in ("defender", "code_integrity") if isinstance(answer, Outcome) else ("defender",):
        with pytest.raises(Absent, match=r"PowerShell|antivirus"):
            fact(windows(tmp_path, run=saying(answer)), name)


def test_powershell_hangs(tmp_path):
    machine = windows(tmp_path, run=saying(Outcome(timed_out=True)), keys={POLICY: state(1)})
    with pytest.raises(TimeoutError):
        fact(machine, "defender")
    assert fact(machine, "code_integrity") == {"smart_app_control": "on"}


def state(number):
    return {"VerifiedAndReputablePolicyState": ("REG_DWORD", number)}


def test_code_integrity(tmp_path):
    blocked = event(
        3077,
        File_Name="\\Device\\HarddiskVolume3\\Users\\li\\go\\bin\\gopls.exe",
        Process_Name="\\Device\\HarddiskVolume3\\Code.exe",
        PolicyName="VerifiedAndReputableDesktop",
        PolicyGUID="{0283AC0F-FFF1-49AE-ADA1-8A933130CAD6}",
    )
    other = event(3033, FileNameBuffer="a.exe", ProcessNameBuffer="b.exe")
    run = saying(
        {
            "guard": True,
            "vbs": "2",
            "services": ["1", "2"],
            "events": [blocked, other],
            "applocker": event(8004, FullFilePath="C:\\x.exe"),
        }
    )
    found = fact(windows(tmp_path, run=run, keys={POLICY: state(2)}), "code_integrity")
    assert (found["smart_app_control"], found["hvci"], found["vbs"]) == ("evaluation", True, True)
    assert found["events"][0]["policy_id"] == "{0283ac0f-fff1-49ae-ada1-8a933130cad6}"
    assert found["events"][0]["file"].endswith("gopls.exe")
    assert found["events"][1] == {"id": 3033, "time": "2026-11-20T08:00:00Z", "file": "a.exe", "process": "b.exe"}
    assert found["applocker"] == [{"id": 8004, "time": "2026-11-20T08:00:00Z", "file": "C:\\x.exe"}]


def test_what_could_not_be_read_is_left_out(tmp_path):
    run = saying({"guard": False, "vbs": "", "services": [], "events": None, "applocker": []})
    found = fact(
        windows(tmp_path, run=run, keys={POLICY: {"VerifiedAndReputablePolicyState": ("REG_SZ", "x")}}),
        "code_integrity",
    )
    assert found == {"applocker": []}


@pytest.mark.parametrize("name", ["defender", "code_integrity", "powershell", "virtualstore", "registry"])
def test_what_is_of_windows_alone(tmp_path, name):
    with pytest.raises(Absent, match="only on Windows"):
        fact(linux(tmp_path), name)


SHELL = "SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell"
GROUP = "SOFTWARE\\Policies\\Microsoft\\Windows\\PowerShell"


@pytest.mark.parametrize(
    ("keys", "env", "effective"),
    [
        ({}, {}, "Restricted"),
        ({f"HKLM\\{SHELL}": {"ExecutionPolicy": ("REG_SZ", "AllSigned")}}, {}, "AllSigned"),
        (
            {
                f"HKLM\\{SHELL}": {"ExecutionPolicy": ("REG_SZ", "Restricted")},
                f"HKCU\\{SHELL}": {"ExecutionPolicy": ("REG_SZ", "RemoteSigned")},
            },
            {},
            "RemoteSigned",
        ),
        (
            {f"HKCU\\{SHELL}": {"ExecutionPolicy": ("REG_DWORD", 1)}},
            {"PSEXECUTIONPOLICYPREFERENCE": "Bypass"},
            "Bypass",
        ),
        (
            {f"HKLM\\{GROUP}": {"EnableScripts": ("REG_DWORD", 1), "ExecutionPolicy": ("REG_SZ", "AllSigned")}},
            {"PSEXECUTIONPOLICYPREFERENCE": "Bypass"},
            "AllSigned",
        ),
        ({f"HKCU\\{GROUP}": {"EnableScripts": ("REG_DWORD", 0)}}, {}, "Restricted"),
    ],
)
def test_execution_policy(tmp_path, keys, env, effective):
    found = fact(windows(tmp_path, keys=keys, env=env), "powershell")
    assert (found["edition"], found["effective"]) == ("Desktop", effective)
    assert len(found["policies"]) == 5


def test_profiles_are_where_the_documents_are(tmp_path):
    folders = "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\User Shell Folders"
    keys = {folders: {"Personal": ("REG_EXPAND_SZ", "%USERPROFILE%\\OneDrive\\文档")}}
    documents = tmp_path / "c/Users/li/OneDrive/文档"
    put(documents / "WindowsPowerShell/profile.ps1", "$env:GOPROXY = 'x'".encode("utf-16"))
    put(documents / "WindowsPowerShell/Microsoft.PowerShell_profile.ps1", "Set-Alias ll ls")
    found = fact(windows(tmp_path, keys=keys), "powershell")
    assert [(p["path"].rpartition("\\")[2], p["mentions_go"]) for p in found["profiles"]] == [
        ("profile.ps1", True),
        ("Microsoft.PowerShell_profile.ps1", False),
    ]


def test_powershell_7_keeps_it_elsewhere(tmp_path):
    put(
        tmp_path / "c/Users/li/Documents/PowerShell/powershell.config.json",
        '{"Microsoft.PowerShell:ExecutionPolicy": "AllSigned",}',
    )
    keys = {f"HKCU\\{SHELL}": {"ExecutionPolicy": ("REG_SZ", "Bypass")}}
    found = fact(windows(tmp_path, keys=keys, parents=[Process(2, 1, "pwsh.exe", NOW)]), "powershell")
    assert (found["edition"], found["effective"]) == ("Core", "AllSigned")


def test_virtual_store(tmp_path):
    store = tmp_path / "c/Users/li/AppData/Local/VirtualStore"
    assert fact(windows(tmp_path), "virtualstore") == {"files": []}
    put(store / "Program Files (x86)/Go/pkg/x.a")
    put(store / "Program Files/Other/y")
    put(store / "Windows/go.ini")
    files = fact(windows(tmp_path), "virtualstore")["files"]
    assert [f.rpartition("VirtualStore\\")[2] for f in files] == ["Program Files (x86)\\Go\\pkg\\x.a"]


def test_a_loop_of_links_in_the_virtual_store(tmp_path):
    folder = tmp_path / "c/Users/li/AppData/Local/VirtualStore/Program Files/Go"
    folder.mkdir(parents=True)
    (folder / "again").symlink_to(folder)
    assert fact(windows(tmp_path), "virtualstore") == {"files": []}


def test_windows_terminal(tmp_path):
    profiles = '"profiles": {"defaults": {"detectAutomaticEncoding": true,}}}'
    settings = f'{{"compatibility.reloadEnvironmentVariables": false, // no\n{profiles}'
    place = "c/Users/li/AppData/Local/Packages/Microsoft.WindowsTerminal_8wekyb3d8bbwe/LocalState/settings.json"
    put(tmp_path / place, settings)
    packages = f"HKCU\\{terminal._PACKAGES}"
    keys: dict[str, object] = {
        f"{packages}\\Microsoft.WindowsTerminal_1.9.1942.0_x64__8wekyb3d8bbwe": {},
        f"{packages}\\Microsoft.WindowsTerminal_1.22.11141.0_x64__8wekyb3d8bbwe": {},
        f"{packages}\\Microsoft.Other_9.0_x64": {},
    }
    assert fact(windows(tmp_path, env={"WT_SESSION": "x"}, keys=keys), "terminal") == {
        "program": "windows-terminal",
        "version": "1.22.11141.0",
        "reload_environment": False,
        "detect_automatic_encoding": True,
    }


def test_other_terminals(tmp_path):
    machine = linux(tmp_path, env={"TERM_PROGRAM": "vscode", "TERM_PROGRAM_VERSION": "1.99"})
    assert fact(machine, "terminal") == {"program": "vscode", "version": "1.99"}
    assert fact(linux(tmp_path, env={"TERMINAL_EMULATOR": "JetBrains-JediTerm"}), "terminal") == {
        "program": "jetbrains"
    }
    with pytest.raises(Absent):
        fact(linux(tmp_path), "terminal")
