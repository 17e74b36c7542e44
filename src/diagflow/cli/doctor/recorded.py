"""Facts that were recorded on a machine, diagnosed anywhere."""

from dataclasses import replace
from typing import TYPE_CHECKING

from diagflow.cli.run import load_rules
from diagflow.cli.source import say_problems

if TYPE_CHECKING:
    from diagflow.cli.doctor.asked import Asked
    from diagflow.engine import Result


def recorded(asked: "Asked", *, advice: bool) -> "Result":
    """Return the diagnosis of a bundle.

    Raises:
        BadInput: the bundle cannot be read.
    """
    from diagflow.bundle import open_bundle
    from diagflow.cli.doctor.asked import PACKS
    from diagflow.collect.recorded import BundleReader
    from diagflow.engine import diagnose

    assert asked.bundle is not None  # noqa: S101  # the caller looked
    opened = open_bundle(asked.bundle)
    say_problems(opened.problems)
    incident = replace(opened.bundle.incident, entities=(), alert=None, labels={})
    ruleset = load_rules(list(asked.rules), PACKS, host=True)
    return diagnose(ruleset, BundleReader(opened.bundle), incident, bundle=opened.bundle, advice=advice)
