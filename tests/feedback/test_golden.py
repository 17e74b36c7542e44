"""The whole output, as people and programs get it: a change shows in review."""

from datetime import tzinfo

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from diagflow.feedback import render
from tests.feedback.samples import SAMPLES


class TextFile(SingleFileSnapshotExtension):
    """One readable file for each output."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_text(sample: str, lang: str, tz: tzinfo, snapshot: SnapshotAssertion) -> None:
    shown = render(SAMPLES[sample](), "text", lang, tz=tz, width=100)
    assert shown == snapshot(extension_class=TextFile)


@pytest.mark.parametrize(
    ("form", "name"), [("markdown", "max_pods"), ("markdown", "three_roots"), ("json", "max_pods")]
)
def test_document(form: str, name: str, tz: tzinfo, snapshot: SnapshotAssertion) -> None:
    assert render(SAMPLES[name](), form, tz=tz) == snapshot(extension_class=TextFile)


def test_verbose_text(tz: tzinfo, snapshot: SnapshotAssertion) -> None:
    shown = render(SAMPLES["max_pods"](), "text", tz=tz, width=100, verbose=True)
    assert shown == snapshot(extension_class=TextFile)


@pytest.mark.parametrize("name", ["max_pods", "unknown_forbidden"])
def test_page(name: str, tz: tzinfo, snapshot: SnapshotAssertion) -> None:
    """From the body on: the style sheet is a file of its own."""
    page = render(SAMPLES[name](), "html", tz=tz)
    assert page[page.index("<body") :] == snapshot(extension_class=TextFile)
