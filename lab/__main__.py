"""The command line of the lab: `python -m lab --help`."""

import argparse
import os
import signal
import sys
from pathlib import Path

import yaml

from lab import cluster as clusters
from lab import draw, fault, outage, paths, reader, recorder, runner, snapshot, together
from lab.build import build
from lab.cluster import Cluster
from lab.errors import LabError
from lab.soak import Plan, soak

TERMINATED = 128 + signal.SIGTERM
"""The exit status of a program that was told to end, as a shell has it."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lab",
        description=(sys.modules["lab"].__doc__ or "").partition("\n")[0],
        epilog="example: python -m lab up && python -m lab exec -- kubectl get nodes && python -m lab down",
    )
    parser.add_argument("--name", default="default", help="which lab, where there are several (default: %(default)s)")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("build", help="install packages, compile programs, make images")
    start = commands.add_parser("up", help="start the lab; does nothing if it is up")
    start.add_argument("--seed", type=int, default=1, help="decides the names of nodes (default: %(default)s)")
    commands.add_parser("down", help="end the lab; leaves nothing behind")
    commands.add_parser("status", help="say how each component is; exit status 1 if the lab is not up")
    run = commands.add_parser(
        "exec",
        help="run a command in the lab's network, with KUBECONFIG and PROMETHEUS_URL set",
        epilog="example: python -m lab exec -- diagflow scan",
    )
    run.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND ...")
    _fault_parser(commands.add_parser("fault", help="break the lab, record what it says, put it right again"))
    _outage_parser(commands)
    shot = commands.add_parser("snapshot", help="write what the cluster says now as an incident folder")
    shot.add_argument("folder", type=Path, metavar="DIR")
    _soak_parser(commands)
    return parser


def _outage_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "outage",
        help="take a component away for a while: kill or freeze it, and bring it back",
        epilog="example: python -m lab outage freeze apiserver; python -m lab outage end apiserver",
    )
    parser.add_argument("action", choices=("kill", "freeze", "end"), metavar="kill|freeze|end")
    parser.add_argument("component", metavar="COMPONENT", help="as `python -m lab status` calls it")


def _soak_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "soak",
        help="run a command (default: `diagflow scan -o json`) at random moments of a busy, healthy life",
        description="It must find nothing. Starts the lab if it is not up.",
        epilog="example: python -m lab soak --minutes 60 --scans 300 -- diagflow scan -o json",
    )
    parser.add_argument("--minutes", type=float, default=60, help="how long (default: %(default)s)")
    parser.add_argument("--scans", type=int, default=300, help="how often (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="decides what happens when (default: %(default)s)")
    parser.add_argument("--record", action="store_true", help="keep a snapshot of every look, not only of failures")
    parser.add_argument("--folder", type=Path, default=Path("soak"), help="where they go (default: ./%(default)s)")
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND ...")


def _fault_parser(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="the faults there are; * marks those in place")
    example = "example: python -m lab fault {} max-pods --seed 7{}"
    helps = {
        "run": ("break the lab and wait for the alert; prints the alert's file and the labels", ""),
        "record": ("run, write an incident folder with labels, and clean", " /tmp/recordings/max-pods"),
        "clean": ("take a fault away", ""),
    }
    for action, (text, rest) in helps.items():
        one = actions.add_parser(action, help=text, epilog=example.format(action, rest))
        one.add_argument("fault", metavar="NAME")
        if action == "record":
            one.add_argument("folder", type=Path, metavar="DIR")
        if action != "clean":
            _seed(one)
    drawn = actions.add_parser("draw", help="print pairs and triples of faults that have nothing to do with each other")
    drawn.add_argument("--count", type=int, default=30, help="how many (default: %(default)s)")
    _seed(drawn)
    many = actions.add_parser(
        "together",
        help="several at once: a scan must name the root of each and no other; exit status 1 if it does not",
        epilog="example: python -m lab fault together quota secret-missing --seed 7 --record /tmp/recordings/both",
    )
    many.add_argument("faults", nargs="+", metavar="NAME")
    many.add_argument("--record", type=Path, metavar="DIR", help="write an incident folder with the labels of all")
    _seed(many)


def _seed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=1, help="decides all names (default: %(default)s)")


def _command(words: list[str]) -> list[str]:
    return words[1:] if words[:1] == ["--"] else words


def _soak(cluster: Cluster, options: argparse.Namespace) -> int:
    theirs = tuple(_command(options.words))
    command = theirs or (str(Path(sys.executable).with_name("diagflow")), "scan", "-o", "json")
    clusters.up(cluster, options.seed)
    plan = Plan(options.minutes, options.scans, options.seed, command, options.folder, options.record)
    cluster.join()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # its life goes with it: others use this lab
    env = clusters.environment(cluster) if theirs else reader.environment(cluster)
    return 1 if soak(cluster, plan, env) else 0


def _exec(cluster: Cluster, words: list[str]) -> int:
    command = _command(words)
    if not command:
        raise LabError("nothing to run; write `python -m lab exec -- COMMAND`")
    cluster.join()
    os.environ.update(clusters.environment(cluster))
    try:
        os.execvp(command[0], command)  # noqa: S606  # the command is the user's own
    except FileNotFoundError as error:
        raise LabError(f"`{command[0]}` is not there to be run") from error


def _fault(cluster: Cluster, options: argparse.Namespace) -> int:
    if options.action in ("list", "draw"):
        _list(cluster) if options.action == "list" else _draw(options)
        return 0
    cluster.join()
    match options.action:
        case "run":
            _report(runner.run(cluster, options.fault, options.seed))
        case "record":
            recorder.record(cluster, options.fault, options.seed, options.folder)
        case "clean":
            runner.clean(cluster, options.fault)
        case "together":
            return _together(cluster, options)
    return 0


def _draw(options: argparse.Namespace) -> None:
    every = [fault.load(name, options.seed, "worker") for name in fault.all_names()]
    for group in draw.groups(every, options.seed, options.count):
        print(*group)


def _together(cluster: Cluster, options: argparse.Namespace) -> int:
    verdict = together.look(cluster, options.faults, options.seed, reader.environment(cluster), options.record)
    print(f"{' + '.join(options.faults)}: {verdict}", flush=True)
    return 0 if verdict.right else 1


def _list(cluster: Cluster) -> None:
    placed = runner.in_place(cluster)
    for name in fault.all_names():
        text = fault.load(name, 0, "worker").description
        print(f"{'*' if name in placed else ' '} {name:32} {text}")


def _report(run: runner.Run) -> None:
    print(f"# {run.fault.name} is in place after {run.seconds:.0f} s", file=sys.stderr)
    what = {"alert": run.alert and str(run.alert), "namespace": run.fault.namespace, **run.fault.labels}
    print(yaml.safe_dump(what, sort_keys=False), end="")


def _run(options: argparse.Namespace) -> int:
    cluster = Cluster(paths.cache(), paths.instance(options.name))
    match options.command:
        case "build":
            build(cluster.cache)
        case "up":
            clusters.up(cluster, options.seed)
        case "down":
            clusters.down(cluster)
        case "status":
            return clusters.status(cluster)
        case "exec":
            return _exec(cluster, options.words)
        case "fault":
            return _fault(cluster, options)
        case "soak":
            return _soak(cluster, options)
        case "outage":
            cluster.join()
            {"kill": outage.kill, "freeze": outage.freeze, "end": outage.end}[options.action](
                cluster, options.component
            )
        case "snapshot":
            cluster.join()
            snapshot.take(cluster, options.folder)
    return 0


def main() -> int:
    """Runs one command; returns its exit status."""
    try:
        return _run(_parser().parse_args())
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
