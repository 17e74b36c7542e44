"""Options that several commands share, each declared once."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """Forms of a diagnosis."""

    TEXT = "text"
    JSON = "json"
    YAML = "yaml"
    MARKDOWN = "markdown"
    HTML = "html"


class Lang(StrEnum):
    """Languages of texts."""

    EN = "en"
    ZH = "zh"


_SOURCE = "Source"
_OUTPUT = "Output"

BundlePath = Annotated[
    Path | None,
    typer.Option(
        "--bundle", help="A bundle (file or folder) or an incident folder, instead of live.", rich_help_panel=_SOURCE
    ),
]
Prometheus = Annotated[
    str | None,
    typer.Option(
        "--prometheus",
        envvar="PROMETHEUS_URL",
        help="URL of a Prometheus 3; else it is looked for in the cluster. `none` does without.",
        rich_help_panel=_SOURCE,
    ),
]
Context = Annotated[str | None, typer.Option("--context", help="Context of the kubeconfig.", rich_help_panel=_SOURCE)]
Kubeconfig = Annotated[
    Path | None,
    typer.Option(
        "--kubeconfig", help="Default: as kubectl has it (KUBECONFIG, ~/.kube/config).", rich_help_panel=_SOURCE
    ),
]
At = Annotated[
    str | None,
    typer.Option("--at", help="Diagnose for this moment: 2026-01-31T10:00:00Z, or -15m.", rich_help_panel=_SOURCE),
]
Since = Annotated[
    str | None,
    typer.Option("--since", help="How far back events and changes count: 30m, 2d.", rich_help_panel=_SOURCE),
]
Namespace = Annotated[str, typer.Option("--namespace", "-n", help="Only this namespace.", rich_help_panel=_SOURCE)]
Timeout = Annotated[
    float | None,
    typer.Option("--timeout", help="Seconds for all reading; default: 30.", min=0.1, max=3600, rich_help_panel=_SOURCE),
]
RulePaths = Annotated[
    list[Path] | None,
    typer.Option("--rules", help="More rules: a file or a folder; may be given again.", rich_help_panel=_SOURCE),
]
Packs = Annotated[
    str | None,
    typer.Option(
        "--packs", help="Only these packs, separated by commas; default: all installed.", rich_help_panel=_SOURCE
    ),
]
Output = Annotated[Format, typer.Option("-o", "--output", help="Form of the result.", rich_help_panel=_OUTPUT)]
Language = Annotated[
    Lang | None,
    typer.Option(
        "--lang", help="Language; default: the system's for people, English for data.", rich_help_panel=_OUTPUT
    ),
]
Record = Annotated[
    Path | None,
    typer.Option("--record", help="Keep all readings here (folder or FILE.zip), redacted.", rich_help_panel=_OUTPUT),
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Show the whole decision path.", rich_help_panel=_OUTPUT)
]
Advice = Annotated[
    bool, typer.Option("--advice", help="Show best practices and mere risks too.", rich_help_panel=_OUTPUT)
]
Out = Annotated[
    Path | None, typer.Option("--out", help="Write the result here instead of stdout.", rich_help_panel=_OUTPUT)
]
Debug = Annotated[
    Path | None, typer.Option("--debug", help="On an error of ours, write its details here.", rich_help_panel=_OUTPUT)
]
