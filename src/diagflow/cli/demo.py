"""`diagflow demo`: the incident that ships with the product."""

import sys
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from diagflow.cli import options as o
from diagflow.cli.run import OutputOptions, load_rules, run, show
from diagflow.cli.source import SourceOptions, Target


def demo(
    page: Annotated[Path, typer.Option("--page", help="Where to write the page.")] = Path("out/demo.html"),
    lang: o.Language = None,
) -> int:
    """Diagnose a recorded incident: pods stay Pending, the alert says only "Pending rises".

    The readings were recorded from a real Kubernetes control plane and kubelet. Prints the diagnosis and writes it as
    a page.

    Examples:
      diagflow demo

      diagflow demo --lang zh --page demo-zh.html
    """
    with as_file(files("diagflow").joinpath("demo", "max-pods.zip")) as bundle:
        result = run(load_rules(None), SourceOptions(bundle=bundle), Target())
    status = show(result, OutputOptions(lang=lang))
    page.parent.mkdir(parents=True, exist_ok=True)
    show(result, OutputOptions(o.Format.HTML, lang, out=page))
    from diagflow.feedback.output import system_language

    chinese = (lang.value if lang else system_language()) == "zh"
    says = "网页版：{}\n下一步：diagflow scan\n" if chinese else "The same as a page: {}\nNext: diagflow scan\n"
    sys.stderr.write(says.format(page))
    return 0 if status == 1 else status
