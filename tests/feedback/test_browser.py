"""The page in a real browser: at two widths, dark and light, and with hostile names."""

import shutil
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Any

import pytest

from diagflow.feedback import render
from tests.feedback.samples import SAMPLES, hostile

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
WIDTHS = (1280, 800, 400)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]

# Pairs of visible texts of the graph whose boxes share more than a pixel.
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('figure svg text')]
    .map(t => [t.textContent, t.getBoundingClientRect()]).filter(([, r]) => r.width > 0);
  const found = [];
  boxes.forEach(([a, p], i) => boxes.slice(i + 1).forEach(([b, q]) => {
    const x = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    const y = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (x > 1 && y > 4) found.push([a, b]);
  }));
  return found;
}"""
# Words of the graph that leave their box.
ESCAPED = """() => [...document.querySelectorAll('figure svg g.node')].flatMap(g => {
  const box = g.querySelector('rect').getBoundingClientRect();
  if (!box.width) return [];
  return [...g.querySelectorAll('text')].filter(t => {
    const r = t.getBoundingClientRect();
    return r.left < box.left || r.right > box.right || r.top < box.top - 2 || r.bottom > box.bottom + 2;
  }).map(t => t.textContent);
})"""
# Elements that stick out of the page on either side, other than inside of the graph's own frame.
STICKING_OUT = """() => [...document.querySelectorAll('body *')].filter(e => !e.closest('figure')).filter(e => {
  const r = e.getBoundingClientRect();
  return r.width && (r.right > document.documentElement.clientWidth + 1 || r.left < -1);
}).map(e => e.tagName + ' ' + e.textContent.slice(0, 40))"""
SCROLLS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # loaded only where there is a browser

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


class Shown:
    """A page in the browser, with everything that it tried to do."""

    def __init__(self, browser: Any, path: Path, scheme: str) -> None:
        self.dialogs: list[str] = []
        self.complaints: list[str] = []
        self.page = browser.new_page(viewport={"width": WIDTHS[0], "height": 900}, color_scheme=scheme)
        self._requests: list[Any] = []
        self.page.on("request", lambda request: self._requests.append(request))  # noqa: PLW0108  # Playwright marks the handler, a built-in takes no mark
        self.page.on("dialog", self._dialog)
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(path.as_uri())

    def _dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    @property
    def sent(self) -> list[str]:
        """What it asked the network for; what the policy stopped never left."""
        local = ("file:", "data:")
        return [r.url for r in self._requests if not r.url.startswith(local) and r.failure != "csp"]

    def broken_at(self, width: int) -> list[Any]:
        """What does not fit at a width: page scrolls, parts stick out, texts overlap, words leave their box."""
        self.page.set_viewport_size({"width": width, "height": 900})
        scrolls = ["the page scrolls sideways"] if self.page.evaluate(SCROLLS) else []
        return scrolls + [found for script in (STICKING_OUT, OVERLAPS, ESCAPED) for found in self.page.evaluate(script)]


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Any]:
    shown: list[Shown] = []

    def one(document: str, scheme: str = "light") -> Shown:
        path = tmp_path / "page.html"
        path.write_text(document, encoding="utf-8")
        shown.append(Shown(browser, path, scheme))
        return shown[-1]

    yield one
    for each in shown:
        each.page.close()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_page_fits_and_asks_the_network_for_nothing(show: Any, sample: str, lang: str, tz: tzinfo) -> None:
    shown = show(render(SAMPLES[sample](), "html", lang, tz=tz))
    assert {width: shown.broken_at(width) for width in WIDTHS} == {width: [] for width in WIDTHS}
    assert shown.sent == []
    assert shown.complaints == []


def test_hostile_text_runs_nothing_and_breaks_nothing(show: Any, evil: str, tz: tzinfo) -> None:
    shown = show(render(hostile(evil), "html", tz=tz))
    shown.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert {width: shown.broken_at(width) for width in WIDTHS} == {width: [] for width in WIDTHS}
    assert (shown.dialogs, shown.complaints, shown.sent) == ([], [], [])
    assert shown.page.evaluate("document.querySelectorAll('script, img, iframe, object, embed, form').length") == 0


def test_policy_stops_a_script_that_got_in(show: Any, tz: tzinfo) -> None:
    """The second lock, tried: even a page with a script in it runs none and loads nothing."""
    document = render(SAMPLES["max_pods"](), "html", tz=tz)
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)><link rel=stylesheet href=http://evil.example/x.css>"
    shown = show(document.replace("<main>", f"<main>{evil}"))
    assert (shown.dialogs, shown.sent) == ([], [])
    refused = " ".join(c for c in shown.complaints if "Content Security Policy" in c)
    assert "inline script" in refused
    assert "evil.example" in refused


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast(show: Any, scheme: str, tz: tzinfo) -> None:
    """WCAG AA for small text: 4.5 to 1."""
    shown = show(render(SAMPLES["three_roots"](), "html", tz=tz), scheme)
    colours = shown.page.evaluate(
        """() => { const s = getComputedStyle(document.documentElement);
        return Object.fromEntries(['page', 'sheet', 'wash', 'ink', 'soft', 'for', 'against', 'critical', 'warning']
          .map(n => [n, s.getPropertyValue('--' + n).trim()])); }"""
    )
    grounds = {"ink": ("page", "sheet", "wash"), "soft": ("page", "sheet"), "for": ("page", "sheet")}
    pairs = [(ink, ground) for ink, on in grounds.items() for ground in on]
    pairs += [(ink, "page") for ink in ("against", "critical", "warning")]
    assert [(a, b) for a, b in pairs if contrast(colours[a], colours[b]) < 4.5] == []


def test_the_graph_changes_its_direction_with_the_screen(show: Any, tz: tzinfo) -> None:
    page = show(render(SAMPLES["max_pods"](), "html", tz=tz)).page
    for width, seen in ((1280, "wide"), (400, "narrow")):
        page.set_viewport_size({"width": width, "height": 900})
        visible = [name for name in ("wide", "narrow") if page.locator(f"figure svg.{name}").is_visible()]
        assert visible == [seen]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(c * 2 for c in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
