"""The command line of the lab: `python -m lab --help`."""

import argparse
import os
import sys

from lab import cluster as clusters
from lab import net, paths
from lab.build import build
from lab.cluster import Cluster
from lab.errors import LabError


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
    return parser


def _exec(cluster: Cluster, words: list[str]) -> int:
    command = words[1:] if words[:1] == ["--"] else words
    if not command:
        raise LabError("nothing to run; write `python -m lab exec -- COMMAND`")
    cluster.join()
    os.environ.update(environment(cluster))
    try:
        os.execvp(command[0], command)
    except FileNotFoundError as error:
        raise LabError(f"`{command[0]}` is not there to be run") from error


def environment(cluster: Cluster) -> dict[str, str]:
    """Returns what a program needs to find the lab: the lab's kubectl comes first on the path."""
    path = f"{cluster.cache.bin}:{os.environ.get('PATH', '')}"
    return {"KUBECONFIG": str(cluster.lab.kubeconfig), "PROMETHEUS_URL": net.PROMETHEUS_URL, "PATH": path}


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
