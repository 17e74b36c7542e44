"""What looking at a machine costs to import: the doctor is to answer at once, also where nothing heavy is installed."""

import subprocess
import sys

import diagflow.collect.host

HEAVY = (
    "httpx2",
    "numpy",
    "structlog",
    "pydantic",
    "lightkube",
    "yaml",
    "promql_parser",
    "rustworkx",
    "ssl",
    "http.client",
)


def test_what_is_public_is_there():
    for name in diagflow.collect.host.__all__:
        assert getattr(diagflow.collect.host, name) is not None


def test_looking_loads_nothing_heavy(tmp_path):
    code = (
        "import sys, time\n"
        "from diagflow.collect.host import HostReader, this_machine\n"
        "from diagflow.collect.host.probes import NAMES\n"
        "from diagflow.model import Query, Want\n"
        "reader = HostReader(this_machine(), offline=True)\n"
        "wants = [Want(Query.of('fact', name)) for name in NAMES]\n"
        "states = [r.state.value for r in reader.read(wants, deadline=time.monotonic() + 30)]\n"
        f"print(len(states), 'error' in states, sorted(set({HEAVY}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "23 False []\n"
