"""The heartbeat: it polls what is due, publishes what came of it, and outlives errors."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.config import load_settings
from aggregator.models import Policy
from aggregator.schedule import TICK_SECONDS, Heartbeat
from aggregator.settings import Settings
from aggregator.store.store import Store
from aggregator.videos.verdict.judge import Judge
from aggregator.visits import Tools
from aggregator.web.client import WebClient, WebSettings
from tests.small_web import Page, SmallWeb, item, rss
from tests.stored import NOW, open_store

pytestmark = pytest.mark.slow

CLIENT = WebSettings("test", allow_networks=("127.0.0.0/8",), deadline=10, host_pause=0)


class Place:
    """A web of one feed, a store, settings, and a clock that is set by hand."""

    def __init__(self, folder: Path, web: SmallWeb, store: Store) -> None:
        self.web, self.store, self.folder, self.now = web, store, folder, NOW

    @property
    def settings(self) -> Settings:
        path = self.folder / "feeds.yaml"
        path.write_text(f"- {self.web.url('/feed')}\n", "utf-8")
        return load_settings(path)

    def tools(self, client: WebClient) -> Tools:
        return Tools(self.store, client, lambda: Judge(Policy()).judge, lambda: self.now)

    @property
    def atom(self) -> Path:
        return self.folder / "output" / "atom.xml"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with SmallWeb({"/feed": Page(rss(item(1)))}) as web, open_store(tmp_path) as store:
        yield Place(tmp_path, web, store)


async def test_a_beat_polls_what_is_due_and_publishes_it(place: Place) -> None:
    async with WebClient(CLIENT) as client:
        heart = Heartbeat(place.tools(client), place.settings)
        assert await heart.beat() == 1
        assert "Song 1" in place.atom.read_text("utf-8")
        assert await heart.beat() == 0
        place.web.pages["/feed"] = Page(rss(item(2), item(1)))
        place.now += timedelta(days=2)
        assert await heart.beat() == 1
        assert "Song 2" in place.atom.read_text("utf-8")


async def test_an_error_is_logged_and_the_next_beat_works(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    templates = place.folder / "templates" / "site"
    templates.mkdir(parents=True)
    (templates / "index.html").write_text("{% broken", "utf-8")
    async with WebClient(CLIENT) as client:
        heart = Heartbeat(place.tools(client), place.settings)
        assert await heart.beat() == 1
        (problem,) = [r for r in caplog.records if r.levelno == logging.ERROR]
        assert "index.html" in problem.getMessage()
        assert not place.atom.exists()
        (templates / "index.html").unlink()
        assert await heart.beat() == 0
        assert "Song 1" in place.atom.read_text("utf-8")


async def test_what_a_stopped_program_left_unpublished_is_published_at_the_first_beat(
    place: Place,
) -> None:
    async with WebClient(CLIENT) as client:
        await Heartbeat(place.tools(client), place.settings).beat()
        place.atom.unlink()
        assert await Heartbeat(place.tools(client), place.settings).beat() == 0
        assert place.atom.exists()


async def test_a_feed_that_fails_for_the_third_time_is_a_warning_with_its_address(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.web.pages.clear()
    async with WebClient(CLIENT) as client:
        for _ in range(3):
            assert await Heartbeat(place.tools(client), place.settings).beat() == 1
            place.now += timedelta(hours=1)
    warnings = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert [place.web.url("/feed") in words and "404" in words for words in warnings] == [True]
    assert not [r for r in caplog.records if r.levelno == logging.ERROR]


async def test_it_beats_at_once_then_every_minute_and_never_twice_at_a_time(place: Place) -> None:
    async with WebClient(CLIENT) as client:
        with Heartbeat(place.tools(client), place.settings) as heart:
            (job,) = heart._scheduler.get_jobs()
    assert job.next_run_time == NOW
    assert job.trigger.interval == timedelta(seconds=TICK_SECONDS)
    assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, None)


async def test_it_beats_of_itself_while_its_context_is_open(place: Place) -> None:
    async with WebClient(CLIENT) as client:
        with Heartbeat(place.tools(client), place.settings):
            for _ in range(1000):
                if place.atom.exists():
                    break
                await asyncio.sleep(0.01)
    assert place.atom.exists()
