"""Our evaluator beside a real Prometheus 3: the same samples, the same generated expressions, the same answers.

Prometheus runs by itself on loopback, apart from the lab, and gets its samples by remote write. A difference is printed
with what repeats it; the seeds are fixed, DIAGFLOW_PROMQL_SEED sets others.
"""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from lab.prometheus import Server, running
from tests.lab import lastdigit, nezha
from tests.lab.answers import difference, ours
from tests.lab.conftest import LIVE
from tests.promql import samples
from tests.promql.expressions import Asked, Vocabulary, drawn

from diagflow.promql import Series, Storage

pytestmark = LIVE
SEED = int(os.environ.get("DIAGFLOW_PROMQL_SEED", "1"))
EXPERIMENTAL = "promql-experimental-functions"
_SHOWN = 10
_UNDEFINED = 0.01
"""The share of answers that may hang on the last digit of a function, or differ from one time to the next there."""
_AGAIN = 10


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("prometheus")) as found:
        found.write([*samples.series(), *nezha.series()])
        yield found


def compare(
    server: Server, series: Sequence[Series], asked: Sequence[Asked], *, experimental: bool = False
) -> Counter[str]:
    """How often Prometheus answered with something, with nothing, and refused; fails where our answer is another."""
    storage, outcomes = Storage(series), Counter[str]()
    found: list[tuple[str, tuple[int, ...], str]] = []
    for one in asked:
        for times in ((one.moment,), one.span):
            theirs = server.answer(one.text, *times)
            mine = ours(storage, one.text, *times, experimental=experimental)
            if what := difference(mine, theirs, ordered=one.ordered):
                with lastdigit.another():
                    other = ours(storage, one.text, *times, experimental=experimental)
                again = (server.answer(one.text, *times) for _ in range(_AGAIN))
                if difference(other, mine):
                    outcomes["last digit"] += 1
                elif not all(difference(mine, each, ordered=one.ordered) for each in again):
                    outcomes["varies"] += 1  # the rows of a matrix come in the order of a map of Go, another each time
                else:
                    found.append((one.text, times, what))
                continue
            outcomes[theirs["status"] if theirs["status"] == "error" else str(bool(theirs["data"]["result"]))] += 1
    found.sort(key=lambda each: len(each[0]))  # the shortest expression says most
    lines = [f"{text}\n  at {' '.join(map(str, times))} ms: {what}" for text, times, what in found[:_SHOWN]]
    assert not found, f"seed {SEED}: {len(found)} of {2 * len(asked)} answers differ\n" + "\n".join(lines)
    assert outcomes["last digit"] + outcomes["varies"] <= len(asked) * 2 * _UNDEFINED, outcomes
    return outcomes


def test_generated_series(server: Server) -> None:
    outcomes = compare(server, samples.series(), drawn(samples.WORDS, 2000, SEED))
    assert outcomes["True"] > 1000, outcomes
    assert outcomes["error"] > 100, outcomes


def test_recorded_series(server: Server) -> None:
    if not nezha.FOLDER.is_dir():
        pytest.skip(f"{nezha.FOLDER} is not there: no recorded series")
    words = Vocabulary(samples.START, samples.LENGTH, nezha.LABELS, (), nezha.NAMES, nezha.ODD)
    outcomes = compare(server, nezha.series(), drawn(words, 400, SEED))
    assert outcomes["True"] > 200, outcomes


def test_experimental_functions(tmp_path: Path) -> None:
    with running(tmp_path, EXPERIMENTAL, "promql-binop-fill-modifiers") as server:
        server.write(samples.series())
        asked = drawn(samples.WORDS, 400, SEED, experimental=True)
        outcomes = compare(server, samples.series(), asked, experimental=True)
    assert outcomes["True"] > 200, outcomes
