"""`diagflow record`: the readings of an incident, redacted, to a bundle."""

from pathlib import Path
from typing import Annotated

import typer

from diagflow.cli import options as o
from diagflow.cli.diagnose import target_of
from diagflow.cli.run import load_rules, run
from diagflow.cli.source import SourceOptions


def record(
    path: Annotated[Path, typer.Argument(help="Where to: FILE.zip, or a folder ending in /.")],
    entity: Annotated[str | None, typer.Argument(help="What is ill; default: the whole cluster.")] = None,
    alert: Annotated[str | None, typer.Option("--alert", help="An Alertmanager webhook body: a file, or -.")] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="Keep whole objects, not only the fields that rules read today.")
    ] = False,
    prometheus: o.Prometheus = None,
    context: o.Context = None,
    kubeconfig: o.Kubeconfig = None,
    at: o.At = None,
    namespace: o.Namespace = "",
    timeout: o.Timeout = None,
    rules: o.RulePaths = None,
    packs: o.Packs = None,
) -> int:
    """Record what a diagnosis of this incident reads, with the diagnosis, to replay or to send.

    Examples:
      diagflow record incident.zip

      diagflow record incident.zip pod/shop/cart-0

      diagflow record incident.zip --whole --alert alert.json      # for a test, to last

      diagflow bundle show incident.zip        # what would I be sending?
    """
    source = SourceOptions(None, prometheus, context, kubeconfig, at, namespace, timeout)
    run(load_rules(rules, packs), source, target_of(entity, alert), record=path, whole=whole)
    return 0
