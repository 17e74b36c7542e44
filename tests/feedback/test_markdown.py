from collections.abc import Iterator
from datetime import tzinfo

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from diagflow.feedback import render
from diagflow.feedback.markdown import code, fenced, prose
from diagflow.feedback.visible import deceives, one_line
from tests.feedback.samples import SAMPLES, hostile

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HARMLESS = {
    *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text", "softbreak"),
    *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close", "code_inline", "fence", "hr"),
    *("link_open", "link_close", "text_special"),
}


def tokens(markdown: str) -> Iterator[Token]:
    for token in PARSER.parse(markdown):
        yield token
        yield from token.children or ()


def said(markdown: str) -> str:
    return "".join(t.content for t in tokens(markdown) if t.type in ("text", "code_inline", "fence", "text_special"))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_hostile_text_stays_text(evil: str, lang: str, tz: tzinfo) -> None:
    page = render(hostile(evil), "markdown", lang, tz=tz)
    assert {t.type for t in tokens(page)} <= HARMLESS
    assert not deceives(page)
    assert [t for t in tokens(page) if t.type == "link_open"] == []
    assert "".join(one_line(evil).split())[:60] in "".join(said(page).split())


def test_hostile_text_adds_no_block(evil: str, tz: tzinfo) -> None:
    """The blocks are those of the same diagnosis with harmless text: no list, heading, rule or quote is smuggled in."""
    blocks = [t.type for t in PARSER.parse(render(hostile(evil), "markdown", tz=tz)) if t.type != "inline"]
    calm = [t.type for t in PARSER.parse(render(hostile("calm"), "markdown", tz=tz)) if t.type != "inline"]
    count = evil.count("\n") * 2  # an explanation of several lines has as many paragraphs
    assert len(blocks) - len(calm) <= count * 2
    assert set(blocks) <= set(calm)


def test_the_only_link_is_the_documentation(tz: tzinfo) -> None:
    links = [t for t in tokens(render(SAMPLES["max_pods"](), "markdown", tz=tz)) if t.type == "link_open"]
    assert [t.attrs["href"] for t in links] == [
        "https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/"
    ]


def test_commands_are_fenced_as_they_are(tz: tzinfo) -> None:
    fences = [t.content for t in tokens(render(SAMPLES["three_roots"](), "markdown", tz=tz)) if t.type == "fence"]
    assert fences[0] == "kubectl -n shop apply -f - <<'EOF'\nkind: Secret\nmetadata: {name: db}\nEOF\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain prose, with (brackets) and 3.2 numbers", "plain prose, with (brackets) and 3.2 numbers"),
        ("metric kube_pod_status is 3", "metric `kube_pod_status` is 3"),
        ("see <b> *now* ok", "see `<b> *now*` ok"),
        ("see http://evil.example", "see `http://evil.example`"),
        ("ping @all", "ping `@all`"),
        ("GOPATH is C:\\users\\li\\go, a folder", "GOPATH is `C:\\users\\li\\go`, a folder"),
        ("parsing $GOFLAGS: no such flag", "parsing `$GOFLAGS`: no such flag"),
        ("see http://evil.example.", "see `http://evil.example`."),
        ("<b> *c*, <i>", "`<b> *c*`, `<i>`"),
        ("GOPATH 为 C:\\go，是可写的", "GOPATH 为 `C:\\go`，是可写的"),
        ("two  blanks <b>  <i>", "two  blanks `<b>`  `<i>`"),
        ("1. item", "1\\. item"),
        ("- item", "\\- item"),
        ("---", "\\---"),
        ("2026-01-01 was it", "2026-01-01 was it"),
        ("-5 is less", "-5 is less"),
    ],
)
def test_prose(text: str, written: str) -> None:
    assert prose(text) == written
    assert said(f"- {written}") == text


@pytest.mark.parametrize("text", ["a", "`", "``a`", "`a", "a ` b", " a "])
def test_code_span_holds_any_text(text: str) -> None:
    inner = [t for t in tokens(code(text)) if t.type == "code_inline"]
    assert [t.content.strip() for t in inner] == [text.strip()]


def test_fence_is_longer_than_any_in_it() -> None:
    page = "\n".join(fenced(["echo ```` x", "```"]))
    assert [t.content for t in tokens(page)] == ["echo ```` x\n```\n"]
