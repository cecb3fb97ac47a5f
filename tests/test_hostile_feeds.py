"""Documents made to hurt: read within bounds or refused; no file is read, nothing is fetched."""

from pathlib import Path

import pytest

from aggregator.errors import ParseError
from aggregator.feeds.clean import clean_html
from aggregator.feeds.parse import parse_feed
from tests.hostile_feeds import documents
from tests.loopback import serving
from tests.test_parse import assert_sound

SECRET = "what-no-feed-may-show"
URL = "https://blog.example/feed"


@pytest.mark.slow
@pytest.mark.parametrize("name", documents())
def test_a_hostile_document_is_read_within_bounds_or_refused(name: str) -> None:
    try:
        feed = parse_feed(documents()[name], url=URL)
    except ParseError as error:
        assert error.reason in ("empty", "html", "not-a-feed")
        return
    assert_sound(feed)
    for entry in feed.entries:
        assert len(entry.tags) <= 200
        assert len(entry.author) <= 200
        assert len(entry.title) <= 2_000
        assert len(clean_html(entry.html, URL)) < 2_000_000


def test_a_document_beyond_the_limits_spoils_no_other() -> None:
    with pytest.raises(ParseError):
        parse_feed(documents()["deep elements"], url=URL)
    broken = b"<rss><channel><item><title>a & b</title></item></channel></rss>"
    assert parse_feed(broken, url=URL).entries[0].title == "a & b"


def test_no_document_has_a_file_read_or_an_address_asked(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET, "utf-8")
    with serving(lambda asked: [b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"]) as web:
        for name, body in documents(web.url("").rstrip("/"), str(secret)).items():
            if len(body) > 200_000:
                continue
            try:
                assert SECRET not in repr(parse_feed(body, url=URL)), name
            except ParseError as error:
                assert SECRET not in str(error), name
        assert not web.asked
        assert not web.connections
