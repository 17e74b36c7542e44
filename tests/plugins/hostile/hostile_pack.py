"""Analyzers as nobody wants them; each is one function. Run only in a child process."""

import ctypes
import os
import re
import sys
import threading
import time
from typing import Any

from diagflow.analyze.api import Case, Finding
from diagflow.model import Outcome


def endless(_: Case) -> list[Finding]:
    while True:
        pass


def sleeps(_: Case) -> list[Finding]:
    time.sleep(3600)
    return []


def backtracks(_: Case) -> list[Finding]:
    re.match(r"(a+)+$", "a" * 64 + "b")
    return []


def exits(_: Case) -> list[Finding]:
    os._exit(0)


def leaves(_: Case) -> list[Finding]:
    sys.exit(0)


def crashes(_: Case) -> list[Finding]:
    ctypes.string_at(0)
    return []


def devours(_: Case) -> list[Finding]:
    found = bytearray(8 << 30)
    return [Finding(None, names=str(len(found)))]  # type: ignore[arg-type]


def recurses(case: Case) -> list[Finding]:
    return recurses(case)


def recurses_in_c(_: Case) -> list[Finding]:
    sys.setrecursionlimit(10**9)
    deep: Any = []
    for _i in range(10**6):
        deep = [deep]
    return [Finding(deep)]


def answers_too_much(case: Case) -> list[Finding]:
    return [Finding(case.entities[0], outcome=Outcome.NO_MATCH, detail="x" * (40 << 20))]


def reads_for_ever(case: Case) -> list[Finding]:
    while True:
        case.read("objects:pods")


def reads_what_is_not_declared(case: Case) -> list[Finding]:
    case.read("objects:secrets")
    return []


def names_what_is_not_declared(case: Case) -> list[Finding]:
    return [Finding(case.entities[0], "kubernetes.node-pod-capacity")]


def talks_to_us(_: Case) -> list[Finding]:
    for descriptor in range(64):
        try:
            os.write(descriptor, b"\xff" * 64)
        except OSError:
            continue
    time.sleep(3600)
    return []


def hangs_up(_: Case) -> list[Finding]:
    os.closerange(0, 64)
    return []


def leaves_a_thread(_: Case) -> list[Finding]:
    threading.Thread(target=lambda: time.sleep(3600), daemon=False).start()
    raise SystemExit


def raises(_: Case) -> list[Finding]:
    raise ValueError("a\nb\x1b[31m")


def changes_its_inputs(case: Case) -> list[Finding]:
    reading = case.read("objects:pods")
    for pod in reading.data:
        pod["status"]["phase"] = "Running"
        pod["metadata"].clear()
    reading.data.clear()
    return [Finding(case.entities[0], outcome=Outcome.NO_MATCH)]


def makes_noise(case: Case) -> list[Finding]:
    print("noise" * 1000)  # noqa: T201
    sys.stderr.write("noise" * 1000)
    os.write(1, b"\x00\x00\x00\x00\x00\x00\x00\x05noise")
    os.write(2, b"noise")
    return [Finding(case.entities[0], outcome=Outcome.NO_MATCH)]


def sees_the_environment(case: Case) -> list[Finding]:
    return [Finding(case.entities[0], outcome=Outcome.NO_MATCH, detail=",".join(sorted(os.environ)))]


def counts_its_calls(case: Case) -> list[Finding]:
    globals()["_calls"] = globals().get("_calls", 0) + 1
    case.read("promql:up")
    return [Finding(case.entities[0], outcome=Outcome.NO_MATCH, detail=str(globals()["_calls"]))]


def sees_not_a_number(case: Case) -> list[Finding]:
    value = case.read("promql:up").data[0]["value"]
    return [Finding(case.entities[0], outcome=Outcome.NO_MATCH, detail=repr(value))]
