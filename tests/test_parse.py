"""Reading feed documents of every kind, whole, broken and hostile."""

import importlib.util
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.demo.server import DemoFeed, load_feeds, render
from aggregator.errors import ParseError
from aggregator.feeds.parse import parse_feed
from aggregator.models import Entry, Media, ParsedFeed

SHARED = Path(__file__).parents[2] / "shared"
URL = "https://blog.example/feed"
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
DATE = "Fri, 01 Mar 2024 12:00:00 GMT"
SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    'xmlns:atom="http://www.w3.org/2005/Atom"'
)
ITEM = f"<item><title>T</title><link>/1</link><guid>1</guid><pubDate>{DATE}</pubDate></item>"


def rss(items: str, head: str = "") -> str:
    return f'<rss version="2.0" {SPACES}><channel><title>Blog</title>{head}{items}</channel></rss>'


def atom(entries: str, attributes: str = "") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{entries}</feed>'


def parse(text: str) -> ParsedFeed:
    return parse_feed(text.encode(), url=URL)


def only(items: str) -> Entry:
    [entry] = parse(rss(f"<item>{items}</item>")).entries
    return entry


def said(feed: ParsedFeed) -> str:
    return "; ".join(problem.what for problem in feed.problems)


PERIOD = "<sy:updatePeriod>{}</sy:updatePeriod>"
FREQUENCY = "<sy:updateFrequency>{}</sy:updateFrequency>"
OLD = "<title>B</title><item><title>T</title><link>http://a.example/1</link></item>"
DIALECTS = {
    "rss091u": f'<rss version="0.91"><channel>{OLD}</channel></rss>',
    "rss092": f'<rss version="0.92"><channel>{OLD}</channel></rss>',
    "rss20": f'<rss version="2.0"><channel>{OLD}</channel></rss>',
    "rss10": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"><title>B</title></channel>'
    '<item rdf:about="http://a.example/1"><title>T</title><link>http://a.example/1</link></item>'
    "</rdf:RDF>",
    "atom03": '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>B</title><entry>'
    '<title>T</title><link rel="alternate" type="text/html" href="http://a.example/1"/></entry>'
    "</feed>",
    "atom10": atom(
        '<title>B</title><entry><id>1</id><title>T</title><link href="http://a.example/1"/></entry>'
    ),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_gives_title_and_link(dialect: str) -> None:
    feed = parse(DIALECTS[dialect])
    assert (feed.feed.format, feed.feed.title) == (dialect, "B")
    assert [(e.title, e.link) for e in feed.entries] == [("T", "http://a.example/1")]


def test_description_and_content_are_both_kept() -> None:
    entry = only("<description>short</description><content:encoded>long text</content:encoded>")
    assert (entry.html, entry.summary) == ("long text", "short")


def test_media_and_itunes_only_fill_blanks() -> None:
    fillers = (
        "<itunes:title>no</itunes:title><itunes:summary>no</itunes:summary>"
        "<itunes:author>no</itunes:author><itunes:keywords>no</itunes:keywords>"
        '<media:content url="http://a.example/v"><media:title>no</media:title>'
        "<media:description>no</media:description></media:content>"
    )
    own = (
        "<title>T</title><description>D</description><dc:creator>A</dc:creator>"
        "<category>C</category>"
    )
    for items in (own + fillers, fillers + own):
        entry = only(items)
        assert (entry.title, entry.html, entry.author) == ("T", "D", "A")
        assert (entry.summary, entry.tags) == ("", ("C",))
    blank = only(fillers.replace("no<", "yes<"))
    assert (blank.title, blank.html, blank.author) == ("yes", "<p>yes</p>", "yes")
    assert blank.tags == ("yes",)


def test_youtubes_description_is_the_body_and_the_video_the_link() -> None:
    watch = "https://www.youtube.com/watch?v=abcdefghijk"
    feed = parse(
        atom(
            f"<title>C</title><entry><id>yt:video:abcdefghijk</id><title>T</title>"
            f'<link rel="alternate" href="{watch}"/>'
            "<published>2024-03-01T12:00:00+00:00</published>"
            "<updated>2024-03-02T12:00:00+00:00</updated><media:group><media:title>T</media:title>"
            '<media:content url="https://www.youtube.com/v/abcdefghijk?version=3" '
            'type="application/x-shockwave-flash" width="640"/>'
            '<media:thumbnail url="https://i1.ytimg.com/vi/abcdefghijk/hqdefault.jpg"/>'
            "<media:description>Directed by X\n\nLine</media:description></media:group></entry>",
            'xmlns:media="http://search.yahoo.com/mrss/"',
        )
    )
    [entry] = feed.entries
    assert "Directed by X" in entry.html
    assert (entry.link, entry.published) == (watch, NOON)
    [medium] = entry.media
    assert medium.thumbnail == "https://i1.ytimg.com/vi/abcdefghijk/hqdefault.jpg"


def test_enclosures_and_thumbnails_become_media() -> None:
    entry = only(
        '<enclosure url="/a.mp3" type="audio/mpeg" length="1"/>'
        '<media:content url="/v.mp4" type="video/mp4" duration="61"/>'
        '<media:thumbnail url="/t.jpg"/>'
    )
    still = "https://blog.example/t.jpg"
    assert set(entry.media) == {
        Media("https://blog.example/a.mp3", "audio/mpeg", "", still),
        Media("https://blog.example/v.mp4", "video/mp4", "", still, 61),
    }
    assert only('<media:thumbnail url="/t.jpg"/>').media == (Media("", thumbnail=still),)


@pytest.mark.parametrize(
    ("guid", "link"),
    [
        ("<guid>https://a.example/1</guid>", "https://a.example/1"),
        ('<guid isPermaLink="true">https://a.example/1</guid>', "https://a.example/1"),
        ('<guid isPermaLink="false">https://a.example/1</guid>', ""),
        ("<guid>12345</guid>", ""),
        ("<guid>tag:a.example,2024:1</guid>", ""),
        ("<guid>javascript:alert(1)</guid>", ""),
        ("<guid>https://a.example/1</guid><link>/own</link>", "https://blog.example/own"),
    ],
)
def test_a_guid_is_a_link_only_if_it_is_an_address(guid: str, link: str) -> None:
    assert only(guid).link == link


def test_xml_base_resolves_links_and_texts_but_never_ids() -> None:
    feed = parse(
        atom(
            '<entry xml:base="posts/"><id>7</id><link href="7"/>'
            '<content type="html">&lt;img src="i.jpg"&gt;</content></entry>',
            'xml:base="https://base.example/"',
        )
    )
    [entry] = feed.entries
    assert (entry.id, entry.link) == ("7", "https://base.example/posts/7")
    assert entry.html == '<img src="https://base.example/posts/i.jpg">'


def test_the_head_tells_hub_self_and_pace() -> None:
    links = '<atom:link rel="self" href="{}"/><atom:link rel="hub" href="https://hub.example/"/>'
    head = links.format(URL) + "<ttl>90</ttl><language>pt-BR</language><link>/</link>"
    info = parse(rss(ITEM, head)).feed
    assert (info.own_address, info.hub) == (URL, "https://hub.example/")
    assert (info.ttl, info.language, info.link) == (90, "pt-BR", "https://blog.example/")


@pytest.mark.parametrize(
    ("head", "minutes"),
    [
        (PERIOD.format("hourly"), 60),
        (PERIOD.format(" daily ") + FREQUENCY.format(4), 360),
        (PERIOD.format("hourly") + FREQUENCY.format(0), None),
        ("<ttl>soon</ttl>", None),
        ("<ttl>²</ttl>", None),
        ("", None),
    ],
)  # fmt: skip
def test_the_wished_pace_is_read_in_minutes(head: str, minutes: int | None) -> None:
    assert parse(rss(ITEM, head)).feed.ttl == minutes


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("A &amp;amp; B", "A & B"),
        ("&lt;b&gt;Bold&lt;/b&gt; &amp;#8220;x&amp;#8221;", "Bold “x”"),
        ("<![CDATA[Simon & <i>Garfunkel</i>]]>", "Simon & Garfunkel"),
        ("5 &lt; 6", "5 < 6"),
        ("two\n  lines", "two lines"),
    ],
)
def test_a_title_is_plain_text(raw: str, title: str) -> None:
    assert only(f"<title>{raw}</title>").title == title


def test_dates_of_all_kinds_count() -> None:
    assert only("<dc:date>2024-03-01T12:00:00Z</dc:date>").published == NOON
    assert only("<pubDate>2024/3/1 12:00</pubDate>").published == NOON
    [updated] = parse(
        atom("<entry><id>1</id><updated>2024-03-01T12:00:00Z</updated></entry>")
    ).entries
    assert (updated.published, updated.updated) == (NOON, NOON)
    assert only(f"<pubDate>{DATE}</pubDate>").updated is None


@pytest.mark.parametrize("year", [1970, 2099])
def test_an_odd_date_is_kept_and_reported(year: int) -> None:
    feed = parse(rss(ITEM.replace("2024", str(year)).replace("Fri, ", "")))
    assert feed.entries[0].published == NOON.replace(year=year)
    assert f"has an odd date: {year}-03-01" in said(feed)


def test_an_entry_without_anything_is_kept_and_reported() -> None:
    feed = parse(rss("<item><description>words</description></item>"))
    assert feed.entries[0].id.startswith("derived:")
    for blank in ("has no id", "has no title", "has no link", "has no date"):
        assert blank in said(feed)


def test_two_entries_with_one_id_are_both_kept_and_a_repeated_one_once() -> None:
    other = ITEM.replace("<title>T<", "<title>U<")
    feed = parse(rss(ITEM + other + ITEM))
    assert [entry.title for entry in feed.entries] == ["T", "U"]
    assert len({entry.id for entry in feed.entries}) == 2
    assert "has the id of another entry: 1" in said(feed)


def test_truncated_xml_keeps_the_entries_that_were_read() -> None:
    whole = rss(ITEM + ITEM.replace("1<", "2<") + ITEM.replace("1<", "3<"))
    feed = parse(whole[:-60])
    assert [entry.id for entry in feed.entries][:2] == ["1", "2"]
    assert "is not well-formed" in said(feed)


BROKEN = {
    "bare ampersand": ("<title>Simon & Garfunkel</title>", "Simon & Garfunkel"),
    "named entity": ("<title>Caf&eacute;&nbsp;R&amp;B</title>", "Café R&B"),
    "undeclared entity": ("<title>a &foo; b</title>", "a &foo; b"),
    "undeclared prefix": ("<title>T</title><yt:x/><foo:bar baz:a='1'/>", "T"),
    "bad reference": ("<title>a&#0;&#xD800;&#x110000;b</title>", "ab"),
    "control characters": ("<title>a\x08b\x1fc</title>", "abc"),
    "mismatched tag": ("<title>T</titel>", "T"),
    "open html": ("<title>T</title><description><p>a <br>b</description>", "T"),
    "open html in a title": ("<title>T <br></title>", "T"),
    "open cdata": ("<title><![CDATA[T</title>", "T"),
    "cdata with ampersand": ("<title>a & <![CDATA[b & c]]></title>", "a & b & c"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_document_is_mended_and_no_entry_lost(fault: str) -> None:
    items, title = BROKEN[fault]
    feed = parse(rss(f"<item>{items}</item>{ITEM}"))
    assert [entry.title for entry in feed.entries] == [title, "T"]


def test_an_entry_that_is_never_closed_ends_where_the_next_begins() -> None:
    items = "".join(f"<item><title>{n}</title><guid>{n}</guid>" for n in range(400))
    assert len(parse(rss(items)).entries) == 400


@pytest.mark.parametrize(
    "junk",
    ["\n\n  ", "\ufeff", "PHP Warning: foo in bar.php\n", "<br /><b>Warning</b>: x <br />\n"],
)
def test_what_stands_before_the_feed_is_skipped(junk: str) -> None:
    declaration = '<?xml version="1.0" encoding="utf-8"?>'
    assert len(parse(junk + declaration + rss(ITEM)).entries) == 1
    assert len(parse(declaration + rss(ITEM) + "<script>x</script> & junk").entries) == 1


def test_a_namespace_with_a_slip_of_the_pen_is_read() -> None:
    assert len(parse(rss(ITEM).replace('mrss/"', 'mrss/ "')).entries) == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n\xef\xbb\xbf", "empty"),
        (b"\0" * 1000, "empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "html"),
        (b"<html><p>about <rss> and <feed ></p></html>", "html"),
        (b"/etc/hostname", "not-a-feed"),
        (b"http://127.0.0.1/feed", "not-a-feed"),
        (b"<opml><body/></opml>", "not-a-feed"),
        (b"[1, 2]", "not-a-feed"),
    ],
)
def test_what_is_no_feed_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_feed(body, url=URL)
    assert caught.value.reason == reason


def test_a_web_page_names_its_feed() -> None:
    page = "<html><head><link rel=alternate HREF='/rss?a=1&amp;b=2' type='application/rss+xml'>"
    with pytest.raises(ParseError, match=r"https://blog\.example/rss\?a=1&b=2"):
        parse(page)


def test_text_that_was_encoded_twice_is_repaired() -> None:
    title = "Björk – “Jóga”"
    doubled = rss(ITEM.replace("<title>T", f"<title>{title}")).encode().decode("cp1252", "replace")
    assert "Björk – “Jóga" in parse(doubled).entries[0].title


def test_an_entity_never_reads_a_file_or_grows() -> None:
    doctype = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY y "boom">]>'
    feed = parse(doctype + rss("<item><title>[&x;&y;]</title></item>"))
    assert feed.entries[0].title == "[&x;&y;]"


def many(pattern: str, times: int) -> str:
    return "".join(pattern.format(n) for n in range(times))


ATTRIBUTES = many('a{}="1" ', 50_000)
HOSTILE = {
    "attributes": rss(f"<item {ATTRIBUTES}></item>{ITEM}"),
    "categories": rss(f"<item>{many('<category>{}</category>', 50_000)}</item>"),
    "authors": rss(f"<item><author>{'a' * 500_000}</author></item>{ITEM}"),
    "items": rss("".join(f"<item><guid>{n}</guid></item>" for n in range(20_000))),
    "nesting": rss(f"<item>{'<x>' * 100_000}{'</x>' * 100_000}</item>{ITEM}"),
    "laughs": '<!DOCTYPE rss [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>'
    + rss(f"<item><title>{'&b;' * 100_000}</title></item>"),
    "references": rss(f"<item><title>{'&x' * 200_000}</title></item>{ITEM}"),
    "open tags": "<rss>" + "<a " * 200_000,
    "open cdata": "<rss>" + "<![CDATA[" * 50_000,
    "open items": "<rss><channel>" + "<item>" * 50_000,
    "prefixes": "<rss><channel>" + "".join(f"<p{n}:a/>" for n in range(30_000)),
    "page": "<html>" + "<link " * 100_000,
    "brackets": "<" * 500_000,
    "open texts": "<rss><channel><item>" + "<description>" * 50_000,
    "prefixed texts": "<rss><channel><item>" + "<description " * 50_000 + "<aaaaaaaaaaa:" * 9_000,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_flood_is_read_within_bounds_or_refused(name: str) -> None:
    try:
        feed = parse(HOSTILE[name])
    except ParseError:
        return
    assert len(feed.entries) <= 2000
    assert all(len(entry.tags) <= 200 and len(entry.author) <= 200 for entry in feed.entries)


def test_more_than_two_thousand_entries_are_cut_and_reported() -> None:
    feed = parse(HOSTILE["items"])
    assert len(feed.entries) == 2000
    assert "has 20,000 entries; the first 2,000 are read" in said(feed)


@pytest.mark.slow
def test_documents_made_to_hurt_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    maker = SHARED / "bench" / "hostile" / "make_hostile.py"
    if not maker.exists():
        pytest.skip("needs the measuring data beside the checkout")
    monkeypatch.setattr(sys, "argv", [str(maker), str(tmp_path)])
    spec = importlib.util.spec_from_file_location("make_hostile", maker)
    assert spec and spec.loader
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    for path in sorted(tmp_path.iterdir()):
        if path.stat().st_size > 2_000_000:  # the largest only take longer
            continue
        try:
            assert_sound(parse_feed(path.read_bytes(), url=URL))
        except ParseError as error:
            assert error.reason in ("empty", "html", "not-a-feed"), path.name


CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def assert_sound(feed: ParsedFeed) -> None:
    """Hold a parsed feed against what every reader of it relies on."""
    assert len({entry.id for entry in feed.entries}) == len(feed.entries) <= 2000
    for entry in feed.entries:
        words = (entry.id, entry.title, entry.html, entry.text, entry.summary, entry.author)
        assert not CONTROL.search("".join((*words, *entry.tags)))
        assert entry.id
        for address in (entry.link, *(medium.url for medium in entry.media)):
            assert not address or address.lower().startswith(("http://", "https://"))
        for date in (entry.published, entry.updated):
            assert date is None or date.tzinfo is UTC


@pytest.mark.parametrize(
    ("step", "least"), [(5, (52, 1_100)), pytest.param(1, (258, 6_300), marks=pytest.mark.slow)]
)
def test_real_feeds_are_read(step: int, least: tuple[int, int]) -> None:
    folder = SHARED / "data" / "real-feeds"
    if not folder.exists():
        pytest.skip("needs the measuring data beside the checkout")
    read, entries = 0, 0
    for path in sorted(folder.glob("[0-9]*.*"))[::step]:
        try:
            feed = parse_feed(path.read_bytes(), url=URL)
        except ParseError:
            continue
        assert_sound(feed)
        read, entries = read + 1, entries + len(feed.entries)
    assert read >= least[0]
    assert entries >= least[1]


READABLE = [feed for feed in load_feeds() if feed.file and not feed.file.endswith(".html")]


@pytest.mark.parametrize("feed", READABLE, ids=lambda feed: feed.name)
def test_every_sample_feed_of_the_demo_is_read(feed: DemoFeed) -> None:
    body = render(feed, NOON, "http://127.0.0.1:8000")
    parsed = parse_feed(body, url="http://127.0.0.1:8000/feed", content_type=feed.content_type)
    assert_sound(parsed)
    assert bool(parsed.entries) == (feed.name != "quiet-room")


@given(st.binary(max_size=300))
def test_any_bytes_raise_nothing_but_a_parse_error(body: bytes) -> None:
    for start in (b"", b"<rss version='2.0'><channel><item>", b"{", b"<feed>", b"\xff\xfe"):
        try:
            assert_sound(parse_feed(start + body, url=URL))
        except ParseError:
            continue


def pieces() -> Iterator[str]:
    names = "item title link guid description category author pubDate content:encoded media:title"
    for name in names.split():
        yield from (f"<{name}>", f"</{name}>")
    yield from "<![CDATA[ ]]> & &lt; &#xD800; &eacute; <!-- --> '> http://[ =? ² /1 2099".split()
    yield from ("<x a='", '"', "\x00", "\ud800", "<itunes:summary>", DATE)
    yield from ("<media:content url='x' duration='²'/>", "<enclosure url='y'/>")


@given(st.lists(st.sampled_from([*pieces()]) | st.text(max_size=4), max_size=30).map("".join))
def test_no_mixture_of_markup_raises_anything_but_a_parse_error(items: str) -> None:
    try:
        assert_sound(parse_feed(rss(items).encode("utf-8", "surrogatepass"), url=URL))
    except ParseError as error:
        assert error.reason == "not-a-feed"
