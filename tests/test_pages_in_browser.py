"""Page and mail as a browser shows them: readable at any width, in light and dark."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from aggregator.newsletter.mail import render_issue
from aggregator.publish.artwork import draw_missing
from aggregator.publish.files import write_files
from aggregator.publish.rendering import Templates
from aggregator.publish.site import render_site
from aggregator.settings import Settings, Site
from tests.sample_posts import AWKWARD, earlier, issue_of, posts

pytestmark = pytest.mark.browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DOCUMENTS = ("index.html", "digest/2026-W48.html", "awkward/index.html")
LOOKS = [(width, scheme) for width in (320, 375, 1440) for scheme in ("light", "dark")]

# Text whose colour stands out less than 4.5:1 from the nearest opaque ground (WCAG 2.2, 1.4.3).
CONTRAST = """
() => {
  const light = ([r, g, b]) => {
    const part = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    const box = element.getBoundingClientRect();
    if (!walk.currentNode.data.trim() || !box.width || !box.height) continue;
    const pair = [parse(getComputedStyle(element).color), ground(element)].map(light);
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (ratio < 4.5) faint.push([walk.currentNode.data.trim().slice(0, 40), ratio]);
  }
  return faint;
}
"""

NAMELESS = """
() => [...document.querySelectorAll('a, img')].filter(element => {
  const pictures = [...element.querySelectorAll('img')].map(img => img.alt).join('');
  const label = element.getAttribute('aria-label') || element.alt;
  return !(label || element.innerText + pictures).trim();
}).map(element => element.outerHTML)
"""

UNSEEN_FOCUS = """
() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2;
}
"""


@dataclass
class Studio:
    """A browser, the address of the rendered files, and what pages asked for."""

    browser: Any
    address: str

    @contextmanager
    def page(self, path: str, width: int = 1440, scheme: str = "light") -> Iterator[Any]:
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        shown = context.new_page()
        shown.asked, shown.said = [], []
        shown.on("request", lambda request: shown.asked.append(request.url))
        shown.on("console", lambda message: shown.said.append(message.text))
        shown.goto(self.address + path)
        yield shown
        context.close()


def _render(folder: Path) -> None:
    site, templates = Site(pictures="drawn"), Templates(Path("/nowhere"), "UTC")
    counts = {"feeds": 23, "entries": 412, "kept": 96}
    for name, chosen in (("", posts()), ("awkward", [*posts(AWKWARD, 70)])):
        issue, before = issue_of(chosen, earlier(3)), [*earlier(20), *posts(AWKWARD, 900)]
        files = render_site(issue, before, counts, site, templates)
        files |= render_issue(issue, Settings(site=site), templates)
        files |= draw_missing([*chosen, *before], site.pictures, folder / name)
        write_files(folder / name, files)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(f"no Chromium found ({', '.join(NAMES)}): page and mail were not looked at")
    from playwright.sync_api import sync_playwright

    folder = tmp_path_factory.mktemp("output")
    _render(folder)
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as play:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = play.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield Studio(browser, f"http://127.0.0.1:{server.server_port}/")
        browser.close()
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("path", DOCUMENTS)
def test_nothing_sticks_out_and_every_word_is_readable(
    studio: Studio, path: str, width: int, scheme: str
) -> None:
    with studio.page(path, width, scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("path", DOCUMENTS)
def test_the_document_is_told_by_heading_language_and_names(studio: Studio, path: str) -> None:
    with studio.page(path) as page:
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.lang") == "en"
        assert page.evaluate(NAMELESS) == []
        assert page.evaluate("document.title").startswith("Heavy Rotation")


@pytest.mark.parametrize("path", DOCUMENTS)
def test_nothing_runs_and_only_the_publisher_is_asked(studio: Studio, path: str) -> None:
    with studio.page(path) as page:
        page.evaluate("document.querySelectorAll('img').forEach(img => img.loading = 'eager')")
        page.wait_for_load_state("networkidle")
        assert page.locator("script").count() == 0
        assert page.said == []
        assert {url for url in page.asked if not url.startswith((studio.address, "data:"))} == set()
        assert page.evaluate("[...document.images].every(img => img.naturalWidth === 640)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_whoever_uses_the_keyboard_sees_where_they_are(studio: Studio, scheme: str) -> None:
    with studio.page("index.html", scheme=scheme) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        for _ in range(25):
            assert not page.evaluate(UNSEEN_FOCUS)
            page.keyboard.press("Tab")


def test_whoever_wants_no_motion_gets_none(studio: Studio) -> None:
    with studio.page("index.html") as page:
        assert page.evaluate("document.getAnimations().length") == 0


def test_the_mail_can_be_read_without_pictures(studio: Studio) -> None:
    with studio.page("digest/2026-W48.html", 375) as page:
        page.route("**/*.jpg", lambda route: route.abort())
        page.reload()
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        assert page.get_by_alt_text("Watch Velvet Switchyard – “Paper Comet”").is_visible()
