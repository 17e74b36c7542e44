"""`diagflow rules test --watch`: after each save, what it affects."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from diagflow.model import BadInput

if TYPE_CHECKING:
    from diagflow.harness import Report, Selection
    from diagflow.harness.watch import Ran


@dataclass(slots=True)
class RulesWatch:
    """One watch of rules and their tests.

    Attributes:
        meant: rules and paths, as for one run.
        pack: only this pack's.
        run: runs what is selected.
        show: prints a report.
        headed: say before each run what was saved.
    """

    meant: Sequence[str]
    pack: str | None
    run: "Callable[[Selection], Report]"
    show: "Callable[[Report], None]"
    headed: bool = True
    last: "Ran | None" = None

    def forever(self, *, sleep: Callable[[float], None] = time.sleep) -> NoReturn:
        """Run all tests, then after each save what it affects, until somebody interrupts.

        Args:
            sleep: waits.

        Raises:
            BadInput: what was asked for is not there.
        """
        from diagflow.harness.watch import Files, watched

        files = Files(watched(self.meant, self.pack))
        changed: set[Path] = set()
        while True:
            if self._once(changed):
                changed = set()
            if sys.stderr.isatty() and sys.stdout.isatty():
                sys.stderr.write(f"watching {len(files)} files; Ctrl-C ends\n")
            changed |= files.changed(sleep)

    def _once(self, changed: set[Path]) -> bool:
        """Run what the saved files affect; False if it could not be run, so that they are still to be looked at."""
        from diagflow.harness.find import BrokenRules, find
        from diagflow.harness.watch import Ran

        try:
            now = find(self.meant, self.pack)
            part = self._part(now, changed)
            report = self.run(part)
        except BadInput as e:
            if self.last is None and not isinstance(e, BrokenRules):
                raise
            sys.stdout.flush()
            sys.stderr.write(f"diagflow: nothing was run, and the watch goes on: {e}\n")
            return False
        if part.tests or report.wrong or report.untested or self.last is None:
            self.show(report)
        failed = {result.rule for result in report.results if not result.passed}
        standing = self.last.failed - {tests.rule for tests in part.tests} if self.last else frozenset()
        self.last = Ran(now, frozenset(standing | failed))
        return True

    def _part(self, now: "Selection", changed: set[Path]) -> "Selection":
        from diagflow.harness.watch import affected, names

        if self.last is None:
            return now
        part = affected(self.last, now, changed)
        if self.headed:
            count = len(part.tests)
            what = f"{count} test file{'s' * (count != 1)} to run" if count else "no test here depends on it"
            sys.stdout.write(f"\n{time.strftime('%H:%M:%S')}  {names(changed)} changed: {what}\n")
            sys.stdout.flush()
        return part
