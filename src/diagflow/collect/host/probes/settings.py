"""The settings of Go as computed from the layers; shared by the probes that need one of them."""

from typing import Any

from diagflow.collect.host.choice import Choice, chosen
from diagflow.collect.host.layers import registry_layers
from diagflow.collect.host.look import Look
from diagflow.collect.host.settings import settings


def probe(look: Look) -> Any:
    """Compute `{values, sources}`; without any Go what the environment and the file say."""
    choice = chosen(look) or Choice("", None, None, None)
    found = settings(look.machine, registry_layers(look.machine), choice.root, choice.machine)
    return {"values": found.values, "sources": found.sources}
