import base64
import hashlib
import re
from dataclasses import replace
from datetime import tzinfo
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from diagflow.feedback import render
from diagflow.feedback.links import safe_link
from diagflow.feedback.visible import deceives, one_line
from diagflow.model import Query, Text
from tests.feedback.samples import SAMPLES, hostile, max_pods

TAGS = {
    *("html", "head", "meta", "title", "link", "style", "body", "header", "main", "article", "section", "div"),
    *("h1", "h2", "h3", "p", "ul", "ol", "li", "dl", "dt", "dd", "span", "b", "bdi", "time", "code", "pre", "a"),
    *("details", "summary", "figure", "svg", "desc", "g", "rect", "path", "text"),
}
LOADING = {"src", "srcset", "href", "xlink:href", "action", "data", "poster", "background", "style", "srcdoc"}


class Page(HTMLParser):
    """All elements of a page with their attributes, and its text."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {k: v or "" for k, v in attrs}))
        self.open.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return "".join(self.words)


def page(name: str, tz: tzinfo, lang: str = "en") -> Page:
    return Page(render(SAMPLES[name](), "html", lang, tz=tz))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_hostile_text_is_text(evil: str, lang: str, tz: tzinfo) -> None:
    document = render(hostile(evil), "html", lang, tz=tz)
    found = Page(document)
    assert {tag for tag, _ in found.elements} <= TAGS
    assert not [name for _, attributes in found.elements for name in attributes if name.startswith("on")]
    loaded = [v for _, attributes in found.elements for k, v in attributes.items() if k in LOADING]
    assert loaded == ["data:,"]
    assert not deceives(document)
    assert "".join(one_line(evil).split())[:60] in "".join(found.text.split())


def test_text_of_a_template_is_not_evaluated(tz: tzinfo) -> None:
    assert (
        "{{ 7*7 }} {% raw %} ${7*7} %s {n}"
        in Page(render(hostile("{{ 7*7 }} {% raw %} ${7*7} %s {n}"), "html", tz=tz)).text
    )


def test_page_loads_nothing(sample: str, tz: tzinfo) -> None:
    found = page(sample, tz)
    loaded = [(k, v) for _, attributes in found.elements for k, v in attributes.items() if k in LOADING]
    outside = [v for _, v in loaded if not v.startswith(("data:,", "https://kubernetes.io/"))]
    assert outside == []
    style = files("diagflow.feedback").joinpath("templates/page.css").read_text(encoding="utf-8")
    assert not re.search(r"url\(|@import|@font-face|expression", style)


def test_policy_allows_the_one_style_sheet_and_nothing_else(tz: tzinfo) -> None:
    document = render(max_pods(), "html", tz=tz)
    style = document.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(m["content"] for m in Page(document).all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_policy_stands_before_everything_it_governs(tz: tzinfo) -> None:
    document = render(max_pods(), "html", tz=tz)
    assert document.index("Content-Security-Policy") < document.index("<title>") < document.index("<style>")


@pytest.mark.parametrize(("lang", "tag"), [("en", "en"), ("zh", "zh-CN")])
def test_language_is_declared(lang: str, tag: str, tz: tzinfo) -> None:
    assert page("max_pods", tz, lang).all("html") == [{"lang": tag}]


def test_headings_form_an_outline(sample: str, tz: tzinfo) -> None:
    levels = [int(tag[1]) for tag, _ in page(sample, tz).elements if tag in ("h1", "h2", "h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1


def test_every_element_is_closed(sample: str, tz: tzinfo) -> None:
    document = render(SAMPLES[sample](), "html", tz=tz)
    for tag in sorted(TAGS - {"meta", "link", "html", "path", "rect"}):
        assert len(re.findall(rf"<{tag}[ >]", document)) == document.count(f"</{tag}>"), tag


def test_svg_says_what_it_shows(tz: tzinfo) -> None:
    found = page("max_pods", tz)
    pictures = [s for s in found.all("svg") if s.get("role") == "img"]
    assert [s["aria-labelledby"] for s in pictures] == [
        "wide-title wide-description",
        "narrow-title narrow-description",
    ]
    assert "11 nodes in 5 layers, from what was read to what is wrong" in found.text


def test_graph_stands_also_in_words(tz: tzinfo) -> None:
    found = " ".join(page("max_pods", tz).text.split())
    assert "list of pods → K8S-SCHED-007 (supports +6)" in found
    assert "list of nodes → K8S-NODE-031 (refutes −6)" in found


def test_what_a_reader_needs_is_there(tz: tzinfo) -> None:
    found = page("max_pods", tz).text
    for words in (
        "almost certain (97%)",
        "since 11:01:26 (3 min)",
        "ssh worker-1 sudo systemctl restart kubelet",
        "Pod shop/cart-0 stays Pending (and 17 more pods)",
        "condition DiskPressure is False since 01:12",
        "this kubelet exports no container_fs_usage_bytes",
        "2 other findings are not connected with this.",
        "K8S-SCHED-042 matched and asks its analyzer about cluster/local",
        "sha256:4c1d",
    ):
        assert words in found


def test_commands_are_copied_as_they_are(tz: tzinfo) -> None:
    document = render(SAMPLES["three_roots"](), "html", tz=tz)
    command = "kubectl -n shop apply -f - &lt;&lt;&#39;EOF&#39;\nkind: Secret\nmetadata: {name: db}\nEOF"
    assert f"<pre><code>{command}</code></pre>" in document


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://kubernetes.io/docs/#a", "https://kubernetes.io/docs/#a"),
        ("http://a.example/x y>z", "http://a.example/x%20y%3Ez"),
        ("javascript:alert(1)", ""),
        ("JavaScript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//evil.example", ""),
        ("https:evil", ""),
        ("https://[bad", ""),
        ("https:\\\\evil", ""),
        ("", ""),
    ],
)
def test_only_links_to_the_web(url: str, link: str) -> None:
    assert safe_link(url) == link


def test_many_causes_are_folded_from_the_sixth_on(tz: tzinfo) -> None:
    base = max_pods()
    many = tuple(replace(base.causes[0], id=f"c{i}", title=Text(f"Cause {i}")) for i in range(8))
    document = render(replace(base, causes=many), "html", tz=tz)
    assert document.count("<article") == 8
    assert document.count('<details class="finding">') == 3
    assert document.index("Cause 4") < document.index('<details class="finding">') < document.index("Cause 5")


def test_many_missing_readings_are_folded(tz: tzinfo) -> None:
    base = SAMPLES["unknown_forbidden"]()
    many = tuple(replace(base.missing[0], query=Query.of("log", f"shop/p-{i}/app")) for i in range(11))
    document = render(replace(base, missing=many), "html", tz=tz)
    shown, folded = document.split("<summary>3 more</summary>")
    assert ("shop/p-7/app" in shown, "shop/p-10/app" in folded) == (True, True)
