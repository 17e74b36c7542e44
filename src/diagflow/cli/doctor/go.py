"""`diagflow doctor go`: why Go does not work here."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from diagflow.cli import options as o
from diagflow.cli.doctor.asked import Asked
from diagflow.cli.run import OutputOptions, keep, show
from diagflow.model import BadInput

if TYPE_CHECKING:
    from diagflow.collect.host import Failing

_NOTHING: Final = b" \t\r\n\0\xff\xfe\xef\xbb\xbf"
"""Blanks, and what is around them in UTF-16 and behind byte-order marks."""


def go(
    command: Annotated[
        list[str] | None, typer.Argument(help="The command that fails, after --: -- go build ./...", show_default=False)
    ] = None,
    log: Annotated[
        Path | None, typer.Option("--log", help="Explain this saved output instead, in any encoding; - is stdin.")
    ] = None,
    here: Annotated[
        bool, typer.Option("--here", help="With --log: it was saved on this machine; look at it too.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Ask nobody on the network.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Offer to carry out what can be undone.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --fix: do not ask.")] = False,
    bundle: Annotated[
        Path | None, typer.Option("--bundle", help="Diagnose recorded facts instead of this machine.")
    ] = None,
    rules: o.RulePaths = None,
    output: o.Output = o.Format.TEXT,
    json_output: Annotated[bool, typer.Option("--json", help="The same as -o json.")] = False,
    lang: o.Language = None,
    record: o.Record = None,
    out: o.Out = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show all evidence, mere risks, and the whole decision path.")
    ] = False,
) -> int:
    """Find out why Go does not work on this machine: the cause, the repair for your shell, and what it is not.

    Without a command it checks the machine and the module in the current folder. Nothing is changed without --fix.

    Examples:
      diagflow doctor go

      diagflow doctor go -- go build ./...

      diagflow doctor go --log build.log --here

      diagflow doctor go --fix

      diagflow doctor go -o markdown --out report.md  # redacted, to paste into a ticket
    """
    output = o.Format.JSON if json_output else output
    asked = Asked(tuple(command or ()), log, here, offline, bundle, tuple(rules or ()))
    _consistent(asked, fix=fix, yes=yes, record=record)
    shown = OutputOptions(output, lang, verbose, out)
    if bundle is not None:
        from diagflow.cli.doctor.recorded import recorded

        return show(recorded(asked, advice=verbose), shown)
    return _live(asked, shown, record=record, fix=fix, yes=yes)


def _live(asked: Asked, shown: OutputOptions, *, record: Path | None, fix: bool, yes: bool) -> int:
    from diagflow.cli.doctor.live import Live

    live = Live(asked, shown, failing=_failing(asked, shown))
    result = live.diagnose()
    if record is not None:
        keep(result, record)
    live.show(result)
    if fix and result.diagnosis.causes:
        from diagflow.cli.doctor.fix import fixed

        return fixed(live, result, yes=yes)
    return result.diagnosis.exit_status


def _failing(asked: Asked, shown: OutputOptions) -> "Failing | None":
    from diagflow.cli.doctor.command import run_command
    from diagflow.collect.host import SavedLog, this_machine

    if asked.log is not None:
        return SavedLog(str(asked.log), _not_empty(asked.log, _log_of(asked.log)))
    if not asked.command:
        return None
    return run_command(this_machine(), asked.command, text=shown.format is o.Format.TEXT and shown.out is None)


def _log_of(path: Path) -> bytes:
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as e:
        raise BadInput(f"{path}: cannot be read: {e.strerror}") from None


def _not_empty(path: Path, data: bytes) -> bytes:
    if not data.strip(_NOTHING):
        raise BadInput(f"{path}: there is nothing in it; go reports errors on stderr: go build > build.log 2>&1")
    return data


def _consistent(asked: Asked, *, fix: bool, yes: bool, record: Path | None) -> None:
    """Refuse what contradicts itself.

    Raises:
        BadInput: two things that exclude each other, or one that needs another.
    """
    wrong = (
        (asked.command and asked.log, "give a command to run or --log FILE, not both"),
        (asked.bundle and (asked.command or asked.log), "--bundle has its own failing command: give neither here"),
        (asked.bundle and fix, "--fix changes this machine, and --bundle is about another: leave one out"),
        (asked.bundle and record, "--record keeps what was read here; copy the bundle instead"),
        (asked.here and not asked.log, "--here goes with --log FILE"),
        (asked.log and fix and not asked.here, "--fix with --log needs --here: was the log saved on this machine?"),
        (yes and not fix, "--yes goes with --fix"),
    )
    for is_so, message in wrong:
        if is_so:
            raise BadInput(message)
