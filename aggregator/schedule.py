"""The heartbeat: APScheduler ticks, the store knows what is due, so a restart loses nothing."""

import logging
from datetime import datetime
from typing import Self

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from aggregator.errors import AggregatorError
from aggregator.pipeline import Tools, publish, refresh
from aggregator.settings import Settings

TICK_SECONDS = 60
_log = logging.getLogger(__name__)


class Heartbeat:
    """Polls what is due every minute and publishes what came of it; a context manager.

    Args:
        tools: the real objects.
        settings: the feeds, and what is published.
    """

    def __init__(self, tools: Tools, settings: Settings) -> None:
        self._tools, self._settings = tools, settings
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
        """Poll what is due and publish where a poll brought something.

        Returns:
            How many feeds were polled. An error is logged; the next beat tries again.
        """
        try:
            return await self._work(self._tools.clock())
        except AggregatorError as error:
            _log.error("%s", error)
            return 0

    async def _work(self, now: datetime) -> int:
        outcomes = [
            outcome
            async for outcome in refresh(self._tools, self._settings.subscriptions, due_at=now)
        ]
        for outcome in outcomes:
            if outcome.error:
                _log.warning("%s", outcome.error)
        if any(outcome.outcome == "updated" for outcome in outcomes):
            publish(self._tools.store, self._settings)
        return len(outcomes)
