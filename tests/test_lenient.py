"""feedparser in a child process: what it reads, and what becomes of documents that hurt it."""

import os
import signal

import pytest

from aggregator.errors import ParseError
from aggregator.feeds import lenient
from aggregator.feeds.lenient import read_leniently
from aggregator.feeds.parse import parse_feed

URL = "https://blog.example/feed"
BROKEN = """<rss version="2.0"><channel><title>Blog</title><item a=b c><title>Simon &amp; G</title>
<guid>1</guid><link>/1</link><category>clip</category><author>Ann</author>
<description>&lt;p&gt;x&lt;/p&gt;</description><pubDate>Fri, 01 Mar 2024 12:00:00 GMT</pubDate>
<enclosure url="/v.mp4" type="video/mp4" x=y></item></channel></rss>"""


def test_attributes_without_quotes_are_left_to_feedparser() -> None:
    feed = parse_feed(BROKEN.encode(), url=URL)
    [entry] = feed.entries
    assert (feed.feed.title, feed.feed.format) == ("Blog", "rss20")
    assert (entry.id, entry.link) == ("1", "https://blog.example/1")
    assert (entry.title, entry.author, entry.tags) == ("Simon & G", "Ann", ("clip",))
    assert entry.html == "<p>x</p>"
    assert entry.published is not None
    assert [medium.url for medium in entry.media] == ["https://blog.example/v.mp4"]
    assert "is not well-formed" in feed.problems[0].what


def test_a_path_or_an_address_is_text_to_it() -> None:
    for body in (b"/etc/hostname", b"http://127.0.0.1:9/"):
        with pytest.raises(ParseError):
            read_leniently(body, URL)


@pytest.mark.slow
def test_a_document_that_takes_too_long_ends_the_child_and_the_next_is_read() -> None:
    slow = b"<rss><channel>" + b"<item>" * 100_000
    with pytest.raises(ParseError, match="too long or too much"):
        read_leniently(slow, URL)
    assert read_leniently(BROKEN.encode(), URL).entries


@pytest.mark.slow
def test_a_child_that_was_killed_is_started_again() -> None:
    assert read_leniently(BROKEN.encode(), URL).entries
    child = lenient._reader._child
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert read_leniently(BROKEN.encode(), URL).entries


def test_one_child_reads_many_documents() -> None:
    read_leniently(BROKEN.encode(), URL)
    child = lenient._reader._child
    read_leniently(BROKEN.encode(), URL)
    assert lenient._reader._child is child


def test_what_is_too_large_to_be_forgiven_is_refused() -> None:
    with pytest.raises(ParseError, match="too large"):
        read_leniently(b"<rss>" + b" " * 5_000_000, URL)


def test_a_format_that_is_not_ours_is_left_to_feedparser() -> None:
    cdf = b'<CHANNEL HREF="http://a.example/"><ITEM HREF="/1"><TITLE>T</TITLE></ITEM></CHANNEL>'
    assert [entry.title for entry in parse_feed(cdf, url=URL).entries] == ["T"]
