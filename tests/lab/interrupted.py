"""`python -m tests.lab.interrupted FOLDER NAME MOMENT WORDS...`: DiagFlow, and an outage in the middle of it.

The product runs as it is and asks the real servers. Only the order is held, so that each run meets the outage at the
same moment: the first answer comes whose query begins with MOMENT (`objects:pods`), then the component is taken away,
and only then the other questions are asked. With the MOMENT `nothing` it goes before the first question.

It is the test that takes the component away, once for all runs that wait for it in FOLDER: this one says there that it
is loaded, and that its moment has come, and waits each time until it may go on.
"""

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tests.lab.gate import PATIENCE, reach

from diagflow.cli import main
from diagflow.collect.kubernetes import KubernetesReader
from diagflow.collect.prometheus import PrometheusReader
from diagflow.model import Query, Reading, Want


class Moment:
    """When the component goes; comes once in a run."""

    def __init__(self, begins: str, take_away: Callable[[], None]) -> None:
        self.begins = begins
        self.take_away = take_away
        self.awaited: Query | None = None
        self.over = threading.Event()
        self.lock = threading.Lock()

    def watch(self, reader: type[Any], answer: str) -> None:
        """Holds a reader's questions: `answer` is its method that answers one of them."""
        read_all, answer_one = reader.read, getattr(reader, answer)

        def read(it: Any, wants: Sequence[Want], *, deadline: float) -> Iterator[Reading]:
            yield from read_all(it, self.ordered(wants), deadline=deadline)

        def held(it: Any, asked: Want | Query, deadline: float) -> Reading:
            awaited = (asked.query if isinstance(asked, Want) else asked) == self.awaited
            if self.awaited and not awaited:
                assert self.over.wait(PATIENCE)
            found: Reading = answer_one(it, asked, deadline)
            if awaited:
                self.strike()
            return found

        reader.read = read
        setattr(reader, answer, held)

    def ordered(self, wants: Sequence[Want]) -> list[Want]:
        """Returns the wants, the awaited one first: there are more of them than are asked at once."""
        if self.begins == "nothing":
            self.strike()
        found = [want for want in wants if str(want.query).startswith(self.begins)]
        if found and self.awaited is None:
            self.awaited = found[0].query
        return sorted(wants, key=lambda want: want.query != self.awaited)

    def strike(self) -> None:
        """Has the component taken away, unless it is gone: both readers begin at once."""
        with self.lock:
            if not self.over.is_set():
                self.take_away()
                self.over.set()


if __name__ == "__main__":
    folder, name, begins, *words = sys.argv[1:]
    moment = Moment(begins, partial(reach, Path(folder), name, "moment"))
    moment.watch(KubernetesReader, "answer")
    moment.watch(PrometheusReader, "_answer")
    sys.argv[1:] = words
    reach(Path(folder), name, "loaded")
    main()
