"""The demo web: what each address does on the wire, and what its documents hold."""

import io
import json
import tomllib
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import feedparser
import httpx
import pytest

from aggregator.demo.server import Behaviour, DemoFeed, DemoServer

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 6, 17, 30, tzinfo=UTC)
UNREADABLE = {Behaviour.TRUNCATED, Behaviour.HTML, Behaviour.NOT_FOUND, Behaviour.GONE}
KINDS = {
    "premiere", "lyric", "visualizer", "making-of", "interview", "retrospective",
    "list", "award", "restoration", "news", "fan",
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(NOW) as running:
        yield running


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as open_client:
        yield open_client


@pytest.fixture(scope="module")
def posts(server: DemoServer) -> dict[str, list[dict[str, str]]]:
    readable = [feed for feed in server.feeds if feed.behaviour not in UNREADABLE]
    with httpx.Client(trust_env=False, follow_redirects=True) as open_client:
        bodies = {feed.name: open_client.get(server.url_of(feed.name)) for feed in readable}
    return {feed.name: entries_of(feed, bodies[feed.name].content) for feed in readable}


@pytest.fixture(scope="module")
def truth() -> list[dict[str, Any]]:
    text = (files("aggregator.demo") / "truth.toml").read_text("utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["post"]
    return rows


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def plain(markup: str) -> str:
    text = _Text()
    text.feed(markup)
    text.close()
    return " ".join("".join(text.parts).split())


def entries_of(feed: DemoFeed, body: bytes) -> list[dict[str, str]]:
    if feed.file is not None and feed.file.endswith(".json"):
        items = json.loads(body)["items"]
        return [{"id": item["id"], "title": item["title"], "link": item["url"]} for item in items]
    parsed = feedparser.parse(io.BytesIO(body))
    return [
        {
            "id": str(entry.get("id", "")),
            "title": plain(str(entry.get("title", ""))),
            "link": str(entry.get("link", "")),
            "date": str(dict.get(entry, "published") or dict.get(entry, "updated") or ""),
        }
        for entry in parsed.entries
    ]


def matches(row: dict[str, Any], post: dict[str, str]) -> bool:
    if "id" in row:
        same_title = row.get("title", post["title"]) == post["title"]
        return bool(row["id"] == post["id"] and same_title)
    return bool(row["title"] == post["title"])


def test_an_etag_sent_back_is_answered_with_304(server: DemoServer, client: httpx.Client) -> None:
    url = server.url_of("cathode-parade")
    etag = client.get(url).headers["etag"]
    again = client.get(url, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == etag
    assert client.get(url, headers={"If-None-Match": '"other"'}).status_code == 200


def test_last_modified_sent_back_is_answered_with_304(
    server: DemoServer, client: httpx.Client
) -> None:
    url = server.url_of("onda-nocturna")
    stamp = client.get(url).headers["last-modified"]
    assert stamp == "Fri, 06 Mar 2026 17:30:00 GMT"
    assert client.get(url, headers={"If-Modified-Since": stamp}).status_code == 304
    older = {"If-Modified-Since": "Thu, 05 Mar 2026 17:30:00 GMT"}
    assert client.get(url, headers=older).status_code == 200
    assert client.get(url, headers={"If-Modified-Since": "yesterday"}).status_code == 200


def test_the_unchanged_feed_answers_304_to_any_validator(
    server: DemoServer, client: httpx.Client
) -> None:
    url = server.url_of("vetrina-sonora")
    assert client.get(url).status_code == 200
    assert client.get(url, headers={"If-None-Match": '"anything"'}).status_code == 304


def test_gzip_is_sent_only_to_who_accepts_it(server: DemoServer, client: httpx.Client) -> None:
    url = server.url_of("second-reel")
    packed = client.get(url, headers={"Accept-Encoding": "gzip"})
    bare = client.get(url, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in bare.headers
    assert packed.content == bare.content
    assert int(packed.headers["content-length"]) < int(bare.headers["content-length"])


def test_truncated_gzip_ends_before_its_stream_does(
    server: DemoServer, client: httpx.Client
) -> None:
    with client.stream("GET", server.url_of("half-a-cable")) as response:
        raw = b"".join(response.iter_raw())
    inflate = zlib.decompressobj(31)
    text = inflate.decompress(raw)
    assert response.status_code == 200
    assert not inflate.eof
    assert b"</rss>" not in text


def test_the_moved_feed_points_to_its_new_address(server: DemoServer, client: httpx.Client) -> None:
    first = client.get(server.url_of("attic-aisle"))
    assert first.status_code == 301
    second = client.get(first.next_request.url) if first.next_request else first
    assert second.status_code == 200
    assert b"The Attic Aisle" in second.content


@pytest.mark.parametrize(
    ("path", "status"), [("lost-and-found", 404), ("last-broadcast", 410), ("half-a-cable", 200)]
)
def test_dead_addresses_say_so(
    server: DemoServer, client: httpx.Client, path: str, status: int
) -> None:
    assert client.head(server.url_of(path)).status_code == status


def test_an_unknown_path_is_404_and_every_request_is_noted(client: httpx.Client) -> None:
    with DemoServer(NOW) as server:
        assert client.get(server.root + "/nothing/feed").status_code == 404
        assert client.get(server.url_of("tonspur")).status_code == 200
        assert server.requests == [("/nothing/feed", 404), ("/tonspur/feed", 200)]


def test_the_slow_feed_drips_but_arrives_whole(server: DemoServer, client: httpx.Client) -> None:
    with client.stream("GET", server.url_of("loud-kettle")) as response:
        body = b"".join(response.iter_raw())
    assert response.elapsed > timedelta(milliseconds=300)
    assert body.rstrip().endswith(b"</rss>")


def test_the_wrong_charset_stands_in_the_header_only(
    server: DemoServer, client: httpx.Client
) -> None:
    response = client.get(server.url_of("kijkbuis"))
    assert response.headers["content-type"] == "application/rss+xml; charset=ISO-8859-1"
    assert "‘Zilverdraad’" in response.content.decode("utf-8")


def test_the_broken_feed_is_broken_in_four_ways(server: DemoServer, client: httpx.Client) -> None:
    body = client.get(server.url_of("ghoul-drive-in")).content
    assert b"Drive-In & Snack" in body
    assert b"&hellip;" in body
    assert not body.rstrip().endswith(b"</rss>")
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")


def test_the_html_page_is_no_feed(server: DemoServer, client: httpx.Client) -> None:
    response = client.get(server.url_of("lantern-club"))
    assert response.headers["content-type"].startswith("text/html")
    assert feedparser.parse(io.BytesIO(response.content)).version == ""


def test_a_stopped_server_answers_nobody_and_can_start_again(client: httpx.Client) -> None:
    server = DemoServer(NOW)
    with server:
        url = server.url_of("quiet-room")
        assert client.get(url).status_code == 200
    with pytest.raises(httpx.TransportError):
        client.get(url)
    with pytest.raises(RuntimeError):
        server.url_of("quiet-room")
    with server:
        assert httpx.get(server.url_of("quiet-room"), trust_env=False).status_code == 200


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        DemoServer(datetime(2026, 3, 6))


def test_every_behaviour_has_a_feed_and_no_two_feeds_share_a_file(server: DemoServer) -> None:
    names = [feed.name for feed in server.feeds]
    documents = [feed.file for feed in server.feeds if feed.file is not None]
    stored = {item.name for item in (files("aggregator.demo") / "feeds").iterdir()}
    assert len(names) == len(set(names))
    assert len(documents) == len(set(documents))
    assert set(documents) == stored
    assert {feed.behaviour for feed in server.feeds} == set(Behaviour)
    assert all(feed.path == f"/{feed.name}/feed" and feed.shows for feed in server.feeds)


@pytest.mark.parametrize(
    "name",
    [
        "cathode-parade", "second-reel", "onda-nocturna", "marrow-tv", "static-bloom",
        "frame-and-chorus", "reddit-musicvideos", "image-qui-chante", "vetrina-sonora", "tonspur",
        "clipe-do-dia", "otokage", "lumi-stage", "kijkbuis", "szum", "loud-kettle", "quiet-room",
        "attic-aisle",
    ],
)  # fmt: skip
def test_sound_documents_are_well_formed(server: DemoServer, name: str) -> None:
    body = httpx.get(server.url_of(name), trust_env=False, follow_redirects=True).content
    parsed = feedparser.parse(io.BytesIO(body))
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version
    assert b"{{" not in body


@pytest.mark.slow
def test_formats_are_as_various_as_promised(server: DemoServer) -> None:
    versions = Counter(
        feedparser.parse(
            io.BytesIO(httpx.get(server.url_of(feed.name), trust_env=False).content)
        ).version
        for feed in server.feeds
        if feed.file is not None and feed.behaviour not in UNREADABLE | {Behaviour.MOVED}
    )
    assert {"rss20", "atom10", "rss10", "atom03"} <= set(versions)
    assert any(version.startswith("rss091") for version in versions)


def test_dates_count_back_from_now(posts: dict[str, list[dict[str, str]]]) -> None:
    first = posts["cathode-parade"][0]
    assert first["date"] == "Fri, 06 Mar 2026 10:30:00 +0000"
    assert posts["szum"][0]["date"] == "2026-03-05T10:30:00+00:00"


def test_odd_entries_are_there(posts: dict[str, list[dict[str, str]]]) -> None:
    every = [post for entries in posts.values() for post in entries]
    ids = Counter((feed, post["id"]) for feed, entries in posts.items() for post in entries)
    assert any(not post["title"] for post in every)
    assert any(not post["link"] for post in every)
    assert any(post.get("date") == "" for post in every)
    assert any("1970" in post.get("date", "") for post in every)
    assert any("2099" in post.get("date", "") for post in every)
    assert [key for key, times in ids.items() if key[1] and times == 2]
    for quote in "“„«「『":
        assert any(quote in post["title"] for post in every), quote


def test_enough_feeds_and_posts_and_a_fair_share_of_music_videos(
    posts: dict[str, list[dict[str, str]]], truth: list[dict[str, Any]]
) -> None:
    assert sum(1 for entries in posts.values() if entries) >= 14
    assert 150 <= sum(map(len, posts.values())) <= 180
    kept = sum(row["label"] == "keep" for row in truth)
    assert 0.33 <= kept / len(truth) <= 0.5


def test_every_truth_row_matches_one_post_and_every_post_has_one(
    posts: dict[str, list[dict[str, str]]], truth: list[dict[str, Any]]
) -> None:
    for row in truth:
        found = [post for post in posts[row["feed"]] if matches(row, post)]
        assert len(found) == 1, row
    for feed, entries in posts.items():
        assert len(entries) == sum(row["feed"] == feed for row in truth), feed


def test_truth_rows_speak_the_policy(truth: list[dict[str, Any]]) -> None:
    for row in truth:
        assert row["label"] in {"keep", "drop", "unclear"}
        assert (row["label"] == "keep") == (row.get("kind") in KINDS), row
    assert {row["kind"] for row in truth if row["label"] == "keep"} == KINDS


def test_some_videos_are_told_of_in_several_feeds(truth: list[dict[str, Any]]) -> None:
    feeds_of: dict[str, set[str]] = {}
    for row in truth:
        if "story" in row:
            feeds_of.setdefault(row["story"], set()).add(row["feed"])
    assert sum(len(feeds) > 1 for feeds in feeds_of.values()) >= 8
    assert len(feeds_of["velvet-switchyard-paper-comet"]) >= 5
