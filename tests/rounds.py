"""Polling as the doors do it, with a clock that is set by hand and a judge that keeps all."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aggregator.models import FeedState, Subscription
from aggregator.pipeline import refresh
from aggregator.store.store import Store
from aggregator.visits import FeedOutcome, Tools, due
from aggregator.web.client import WebClient, WebSettings
from tests.stored import NOW, verdict

LOOPBACK = WebSettings("test", allow_networks=("127.0.0.0/8",), deadline=10, host_pause=0)


@dataclass
class Rounds:
    """Polls the feeds of a store; every poll is a process of its own as far as it remembers."""

    store: Store
    now: datetime = NOW

    def poll(self, *urls: str, later: timedelta = timedelta(), **more: Any) -> FeedOutcome:
        """Poll feeds, due or not; gives what became of the first."""
        self.now += later
        outcomes = asyncio.run(self._poll([Subscription(url, **more) for url in urls]))
        return outcomes[urls[0]]

    def poll_due(self, *urls: str, later: timedelta = timedelta()) -> dict[str, FeedOutcome]:
        """Poll those that are due."""
        self.now += later
        feeds = [Subscription(url) for url in urls]
        self.store.subscribe(feeds)
        return asyncio.run(self._poll(due(self.store, feeds, self.now)))

    def state(self, url: str) -> FeedState:
        """What is remembered of a feed."""
        [state] = self.store.states([url])
        return state

    def wait(self, url: str) -> timedelta:
        """Until the feed is due."""
        when = self.state(url).next_poll
        assert when is not None
        return when - self.now

    async def _poll(self, feeds: Iterable[Subscription]) -> dict[str, FeedOutcome]:
        feeds = [*feeds]
        self.store.subscribe(feeds)
        async with WebClient(LOOPBACK) as web:
            tools = Tools(self.store, web, lambda: lambda _: verdict(), lambda: self.now)
            return {outcome.url: outcome async for outcome in refresh(tools, feeds)}
