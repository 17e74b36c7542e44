"""The command line of the Windows lab: `python -m lab.windows --help`."""

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lab.errors import LabError
from lab.windows import runner, scenario
from lab.windows.build import build
from lab.windows.record import record
from lab.windows.runner import Result

_WIDTH = 44


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lab.windows",
        description=(sys.modules["lab.windows"].__doc__ or "").partition("\n")[0],
        epilog="example: python -m lab.windows build && python -m lab.windows run goroot-other-release",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("build", help="install packages, unpack Go and Python, prepare Wine (once, minutes)")
    commands.add_parser("list", help="the scenarios there are")
    run = commands.add_parser(
        "run",
        help="run scenarios and say what is not as expected; exit status 1 if anything is",
        epilog="example: python -m lab.windows run --all; python -m lab.windows run goos-in-registry --keep out",
    )
    run.add_argument("names", nargs="*", metavar="NAME")
    run.add_argument("--all", action="store_true", help="all that there are")
    run.add_argument("--jobs", type=int, default=2, help="machines side by side (default: %(default)s)")
    run.add_argument("--keep", type=Path, metavar="DIR", help="write each diagnosis and what the command printed there")
    record = commands.add_parser(
        "record",
        help="put what the doctor sees on scenarios' machines into a corpus, with labels",
        epilog="example: python -m lab.windows record --all --to tests/corpus/go",
    )
    record.add_argument("names", nargs="*", metavar="NAME")
    record.add_argument("--all", action="store_true", help="all that there are")
    record.add_argument("--jobs", type=int, default=2, help="machines side by side (default: %(default)s)")
    record.add_argument("--to", type=Path, metavar="CORPUS", required=True, help="the corpus; what is in it stays")
    shell = commands.add_parser(
        "shell",
        help="run a command in a scenario's machine, broken as it is",
        epilog=r"example: python -m lab.windows shell goos-in-registry -- go env GOOS",
    )
    shell.add_argument("name", metavar="NAME")
    shell.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND ...")
    return parser


def _list() -> None:
    for name in scenario.all_names():
        one = scenario.load(name)
        print(f"{name:{_WIDTH}} {','.join(one.refs):12} {one.description}")


def _chosen(options: argparse.Namespace) -> list[scenario.Scenario]:
    names = scenario.all_names() if options.all else options.names
    if not names:
        raise LabError("which scenarios? give names, or --all; `python -m lab.windows list` prints them")
    return [scenario.load(name) for name in names]


def _run(options: argparse.Namespace) -> int:
    scenarios = _chosen(options)
    failed = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for result in pool.map(runner.run, scenarios):
            failed += bool(result.complaints)
            _report(result, options.keep)
    print(f"{len(scenarios) - failed} of {len(scenarios)} as expected")
    return 1 if failed else 0


def _record(options: argparse.Namespace) -> int:
    wanted = _chosen(options)
    if options.to.exists() and not options.to.is_dir():
        raise LabError(f"{options.to} is no folder: name a corpus with --to")
    failed = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for one, told in zip(wanted, pool.map(lambda one: _recorded(one, options.to), wanted), strict=True):
            failed += bool(told)
            print(f"{'FAILED' if told else 'ok':7}{one.name}{told and ': '}{told}", flush=True)
    print(f"{len(wanted) - failed} of {len(wanted)} recorded in {options.to}")
    return 1 if failed else 0


def _recorded(one: scenario.Scenario, corpus: Path) -> str:
    """Returns why it could not be recorded; the empty string where it was."""
    try:
        record(one, corpus)
    except LabError as error:
        return str(error)
    return ""


def _report(result: Result, keep: Path | None) -> None:
    name = result.scenario.name
    print(f"{'FAILED' if result.complaints else 'ok':7}{name:{_WIDTH}} {result.seconds:5.1f} s", flush=True)
    for line in result.complaints:
        print(f"       {line}", flush=True)
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        stem = keep / name.replace("/", "-")
        text = json.dumps(result.diagnosis, indent=1, ensure_ascii=False)
        Path(f"{stem}.json").write_text(text, encoding="utf-8")
        Path(f"{stem}.txt").write_text(result.printed, encoding="utf-8")


def _shell(options: argparse.Namespace) -> int:
    words = options.words[1:] if options.words[:1] == ["--"] else options.words
    if not words:
        raise LabError("nothing to run; write `python -m lab.windows shell NAME -- COMMAND`")
    with runner.open_machine(scenario.load(options.name)) as machine:
        done = machine.diagflow(words[1:]) if words[0] == "diagflow" else machine.run(words)
    sys.stdout.buffer.write(done.stdout)
    sys.stdout.flush()
    sys.stderr.buffer.write(done.stderr)
    return done.rc if done.rc is not None else 124


def main() -> int:
    """Runs one command; returns its exit status."""
    options = _parser().parse_args()
    try:
        if options.command == "build":
            build()
        elif options.command == "list":
            _list()
        else:
            return {"run": _run, "record": _record, "shell": _shell}[options.command](options)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
