"""The story on the demo's web over real HTTP: poll, judge, store, publish."""

import asyncio
import hashlib
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from aggregator.config import load_settings
from aggregator.demo.server import DemoServer
from aggregator.errors import ConfigError, NothingToDo
from aggregator.models import Entry, Kind, Policy, Post, Subscription, Verdict, VideoKind
from aggregator.pipeline import build_digest, publish, refresh
from aggregator.settings import Settings
from aggregator.store.store import Store
from aggregator.videos.verdict.judge import Judge
from aggregator.visits import FeedOutcome, Tools, due
from aggregator.web.client import WebClient, WebSettings
from tests.small_web import Page, SmallWeb, item, rss
from tests.stored import entry, judged, open_store, record, verdict

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
LEAST_PRECISION = 0.8
LEAST_RECALL = 0.8
UNREADABLE = {"half-a-cable", "lantern-club", "lost-and-found", "last-broadcast"}


@dataclass
class Round:
    """Polls feeds as the doors do, and notes what was judged."""

    store: Store
    now: datetime = NOW
    judged: list[Entry] = field(default_factory=list)

    def poll(self, urls: Sequence[str], due_at: datetime | None = None) -> dict[str, FeedOutcome]:
        return asyncio.run(self._poll([Subscription(url) for url in urls], due_at))

    async def _poll(
        self, feeds: Sequence[Subscription], due_at: datetime | None
    ) -> dict[str, FeedOutcome]:
        settings = WebSettings("test", allow_networks=("127.0.0.0/8",), deadline=10, host_pause=0)
        async with WebClient(settings) as web:
            tools = Tools(self.store, web, lambda: self._judge, lambda: self.now)
            self.store.subscribe(feeds)
            asked = due(self.store, feeds, due_at) if due_at else feeds
            return {outcome.url: outcome async for outcome in refresh(tools, asked)}

    def _judge(self, said: Entry) -> Verdict:
        self.judged.append(said)
        return JUDGE.judge(said)


JUDGE = Judge(Policy())


def is_about(when: datetime | None, then: datetime) -> bool:
    """Whether a time is another but for the spread of a tenth."""
    return when is not None and abs(when - then) <= (then - NOW) / 10


def settings_of(folder: Path, text: str = "") -> Settings:
    """Settings whose output lies in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "feeds.yaml"
    path.write_text(text, "utf-8")
    return load_settings(path)


def published(folder: Path) -> dict[str, tuple[str, int]]:
    """Hash and time of change by path."""
    return {
        path.relative_to(folder).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in folder.rglob("*")
        if path.is_file()
    }


def what_is_known(store: Store, numbers: Sequence[str]) -> dict[tuple[str, str], Any]:
    """Everything stored, but for the numbers, which tell the order of reading."""
    posts = [post for number in numbers for post in store.posts(number)]
    return {
        (post.entry.feed, post.entry.id): (post.uid, post.entry, post.content, post.verdict)
        for post in posts
    }


@dataclass(frozen=True)
class Demo:
    """The demo's web polled twice, the second time an hour later."""

    server: DemoServer
    store: Store
    folder: Path
    first: dict[str, FeedOutcome]
    second: dict[str, FeedOutcome]
    judged: tuple[list[Entry], list[Entry]]
    posts: list[Post]

    def of(self, name: str) -> list[Post]:
        return [post for post in self.posts if post.entry.feed == self.server.url_of(name)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    with DemoServer(NOW) as server, open_store(folder) as store:
        urls = [server.url_of(feed.name) for feed in server.feeds]
        one, two = Round(store), Round(store, NOW + timedelta(hours=1))
        first, second = one.poll(urls), two.poll(urls)
        entries = store.counts()["entries"]
        posts = [post for number in range(1, entries + 1) for post in store.posts(str(number))]
        yield Demo(server, store, folder, first, second, (one.judged, two.judged), posts)


def test_every_post_of_every_readable_document_is_stored_with_reasons(demo: Demo) -> None:
    for feed in demo.server.feeds:
        outcome = demo.first[demo.server.url_of(feed.name)]
        assert (outcome.outcome == "failed") == (feed.name in UNREADABLE), outcome
        assert len(demo.of(feed.name)) == outcome.entries == outcome.new
    dropped = [post for post in demo.posts if not post.verdict.keep]
    assert len(demo.posts) == len(truth()) == 166
    assert len(dropped) > 60
    assert all(post.verdict.reasons for post in demo.posts)


def test_outcomes_count_what_is_kept(demo: Demo) -> None:
    for url, outcome in demo.first.items():
        kept = [post for post in demo.posts if post.entry.feed == url and post.verdict.keep]
        assert outcome.kept == len(kept)


def test_failures_say_why_and_when_they_are_tried_again(demo: Demo) -> None:
    reasons = {"half-a-cable": "gzip", "lantern-club": "web page", "lost-and-found": "404"}
    for name, words in reasons.items():
        outcome = demo.first[demo.server.url_of(name)]
        assert words in outcome.error
        assert is_about(outcome.next_poll, NOW + timedelta(minutes=5))
    gone = demo.first[demo.server.url_of("last-broadcast")]
    assert (gone.status, gone.health) == (410, "gone")
    assert is_about(gone.next_poll, NOW + timedelta(days=30))


def test_a_second_poll_brings_and_judges_nothing(demo: Demo) -> None:
    readable = [o for o in demo.second.values() if o.outcome != "failed"]
    assert {outcome.outcome for outcome in readable} == {"unchanged"}
    assert demo.judged[1] == []
    assert len(demo.judged[0]) == len(demo.posts)


def test_a_server_that_offers_304_is_asked_conditionally(demo: Demo) -> None:
    polite = {"etag", "last-modified", "unchanged"}
    for feed in demo.server.feeds:
        if feed.name not in UNREADABLE:
            status = demo.second[demo.server.url_of(feed.name)].status
            assert status == (304 if feed.behaviour in polite else 200), feed.name


def test_the_order_of_feeds_does_not_change_what_is_stored(demo: Demo, tmp_path: Path) -> None:
    names = ("szum", "static-bloom", "lantern-club", "kijkbuis", "marrow-tv")
    urls = [demo.server.url_of(name) for name in names]
    stores = []
    for number, order in enumerate((urls, urls[::-1])):
        with open_store(tmp_path, name=f"{number}.db") as store:
            Round(store).poll(order)
            count = store.counts()["entries"]
            stores.append(what_is_known(store, [str(n + 1) for n in range(count)]))
    assert stores[0] == stores[1]
    assert len(stores[0]) > 20


def test_entries_are_numbered_oldest_first(demo: Demo) -> None:
    posts = demo.of("cathode-parade")
    assert [post.entry.published for post in posts] == sorted(
        post.entry.published for post in posts if post.entry.published
    )


def test_publishing_twice_gives_the_same_bytes_and_times(demo: Demo, tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    written = publish(demo.store, settings)
    before = published(settings.output_folder)
    assert {"atom.xml", "index.html", "style.css"} <= set(written) == set(before)
    assert publish(demo.store, settings) == []
    assert published(settings.output_folder) == before


def test_the_same_store_gives_the_same_bytes_anywhere(demo: Demo, tmp_path: Path) -> None:
    folders = [settings_of(tmp_path / name) for name in ("one", "two")]
    for settings in folders:
        publish(demo.store, settings)
    hashes = [
        {name: found[0] for name, found in published(settings.output_folder).items()}
        for settings in folders
    ]
    assert hashes[0] == hashes[1]


def test_an_issue_named_is_the_issue_published(demo: Demo, tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    made = build_digest(demo.store, settings, "2026-W47")
    digest = {f"digest/2026-W47.{ending}" for ending in ("html", "txt", "eml")}
    assert set(made.files) == digest
    assert made.posts == sum(len(section.posts) for section in made.issue.sections) > 10
    before = published(settings.output_folder)
    assert made.files == build_digest(demo.store, settings).files
    publish(demo.store, settings)
    after = published(settings.output_folder)
    assert {name: after[name] for name in before} == before


def test_a_week_without_posts_makes_no_issue(demo: Demo, tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    with pytest.raises(NothingToDo, match="2026-W02"):
        build_digest(demo.store, settings, "2026-W02")
    with pytest.raises(ConfigError, match="is no week"):
        build_digest(demo.store, settings, "last week")
    assert not settings.output_folder.exists()


def test_old_posts_read_for_the_first_time_make_a_feed_but_no_empty_issue(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    with open_store(tmp_path) as store:
        old = entry("1", "Long ago")
        old = Entry(old.id, old.title, published=NOW - timedelta(days=400), feed=old.feed)
        record(store, [judged(old)])
        written = publish(store, settings)
    assert "atom.xml" in written
    assert not [name for name in written if name.startswith("digest/")]
    assert "digest/" not in (settings.output_folder / "index.html").read_text("utf-8")


def test_nothing_is_published_while_nothing_is_kept(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    with open_store(tmp_path) as store:
        record(store, [judged(entry("1"), verdict(0.1))])
        with pytest.raises(NothingToDo, match="no kept post"):
            publish(store, settings)
    assert not settings.output_folder.exists()


@pytest.mark.slow
def test_every_picture_that_a_page_shows_is_published(demo: Demo, tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "site: {pictures: drawn}\n")
    publish(demo.store, settings)
    atom = (settings.output_folder / "atom.xml").read_text("utf-8")
    shown = [story for story in demo.store.stories.newest() if story.videos]
    pictures = {f"art/{story.uid}.jpg" for story in shown}
    assert len(pictures) > 20
    for name in pictures:
        assert f"{settings.site.url}{name}" in atom
        assert (settings.output_folder / name).read_bytes().startswith(b"\xff\xd8")


def test_a_feed_that_fails_never_stops_the_others_and_recovers(tmp_path: Path) -> None:
    with SmallWeb({"/good": Page(rss(item(1))), "/bad": Page(b"", 500)}) as web:
        good, bad = web.url("/good"), web.url("/bad")
        with open_store(tmp_path) as store:
            first = Round(store).poll([bad, good])
            assert (first[bad].status, first[good].new) == (500, 1)
            assert store.states([bad])[0].failures == 1
            web.pages["/bad"] = Page(rss(item(2)))
            second = Round(store).poll([bad, good])
            assert (second[bad].outcome, second[good].outcome) == ("updated", "unchanged")
            assert store.states([bad])[0].failures == 0


def test_an_edited_post_is_judged_again_and_keeps_its_number(tmp_path: Path) -> None:
    with SmallWeb({"/f": Page(rss(item(1), item(2)))}) as web, open_store(tmp_path) as store:
        Round(store).poll([web.url("/f")])
        web.pages["/f"] = Page(rss(item(1), item(2, words="Updated: a better clip.")))
        again = Round(store, NOW + timedelta(days=1))
        outcome = again.poll([web.url("/f")])[web.url("/f")]
        assert (outcome.entries, outcome.new) == (2, 0)
        assert [said.id for said in again.judged] == ["https://blog.example/2"]
        (edited,) = store.posts("https://blog.example/2")
        assert "a better clip" in edited.content
        assert (edited.first_seen, edited.changed_at) == (NOW, NOW + timedelta(days=1))


def test_posts_that_leave_the_feed_stay_in_the_store(tmp_path: Path) -> None:
    with SmallWeb({"/f": Page(rss(item(1)))}) as web, open_store(tmp_path) as store:
        Round(store).poll([web.url("/f")])
        web.pages["/f"] = Page(rss(item(2)))
        Round(store).poll([web.url("/f")])
        assert store.counts()["entries"] == 2


def test_undated_posts_come_in_the_order_of_their_document(tmp_path: Path) -> None:
    bare = [
        item(n).replace("<pubDate>Mon, 16 Nov 2026 10:00:00 +0000</pubDate>", "") for n in (3, 2, 1)
    ]
    with SmallWeb({"/f": Page(rss(*bare))}) as web, open_store(tmp_path) as store:
        Round(store).poll([web.url("/f")])
        assert [post.entry.link[-1] for post in store.kept()] == ["3", "2", "1"]


def test_only_what_is_due_is_polled(tmp_path: Path) -> None:
    pages = {"/a": Page(rss(item(1))), "/b": Page(rss(item(2)))}
    with SmallWeb(pages) as web, open_store(tmp_path) as store:
        feeds = [Subscription(web.url("/a")), Subscription(web.url("/b"))]
        store.subscribe(feeds)
        assert due(store, feeds, NOW) == feeds
        Round(store).poll([feeds[0].url])
        assert due(store, feeds, NOW) == feeds[1:]
        assert list(Round(store).poll([f.url for f in feeds], due_at=NOW)) == [feeds[1].url]
        tomorrow = NOW + timedelta(days=2)
        assert due(store, feeds, tomorrow) == feeds


def test_what_the_editor_says_of_a_feed_reaches_judge_and_store(tmp_path: Path) -> None:
    with SmallWeb({"/f": Page(rss(item(1)))}) as web, open_store(tmp_path) as store:
        again = Round(store)
        asyncio.run(again._poll([Subscription(web.url("/f"), "My name", "nl")], None))
        assert (again.judged[0].feed_title, again.judged[0].language) == ("My name", "nl")
        assert store.kept()[0].source == "My name"


def test_a_secret_in_a_feeds_address_is_never_published(tmp_path: Path) -> None:
    links = (
        '<a href="#top">top</a> <a href="?page=2">more</a> <a href="">self</a> <img src="x.png">'
    )
    document = (
        '<rss version="2.0"><channel><title/><description>d</description>'
        + item(1, words=links).replace("<link>https://blog.example/1</link>", "")
        + "</channel></rss>"
    )
    settings = settings_of(tmp_path)
    path = "/path-s3cret/feed?token=query-s3cret"
    with SmallWeb({path: Page(document.encode())}) as web, open_store(tmp_path) as store:
        Round(store).poll([web.url(path)])
        assert len(store.kept()) == 1
        publish(store, settings)
        build_digest(store, settings)
        assert "s3cret" not in store.kept()[0].content
    for file in settings.output_folder.rglob("*"):
        assert file.is_dir() or b"s3cret" not in file.read_bytes(), file


def truth() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads(
        (files("aggregator.demo") / "truth.toml").read_text("utf-8")
    )["post"]
    return rows


def row_of(post: Post, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    same = [row for row in rows if row.get("id") == post.entry.id]
    named = [row for row in same or rows if row.get("title") == post.entry.title]
    (found,) = named or same
    return found


def test_the_demo_is_judged_as_a_careful_reader_would(demo: Demo) -> None:
    right = kept = wanted = 0
    for feed in demo.server.feeds:
        rows = [row for row in truth() if row["feed"] == feed.name]
        for post in demo.of(feed.name):
            label = row_of(post, rows)["label"]
            wanted += label == "keep"
            kept += post.verdict.keep and label != "unclear"
            right += post.verdict.keep and label == "keep"
    precision, recall = right / kept, right / wanted
    assert precision >= LEAST_PRECISION, f"{precision=:.3f} {recall=:.3f}"
    assert recall >= LEAST_RECALL, f"{precision=:.3f} {recall=:.3f}"


def test_the_model_post_is_kept_with_its_work_and_both_videos(demo: Demo) -> None:
    (post,) = [post for post in demo.posts if post.entry.title == "Nine Inch Nails’ “Closer”"]
    made = post.verdict
    assert made.keep
    assert made.kind in (Kind.RETROSPECTIVE, Kind.MAKING_OF)
    (work,) = made.works
    assert (work.artist, work.song) == ("Nine Inch Nails", "Closer")
    assert work.directors == ("Mark Romanek",)
    assert {(video.provider, video.kind) for video in made.videos} == {
        ("vimeo", VideoKind.MAKING_OF),
        ("youtube", VideoKind.OFFICIAL),
    }
