"""The published Atom feed: each rule of RFC 4287 and Media RSS that readers rely on."""

import io
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree, html

from aggregator.models import Entry, Kind, Post, Video, VideoKind, Work
from aggregator.publish.atom import FEED_LIMIT, FeedIdentity, render_atom
from aggregator.publish.rendering import Templates
from aggregator.settings import Site
from tests.sample_posts import HOSTILE
from tests.stored import NOW, verdict

SITE = Site(url="https://rotation.example/tv/", title="Heavy & Rotation", author="Ann")
IDENTITY = FeedIdentity("tag:rotation.example,2026-11-18:heavy-rotation")
NAMES = {"a": "http://www.w3.org/2005/Atom", "media": "http://search.yahoo.com/mrss/"}
HARMLESS = set("div p a img br strong cite small ul li blockquote".split())
SECRET = "https://blog.example/feed?token=s3cret"


def post(number: int, **said: Any) -> Post:
    """A post published so many hours ago and read ten minutes later."""
    published = NOW - timedelta(hours=number)
    entry = Entry(
        f"id-{number}",
        title=said.pop("title", f"Title {number}"),
        link=said.pop("link", f"https://blog.example/{number}"),
        author=said.pop("author", "Bob"),
        tags=said.pop("tags", ("80s",)),
        published=said.pop("published", published),
        feed=SECRET,
    )
    seen = published + timedelta(minutes=10)
    whole = Post(
        number, f"{number:020x}", entry, "<p>Some words of it.</p>", verdict(), seen, seen,
        "A Blog", "https://blog.example/",
    )  # fmt: skip
    return replace(whole, **said)


def render(*posts: Post, site: Site = SITE) -> bytes:
    return render_atom(posts, site, IDENTITY, Templates(Path("/nowhere"), "UTC"))


def tree(*posts: Post, site: Site = SITE) -> Any:
    return etree.fromstring(render(*posts, site=site))


def texts(found: Any, path: str) -> list[str]:
    return [str(node.text) for node in found.findall(path, NAMES)]


def test_the_feed_is_well_formed_atom_in_utf_8() -> None:
    document = render(post(1, title="Été à l’Olympia 音楽"))
    assert document.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert etree.fromstring(document).tag == "{http://www.w3.org/2005/Atom}feed"
    assert "Été à l’Olympia 音楽".encode() in document


def test_the_feed_says_what_it_is() -> None:
    feed = tree(post(1))
    assert texts(feed, "a:id") == [f"{IDENTITY.tag}:feed"]
    assert texts(feed, "a:title") == ["Heavy & Rotation"]
    assert texts(feed, "a:author/a:name") == ["Ann"]
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"


def test_the_generator_is_named_with_its_version() -> None:
    (generator,) = tree(post(1)).findall("a:generator", NAMES)
    assert generator.text == "Heavy Rotation"
    assert re.fullmatch(r"\d+\.\d+.*", generator.get("version"))


def test_self_is_the_address_that_is_served() -> None:
    feed = tree(post(1))
    links = {link.get("rel"): link.get("href") for link in feed.findall("a:link", NAMES)}
    assert links["self"] == "https://rotation.example/tv/atom.xml"
    assert links["alternate"] == "https://rotation.example/tv/"


def test_updated_is_the_newest_entrys_and_never_now() -> None:
    changed = datetime(2020, 5, 4, 3, 2, 1, tzinfo=UTC)
    posts = [post(1, changed_at=changed), post(2, changed_at=changed - timedelta(days=1))]
    feed = tree(*posts)
    assert [datetime.fromisoformat(t) for t in texts(feed, "a:updated")] == [changed]
    assert datetime.fromisoformat(texts(tree(), "a:updated")[0]) < NOW


def test_entries_tell_when_they_were_published_and_changed() -> None:
    (entry,) = tree(post(1, changed_at=NOW)).findall("a:entry", NAMES)
    assert datetime.fromisoformat(texts(entry, "a:published")[0]) == NOW - timedelta(hours=1)
    assert datetime.fromisoformat(texts(entry, "a:updated")[0]) == NOW


def test_an_implausible_date_is_not_published() -> None:
    future = datetime(2099, 1, 1, tzinfo=UTC)
    (entry,) = tree(post(1, published=future)).findall("a:entry", NAMES)
    assert "2099" not in texts(entry, "a:published")[0]


def test_ids_are_unique_and_survive_edits_and_a_change_of_address() -> None:
    posts = [post(n) for n in range(5)]
    moved = SITE.model_copy(update={"url": "https://new.example/"})
    edited = [replace(found, changed_at=NOW, content="<p>new</p>") for found in posts]
    before, after = texts(tree(*posts), ".//a:id"), texts(tree(*edited, site=moved), ".//a:id")
    assert before == after
    entry_ids = texts(tree(*posts), "a:entry/a:id")
    assert len(set(entry_ids)) == 5
    assert all(re.fullmatch(r"tag:[a-z.]+,[0-9-]+:[a-z0-9:-]+", name) for name in entry_ids)


def test_the_same_posts_give_the_same_bytes() -> None:
    assert render(post(1), post(2)) == render(post(1), post(2))


def test_an_entry_has_one_alternate_link_and_it_is_the_source_post() -> None:
    for entry in tree(post(1), post(2)).findall("a:entry", NAMES):
        links = [
            (link.get("rel", "alternate"), link.get("href"))
            for link in entry.findall("a:link", NAMES)
        ]
        assert Counter(rel for rel, _ in links)["alternate"] == 1
        assert links[0][1].startswith("https://blog.example/")


def test_a_post_without_address_links_its_video() -> None:
    (entry,) = tree(post(1, link="")).findall("a:entry", NAMES)
    (link,) = entry.findall("a:link", NAMES)
    assert link.get("href") == "https://www.youtube.com/watch?v=vSw1tCh9Pc0"


def test_an_entry_names_its_source_with_id_title_and_date() -> None:
    (entry,) = tree(post(1)).findall("a:entry", NAMES)
    (source,) = entry.findall("a:source", NAMES)
    assert texts(source, "a:id")[0].startswith(f"{IDENTITY.tag}:source:")
    assert texts(source, "a:title") == ["A Blog"]
    assert datetime.fromisoformat(texts(source, "a:updated")[0]) == post(1).changed_at
    assert [link.get("href") for link in source.findall("a:link", NAMES)] == [
        "https://blog.example/"
    ]


def test_the_thumbnail_and_the_player_stand_directly_in_the_entry() -> None:
    (entry,) = tree(post(1)).findall("a:entry", NAMES)
    (still,) = entry.findall("media:thumbnail", NAMES)
    (player,) = entry.findall("media:player", NAMES)
    assert still.get("url") == "https://i.ytimg.com/vi/vSw1tCh9Pc0/hqdefault.jpg"
    assert player.get("url") == "https://www.youtube.com/watch?v=vSw1tCh9Pc0"
    assert texts(entry, "media:title")
    assert not tree(post(1)).findall(".//media:group", NAMES)


def test_a_drawn_picture_has_an_absolute_address() -> None:
    drawn = SITE.model_copy(update={"pictures": "drawn"})
    (still,) = tree(post(1), site=drawn).findall("a:entry/media:thumbnail", NAMES)
    assert still.get("url").startswith("https://rotation.example/tv/art/")


def test_a_post_without_video_has_no_media() -> None:
    bare = replace(verdict(), videos=())
    (entry,) = tree(post(1, verdict=bare)).findall("a:entry", NAMES)
    assert not entry.findall("media:thumbnail", NAMES) + entry.findall("media:player", NAMES)


def test_categories_are_the_kind_and_the_posts_own_tags_once_each() -> None:
    (entry,) = tree(post(1, tags=("80s", "80s", "\x01", "Premiere"))).findall("a:entry", NAMES)
    terms = [category.get("term") for category in entry.findall("a:category", NAMES)]
    assert terms == ["Premiere", "80s"]


def test_every_entry_has_an_author_whoever_wrote_it() -> None:
    feed = tree(post(1), post(2, author=""), post(3, author="\x02", source=""))
    assert texts(feed, "a:entry/a:author/a:name") == ["Bob", "A Blog", "Unknown"]


def test_the_content_is_html_and_says_what_the_video_is() -> None:
    (entry,) = tree(post(1)).findall("a:entry", NAMES)
    (content,) = entry.findall("a:content", NAMES)
    assert content.get("type") == "html"
    for words in ("Switchyard", "Paper Comet", "Ines Vale", "Some words of it."):
        assert words in content.text


def test_the_feed_holds_at_most_a_hundred_entries_in_the_order_given() -> None:
    feed = tree(*(post(n) for n in range(FEED_LIMIT + 5)))
    titles = texts(feed, "a:entry/a:title")
    assert titles == [f"Title {n}" for n in range(100)]


@pytest.mark.parametrize("words", [*HOSTILE, "\x00", "\ufffe", "\ud800", "]]>", ""])
def test_no_foreign_words_break_the_feed(words: str) -> None:
    work = Work(words, words, (words,))
    video = Video("vimeo", words, "https://vimeo.com/1", VideoKind.OFFICIAL, words, words)
    made = replace(verdict(), works=(work,), videos=(video,), kind=Kind.LIVE)
    hostile = post(
        1, title=words, link=words, author=words, tags=(words,), source=words, source_link=words,
        content=words, verdict=made,
    )  # fmt: skip
    feed = tree(hostile, post(2))
    assert len(feed.findall("a:entry", NAMES)) == 2
    assert all(texts(entry, "a:title")[0].strip() for entry in feed.findall("a:entry", NAMES))
    for content in texts(feed, "a:entry/a:content"):
        elements = list(html.fragment_fromstring(content, create_parent="div").iter())
        assert {element.tag for element in elements} <= HARMLESS
        assert {name for element in elements for name in element.attrib} <= {
            "href",
            "src",
            "alt",
            "lang",
            "dir",
        }


def test_a_post_that_says_nothing_at_all_is_an_entry_all_the_same() -> None:
    bare = replace(verdict(), works=(), videos=(), kind=None)
    feed = tree(post(1, title="", link="", tags=(), source="", content="", verdict=bare))
    assert texts(feed, "a:entry/a:title") == ["Untitled, from a blog"]


def test_the_address_of_a_feed_is_never_published() -> None:
    assert b"s3cret" not in render(post(1))
    assert b"blog.example/feed" not in render(post(1))


def test_a_reader_reads_back_the_same_ids_titles_links_and_dates() -> None:
    posts = [post(1, title="A < B & “C”"), post(2, title="<b>bold</b>"), post(3, title="&amp;")]
    read = feedparser.parse(io.BytesIO(render(*posts)))
    assert not read.bozo
    assert read.version == "atom10"
    for found, said in zip(read.entries, posts, strict=True):
        assert found.id == IDENTITY.entry_id(said)
        assert found.link == said.entry.link
        assert datetime(*found.published_parsed[:6], tzinfo=UTC) == said.entry.published
        assert datetime(*found.updated_parsed[:6], tzinfo=UTC) == said.changed_at
        assert found.title_detail.type == "text/plain"
    titles = [etree_title.text for etree_title in tree(*posts).findall("a:entry/a:title", NAMES)]
    assert titles == [said.entry.title for said in posts]
