import json

import pytest
import yaml

from diagflow.feedback import render, to_wire
from diagflow.feedback.visible import deceives
from tests.feedback.samples import SAMPLES, hostile, max_pods


def test_json_is_the_wire_form(sample: str) -> None:
    text = render(SAMPLES[sample](), "json")
    assert json.loads(text) == to_wire(SAMPLES[sample]())
    assert text.endswith("}\n")


def test_yaml_is_the_wire_form(sample: str) -> None:
    assert yaml.safe_load(render(SAMPLES[sample](), "yaml")) == to_wire(SAMPLES[sample]())


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_hostile_text_survives_as_escapes(evil: str, form: str) -> None:
    text = render(hostile(evil), form)
    assert not deceives(text)
    assert not {c for c in text if c < " "} - {"\n"}
    read = json.loads(text) if form == "json" else yaml.safe_load(text)
    assert read == to_wire(hostile(evil))


def test_yaml_has_no_aliases_and_shows_commands_as_blocks() -> None:
    text = render(SAMPLES["three_roots"](), "yaml")
    assert "&id" not in text
    assert "- |-\n" in text


def test_chinese_is_readable_in_data() -> None:
    assert "节点 worker-1 无法再接收 Pod" in render(max_pods(), "json", "zh")
    assert "节点 worker-1 无法再接收 Pod" in render(max_pods(), "yaml", "zh")
