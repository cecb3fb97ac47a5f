"""Polling: which feeds are due, and what becomes of each, from the answer to what is stored.

::

    due -> plan (host by host) -> fetch -> settle (parse, compare, judge) -> store
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from urllib.parse import urljoin, urlsplit

from aggregator.errors import FeedError, FetchError, HostRests
from aggregator.feeds import polling
from aggregator.feeds.changes import Change, find_changes, same_feed
from aggregator.feeds.clean import clean_html
from aggregator.feeds.parse import parse_feed
from aggregator.feeds.rhythm import recent_posts, spread_of
from aggregator.models import (
    Entry,
    FeedState,
    HostState,
    JudgedEntry,
    ParsedFeed,
    PollRecord,
    Problem,
    Subscription,
    Verdict,
    Wishes,
)
from aggregator.store.store import Store
from aggregator.web.client import Download, Request, WebClient, host_of, own_pause

_PAGE = 500  # feeds whose state is read at once
_BREATH = 10  # entries judged before others get their turn


@dataclass(frozen=True, slots=True)
class Tools:
    """The real objects that a door hands to `aggregator.pipeline.refresh`.

    Args:
        store: what is known.
        web: the guarded client.
        judge: gives what gives verdicts of the entries of one document.
        clock: tells the time, aware and in UTC.
    """

    store: Store
    web: WebClient
    judge: Callable[[], Callable[[Entry], Verdict]]
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class FeedOutcome:
    """What became of one feed's poll.

    Args:
        url: the subscription's address.
        outcome: ``updated``, ``unchanged``, ``failed``, or ``postponed`` when nothing was sent
            because the host wants to be left alone.
        status: the HTTP status, None when no answer came.
        entries: entries in the document, new and old.
        new: entries read for the first time.
        kept: how many of the new and changed ones are kept.
        problems: oddities of the document.
        error: what went wrong, empty when nothing did.
        health: how the feed is, see `aggregator.feeds.polling.health`.
        next_poll: when it is due again.
        next_reason: why then.
    """

    url: str
    outcome: str
    status: int | None
    entries: int = 0
    new: int = 0
    kept: int = 0
    problems: tuple[Problem, ...] = ()
    error: str = ""
    health: str = "ok"
    next_poll: datetime | None = None
    next_reason: str = ""


Settled = tuple[PollRecord, FeedOutcome]


def due(store: Store, subscriptions: Sequence[Subscription], now: datetime) -> list[Subscription]:
    """Those of the subscriptions that are due, the ones never polled included."""
    urls = store.due(now)
    return [feed for feed in subscriptions if feed.url in urls]


async def poll(
    tools: Tools, subscriptions: Sequence[Subscription]
) -> AsyncGenerator[FeedOutcome, None]:
    """Poll feeds, judge what is new and store it.

    Args:
        tools: the real objects.
        subscriptions: the feeds to poll, known to the store (`Store.subscribe`).

    Yields:
        One outcome a feed, as they come and once they are stored; a feed that fails never
        stops the rest.
    """
    plan = Plan(tools, subscriptions)
    async with aclosing(tools.web.get_all(plan.groups())) as batches:
        async for answers in batches:
            settled = plan.postponed()
            for request, answer in answers:
                settled.append(await settle(tools, plan.visit(request), answer))
            tools.store.keep([record for record, _ in settled])
            for _, outcome in settled:
                yield outcome
    postponed = plan.postponed()
    tools.store.keep([record for record, _ in postponed])
    for _, outcome in postponed:
        yield outcome


@dataclass(frozen=True, slots=True)
class Visit:
    """One poll: whose, what was known before, and of its host."""

    feed: Subscription
    state: FeedState
    host: HostState | None


class Plan:
    """Which feeds are visited, host by host, and which have to wait.

    Args:
        tools: the real objects.
        feeds: the feeds to visit, known to the store.
    """

    def __init__(self, tools: Tools, feeds: Sequence[Subscription]) -> None:
        self._tools, self._feeds = tools, feeds
        self._under_way: dict[str, Visit] = {}
        self._postponed: list[Settled] = []

    def groups(self) -> Iterator[Sequence[Request]]:
        """Requests to one host each; states are read page by page, as there is room."""
        hosts = self._tools.store.hosts()
        ordered = sorted(self._feeds, key=_polled_at)
        for start in range(0, len(ordered), _PAGE):
            page = {feed.url: feed for feed in ordered[start : start + _PAGE]}
            states = self._tools.store.states([*page])
            for name, group in groupby(states, key=lambda state: _polled_at(page[state.url])):
                host = hosts.get(name)
                visits = [Visit(page[state.url], state, host) for state in group]
                yield [request for visit in visits for request in self._requests(visit)]

    def visit(self, request: Request) -> Visit:
        """The visit that a request was made for."""
        return self._under_way.pop(request.key)

    def postponed(self) -> list[Settled]:
        """The feeds that have to wait because their hosts rest, each only once."""
        found, self._postponed = self._postponed, []
        return found

    def _requests(self, visit: Visit) -> Iterator[Request]:
        state, now = visit.state, self._tools.clock()
        if visit.host is not None and polling.rests(visit.host, now):
            self._postponed.append(_wait(visit, visit.host, now))
            return
        self._under_way[state.url] = visit
        address = visit.feed.secret_address or state.address or state.url
        yield Request(address, polling.conditions(state, visit.host, now), state.url)


async def settle(tools: Tools, visit: Visit, answer: Download | FetchError) -> Settled:
    """Make of an answer what is to be stored, and the outcome to tell."""
    now = tools.clock()
    _remember_host(tools, visit, answer, now)
    try:
        if isinstance(answer, HostRests):
            return _rested(visit, answer, now)
        if isinstance(answer, FetchError):
            raise answer
        body_hash = hashlib.sha256(answer.body).hexdigest()
        if answer.status == 304 or body_hash == visit.state.body_hash:
            return _unchanged(visit, answer, now)
        return await _updated(tools, visit, answer, body_hash, now)
    except FeedError as error:
        return _failed(visit, error, now)


def _remember_host(
    tools: Tools, visit: Visit, answer: Download | FetchError, now: datetime
) -> None:
    if isinstance(answer, FetchError) and (host := polling.resting(answer, now)):
        tools.store.remember_host(host)
    elif not isinstance(answer, HostRests):
        name = _polled_at(visit.feed)
        if pause := own_pause(name):
            until, why = now + timedelta(seconds=pause), f"it takes one request in {pause:.0f} s"
            tools.store.remember_host(HostState(name, until, why))


def _rested(visit: Visit, answer: HostRests, now: datetime) -> Settled:
    until = now + timedelta(seconds=answer.retry_after or 0.0)
    name = answer.resting_host or _polled_at(visit.feed)
    return _wait(visit, HostState(name, until, f"it answered {answer.status}"), now)


def _wait(visit: Visit, host: HostState, now: datetime) -> Settled:
    after = polling.postponed(visit.state, host, now, spread_of(visit.state.url, now))
    return PollRecord(after, now), _outcome(after, "postponed", None, now)


def _failed(visit: Visit, error: FeedError, now: datetime) -> Settled:
    after = polling.after_failure(visit.state, error, now, spread_of(visit.state.url, now))
    if secret := visit.feed.secret_address:
        after = replace(after, error=after.error.replace(secret, visit.feed.url))
    status = error.status if isinstance(error, FetchError) else 200
    return PollRecord(after, now), _outcome(after, "failed", status, now, error=after.error)


def _unchanged(visit: Visit, answer: Download, now: datetime) -> Settled:
    state = visit.state
    said = answer.hints.max_age
    poll = polling.Poll(
        unchanged=True,
        etag=answer.etag or state.etag,
        last_modified=answer.last_modified or state.last_modified,
        body_hash=state.body_hash,
        moved_to=_moved(visit.feed, answer),
        # A 304 updates the headers that it has (RFC 9111, 3.2); the document's wishes stay.
        wishes=state.wishes if said is None else replace(state.wishes, max_age=said),
        recent=state.recent,
    )
    after = polling.after_success(state, poll, now, spread_of(state.url, now))
    return PollRecord(after, now), _outcome(after, "unchanged", answer.status, now)


async def _updated(
    tools: Tools, visit: Visit, answer: Download, body_hash: str, now: datetime
) -> Settled:
    feed, state = visit.feed, visit.state
    parsed = parse_feed(answer.body, url=answer.final_url, content_type=answer.content_type)
    # By this name it is judged and stored, so that it is judged the same from the store.
    named = replace(parsed.feed, title=feed.title or parsed.feed.title or _host(feed.url))
    parsed = replace(parsed, feed=named)
    known = tools.store.known_entries(feed.url) if state.body_hash else []
    changes = list(find_changes(parsed.entries, known))
    if polling.lied(state, answer.etag, answer.last_modified, news=bool(changes)):
        until = now + polling.DISTRUST_LASTS
        tools.store.remember_host(HostState(_polled_at(feed), distrusted_until=until))
    is_same = same_feed(parsed.entries, known)
    # Documents begin with the newest; numbers and first-seen order begin with the oldest.
    judged = [item async for item in _judged(tools, feed, parsed, changes[::-1])]
    poll = polling.Poll(
        unchanged=False,
        etag=answer.etag,
        last_modified=answer.last_modified,
        body_hash=body_hash,
        moved_to=_moved(feed, answer) if is_same else "",
        wishes=_wishes(parsed, answer),
        recent=recent_posts([e.published for e in parsed.entries if e.published], now),
    )
    problems = (*_of_the_way(feed, answer, is_same), *parsed.problems)
    after = polling.after_success(state, poll, now, spread_of(state.url, now))
    outcome = replace(
        _outcome(after, "updated", answer.status, now),
        entries=len(parsed.entries),
        new=sum(not item.known_as for item in judged),
        kept=sum(item.verdict.keep for item in judged),
        problems=problems,
    )
    return PollRecord(after, now, parsed.feed, problems, tuple(judged)), outcome


async def _judged(
    tools: Tools, feed: Subscription, parsed: ParsedFeed, changes: Sequence[Change]
) -> AsyncIterator[JudgedEntry]:
    if not changes:
        return
    judge = tools.judge()
    for number, change in enumerate(changes, 1):
        entry = replace(
            change.entry,
            feed=feed.url,
            feed_title=parsed.feed.title,
            language=change.entry.language or feed.language,
        )
        # Never the feed's own address: it may carry a reader's secret token.
        base = entry.link or parsed.feed.link or urljoin(feed.url, "/")
        content = clean_html(entry.html or entry.summary, base)
        yield JudgedEntry(entry, content, change.fingerprint, judge(entry), change.known_as)
        if not number % _BREATH:
            await asyncio.sleep(0)


def _outcome(
    state: FeedState, outcome: str, status: int | None, now: datetime, *, error: str = ""
) -> FeedOutcome:
    return FeedOutcome(
        state.url,
        outcome,
        status,
        error=error,
        health=polling.health(state, now),
        next_poll=state.next_poll,
        next_reason=state.next_reason,
    )


def _wishes(parsed: ParsedFeed, answer: Download) -> Wishes:
    said = parsed.feed
    ttl = None if said.ttl is None else said.ttl * 60.0
    return Wishes(answer.hints.max_age, ttl, said.skip_hours, said.skip_days)


def _of_the_way(feed: Subscription, answer: Download, is_same: bool) -> Iterator[Problem]:
    """What is odd about how the document was reached."""
    if answer.downgraded and not feed.secret_address:
        yield Problem("a redirect leads from https to http, where anybody can change it")
    if _moved(feed, answer) and not is_same:
        yield Problem(f"is redirected for good to another feed: {answer.permanent_url}")


def _moved(feed: Subscription, answer: Download) -> str:
    """Where the feed moved to for good; never asked of an address with a secret in it."""
    stays = feed.secret_address or answer.permanent_url == answer.url
    return "" if stays else answer.permanent_url


def _polled_at(feed: Subscription) -> str:
    return host_of(feed.secret_address or feed.url)


def _host(url: str) -> str:
    return urlsplit(url).hostname or url
