"""JSON Feed 1.0 and 1.1, and JSON that only looks like it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import ParseError
from aggregator.feeds.parse import parse_feed
from aggregator.models import Media, ParsedFeed

URL = "https://blog.example/feed.json"
V11 = "https://jsonfeed.org/version/1.1"


def parse(items: Any, version: str = V11, **feed: Any) -> ParsedFeed:
    document = {"version": version, "title": "T", "items": items, **feed}
    return parse_feed(json.dumps(document).encode(), url=URL)


def test_a_whole_item_is_read() -> None:
    [entry] = parse(
        [
            {
                "id": 7,
                "url": "/7",
                "title": "A  title",
                "content_html": "<p>x</p>",
                "content_text": "x",
                "summary": "a < b",
                "date_published": "2024-03-01T13:00:00+01:00",
                "date_modified": "2024-03-02T12:00:00Z",
                "authors": [{"name": "Ann"}, {"name": "Ben"}],
                "tags": ["video", "", 3],
                "image": "/i.jpg",
                "attachments": [{"url": "/v.mp4", "mime_type": "video/mp4", "title": "V",
                                 "duration_in_seconds": 61.5}],
            }
        ]
    ).entries  # fmt: skip
    assert (entry.id, entry.link, entry.title) == ("7", "https://blog.example/7", "A title")
    assert (entry.html, entry.text, entry.summary) == ("<p>x</p>", "x", "a &lt; b")
    assert entry.published == datetime(2024, 3, 1, 12, tzinfo=UTC)
    assert entry.updated == datetime(2024, 3, 2, 12, tzinfo=UTC)
    assert (entry.author, entry.tags) == ("Ann", ("video",))
    still = "https://blog.example/i.jpg"
    assert entry.media == (Media("https://blog.example/v.mp4", "video/mp4", "V", still, 61),)


def test_text_becomes_paragraphs_and_is_escaped() -> None:
    [entry] = parse([{"id": "1", "content_text": "a < b\n\nc"}]).entries
    assert (entry.html, entry.text) == ("<p>a &lt; b</p><p>c</p>", "a < b\n\nc")


@pytest.mark.parametrize(
    ("version", "name"), [(V11, "json11"), ("https://jsonfeed.org/version/1", "json10")]
)
def test_the_feed_says_what_it_is(version: str, name: str) -> None:
    feed = parse(
        [{"id": "1", "author": {"name": "Old"}}],
        version,
        home_page_url="https://blog.example/",
        feed_url=URL,
        language="de",
        hubs=[{"type": "WebSub", "url": "https://hub.example/"}],
    )
    info = feed.feed
    assert (info.format, info.link, info.own_address) == (name, "https://blog.example/", URL)
    assert (info.language, info.hub) == ("de", "https://hub.example/")
    assert (feed.entries[0].author, feed.entries[0].language) == ("Old", "de")


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1}',
        b'{"version": 3}',
        b'{"version": "https://jsonfeed.org/version/1"',
        b'{"version":"https://jsonfeed.org/version/1.1","items":' + b"[" * 200_000,
        b'{"version":"https://jsonfeed.org/version/1","n":' + b"9" * 10_000 + b"}",
        b"{",
    ],
)
def test_json_that_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        parse_feed(body, url=URL)
    assert caught.value.reason == "not-a-feed"


def test_deeply_nested_values_are_no_text() -> None:
    deep: list[Any] = []
    for _ in range(600):
        deep = [deep]
    [entry] = parse([{"id": "1", "title": deep, "content_text": deep, "url": deep}]).entries
    assert (entry.title, entry.html, entry.link) == ("", "", "")


def test_more_than_two_thousand_items_are_cut() -> None:
    assert len(parse([{"id": str(n)} for n in range(2500)]).entries) == 2000


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
items = st.dictionaries(
    st.sampled_from(
        "id url title content_html content_text summary tags author authors image "
        "attachments date_published date_modified language external_url".split()
    ),
    values,
)


@given(st.lists(items, max_size=4) | values, st.dictionaries(st.sampled_from(
    ["title", "home_page_url", "feed_url", "hubs", "language"]), values))  # fmt: skip
def test_no_values_make_reading_fail(found: Any, feed: dict[str, Any]) -> None:
    document = {"version": V11, **feed, "items": found}
    parsed = parse_feed(json.dumps(document).encode("utf-8", "replace"), url=URL)
    assert len({entry.id for entry in parsed.entries}) == len(parsed.entries)
