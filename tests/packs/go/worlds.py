"""Made-up machines: the facts of healthy ones, as the probes write them (docs/facts.md)."""

import copy
from functools import cache
from typing import Any

from diagflow.engine import diagnose
from diagflow.harness.world import World
from diagflow.model.diagnosis import Diagnosis
from diagflow.rules import RuleSet, load_packs


@cache
def knowledge() -> RuleSet:
    """Return the pack, loaded once."""
    return load_packs(["go"])


def diagnosed(facts: dict[str, Any], log: str | None = None) -> Diagnosis:
    """Diagnose a machine, with what a command printed there."""
    given: dict[str, Any] = {"facts": facts}
    given |= {"states": {"log:host/local": "absent"}} if log is None else {"logs": {"host/local": log}}
    reader = World(given)
    return diagnose(knowledge(), reader, reader.incident).diagnosis


def log_alone(text: str) -> Diagnosis:
    """Explain a saved log without looking at any machine."""
    return diagnosed({"command": {"given": "log"}}, text)


def windows(version: str = "go1.27.3", user: str = "li") -> dict[str, Any]:
    """Return the facts of a Windows 11 with the Go of the MSI, as its installer leaves it."""
    home = f"C:\\Users\\{user}"
    root, exe = r"C:\Program Files\Go", r"C:\Program Files\Go\bin\go.exe"
    hit = {
        "path": exe,
        "dir": root + r"\bin",
        "index": 5,
        "layer": "machine",
        "size": 12_000_000,
        "kind": "file",
        "machine": "amd64",
        "root": root,
        "version": version,
    }
    entries = [
        _entry(0, r"C:\Windows\system32", "machine"),
        _entry(5, root + r"\bin", "machine"),
        _entry(6, home + r"\AppData\Local\Microsoft\WindowsApps", "user"),
        _entry(7, home + r"\go\bin", "user", exists=False),
    ]
    values = {
        "GOROOT": root,
        "GOPATH": home + r"\go",
        "GOCACHE": home + r"\AppData\Local\go-build",
        "GOMODCACHE": home + r"\go\pkg\mod",
        "GOOS": "windows",
        "GOARCH": "amd64",
        "GOHOSTOS": "windows",
        "GOHOSTARCH": "amd64",
        "GO111MODULE": "",
        "GOFLAGS": "",
        "GOTOOLCHAIN": "auto",
        "GOPROXY": "https://proxy.example,direct",
        "GOSUMDB": "sum.example",
        "CGO_ENABLED": "0",
        "GOMOD": "NUL",
        "CC": "gcc",
        "GOENV": home + r"\AppData\Roaming\go\env",
    }
    gopath = {"value": r"%USERPROFILE%\go", "type": "REG_EXPAND_SZ", "expanded": home + r"\go"}
    return {
        "host": {
            "os": "windows",
            "os_version": "11",
            "build": 26100,
            "arch": "amd64",
            "process_arch": "amd64",
            "wsl": 0,
            "elevated": False,
            "shell": "powershell",
            "home": home,
            "home_ascii": home.isascii(),
            "home_spaces": " " in home,
            "language": "zh-CN",
            "cwd": home,
            "cwd_filesystem": "NTFS",
            "cwd_unc": False,
            "wine": False,
        },
        "environment": {
            "process": {"GOPATH": home + r"\go"},
            "user": {"GOPATH": gopath},
            "machine": {},
            "future": {"GOPATH": home + r"\go"},
            "duplicates": [],
            "changed": {"user": "2026-01-01T00:00:00Z"},
        },
        "processes": {"chain": [{"name": "powershell.exe", "pid": 7, "started": "2026-02-01T00:00:00Z"}], "stale": []},
        "path": {
            "entries": entries,
            "future": entries,
            "user_length": 120,
            "machine_length": 300,
            "user_type": "REG_EXPAND_SZ",
            "total_length": 421,
            "user_holds_machine": False,
            "last_user_entry_exists": False,
            "duplicates": 0,
            "go": [hit],
            "future_go": [hit],
            "gcc": [],
            "git": [],
            "gopls": [],
            "dlv": [],
        },
        "installs": {
            "found": [_tree(root, version, "msi", on_path=True)],
            "newest": version,
            "msi": {"installed": True, "location": root + "\\"},
            "uninstall": [
                {"name": f"Go Programming Language amd64 {version}", "version": version, "arch": "amd64", "view": 64}
            ],
        },
        "go": {
            "path": exe,
            "root": root,
            "rc": 0,
            "timed_out": False,
            "stderr": "",
            "version": version,
            "os": "windows",
            "arch": "amd64",
            "env": values,
        },
        "go_env": {
            "path": exe,
            "rc": 0,
            "timed_out": False,
            "stderr": "",
            "version": version,
            "version_rc": 0,
            "version_stderr": "",
            "values": values,
            "sources": dict.fromkeys(values, "default") | {"GOPATH": "user"},
            "root_version": version,
            "tool_version": version,
        },
        "env_file": {"path": values["GOENV"], "from": "default", "exists": False},
        "module": {
            "dir": home,
            "go_mod": {"exists": False, "used": False},
            "go_work": {"exists": False, "used": False},
            "go_sum": {"exists": False},
            "vendor": False,
            "in_gopath_src": False,
            "gopath_go_mod": False,
            "unc": False,
            "wsl_share": False,
            "filesystem": "NTFS",
        },
        "compiler": {"cc": "gcc", "cc_from": "default", "set": False, "found": False, "quoted": False, "spaces": False},
        "directories": _folders(values, home),
        "tools": {"bin": home + r"\go\bin", "bin_on_path": True, "bin_on_future_path": True, "names": [], "cross": []},
        "virtualstore": {"files": []},
        "registry": {"hklm_go": False, "long_paths": False, "enable_lua": True, "compat_layers": []},
    }


def linux(version: str = "go1.27.3") -> dict[str, Any]:
    """Return the facts of a Linux with an archive unpacked to /usr/local/go."""
    root, home = "/usr/local/go", "/home/li"
    facts = copy.deepcopy(windows(version))
    hit = {
        "path": f"{root}/bin/go",
        "dir": f"{root}/bin",
        "index": 0,
        "size": 9,
        "kind": "file",
        "machine": "amd64",
        "root": root,
        "version": version,
    }
    values = facts["go_env"]["values"] | {
        "GOROOT": root,
        "GOPATH": f"{home}/go",
        "GOCACHE": f"{home}/.cache/go-build",
        "GOMODCACHE": f"{home}/go/pkg/mod",
        "GOOS": "linux",
        "GOHOSTOS": "linux",
        "GOENV": f"{home}/.config/go/env",
        "GOMOD": "/dev/null",
    }
    facts["host"] |= {
        "os": "linux",
        "shell": "bash",
        "home": home,
        "home_ascii": True,
        "home_spaces": False,
        "cwd": home,
    }
    facts["environment"] = {"process": {"HOME": home}, "future": {"HOME": home}, "duplicates": []}
    facts["processes"] = {"chain": [], "stale": []}
    entries = [_entry(0, f"{root}/bin", None), _entry(1, "/usr/bin", None)]
    facts["path"] = {
        "entries": entries,
        "future": entries,
        "total_length": 30,
        "duplicates": 0,
        "go": [hit],
        "future_go": [hit],
        "gcc": [],
        "git": [],
        "gopls": [],
        "dlv": [],
    }
    facts["installs"] = {"found": [_tree(root, version, "zip", on_path=True)], "newest": version}
    facts["go"] |= {"path": hit["path"], "root": root, "os": "linux", "env": values}
    facts["go_env"] |= {"path": hit["path"], "values": values, "sources": dict.fromkeys(values, "default")}
    facts["env_file"] |= {"path": values["GOENV"]}
    facts["module"] |= {"dir": home, "filesystem": "ext4"}
    facts["directories"] = _folders(values, home)
    facts["tools"] = {
        "bin": f"{home}/go/bin",
        "bin_on_path": False,
        "bin_on_future_path": False,
        "names": ["gopls"],
        "cross": [],
    }
    for name in ("virtualstore", "registry"):
        del facts[name]
    return facts


def _entry(index: int, folder: str, layer: str | None, *, exists: bool = True) -> dict[str, Any]:
    found = {"index": index, "raw": folder, "dir": folder, "layer": layer, "exists": exists}
    marks = dict.fromkeys(("quoted", "blank", "unexpanded", "relative", "msys"), False)
    return {k: v for k, v in (found | marks).items() if v is not None}


def _tree(root: str, version: str, source: str, *, on_path: bool) -> dict[str, Any]:
    return {
        "root": root,
        "version": version,
        "machine": "amd64",
        "source": source,
        "on_path": on_path,
        "on_future_path": on_path,
        "tools_missing": [],
        "mixed": False,
    }


def sdk(root: str, version: str) -> dict[str, Any]:
    """Return a Go beside the one in use, as golang.org/dl puts it into the user's folder."""
    return _tree(root, version, "sdk", on_path=False)


def _folders(values: dict[str, str], home: str) -> dict[str, Any]:
    paths = {
        "gocache": values["GOCACHE"],
        "gomodcache": values["GOMODCACHE"],
        "gotmpdir": f"{home}/scratch",
        "temp": f"{home}/scratch",
        "gobin": values["GOPATH"] + "/bin",
        "gopath": values["GOPATH"],
        "cwd": home,
    }
    return {
        name: {
            "path": path,
            "set": name == "gopath" and "\\" in path,
            "exists": True,
            "writable": True,
            "free_bytes": 90_000_000_000,
            "ascii": path.isascii(),
            "program_files": False,
            "synced": False,
            "mapped": False,
        }
        for name, path in paths.items()
    }
