"""`go_env`: the go command as the user gets it, in the current folder.

Where go.mod, go.work or GOTOOLCHAIN asks for another toolchain, any go command would first download it: hundreds of
megabytes that nobody asked the doctor for, and no answer within ten seconds. So where it is neither in PATH nor in the
module cache, `go` is asked with GOTOOLCHAIN=local, `download` names what it would have fetched, and what it would have
said (`version`, `version_rc`, `version_stderr`) is left out. GOPROXY=off would also prevent the download, but go would
then fail with words about GOPROXY=off that the user never sees. Everything else is as the user has it.
"""

import threading
from collections.abc import Mapping
from typing import Any

from diagflow.collect.host.choice import Choice, chosen
from diagflow.collect.host.gomod import ModLines
from diagflow.collect.host.goroot import version_of
from diagflow.collect.host.layers import registry_layers
from diagflow.collect.host.look import Look
from diagflow.collect.host.machine import Machine
from diagflow.collect.host.outcome import Outcome
from diagflow.collect.host.pathlist import folder, split_path
from diagflow.collect.host.probes.go import MOST_STDERR, NONE, ending, values_of
from diagflow.collect.host.search import hits
from diagflow.collect.host.settings import Settings, source_of
from diagflow.collect.host.toolchain import may_download, switch_to
from diagflow.collect.host.trouble import Absent


def probe(look: Look) -> Any:
    """Run `go env -json` and `go version`, side by side.

    Raises:
        Absent: there is no Go.
    """
    choice = chosen(look)
    if choice is None:
        raise Absent(NONE)
    computed = Settings(**look.known("_settings"))
    download = _download(look, choice, computed.values)
    env, version = _both(look, choice.path, local=download is not None)
    values = values_of(env)
    if values and download is not None:
        values["GOTOOLCHAIN"] = computed.values["GOTOOLCHAIN"]  # "local" is ours
    shown = values or computed.values
    layers = registry_layers(look.machine)
    return {
        "path": choice.path,
        **ending(look.machine, env),
        **_version(look.machine, version),
        "values": shown,
        "computed": True if not values else None,
        "sources": {name: source_of(look.machine, layers, name, computed) for name in shown},
        "root_version": version_of(look.machine, shown["GOROOT"]) if shown.get("GOROOT") else None,
        "tool_version": choice.version,
        "download": download,
    }


def _both(look: Look, go: str, *, local: bool) -> tuple[Outcome, Outcome | None]:
    env = {**look.machine.environ, "GOTOOLCHAIN": "local"} if local else None
    version: list[Outcome] = []
    thread = threading.Thread(target=lambda: version.append(look.run([go, "version"])), daemon=True)
    if not local:
        thread.start()
    done = look.run([go, "env", "-json"], env=env)
    if not local:
        thread.join(look.left())
    return done, version[0] if version else None


def _version(machine: Machine, done: Outcome | None) -> dict[str, Any]:
    if done is None:
        return {}
    said = machine.text(done.stdout).strip()
    return {
        "version": said.removeprefix("go version ").split(" ")[0] if said.startswith("go version ") else None,
        "version_rc": done.rc,
        "version_stderr": machine.text(done.stderr[:MOST_STDERR]).strip(),
    }


def _download(look: Look, choice: Choice, values: Mapping[str, str]) -> str | None:
    """Return the toolchain that `go` would download here; None when it would download nothing."""
    setting = values.get("GOTOOLCHAIN", "")
    local = choice.version or look.known("go").get("version") or ""
    wanted = switch_to(setting, local, _lines(look, values))
    if wanted is None or not may_download(setting) or values.get("GOPROXY") == "off":
        return None
    return None if _in_path(look.machine, wanted) or _cached(look.machine, choice, wanted, values) else wanted


def _lines(look: Look, values: Mapping[str, str]) -> ModLines | None:
    """Return the lines that decide: those of go.work where it is in use, else of go.mod."""
    if values.get("GO111MODULE") == "off":
        return None
    module = look.known("module")
    for name in ("go_work", "go_mod"):
        file = module.get(name, {})
        if file.get("used"):
            return ModLines(file.get("module"), file.get("go"), file.get("toolchain"))
    return None


def _in_path(machine: Machine, name: str) -> bool:
    raw = split_path(machine.env("PATH"), windows=machine.windows)
    return bool(hits(machine, name, [{"dir": folder(entry, windows=machine.windows)} for entry in raw]))


def _cached(machine: Machine, choice: Choice, name: str, values: Mapping[str, str]) -> bool:
    cache = values.get("GOMODCACHE", "")
    folder = f"toolchain@v0.0.1-{name}.{machine.platform}-{choice.machine}"
    return bool(cache) and machine.files.is_dir(machine.join(cache, "golang.org", folder))
