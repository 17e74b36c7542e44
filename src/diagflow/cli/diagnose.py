"""`diagflow diagnose`: an alert or an entity goes in, ranked root causes come out."""

from pathlib import Path
from typing import Annotated

import typer

from diagflow.cli import options as o
from diagflow.cli.run import OutputOptions, load_rules, run, show
from diagflow.cli.source import SourceOptions, Target
from diagflow.model import BadInput, Entity


def diagnose(
    entity: Annotated[
        str | None, typer.Argument(help="What is ill: pod/shop/cart-0, deployment/shop/cart, node/worker-1.")
    ] = None,
    alert: Annotated[
        str | None, typer.Option("--alert", help="An Alertmanager webhook body: a file, or - for stdin.")
    ] = None,
    bundle: o.BundlePath = None,
    prometheus: o.Prometheus = None,
    context: o.Context = None,
    kubeconfig: o.Kubeconfig = None,
    at: o.At = None,
    since: o.Since = None,
    namespace: o.Namespace = "",
    timeout: o.Timeout = None,
    rules: o.RulePaths = None,
    packs: o.Packs = None,
    output: o.Output = o.Format.TEXT,
    lang: o.Language = None,
    record: o.Record = None,
    out: o.Out = None,
    verbose: o.Verbose = False,
    advice: o.Advice = False,
) -> int:
    """Find the root causes behind an alert, or of what is wrong with one thing.

    Examples:
      diagflow diagnose pod/shop/cart-0

      curl -s http://alertmanager/… | diagflow diagnose --alert - -o markdown

      diagflow diagnose --bundle incident.zip -o html --out page.html
    """
    source = SourceOptions(bundle, prometheus, context, kubeconfig, at, namespace, timeout, since)
    target = target_of(entity, alert)
    if target == Target() and bundle is None:
        raise BadInput(
            "diagnose what? name an entity (pod/shop/cart-0) or give --alert FILE; for everything: diagflow scan"
        )
    result = run(load_rules(rules, packs), source, target, record=record, advice=advice)
    return show(result, OutputOptions(output, lang, verbose, out))


def target_of(entity: str | None, alert: str | None) -> Target:
    """Read what the user pointed at.

    Raises:
        BadInput: the entity or the alert cannot be read, or both are given.
    """
    if entity and alert:
        raise BadInput("give an entity or --alert, not both")
    if entity:
        return Target(entities=(Entity.parse(entity),))
    return _target_of_alert(alert) if alert else Target()


def _target_of_alert(alert: str) -> Target:
    from diagflow.collect.alert import parse_alert

    name = "stdin" if alert == "-" else alert
    parsed = parse_alert(_read(alert), name=name)
    if not parsed.firing:
        return Target(everything=True, notes=(parsed.note,))
    return Target(parsed.entities, parsed.body, parsed.onset, dict(parsed.labels))


def _read(alert: str) -> bytes:
    import sys

    if alert == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(alert).read_bytes()
    except OSError as e:
        raise BadInput(f"{alert}: cannot be read: {e.strerror}") from None
