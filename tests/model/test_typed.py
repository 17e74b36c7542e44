"""Types that several threads use for the first time at once."""

import ast
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import diagflow
from diagflow.model import typed

RACE = """
import sys, threading
import msgspec
from diagflow.model import typed

sys.setswitchinterval(1e-6)
BODY = msgspec.json.encode({"whole": {"text": "a", "number": 1}, "text": "b"})
PACKED = msgspec.msgpack.encode({"whole": {"text": "a", "number": 1}, "text": "b"})


def new_type():
    part = msgspec.defstruct("Part", [("text", "str"), ("number", "int")])
    return msgspec.defstruct("Whole", [("whole", part), ("text", "str"), ("more", "int | None", None)])


def one_round():
    kind, ready = new_type(), threading.Barrier(6)
    ways = [
        lambda: typed.from_json(BODY, kind),
        lambda: typed.from_msgpack(PACKED, kind),
        lambda: typed.json_decoder(kind).decode(BODY),
        lambda: typed.msgpack_decoder(list[kind]).decode(b"\\x91" + PACKED),
        lambda: typed.converted({"whole": {"text": "a", "number": 1}, "text": "b"}, kind),
        lambda: typed.from_json(BODY, kind),
    ]

    def go(way):
        ready.wait()
        way()

    threads = [threading.Thread(target=go, args=(way,)) for way in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


for _ in range(300):
    one_round()
print("done")
"""


def test_a_type_may_be_used_by_several_threads_from_the_first_time_on():
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", RACE], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


def test_what_is_no_such_thing_is_refused():
    with pytest.raises(msgspec.ValidationError):
        typed.from_json(b'"a"', int)
    with pytest.raises(msgspec.ValidationError):
        typed.converted("a", int)
    with pytest.raises(msgspec.DecodeError):
        typed.from_msgpack(b"", int)


def test_nobody_else_describes_a_type():
    """What decodes into a type has that type as an argument: without one, nothing is described."""
    sources = Path(diagflow.__file__).parent.rglob("*.py")
    calls = ((file, node) for file in sources for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    places = {file.name for file, node in calls if isinstance(node, ast.Call) and _describes(node)}
    assert places == {"typed.py"}


def _describes(call: ast.Call) -> bool:
    called = ast.unparse(call.func)
    if called == "msgspec.convert":
        return True
    if called in ("msgspec.json.Decoder", "msgspec.msgpack.Decoder"):
        return bool(call.args or call.keywords)
    return called in ("msgspec.json.decode", "msgspec.msgpack.decode") and any(k.arg == "type" for k in call.keywords)
