"""The message says what it should, to every mail program, and nothing a feed slipped in."""

import re
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from aggregator.models import Issue, Kind, Work
from aggregator.newsletter.mail import render_issue, wrapped
from aggregator.newsletter.message import HEADERS, safe_header
from aggregator.publish.rendering import Templates
from aggregator.settings import Settings, Site
from tests.sample_posts import (
    AWKWARD,
    HOSTILE,
    Sample,
    earlier,
    issue_of,
    many,
    post_of,
    posts,
    vimeo,
)

TEMPLATES = Templates(Path("/nowhere"), "UTC")
SETTINGS = Settings(site=Site(url="https://rotation.example/tv/"))
EXPECTED = {*HEADERS, "To"}
FORBIDDEN_ELEMENTS = (
    "script form input button video audio picture source svg iframe object link base".split()
)
FORBIDDEN_STYLES = re.compile(
    r"flex|grid|position|float|url\(|var\(|calc\(|@import|transform|webp|avif"
)


def files_of(issue: Issue, chosen: Settings = SETTINGS) -> dict[str, bytes]:
    return render_issue(issue, chosen, TEMPLATES)


def message_of(issue: Issue, chosen: Settings = SETTINGS) -> EmailMessage:
    document = files_of(issue, chosen)["digest/2026-W48.eml"]
    message = message_from_bytes(document, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def complaints(document: str) -> list[str]:
    """What a mail program would stumble over."""
    tree = html.document_fromstring(document)
    found = [f"<{element.tag}>" for element in tree.iter(*FORBIDDEN_ELEMENTS)]
    found += [
        f"style {element.get('style')}"
        for element in tree.iter(html.etree.Element)
        if FORBIDDEN_STYLES.search(element.get("style", ""))
    ]
    for image in tree.iter("img"):
        if not (image.get("width") and image.get("height") and image.get("alt")):
            found.append(f"img {image.get('src')}")
    found += ["table" for table in tree.iter("table") if table.get("role") != "presentation"]
    found += [
        f"handler {name}"
        for element in tree.iter(html.etree.Element)
        for name in element.attrib
        if name.startswith("on")
    ]
    return found


def test_the_same_issue_gives_the_same_bytes() -> None:
    assert files_of(issue_of(posts(), earlier(4))) == files_of(issue_of(posts(), earlier(4)))


def test_text_comes_first_and_html_last_both_in_utf_8_and_short_lines() -> None:
    document = files_of(issue_of([*posts(), *posts(AWKWARD, 90)]))["digest/2026-W48.eml"]
    message = message_from_bytes(document, policy=policy.default)
    parts = list(message.iter_parts())
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    for part in parts:
        assert part.get_content_charset() == "utf-8"
        assert part["Content-Transfer-Encoding"] == "quoted-printable"
    assert max(map(len, document.split(b"\r\n"))) < 998
    assert b"\n" not in document.replace(b"\r\n", b"")


def test_no_control_characters_reach_the_bodies() -> None:
    message = message_of(issue_of([*posts(), *posts(AWKWARD, 90)]))
    for part in message.iter_parts():
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", part.get_content())


def test_the_html_keeps_what_mail_programs_need() -> None:
    document = html_of(message_of(issue_of(posts(), earlier(4))))
    assert document.startswith("<!DOCTYPE html>")
    assert '<html lang="en">' in document
    for needed in (
        'name="color-scheme"',
        "prefers-color-scheme: dark",
        "[data-ogsc]",
        "<!--[if mso]>",
        "display:none",
        "You get this because you asked for",
    ):
        assert needed in document


@pytest.mark.parametrize("chosen", [posts(), posts(AWKWARD), many(60), []])
def test_the_html_uses_only_what_mail_programs_know(chosen: Sequence) -> None:
    document = html_of(message_of(issue_of(chosen)))
    assert complaints(document) == []


@pytest.mark.parametrize(
    "bad",
    [
        "<p style='display:flex'>x</p>",
        "<script>x</script>",
        "<img src=x alt=y width=1>",
        "<table><tr><td>x</td></tr></table>",
        "<div style='position:absolute'>x</div>",
        "<svg></svg>",
        "<p onclick=x>x</p>",
    ],
)
def test_the_lint_of_these_tests_sees_what_it_should(bad: str) -> None:
    assert complaints(f"<html><body>{bad}</body></html>")


def test_the_picture_leads_to_the_video_and_the_title_to_the_blog() -> None:
    tree = html.document_fromstring(html_of(message_of(issue_of(posts()[:1]))))
    picture = next(tree.iter("img"))
    assert picture.getparent().get("href") == "https://www.youtube.com/watch?v=aaaaaaaaaa1"
    assert picture.get("alt") == "Watch Velvet Switchyard – “Paper Comet”"
    assert picture.get("src") == "https://i.ytimg.com/vi/aaaaaaaaaa1/mqdefault.jpg"
    title = next(tree.iter("h3")).find("a")
    assert title.get("href") == "https://cathode-parade.example/post/1"


def test_drawn_pictures_are_absolute_in_the_message_and_relative_on_the_page() -> None:
    chosen = Settings(site=Site(url="https://rotation.example/tv", pictures="drawn"))
    files = files_of(issue_of(posts()), chosen)
    page = html.document_fromstring(files["digest/2026-W48.html"].decode())
    mail = html.document_fromstring(html_of(message_of(issue_of(posts()), chosen)))
    on_page = [image.get("src") for image in page.iter("img")]
    assert on_page and all(source.startswith("../art/") for source in on_page)
    assert [image.get("src") for image in mail.iter("img")] == [
        source.replace("..", "https://rotation.example/tv") for source in on_page
    ]


@pytest.mark.parametrize("count", [24, 60, 200])
def test_the_encoded_html_stays_within_its_budget_and_says_what_is_missing(count: int) -> None:
    chosen, more = many(count), earlier(80)
    files = files_of(issue_of(chosen, more))
    _, _, encoded = files["digest/2026-W48.eml"].rpartition(b"Content-Type: text/html")
    assert len(encoded) <= 95_000
    mail = html.document_fromstring(html_of(message_of(issue_of(chosen, more))))
    cards = len(list(mail.iter("h3")))
    lines = [p for p in mail.find_class("more")[0].iter("p")] if mail.find_class("more") else []
    left = re.search(r"(\d+) more on the web", mail.text_content())
    shown = cards + len(lines) - bool(left)
    assert shown + (int(left[1]) if left else 0) == count + 80
    assert "You get this because" in mail.text_content()
    page = html.document_fromstring(files["digest/2026-W48.html"].decode())
    assert len(list(page.iter("h3"))) == count
    assert "more on the web" not in page.text_content()


def test_the_text_has_one_address_a_post_and_lines_that_fit() -> None:
    text = files_of(issue_of(posts(), earlier(3)))["digest/2026-W48.txt"].decode()
    assert text.count("https://cathode-parade.example/post/1\n") == 1
    assert text.count("youtube.com/watch?v=aaaaaaaaaa1\n") == 0
    long = [line for line in text.splitlines() if len(line) > 72 and "://" not in line]
    assert long == []
    assert "01  Velvet Switchyard – “Paper Comet”" in text


def test_wide_characters_take_two_columns() -> None:
    assert wrapped("夜光列車" * 4, indent=2, width=22) == "夜光列車夜光列車夜光\n  列車夜光列車"
    assert wrapped("one two three", indent=0, width=8) == "one two\nthree"
    assert wrapped("x" * 30, indent=0, width=10) == "\n".join(["x" * 10] * 3)
    assert wrapped("") == ""


def test_an_empty_issue_is_a_message_too() -> None:
    message = message_of(issue_of([]))
    assert message["Subject"] == "Heavy Rotation"
    assert "Nothing new was found" in html_of(message)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_leaves_exactly_our_headers(title: str) -> None:
    chosen = [post_of(Sample(title, title, Kind.PREMIERE, source=title), 1)]
    message = message_of(issue_of(chosen))
    assert set(message.keys()) == EXPECTED
    assert message["To"] == "reader@example.org"


_PIECES = st.sampled_from(
    [
        "=?utf-8?q?a=0D=0ABcc=3A_e=40x.y?=",
        "=?utf-8?b?DQpCY2M6IGVAeC55?=",
        "=?",
        "?=",
        "\r\n",
        "\r",
        "\n",
        "\n ",
        "Bcc: e@x.y",
        "\x00",
        "\x85",
        "\u2028",
        "\ud800",
        "é",
        "灯",
        '"',
        "<",
        ">",
        ",",
        ";",
        "\\",
        "a" * 90,
        " ",
    ]
)


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=4), max_size=12).map("".join))
def test_no_title_adds_a_header(title: str) -> None:
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = safe_header(title)
    message["From"] = "a@b.example"
    message.set_content("body")
    read = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert set(read.keys()) == {
        "Subject",
        "From",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    }
    assert read.get_content().strip() == "body"


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=4), max_size=12).map("".join))
def test_no_title_changes_the_finished_message(title: str) -> None:
    sample = Sample(
        title, "", Kind.NEWS, (Work(title, title),), (vimeo("1"),), title, language=title
    )
    message = message_of(issue_of([post_of(sample, 1)]))
    assert set(message.keys()) == EXPECTED
    assert complaints(html_of(message)) == []
