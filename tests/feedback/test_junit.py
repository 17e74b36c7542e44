"""Any text as JUnit XML."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from diagflow.feedback.junit import TestCase, junit

ANY = st.text(st.characters(), max_size=40)


@given(ANY, ANY, ANY)
def test_every_text_makes_a_document_that_can_be_read(name: str, failure: str, out: str) -> None:
    text = junit(name, [(name, [TestCase(name, 1.0, failure, out), TestCase("b")])])
    (suite,) = ET.fromstring(text)  # noqa: S314  # we wrote it
    first, second = suite
    assert suite.attrib["failures"] == str(int(bool(failure)))
    assert [child.tag for child in first] == ["failure"] * bool(failure) + ["system-out"] * bool(out)
    assert (second.attrib["name"], len(second)) == ("b", 0)


def test_what_xml_cannot_hold_is_left_out() -> None:
    text = junit("all", [("s", [TestCase("a\udcff\ufffe\x1b\x00b", failure="first \U0001f642\nsecond\x7f\t.")])])
    (case,) = ET.fromstring(text)[0]  # noqa: S314  # we wrote it
    assert case.attrib["name"] == "ab"
    assert (case[0].attrib["message"], case[0].text) == ("first \U0001f642", "first \U0001f642\nsecond\x7f\t.")
