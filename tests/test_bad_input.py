"""Bad input from end to end: each is told clearly, the good feeds go on, and nothing is lost."""

import gzip
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.commands import Done, run, write_config
from tests.small_web import Page, SmallWeb, item, rss

pytestmark = pytest.mark.slow

GOOD = {"/good-1": (Page(rss(item(1), item(2))), 2), "/good-2": (Page(rss(item(3))), 1)}
DATE = "<pubDate>Mon, 16 Nov 2026 10:00:00 +0000</pubDate>"
BARE = "<item><description>only words</description></item>"
TWINS = item(4) + item(5).replace("https://blog.example/5</guid>", "https://blog.example/4</guid>")
PACKED = {"Content-Encoding": "gzip"}
HALF = gzip.compress(rss(item(6)))[:150]
BOMB = gzip.compress(b"<rss>" + b" " * 20_000_000, compresslevel=1)
LATIN = {"Content-Type": "text/xml; charset=iso-8859-1"}

# Documents that can't be read: the page, the HTTP status told, and words of the error.
BAD = {
    "missing": (Page(b"gone fishing", 404), 404, "404"),
    "broken server": (Page(b"", 500), 500, "500"),
    "gone": (Page(b"", 410), 410, "took it away"),
    "empty": (Page(b""), 200, "empty"),
    "web page": (Page(b"<!doctype html><html><title>Hi</title>"), 200, "web page, not a feed"),
    "picture": (Page(b"\x89PNG\r\n\x1a\n\0\0"), 200, "no feed"),
    "other JSON": (Page(b'{"hello": 1}'), 200, "no JSON Feed"),
    "truncated gzip": (Page(HALF, 200, PACKED), None, "in the middle"),
    "no gzip": (Page(b"not gzip", 200, PACKED), None, "does not decode"),
    "brotli": (Page(rss(), 200, {"Content-Encoding": "br"}), None, "gzip was offered"),
    "bomb": (Page(BOMB, 200, PACKED), None, "larger than 10 MB"),
    "200 MB": (Page(b" " * 200_000_000), None, "larger than 10 MB (polling.max_megabytes"),
    "circle": (Page(b"", 302, {"Location": "/circle"}), 302, "circle"),
    "to a file": (Page(b"", 302, {"Location": "file:///etc/passwd"}), 302, "redirects to"),
    "inwards": (Page(b"", 302, {"Location": "http://10.0.0.1/"}), None, "not a public address"),
}
HOSTS = {
    "http://no-such-host.invalid/feed": "no-such-host.invalid",
    "http://127.0.0.1:1/feed": "can't be reached",
    "http://192.168.7.7/feed": "not a public address",
}

# Documents that are odd and read all the same: the page, its entries, and words of a problem.
ODD = {
    "one id twice": (Page(rss(TWINS)), 2, "has the id of another entry"),
    "no title": (Page(rss(BARE, item(6))), 2, "has no title"),
    "no link": (Page(rss(item(7), BARE)), 2, "has no link"),
    "no date": (Page(rss(item(8), BARE, item(9))), 3, "has no date"),
    "no id": (Page(rss(item(10), item(11), BARE)), 3, "has no id"),
    "1970": (Page(rss(item(12).replace("Nov 2026", "Nov 1970"))), 1, "odd date: 1970-11-16"),
    "2099": (Page(rss(item(13).replace("Nov 2026", "Nov 2099"))), 1, "odd date: 2099-11-16"),
    "soon": (Page(rss(item(14).replace(DATE, "<pubDate>soon</pubDate>"))), 1, "has no date"),
    "encoding": (Page(rss(item(15, "Été à Zürich")), 200, LATIN), 1, "is UTF-8 although"),
    "bare &": (Page(rss(item(16, "A & B"), item(17))), 2, "not well-formed"),
    "no end": (
        Page(rss(item(18), item(19)).removesuffix(b"</channel></rss>")),
        2,
        "not well-formed",
    ),
}


def path_of(name: str) -> str:
    return f"/{name.replace(' ', '-').replace('&', 'and')}"


@dataclass(frozen=True)
class Polled:
    """All good, bad and odd feeds polled in one run."""

    folder: Path
    web: SmallWeb
    done: Done

    def result(self, path: str) -> dict[str, Any]:
        url = path if path.startswith("http") else self.web.url(path)
        (found,) = [result for result in self.done.json["results"] if result["url"] == url]
        return dict(found)


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Polled]:
    folder = tmp_path_factory.mktemp("polled")
    pages = {path: page for path, (page, _) in GOOD.items()}
    pages |= {path_of(name): page for name, (page, _, _) in (BAD | ODD).items()}
    with SmallWeb(pages) as web:
        good_1, good_2 = map(web.url, GOOD)
        bad = [web.url(path_of(name)) for name in BAD | ODD]
        write_config(folder, good_1, *bad, *HOSTS, good_2)
        yield Polled(folder, web, run("fetch", "--json", cwd=folder))


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


def test_the_good_feeds_are_read_whole_among_all_the_bad_ones(polled: Polled) -> None:
    assert polled.done.code == 0
    assert "Traceback" not in polled.done.err
    for path, (_, entries) in GOOD.items():
        result = polled.result(path)
        assert (result["outcome"], result["entries"], result["new"]) == (
            "updated",
            entries,
            entries,
        )
        assert (result["error"], result["problems"]) == (None, [])


def test_every_entry_of_every_readable_document_is_counted_and_stored(polled: Polled) -> None:
    report = polled.done.json
    assert report["failed"] == len(BAD) + len(HOSTS)
    entries = sum(n for _, n in GOOD.values()) + sum(n for _, n, _ in ODD.values())
    assert report["new_posts"] == entries
    with sqlite3.connect(polled.folder / "aggregator.db") as raw:
        assert raw.execute("SELECT count(*) FROM entry").fetchone() == (entries,)
        assert raw.execute("SELECT count(*) FROM verdict").fetchone() == (entries,)


@pytest.mark.parametrize("name", BAD)
def test_a_feed_that_can_not_be_read_says_why(polled: Polled, name: str) -> None:
    _, status, words = BAD[name]
    bad = polled.result(path_of(name))
    assert (bad["outcome"], bad["status"]) == ("failed", status)
    assert words in bad["error"]
    assert (bad["entries"], bad["new"]) == (0, 0)
    assert bad["next_poll"]


@pytest.mark.parametrize("url", HOSTS)
def test_a_host_that_can_not_be_reached_is_told(polled: Polled, url: str) -> None:
    bad = polled.result(url)
    assert (bad["outcome"], bad["status"]) == ("failed", None)
    assert HOSTS[url] in bad["error"]


@pytest.mark.parametrize("name", ODD)
def test_an_odd_document_is_read_whole_and_its_oddity_told(polled: Polled, name: str) -> None:
    _, entries, problem = ODD[name]
    odd = polled.result(path_of(name))
    assert (odd["outcome"], odd["error"]) == ("updated", None)
    assert (odd["entries"], odd["new"]) == (entries, entries)
    assert [words for words in odd["problems"] if problem in words], odd["problems"]


def test_the_words_of_a_feed_in_the_wrong_encoding_come_out_right(polled: Polled) -> None:
    stored = run("why", "https://blog.example/15", "--json", cwd=polled.folder)
    assert stored.json["title"] == "Été à Zürich"


def test_a_second_poll_of_all_of_them_brings_nothing_new(polled: Polled) -> None:
    again = run("fetch", "--all", "--json", cwd=polled.folder).json
    assert (again["new_posts"], again["failed"]) == (0, len(BAD) + len(HOSTS))


def test_a_hostile_document_is_stored_published_and_read_again(tmp_path: Path) -> None:
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
    with SmallWeb({"/hostile": Page(hostile)}) as web:
        write_config(tmp_path, web.url("/hostile"))
        first = run("fetch", "--json", cwd=tmp_path)
        assert (first.code, first.json["new_posts"]) == (0, 3)
        second = run("fetch", "--all", "--json", cwd=tmp_path)
        assert second.json["new_posts"] == 0
    config = tmp_path / "all.yaml"
    config.write_text("keep: {threshold: 0}\n", "utf-8")
    published = run("publish", "--json", "-c", config, cwd=tmp_path)
    assert published.code == 0, published.err
    assert (tmp_path / "output" / "atom.xml").read_bytes().count(b"<entry>") == 3
