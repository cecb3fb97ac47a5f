"""Lists of feeds, in and out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import ParseError
from aggregator.feeds.fields import legal_text, name_of
from aggregator.feeds.opml import read_opml, write_opml
from aggregator.models import Subscription

NESTED = b"""<?xml version="1.0"?>
<opml version="1.1"><head><title>Mine</title></head><body>
<outline text="Music"><outline text="A &amp; B" xmlUrl="https://a.example/feed"/>
<outline title="C" text="c" XMLURL="https://c.example/rss" language="nl"/></outline>
<outline text="twice" xmlUrl="https://a.example/feed"/>
<outline text="a script" xmlUrl="javascript:alert(1)"/>
<outline text="a file" xmlUrl="file:///etc/passwd"/><outline text="a folder"/>
</body></opml>"""


def test_feeds_are_found_in_folders_each_once_and_only_on_the_web() -> None:
    assert read_opml(NESTED) == [
        Subscription("https://a.example/feed", "A & B"),
        Subscription("https://c.example/rss", "C", "nl"),
    ]


@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_a_doctype_is_refused_and_no_file_is_read(coding: str) -> None:
    document = (
        f'<?xml version="1.0" encoding="{coding}"?>'
        '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        '<opml><body><outline text="&x;" xmlUrl="https://a.example/&x;"/></body></opml>'
    )
    with pytest.raises(ParseError) as caught:
        read_opml(document.encode(coding))
    assert caught.value.reason == "doctype"


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"", "no OPML"),
        (b"<opml><body>", "line 1"),
        (b"<rss/>", "begins with <rss>"),
        (b"x" * 20_000_001, "larger than 20 MB"),
    ],
)
def test_what_is_no_list_is_told_so(document: bytes, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        read_opml(document)


names = st.text(max_size=30).map(name_of)
feeds = st.lists(
    st.builds(
        lambda number, title: Subscription(f"https://b.example/{number}?a=1&b=<2>", title),
        st.integers(0, 999),
        names.filter(bool),
    ),
    max_size=9,
    unique_by=lambda feed: feed.url,
)


@given(feeds, st.text(max_size=30))
def test_what_is_written_is_read_again(listed: list[Subscription], title: str) -> None:
    document = write_opml(title, listed)
    assert legal_text(document) == document
    assert read_opml(document.encode()) == listed
