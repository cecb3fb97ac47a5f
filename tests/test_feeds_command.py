"""`aggregator feeds`: as people call it."""

import json
from pathlib import Path

import pytest

from aggregator.config import load_settings
from tests.commands import run, write_config
from tests.small_web import Page, SmallWeb, item, rss

pytestmark = pytest.mark.slow

PAGE = b"<!doctype html><link rel=alternate type=application/rss+xml href=/feed><title>x</title>"


def urls_in(folder: Path) -> list[str]:
    return [feed.url for feed in load_settings(folder / "feeds.yaml").feeds]


def test_the_list_tells_how_feeds_are_and_why_they_are_polled_when(tmp_path: Path) -> None:
    with SmallWeb({"/feed": Page(rss(item(1)), headers={"Cache-Control": "max-age=7200"})}) as web:
        write_config(tmp_path, web.url("/feed"), web.url("/none"), "https://never.example/")
        assert run("fetch", web.url("/feed"), web.url("/none"), cwd=tmp_path).code == 0
        good, bad, new = run("feeds", "list", "--json", cwd=tmp_path).json["feeds"]
        text = run("feeds", "list", cwd=tmp_path).out
        failing = run("feeds", "list", "--failing", "--json", cwd=tmp_path).json["feeds"]
    assert (good["title"], good["health"], good["error"]) == ("A Blog", "ok", None)
    assert good["next_reason"] == "the publisher asks for 2 h (Cache-Control or Expires)"
    assert (bad["health"], bad["failures"], new["health"]) == ("retrying", 1, "new")
    assert "404" in bad["error"]
    assert [feed["url"] for feed in failing] == [web.url("/none")]
    assert "the publisher asks for 2 h" in text and text.endswith("3 feeds.\n")


def test_a_page_is_added_by_its_feed_and_removed_again(tmp_path: Path) -> None:
    with SmallWeb({"/": Page(PAGE), "/feed": Page(rss(item(1)))}) as web:
        write_config(tmp_path, more="# mine\n")
        added = run("feeds", "add", web.url("/"), "--title", "Blog", "--json", cwd=tmp_path)
        assert added.json == {"added": [web.url("/feed")], "known": 0}
        again = run("feeds", "add", web.url("/feed"), "--json", cwd=tmp_path)
        assert again.json == {"added": [], "known": 1}
        assert urls_in(tmp_path) == [web.url("/feed")]
        assert run("feeds", "remove", web.url("/feed"), cwd=tmp_path).code == 0
    assert urls_in(tmp_path) == []
    assert "# mine" in (tmp_path / "feeds.yaml").read_text("utf-8")


def test_a_feed_that_a_page_does_not_name_is_found_where_feeds_usually_are(
    tmp_path: Path,
) -> None:
    with SmallWeb({"/blog": Page(b"<html>hi"), "/rss.xml": Page(rss(item(1)))}) as web:
        write_config(tmp_path)
        done = run("feeds", "discover", web.url("/blog"), "--json", cwd=tmp_path)
        [found] = done.json["feeds"]
        assert (found["url"], found["title"], found["entries"]) == (
            web.url("/rss.xml"), "A Blog", 1,
        )  # fmt: skip
        nothing = run("feeds", "add", web.url("/nowhere"), cwd=tmp_path)
        assert nothing.code == 1 and "404" in nothing.err
        assert run("feeds", "add", web.url("/later"), "--unchecked", cwd=tmp_path).code == 0
    assert urls_in(tmp_path) == [web.url("/later")]


def test_checking_tells_what_feeds_hold_and_stores_nothing(tmp_path: Path) -> None:
    with SmallWeb({"/feed": Page(rss(item(1), item(2))), "/page": Page(PAGE)}) as web:
        write_config(tmp_path, web.url("/feed"), web.url("/page"))
        good, bad = run("feeds", "check", "--json", cwd=tmp_path).json["feeds"]
        failed = run("feeds", "check", web.url("/page"), cwd=tmp_path)
    assert (good["format"], good["entries"], good["error"]) == ("rss20", 2, None)
    assert good["newest"].startswith("2026-11-16")
    assert "web page" in bad["error"]
    assert failed.code == 1
    assert not (tmp_path / "aggregator.db").exists()


def test_opml_goes_out_and_comes_in(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
    write_config(here, "https://a.example/feed", "https://b.example/${TOKEN}")
    out = run("feeds", "export", cwd=here)
    if out.code:  # the secret has to be set to read the configuration
        assert "TOKEN" in out.err
        write_config(here, "https://a.example/feed", "https://b.example/feed")
        out = run("feeds", "export", cwd=here)
    (there / "list.opml").write_text(out.out, "utf-8")
    write_config(there, "https://a.example/feed")
    done = run("feeds", "import", "list.opml", "--json", cwd=there)
    assert done.json == {"added": ["https://b.example/feed"], "known": 1}
    assert urls_in(there) == ["https://a.example/feed", "https://b.example/feed"]
    listed = run("feeds", "export", "--json", cwd=there)
    assert [feed["url"] for feed in json.loads(listed.out)["feeds"]] == urls_in(there)


def test_an_opml_with_a_doctype_changes_nothing(tmp_path: Path) -> None:
    write_config(tmp_path)
    bomb = b'<!DOCTYPE opml [<!ENTITY a "b">]><opml><body/></opml>'
    done = run("feeds", "import", "-", cwd=tmp_path, stdin=bomb)
    assert done.code == 1 and "DOCTYPE" in done.err
    assert urls_in(tmp_path) == []
