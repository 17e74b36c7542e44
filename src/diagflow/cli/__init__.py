"""The command line: one module a command; heavy imports stand inside the commands."""

import errno
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

EXIT_HEALTHY: Final = 0
EXIT_NAMED: Final = 1
EXIT_BAD_INPUT: Final = 2
EXIT_UNKNOWN: Final = 3
EXIT_OURS: Final = 70
EXIT_INTERRUPTED: Final = 130
_EXIT_PIPE: Final = 141
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""Why stdout takes no more; with a file's name in the error it is another file."""
_REFUSED: Final = frozenset({errno.EACCES, errno.EPERM, errno.ENAMETOOLONG})
"""Why a path cannot be looked at at all, which even `Path.exists` does not forgive."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run `diagflow`; exits with the status that docs/cli.md lists."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _open_streams()
    _utf8_streams()
    sys.exit(guarded(lambda: _run(arguments), debug=_debug_file(arguments)))


def _run(arguments: list[str]) -> int:
    from diagflow.cli.app import build

    result = build()(args=arguments, prog_name="diagflow", standalone_mode=False)
    return result if isinstance(result, int) else 0


def guarded(run: Callable[[], int], *, debug: Path | None = None) -> int:
    """Run something and turn whatever escapes into one line on stderr and an exit status; never a stack trace."""
    try:
        status = _guarded(run, debug)
    except KeyboardInterrupt:
        status = EXIT_INTERRUPTED
    if status == EXIT_INTERRUPTED:  # also what typer makes of Ctrl-C in a command
        _say("interrupted; nothing half-written is left", status)
    return status


def _guarded(run: Callable[[], int], debug: Path | None) -> int:
    import click

    from diagflow.model.errors import DiagFlowError

    try:
        return run()
    except click.exceptions.Exit as e:
        return e.exit_code
    except click.exceptions.Abort:
        return EXIT_INTERRUPTED
    except click.ClickException as e:
        return _usage(e)
    except DiagFlowError as e:
        return _say(str(e), EXIT_BAD_INPUT)
    except BrokenPipeError:
        _drop_output()
        return _EXIT_PIPE
    except OSError as e:
        if e.filename is not None and e.errno in _REFUSED:
            return _say(f"{e.filename} cannot be used: {e.strerror}", EXIT_BAD_INPUT)
        if e.filename is not None or e.errno not in _FULL:
            return _ours(e, debug)
        _drop_output()
        return _say(f"the result cannot be written: {e.strerror}; make room, or name a file with --out", EXIT_BAD_INPUT)
    except Exception as e:  # noqa: BLE001  # the last door: an error of ours becomes one line
        return _ours(e, debug)


def _drop_output() -> None:
    """Let what is still to be written go nowhere: at exit, Python would try again and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _usage(error: object) -> int:
    show = getattr(error, "format_message", None)
    context = getattr(error, "ctx", None)
    hint = f" (see: {context.command_path} --help)" if context is not None else ""
    return _say(f"{show() if show else error}{hint}", EXIT_BAD_INPUT)


def _ours(error: Exception, debug: Path | None) -> int:
    where = f"details are in {debug}" if debug else "run again with --debug FILE and send that file with a report"
    if debug:
        try:
            debug.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        except OSError as e:
            where = f"{debug} cannot be written: {e.strerror}; run again with another --debug FILE"
    return _say(f"an error of ours: {type(error).__name__}: {error}; {where}", EXIT_OURS)


def _say(message: str, status: int) -> int:
    line = " ".join(message.split()) if status == EXIT_OURS else message
    sys.stderr.write(f"diagflow: {line}\n")
    return status


def _debug_file(arguments: Sequence[str]) -> Path | None:
    """Find `--debug FILE` before the arguments are parsed: parsing may be what fails."""
    for i, argument in enumerate(arguments):
        if argument == "--debug" and i + 1 < len(arguments):
            return Path(arguments[i + 1])
        if argument.startswith("--debug="):
            return Path(argument.removeprefix("--debug="))
    return None


def _open_streams() -> None:
    """Open what was closed before the start (`2>&-`): else the next file that is opened becomes stdout or stderr."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  # until the end


def _utf8_streams() -> None:
    """Never fail on a character that the console cannot show: replace it."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace" if stream is sys.stderr else "replace")
