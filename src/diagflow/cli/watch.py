"""`diagflow scan --watch`: again and again, and only what has changed is told."""

import gc
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from diagflow.cli.options import Format
from diagflow.cli.remembered import cluster_of
from diagflow.cli.run import OutputOptions, keep, language, run
from diagflow.cli.source import SourceOptions, Target
from diagflow.cli.times import parse_duration
from diagflow.model import BadInput

if TYPE_CHECKING:
    from diagflow.engine import Result
    from diagflow.model.changes import Memory
    from diagflow.rules import RuleSet

EVERY: Final = "30s"
FORMATS: Final = (Format.TEXT, Format.JSON)
_LEAST: Final = 5.0
"""Seconds between two scans: each lists everything that rules look at, and others need the API server too."""
_BREATH: Final = 1.0
"""Seconds between two scans that take longer than the pause."""


def pause(every: str | None) -> float:
    """Return `--every` in seconds.

    Raises:
        BadInput: it is no duration, or too short.
    """
    seconds = parse_duration(every or EVERY, option="--every").total_seconds()
    if seconds < _LEAST:
        raise BadInput(
            f"--every {every} is too often for an API server that others need too: write {_LEAST:.0f}s or more"
        )
    return seconds


@dataclass(slots=True)
class Watch:
    """One watch: what is known of the last scan, and what was said about trouble.

    Each scan opens its readers anew, as a scan does: what is cached for one moment (metrics, the kinds that a cluster
    has, a token, a Prometheus that was not there) would be wrong at the next. The context of the first one stays, so
    that whoever switches it in another terminal does not switch this.
    """

    ruleset: "RuleSet"
    options: SourceOptions
    output: OutputOptions
    record: Path | None = None
    memory: "Memory | None" = None
    cluster: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""

    def forever(self, seconds: float, *, sleep: Callable[[float], None] = time.sleep) -> NoReturn:
        """Scan until somebody interrupts.

        Args:
            seconds: from the beginning of one scan to that of the next.
            sleep: waits.
        """
        while True:
            began = time.monotonic()
            self.once()
            gc.collect()  # what a scan leaves in cycles goes now, not when the next needs the memory too
            with self._waiting():
                sleep(max(began + seconds - time.monotonic(), _BREATH))

    def once(self) -> None:
        """Scan, tell what has changed, and remember."""
        try:
            result = self._scan()
        except BadInput as e:
            if self.memory is None:
                raise
            if str(e) != self.trouble:
                sys.stderr.write(f"diagflow: this scan failed, and the watch goes on: {e}\n")
            self.trouble = str(e)
            return
        self.trouble = ""
        self._tell(result)

    def _scan(self) -> "Result":
        result = run(self.ruleset, self.options, Target(everything=True), objects=self.record is not None)
        source = result.diagnosis.source
        context = source.get("kubernetes", {}).get("context")
        if self.memory is None:
            self.options = replace(self.options, context=self.options.context or context)
        cluster = cluster_of(source)
        self.cluster = self.cluster or cluster
        if cluster and cluster != self.cluster:
            raise BadInput(f"this is another cluster now ({' '.join(cluster.values())}): look at the kubeconfig")
        return result

    def _tell(self, result: "Result") -> None:
        from diagflow.feedback.changes import Told
        from diagflow.feedback.output import print_changes
        from diagflow.news import news

        found = news(self.ruleset, result, self.memory)
        if found.changes.any:
            told = Told(found.diagnosis, found.changes, self.ruleset.causes)
            print_changes(
                told, self.output.format.value, language(self.output), watched=True, verbose=self.output.verbose
            )
        if self.record is not None and (found.changes.before is None or found.changes.new):
            keep(result, self.record)
        self.memory = found.memory

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        """Show a line that goes away, on a terminal; nothing where either stream is a pipe."""
        if self.memory is None or not (sys.stdout.isatty() and sys.stderr.isatty()):
            yield
            return
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        from diagflow.feedback.changes import status_line
        from diagflow.feedback.output import system_language

        lang = language(self.output) or system_language()
        line = Text(status_line(self.memory.now, len(self.memory.standing), lang), style="dim", no_wrap=True)
        with Live(line, console=Console(stderr=True), auto_refresh=False, transient=True):
            yield
