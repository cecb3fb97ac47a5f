"""Bad input from end to end: each is told clearly, the good feeds go on, and nothing is lost."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands import Done, run, write_config
from tests.small_web import Page, SmallWeb, item, rss

GOOD = {"/good-1": Page(rss(item(1), item(2))), "/good-2": Page(rss(item(3)))}
DATE = "<pubDate>Mon, 16 Nov 2026 10:00:00 +0000</pubDate>"
BARE = "<item><description>only words</description></item>"
TWINS = item(4) + item(5).replace("https://blog.example/5</guid>", "https://blog.example/4</guid>")
HALF = gzip.compress(rss(item(6)))[:150]
HUGE = gzip.compress(b"<rss>" + b" " * 20_000_000, compresslevel=1, mtime=0)


@pytest.fixture
def web() -> Iterator[SmallWeb]:
    with SmallWeb(GOOD) as running:
        yield running


def fetch(folder: Path, web: SmallWeb, *bad: str) -> tuple[Done, dict[str, Any]]:
    """Poll the good feeds and bad ones between them; the results by address."""
    write_config(folder, web.url("/good-1"), *bad, web.url("/good-2"))
    done = run("fetch", "--json", cwd=folder)
    return done, {result["url"]: result for result in done.json["results"]}


def assert_good_feeds_were_read(web: SmallWeb, results: dict[str, Any]) -> None:
    for path, entries in (("/good-1", 2), ("/good-2", 1)):
        result = results[web.url(path)]
        assert (result["outcome"], result["entries"], result["new"]) == (
            "updated",
            entries,
            entries,
        )
        assert (result["error"], result["problems"]) == (None, [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("feeds:\n  - {url: https://a.example/, titel: x}\n", ":2: feeds.0.titel: unknown key"),
        ("polling: {parallel: many}\nfeeds: [https://a.example/]\n", ":1: polling.parallel: "),
        ("feeds: https://a.example/\n", ":1: feeds: "),
        ("- https://a.example/\n- 5\n", ":2: "),
        ("- [unclosed\n", "is not YAML"),
    ],
)
def test_a_wrong_configuration_is_exit_2_and_nothing_is_touched(
    tmp_path: Path, text: str, words: str
) -> None:
    (tmp_path / "feeds.yaml").write_text(text, "utf-8")
    for command in (("fetch",), ("run", "--json"), ("publish",)):
        done = run(*command, cwd=tmp_path)
        assert (done.code, done.out) == (2, "")
        assert words in done.err
        assert "Traceback" not in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["feeds.yaml"]


@pytest.mark.parametrize(
    ("page", "status", "words"),
    [
        (Page(b"gone fishing", 404), 404, "404"),
        (Page(b"", 500), 500, "500"),
        (Page(b"", 410), 410, "took it away"),
        (Page(b""), 200, "empty"),
        (Page(b"<!doctype html><html><title>Hi</title>"), 200, "web page, not a feed"),
        (Page(b"\x89PNG\r\n\x1a\n\0\0"), 200, "no feed"),
        (Page(b'{"hello": 1}'), 200, "no JSON Feed"),
        (Page(HALF, 200, {"Content-Encoding": "gzip"}), None, "in the middle"),
        (Page(b"not gzip", 200, {"Content-Encoding": "gzip"}), None, "does not decode"),
        (Page(rss(), 200, {"Content-Encoding": "br"}), None, "gzip was offered"),
        (Page(HUGE, 200, {"Content-Encoding": "gzip"}), None, "larger than 10 MB"),
        (Page(b"", 302, {"Location": "/bad"}), 302, "circle"),
        (Page(b"", 302, {"Location": "file:///etc/passwd"}), 302, "redirects to"),
        (Page(b"", 302, {"Location": "http://10.0.0.1/"}), None, "not a public address"),
    ],
)  # fmt: skip
def test_a_feed_that_can_not_be_read_says_why_and_the_others_go_on(
    tmp_path: Path, web: SmallWeb, page: Page, status: int | None, words: str
) -> None:
    web.pages["/bad"] = page
    done, results = fetch(tmp_path, web, web.url("/bad"))
    bad = results[web.url("/bad")]
    assert (done.code, bad["outcome"], bad["status"]) == (0, "failed", status)
    assert words in bad["error"]
    assert (bad["entries"], bad["new"]) == (0, 0)
    assert bad["next_poll"]
    assert_good_feeds_were_read(web, results)
    assert "Traceback" not in done.err


def test_a_body_of_200_mb_is_refused_by_its_length_before_it_is_read(
    tmp_path: Path, web: SmallWeb
) -> None:
    web.pages["/bad"] = Page(b" " * 200_000_000)
    done, results = fetch(tmp_path, web, web.url("/bad"))
    assert done.code == 0
    assert "larger than 10 MB (polling.max_megabytes" in results[web.url("/bad")]["error"]
    assert_good_feeds_were_read(web, results)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://no-such-host.invalid/feed", "no-such-host.invalid"),
        ("http://127.0.0.1:1/feed", "can't be reached"),
        ("http://192.168.7.7/feed", "not a public address"),
    ],
)
def test_a_host_that_can_not_be_reached_is_told_and_the_others_go_on(
    tmp_path: Path, web: SmallWeb, url: str, words: str
) -> None:
    done, results = fetch(tmp_path, web, url)
    assert (done.code, results[url]["outcome"], results[url]["status"]) == (0, "failed", None)
    assert words in results[url]["error"]
    assert_good_feeds_were_read(web, results)


@pytest.mark.parametrize(
    ("page", "entries", "problem"),
    [
        (Page(rss(TWINS)), 2, "has the id of another entry"),
        (Page(rss(BARE, item(6))), 2, "has no title"),
        (Page(rss(BARE, item(6))), 2, "has no link"),
        (Page(rss(BARE, item(6))), 2, "has no date"),
        (Page(rss(BARE, item(6))), 2, "has no id"),
        (Page(rss(item(6).replace("16 Nov 2026", "16 Nov 1970"))), 1, "odd date: 1970-11-16"),
        (Page(rss(item(6).replace("16 Nov 2026", "16 Nov 2099"))), 1, "odd date: 2099-11-16"),
        (Page(rss(item(6).replace(DATE, "<pubDate>soon</pubDate>"))), 1, "has no date"),
        (
            Page(rss(item(6, "Été")), 200, {"Content-Type": "text/xml; charset=iso-8859-1"}),
            1,
            "is UTF-8 although",
        ),
        (Page(rss(item(6, "A & B"), item(7))), 2, "not well-formed"),
        (Page(rss(item(6), item(7)).removesuffix(b"</channel></rss>")), 2, "not well-formed"),
    ],
)
def test_an_odd_document_is_read_whole_and_its_oddity_told(
    tmp_path: Path, web: SmallWeb, page: Page, entries: int, problem: str
) -> None:
    web.pages["/odd"] = page
    done, results = fetch(tmp_path, web, web.url("/odd"))
    odd = results[web.url("/odd")]
    assert (odd["outcome"], odd["entries"], odd["new"], odd["error"]) == (
        "updated",
        entries,
        entries,
        None,
    )
    assert [words for words in odd["problems"] if problem in words], odd["problems"]
    assert_good_feeds_were_read(web, results)
    assert done.json["new_posts"] == 3 + entries


def test_the_words_of_a_feed_in_the_wrong_encoding_come_out_right(
    tmp_path: Path, web: SmallWeb
) -> None:
    web.pages["/odd"] = Page(
        rss(item(6, "Été à Zürich")), 200, {"Content-Type": "text/xml; charset=iso-8859-1"}
    )
    fetch(tmp_path, web, web.url("/odd"))
    assert (
        run("why", "https://blog.example/6", "--json", cwd=tmp_path).json["title"] == "Été à Zürich"
    )


def test_everything_bad_at_once_loses_nothing_good_and_can_be_published(
    tmp_path: Path, web: SmallWeb
) -> None:
    hostile = json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "\u0000\ud800<script>",
            "items": [
                {
                    "id": "\ud800",
                    "title": "\u001b[2J\ud800",
                    "content_html": "\ud800<svg onload=x>",
                },
                {
                    "id": 5,
                    "title": ["x"],
                    "tags": "x",
                    "url": "javascript:alert(1)",
                    "attachments": [1],
                },
                "not an item",
                {"id": "x" * 10_000, "date_published": "9999-12-31T23:59:59-23:59"},
            ],
        }
    ).encode()
    web.pages |= {"/none": Page(b"", 404), "/twins": Page(rss(TWINS)), "/hostile": Page(hostile)}
    bad = [web.url(path) for path in ("/none", "/twins", "/hostile")]
    done, results = fetch(tmp_path, web, *bad)
    assert done.code == 0
    assert results[bad[2]]["entries"] == 3
    assert_good_feeds_were_read(web, results)
    assert done.json["new_posts"] == 3 + 2 + 3
    config = tmp_path / "all.yaml"
    config.write_text("keep: {threshold: 0}\n", "utf-8")
    published = run("publish", "--json", "-c", config, cwd=tmp_path)
    assert published.code == 0, published.err
    assert "atom.xml" in published.json["published"]
    assert (tmp_path / "output" / "atom.xml").read_bytes().count(b"<entry>") == 8
    second = run("fetch", "--all", "--json", cwd=tmp_path)
    assert second.json["new_posts"] == 0
