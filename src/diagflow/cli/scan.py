"""`diagflow scan`: everything that is wrong now, no alert needed."""

from diagflow.cli import options as o
from diagflow.cli.run import OutputOptions, load_rules, run, show
from diagflow.cli.source import SourceOptions, Target


def scan(
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
    """Find everything that is wrong now; a healthy cluster gets one quiet line.

    Examples:
      diagflow scan

      diagflow scan -n shop -o json

      diagflow scan --bundle ./incident-folder --lang zh
    """
    source = SourceOptions(bundle, prometheus, context, kubeconfig, at, namespace, timeout, since)
    result = run(load_rules(rules, packs), source, Target(everything=True), record=record, advice=advice)
    return show(result, OutputOptions(output, lang, verbose, out))
