"""Which feeds a page has."""

from hypothesis import given
from hypothesis import strategies as st

from aggregator.feeds.discovery import named_feeds, usual_places

PAGE = """<!doctype html><head>
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">
<link rel='ALTERNATE home' type='application/atom+xml; charset=utf-8' href='atom.xml'>
<link rel="alternate" type="application/feed+json" href="//cdn.example/feed.json">
<link rel="alternate" hreflang="de" href="/de/"><link rel="stylesheet" href="/a.css">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
<link rel="alternate" type="application/atom+xml" href="atom.xml">"""


def test_a_pages_feeds_are_named_in_order_with_comments_last() -> None:
    assert named_feeds(PAGE, "https://b.example/blog/") == [
        "https://b.example/blog/atom.xml",
        "https://cdn.example/feed.json",
        "https://b.example/comments/feed/",
    ]


def test_the_base_of_a_page_counts() -> None:
    page = f'<base href="/other/">{PAGE}'
    assert named_feeds(page, "https://b.example/blog/")[0] == "https://b.example/other/atom.xml"


def test_a_channel_of_youtube_has_a_feed_though_its_page_names_none() -> None:
    channel = "UC" + "a" * 22
    feed = f"https://www.youtube.com/feeds/videos.xml?channel_id={channel}"
    assert named_feeds("", f"https://www.youtube.com/channel/{channel}") == [feed]
    page = f'<script>{{"externalId":"{channel}"}}</script>'
    assert named_feeds(page, "https://m.youtube.com/@somebody") == [feed]
    assert named_feeds(page, "https://notyoutube.com/@somebody") == []


def test_the_usual_places_are_below_the_page_first() -> None:
    places = usual_places("https://b.example/blog?page=2#top")
    assert places[0] == "https://b.example/blog/feed"
    assert "https://b.example/feeds/posts/default" in places
    assert len(places) == len(set(places)) == 18


@given(st.text(max_size=200), st.sampled_from(["", "https://b.example/", "http://[", "x"]))
def test_no_page_makes_it_fail(page: str, url: str) -> None:
    for text in (
        page,
        f"<link rel=alternate type=text/xml href='{page}'>",
        f"<base href='{page}'>",
    ):
        found = named_feeds(text, url or "https://b.example/")
        assert all(address.startswith(("http://", "https://")) for address in found)
