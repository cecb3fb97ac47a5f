"""What is left of hostile posts, shown by a real browser with scripts on: nothing runs."""

import html as html_module
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aggregator.errors import ParseError
from aggregator.feeds.clean import clean_html
from aggregator.feeds.fields import legal_text
from aggregator.feeds.parse import parse_feed
from tests.hostile_feeds import documents
from tests.test_clean import OWN
from tests.test_pages_in_browser import ARGUMENTS, NAMES

pytestmark = pytest.mark.browser

VECTORS = Path(__file__).parents[2] / "shared" / "bench" / "hostile" / "xss-vectors.txt"
URL = "https://blog.example/post"
# Whatever a vector calls to show that it ran.
SPY = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "print", "open"])
  window[name] = (...said) => { window.ran.push(name + " " + said); };
"""
EXECUTABLE = """
() => [...document.querySelectorAll("*")].filter(element =>
  ["SCRIPT", "STYLE", "SVG", "MATH", "OBJECT", "EMBED", "FORM", "BASE", "META", "LINK"]
    .includes(element.tagName.toUpperCase()) && !element.hasAttribute("data-own")
  || [...element.attributes].some(a => a.name.startsWith("on") || a.name === "style"
    || /^(javascript|data|vbscript):/i.test(a.value.replace(/[\\s\\x00-\\x1f]/g, "")))
).map(element => element.outerHTML.slice(0, 200))
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(f"no Chromium found ({', '.join(NAMES)}): hostile posts were not shown")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


def show(browser: Any, bodies: list[str]) -> tuple[list[str], list[str]]:
    """Show cleaned bodies on one page; what ran, and what could run."""
    context = browser.new_context(java_script_enabled=True)
    context.add_init_script(SPY)
    whole = "<!doctype html><body>" + "".join(f"<article>{body}</article>" for body in bodies)
    context.route(
        "**/*",
        lambda route: (
            route.fulfill(body=whole, content_type="text/html; charset=utf-8")
            if route.request.url == URL
            else route.abort()
        ),
    )
    page = context.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(URL)
    page.evaluate(
        "() => document.querySelectorAll('article *').forEach(element => {"
        " for (const kind of ['mouseover', 'focus', 'error', 'load', 'toggle'])"
        " element.dispatchEvent(new Event(kind)); })"
    )
    ran = [*page.evaluate("() => window.ran"), *dialogs]
    left = page.evaluate(EXECUTABLE)
    context.close()
    return ran, left


def fed(vector: str) -> list[str]:
    """What a vector becomes in a post's title and body, escaped and bare."""
    coded = html_module.escape(legal_text(vector))
    bodies = [clean_html(vector, URL)]
    for said in (coded, f"<![CDATA[{legal_text(vector).replace(']]>', '')}]]>"):
        document = (
            f'<rss version="2.0"><channel><item><title>{said}</title><guid>{coded}</guid>'
            f"<link>{coded}</link><description>{said}</description></item></channel></rss>"
        )
        entry = parse_feed(document.encode("utf-8", "replace"), url=URL).entries[0]
        bodies.append(clean_html(entry.html, URL))
        bodies.append(f"<p>{html_module.escape(entry.title)}</p>")
        bodies.append(f'<a href="{html_module.escape(entry.link)}">x</a>')
    return bodies


def test_the_spy_sees_what_runs(browser: Any) -> None:
    ran, left = show(browser, ["<img src=x onerror=alert(1)><a href='javascript:alert(2)'>x</a>"])
    assert any(said.startswith("alert") for said in ran)
    assert len(left) == 2


def test_nothing_of_our_own_vectors_runs(browser: Any) -> None:
    assert show(browser, [body for vector in OWN for body in fed(vector)]) == ([], [])


def test_nothing_of_the_known_vectors_runs(browser: Any) -> None:
    if not VECTORS.exists():
        pytest.skip("needs the measuring data beside the checkout")
    vectors = VECTORS.read_text("utf-8").splitlines()
    assert len(vectors) > 100
    assert show(browser, [body for vector in vectors for body in fed(vector)]) == ([], [])


def test_nothing_of_hostile_documents_runs(browser: Any) -> None:
    bodies = []
    for body in documents().values():
        try:
            entries = parse_feed(body, url=URL).entries[:50]
        except ParseError:
            continue
        bodies += [clean_html(entry.html[:20_000], URL) for entry in entries]
    assert bodies
    assert show(browser, bodies) == ([], [])
