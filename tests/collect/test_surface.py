"""What the package shows, and what it costs to import."""

import subprocess
import sys

import diagflow.collect


def test_what_is_public_is_there():
    for name in diagflow.collect.__all__:
        assert getattr(diagflow.collect, name).__doc__


def test_what_is_not_there_is_an_attribute_error():
    assert not hasattr(diagflow.collect, "nothing")


def test_importing_it_loads_no_http_client():
    heavy = "{'httpx2', 'httpcore2', 'lightkube', 'ssl', 'promql_parser', 'yaml'}"
    code = f"import sys, diagflow.collect; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
