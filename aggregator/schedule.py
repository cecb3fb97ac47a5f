"""The heartbeat: APScheduler ticks, the store knows what is due, so a restart loses nothing."""

import logging
from typing import Self

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from aggregator import joining, watching
from aggregator.errors import AggregatorError, NothingToDo
from aggregator.pipeline import publish, refresh
from aggregator.settings import Settings
from aggregator.story import VideoStatus
from aggregator.visits import Tools, due

TICK_SECONDS = 60
_log = logging.getLogger(__name__)


class Heartbeat:
    """Polls what is due every minute and publishes what came of it; a context manager.

    Args:
        tools: the real objects.
        settings: the feeds, and what is published.
    """

    def __init__(self, tools: Tools, settings: Settings) -> None:
        tools.store.subscribe(settings.subscriptions)
        self._tools, self._settings = tools, settings
        self._stale = True
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            # A beat that was missed while another was under way is caught up once, not
            # dropped after APScheduler's default grace of one second.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def __enter__(self) -> Self:
        now = self._tools.clock()
        self._scheduler.add_job(self.beat, "interval", seconds=TICK_SECONDS, next_run_time=now)
        self._scheduler.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._scheduler.shutdown(wait=False)

    async def beat(self) -> int:
        """Poll what is due, and publish unless everything known is published.

        Returns:
            How many feeds were polled. An error is logged; the next beat tries again.
        """
        polled = 0
        try:
            feeds = due(self._tools.store, self._settings.subscriptions, self._tools.clock())
            async for outcome in refresh(self._tools, feeds):
                polled += outcome.outcome != "postponed"
                self._stale = self._stale or outcome.outcome == "updated"
                if outcome.error:
                    grave = outcome.health != "retrying"
                    level = logging.WARNING if grave else logging.INFO
                    _log.log(level, "%s: %s: %s", outcome.url, outcome.health, outcome.error)
            if self._settings.videos.ask_providers:
                await self._watch()
            if self._stale and self._settings.site.pictures == "ours":
                await self._picture()
            if self._stale:
                publish(self._tools.store, self._settings)
                self._stale = False
        except NothingToDo as nothing:
            _log.info("%s", nothing)
        except (AggregatorError, OSError) as error:
            _log.error("%s", error)
        return polled

    async def _watch(self) -> None:
        """Ask providers for a few videos that are due; one that died is published so."""
        store, clock = self._tools.store, self._tools.clock
        videos = watching.wanted(store, clock(), self._settings.videos.per_run)
        async for known in watching.check(watching.Watch(store, self._tools.web, clock), videos):
            self._stale = self._stale or known.status is VideoStatus.GONE

    async def _picture(self) -> None:
        """Fetch the stills that the newest stories show."""
        store = self._tools.store
        told = joining.stories(store, store.stories.newest(limit=self._settings.videos.per_run))
        await watching.picture(watching.Watch(store, self._tools.web, self._tools.clock), told)
