"""`compiler`: the C compiler that cgo would use, asked what it is."""

import re
import threading
from collections.abc import Mapping
from typing import Any, Final

from diagflow.collect.host.look import Look
from diagflow.collect.host.outcome import Outcome
from diagflow.collect.host.pathlist import folder, split_path
from diagflow.collect.host.quoted import split_command
from diagflow.collect.host.search import hits

_LIBRARIES: Final = ("libsynchronization", "libmingwex")
_VERSION: Final = re.compile(r"\b(?:gcc|clang|g\+\+) version ([0-9][0-9A-Za-z.]*)")
_THREADS: Final = re.compile(r"^Thread model: (\S+)", re.MULTILINE)


def probe(look: Look) -> Any:
    """Find CC as cgo does and ask it; its answers are asked for in English."""
    value, source = _setting(look)
    words = split_command(value)
    fact: dict[str, Any] = {
        "cc": value,
        "cc_from": "env" if source in ("process", "user", "machine") else source,
        "set": source != "default",
        "quoted": value.lstrip().startswith(("'", '"')),
        "spaces": " " in value.strip(),
    }
    if not words:
        return {**fact, "found": False, "error": "a quote is not closed" if words is None else "the setting is blank"}
    path = _found(look, words[0])
    if path is None:
        return {**fact, "found": False}
    return {**fact, "found": True, "path": path, **_asked(look, path)}


def _setting(look: Look) -> tuple[str, str]:
    go_env = look.known("go_env")
    value = go_env.get("values", {}).get("CC", "")
    source = go_env.get("sources", {}).get("CC", "default")
    default = "clang" if look.machine.platform == "darwin" else "gcc"
    return (value, "default" if source == "goroot_file" else source) if value else (default, "default")


def _found(look: Look, name: str) -> str | None:
    machine = look.machine
    if machine.paths.dirname(name):
        endings = ("", ".exe") if machine.windows else ("",)
        return next((name + e for e in endings if machine.files.is_file(name + e)), None)
    stem = name[:-4] if machine.windows and name.lower().endswith(".exe") else name
    raw = split_path(machine.env("PATH"), windows=machine.windows)
    found = hits(machine, stem, [{"dir": folder(entry, windows=machine.windows)} for entry in raw])
    return str(found[0]["path"]) if found else None


def _asked(look: Look, path: str) -> dict[str, Any]:
    questions = {"machine": "-dumpmachine", "about": "-v"}
    if look.machine.windows:
        questions |= {name: f"--print-file-name={name}.a" for name in _LIBRARIES}
    answers = _all(look, path, questions)
    said = {name: look.machine.text(done.stdout).strip() for name, done in answers.items()}
    about = look.machine.text(answers["about"].stderr)
    version, threads = _VERSION.search(about), _THREADS.search(about)
    first = answers["machine"]
    libraries: dict[str, Any] = {n: _has(look, said[n], n) for n in _LIBRARIES if n in said and answers[n].rc == 0}
    return {
        "machine": said["machine"].splitlines()[0] if first.rc == 0 and said["machine"] else None,
        "version": version[1] if version else None,
        "threads": threads[1] if threads else None,
        **libraries,
        "rc": first.rc,
        "error": first.error or look.machine.text(first.stderr[:2000]).strip() or None,
        "timed_out": first.timed_out,
    }


def _has(look: Look, answer: str, library: str) -> bool:
    """True when the compiler knows where the library is: what it does not know it repeats by its bare name."""
    return answer != f"{library}.a" and bool(look.machine.paths.dirname(answer))


def _all(look: Look, path: str, questions: Mapping[str, str]) -> dict[str, Outcome]:
    """Ask everything side by side: each question is a program that starts."""
    env = {**look.machine.environ, "LC_ALL": "C"}
    answers: dict[str, Outcome] = {}

    def ask(name: str, option: str) -> None:
        answers[name] = look.run([path, option], env=env)

    threads = [threading.Thread(target=ask, args=pair, daemon=True) for pair in questions.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
