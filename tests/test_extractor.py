"""What each element of a feed is taken to mean: a rule a test, after docs/parsing.md."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.feeds.dates import read_date, read_date_and_zone
from aggregator.feeds.fields import name_of
from aggregator.feeds.parse import parse_feed
from aggregator.feeds.xml.gate import IllFormed, read_strictly
from tests.test_atom import post, render
from tests.test_parse import DATE, NOON, URL, atom, only, parse, rss, said

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'


def atom_entry(inner: str, attributes: str = "") -> str:
    return atom(f"<entry><id>1</id>{inner}</entry>", attributes)


@pytest.mark.parametrize(
    ("content", "html"),
    [
        ('<content type="html">&lt;p&gt;a &amp;amp; b&lt;/p&gt;</content>', "<p>a &amp; b</p>"),
        ('<content type="text">1 &lt; 2</content>', "<p>1 &lt; 2</p>"),
        ("<content>one\n\ntwo\nthree</content>", "<p>one</p><p>two<br>three</p>"),
        ("<content>&lt;b&gt;bold&lt;/b&gt; all the same</content>", "<b>bold</b> all the same"),
        ("<content>the &lt;blink&gt; tag</content>", "<p>the &lt;blink&gt; tag</p>"),
        (
            f'<content type="xhtml"><div {XHTML}><p>a<br/>b</p><iframe src="x"/></div></content>',
            '<p>a<br>b</p><iframe src="x"></iframe>',
        ),
        ('<content type="html"><p>not escaped</p></content>', "<p>not escaped</p>"),
        (
            f'<content type="image/x">{base64.b64encode(b"<p>x</p>").decode()}</content>',
            "<p>x</p>",
        ),
        ('<content type="image/x">%%%</content>', ""),
    ],
)
def test_a_text_construct_is_html_whatever_its_type(content: str, html: str) -> None:
    [entry] = parse(atom_entry(content)).entries
    assert entry.html == html


def test_the_longest_content_is_the_body_and_the_first_description_the_summary() -> None:
    entry = only(
        "<description>first</description><description>second</description>"
        "<content:encoded>short</content:encoded><content:encoded>much longer</content:encoded>"
    )
    assert (entry.html, entry.summary) == ("much longer", "first")


@pytest.mark.parametrize(
    ("uri", "element"),
    [
        ("http://search.yahoo.com/mrss", "title"),
        ("https://search.yahoo.com/mrss/", "title"),
        ("HTTP://Search.Yahoo.com/MRSS/", "title"),
        ("http://www.itunes.com/DTDs/Podcast-1.0.dtd", "title"),
        ("http://purl.org/dc/elements/1.1/", "Title"),
        ("http://purl.org/rss/1.0/", "title"),
        ("http://backend.userland.com/rss2", "title"),
        ("http://www.w3.org/2005/Atom", "title"),
    ],
)
def test_a_namespace_is_known_in_its_variants_whatever_the_prefix(uri: str, element: str) -> None:
    assert only(f'<p:{element} xmlns:p="{uri}">T</p:{element}>').title == "T"
    assert only(f'<p:{element} xmlns:p="urn:other">T</p:{element}>').title == ""


def test_a_document_in_a_namespace_that_nobody_knows_is_read() -> None:
    feed = parse('<rss xmlns="urn:own"><channel><item><title>T</title></item></channel></rss>')
    assert [entry.title for entry in feed.entries] == ["T"]


def test_the_first_of_repeated_elements_that_says_something_counts() -> None:
    entry = only(
        "<title/><title>A</title><title>B</title><guid>1</guid><guid>2</guid>"
        f"<link>/a</link><link>/b</link><pubDate>soon</pubDate><pubDate>{DATE}</pubDate>"
    )
    assert (entry.title, entry.id, entry.link) == ("A", "1", "https://blog.example/a")
    assert entry.published == NOON


@pytest.mark.parametrize(
    ("links", "address"),
    [
        ('<link href="/a" type="application/pdf"/><link href="/b" type="text/html"/>', "/b"),
        ('<link href="/a" rel="enclosure"/><link href="/b" rel="alternate"/>', "/b"),
        ('<link href="/a" rel="http://www.iana.org/assignments/relation/alternate"/>', "/a"),
        ('<link href="/a" rel="replies"/>', ""),
        ('<link href="javascript:x" /><link href="/b"/>', "/b"),
        ('<link href="/?a=1&amp;amp;b=2"/>', "/?a=1&b=2"),
    ],
)
def test_the_page_is_the_first_alternate_link(links: str, address: str) -> None:
    [entry] = parse(atom_entry(links)).entries
    assert entry.link == (f"https://blog.example{address}" if address else "")


def test_feedburners_original_link_wins_over_its_own() -> None:
    space = 'xmlns:f="http://rssnamespace.org/feedburner/ext/1.0"'
    entry = only(f"<link>http://fb.example/~r/1</link><f:origLink {space}>/1</f:origLink>")
    assert entry.link == "https://blog.example/1"


@pytest.mark.parametrize(
    ("people", "author"),
    [
        ("<author>ann@a.example (Ann Lee)</author>", "Ann Lee"),
        ("<author>Ann Lee &lt;ann@a.example&gt;</author>", "Ann Lee"),
        ("<author>ann@a.example</author>", "ann@a.example"),
        ("<author>ann@a.example</author><dc:creator>Ann Lee</dc:creator>", "Ann Lee"),
        ("<dc:creator>Ann</dc:creator><dc:creator>Ben</dc:creator>", "Ann, Ben"),
        ("<author><name>Ann</name><email>ann@a.example</email></author>", "Ann"),
        ("<itunes:author>Cy</itunes:author><dc:creator>Ann</dc:creator>", "Ann"),
        ('<media:credit role="author">Di</media:credit>', "Di"),
        ('<media:credit role="editor">Di</media:credit>', ""),
        ("<atom:author><atom:name>Ann</atom:name></atom:author>", "Ann"),
    ],
)
def test_an_author_is_a_name(people: str, author: str) -> None:
    assert only(people).author == author


def test_atoms_entry_without_author_has_its_sources_or_feeds() -> None:
    feed = atom(
        "<author><name>Ann</name></author><entry><id>1</id></entry><entry><id>2</id>"
        "<source><author><name>Ben</name></author></source></entry>"
    )
    assert [entry.author for entry in parse(feed).entries] == ["Ann", "Ben"]


def test_categories_of_all_kinds_are_tags() -> None:
    entry = only("<category>Clip &amp;amp; Live</category><dc:subject>80s</dc:subject>")
    assert entry.tags == ("Clip & Live", "80s")
    [entry] = parse(atom_entry('<category term="t" label="L"/><category term="u"/>')).entries
    assert entry.tags == ("L", "u")
    assert only("<itunes:keywords>a, b,,</itunes:keywords>").tags == ("a", "b")


@pytest.mark.parametrize(
    "date",
    [
        "Fr, 01 Mär 2024 13:00:00 +0100",
        "ven., 1 mars 2024 12:00 UTC",
        "vie, 01 mar. 2024 12:00:00 GMT",
        "Sex, 01 de março de 2024 12:00:00 Z",
        "Пт, 01 мар 2024 15:00:00 +0300",
        "Παρ, 01 Μαρ 2024 14:00:00 EET",
        "2024年3月1日 12:00 Z",
        "Fri, 01 Mar 2024 07:00 -05",
        "Fri, 01 Mar 2024 07:00:00 -0500",
        "Fri, 01 Mar 2024 12:00:00 GMT+00:00",
        "Fri Mar  1 12:00:00 UTC 2024",
        "March 1st, 2024 12:00 pm GMT",
        "1 Mar 24 12:00:00 GMT",
        "2024/3/1 12:00:00 Z",
    ],
)
def test_a_date_in_any_form_is_one_moment_and_has_a_zone(date: str) -> None:
    assert read_date_and_zone(date) == (NOON, True)


def test_a_day_is_midnight_and_the_hour_24_the_next_day() -> None:
    assert read_date("2024-03-01") == read_date("Thu, 29 Feb 2024 24:00:00 GMT")
    assert read_date("2024-03") == read_date("2024-03-01") == datetime(2024, 3, 1, tzinfo=UTC)
    assert read_date("1 Mar 94") == datetime(1994, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("date", ["2024-03-01T12:00:00", "Fri, 01 Mar 2024 12:00:00"])
def test_a_time_without_a_zone_is_utc_and_reported(date: str) -> None:
    feed = parse(rss(f"<item><title>T</title><pubDate>{date}</pubDate></item>"))
    assert feed.entries[0].published == NOON
    assert "has a date without a time zone, taken as UTC" in said(feed)


def test_the_head_tells_when_not_to_poll_and_its_picture() -> None:
    head = (
        "<skipHours><hour>3</hour><hour>24</hour><hour>99</hour></skipHours>"
        "<skipDays><day>Sunday</day><day>never</day></skipDays>"
        "<image><title>I</title><url>/i.png</url></image>"
    )
    info = parse(rss("", head)).feed
    assert (info.skip_hours, info.skip_days) == ((0, 3), (6,))
    assert (info.title, info.image) == ("Blog", "https://blog.example/i.png")
    assert parse(atom("<logo>/l.png</logo>")).feed.image == "https://blog.example/l.png"


def test_windows_signs_mean_what_they_mean_in_html() -> None:
    assert only("<title>don&#146;t &#150; stop\x7f</title>").title == "don’t – stop"


def test_an_entry_speaks_its_own_language_else_its_feeds() -> None:
    feed = parse(
        atom('<entry><id>1</id></entry><entry xml:lang="fr"><id>2</id></entry>', 'xml:lang="de"')
    )
    assert [entry.language for entry in feed.entries] == ["de", "fr"]


@pytest.mark.parametrize(
    "document",
    [
        b"<!DOCTYPE rss><rss/>",
        b'<?xml version="1.0"?><!-- a --><!DOCTYPE rss [<!ENTITY a "b">]><rss>&a;</rss>',
        b"<rss>&a;</rss>",
        b"<rss><a></rss>",
        b"<a>" * 300 + b"</a>" * 300,
        b"",
        b"\xff\xfe",
    ],
)
def test_the_gate_is_strict(document: bytes) -> None:
    with pytest.raises(IllFormed):
        read_strictly(document)


TITLES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60)
DATES = st.datetimes(min_value=datetime(1996, 1, 1), max_value=datetime(2026, 11, 1))


@settings(max_examples=60)
@given(st.lists(st.tuples(TITLES, DATES), min_size=1, max_size=5))
def test_what_we_publish_is_read_back_with_ids_titles_and_dates(
    stated: list[tuple[str, datetime]],
) -> None:
    posts = [
        post(number, title=name_of(title) or "T", published=when.replace(microsecond=0, tzinfo=UTC))
        for number, (title, when) in enumerate(stated)
    ]
    document = render(*posts)
    read = parse_feed(document, url=URL).entries
    assert not [entry.id for entry in read if entry.id.startswith("derived:")]
    assert len({entry.id for entry in read}) == len(posts)
    for mine, entry in zip(posts, read, strict=True):
        assert entry.id.encode() in document
        assert entry.published == mine.entry.published
        assert "".join(entry.title.split()) == "".join(mine.entry.title.split())
