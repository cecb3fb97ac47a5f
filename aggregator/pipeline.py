"""The story, in the order it happens.

::

    feeds.yaml -> due feeds -> fetch -> parse -> new or changed? -> judge -> store -> join
                                                                                  (refresh)
    store -> stories -> atom.xml, page; issue of the week -> html, text, message  (publish)

Nothing here decides or touches anything itself: `feeds`, `videos` and `newsletter` decide,
`web`, `store` and `publish` act.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from aggregator import joining
from aggregator.errors import FeedError, FetchError, NothingToDo
from aggregator.feeds import polling
from aggregator.feeds.changes import Change, find_changes
from aggregator.feeds.clean import clean_html
from aggregator.feeds.parse import parse_feed
from aggregator.models import (
    Entry,
    FeedState,
    Issue,
    JudgedEntry,
    ParsedFeed,
    Post,
    Problem,
    Subscription,
    Verdict,
)
from aggregator.newsletter.issue import Week, plan_issue, week_named, week_of
from aggregator.newsletter.mail import render_issue
from aggregator.publish.artwork import draw_missing
from aggregator.publish.atom import EPOCH, FEED_FILE, FEED_LIMIT, FeedIdentity, render_atom
from aggregator.publish.files import write_files
from aggregator.publish.rendering import Templates
from aggregator.publish.site import render_site
from aggregator.settings import Settings
from aggregator.store.store import Store
from aggregator.videos.stories.telling import news_of, spoken_by
from aggregator.web.client import Download, Request, WebClient

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Tools:
    """The real objects that a door hands to `refresh`.

    Args:
        store: what is known.
        web: the guarded client.
        judge: gives the verdict of an entry.
        clock: tells the time, aware and in UTC.
        jitter: -1 to 1, drawn anew for every feed.
    """

    store: Store
    web: WebClient
    judge: Callable[[Entry], Verdict]
    clock: Clock
    jitter: Callable[[], float]


@dataclass(frozen=True, slots=True)
class FeedOutcome:
    """What became of one feed's poll.

    Args:
        url: the subscription's address.
        outcome: ``updated``, ``unchanged`` or ``failed``.
        status: the HTTP status, None when no answer came.
        entries: entries in the document, new and old.
        new: entries read for the first time.
        kept: how many of the new and changed ones are kept.
        problems: oddities of the document.
        error: what went wrong, empty when nothing did.
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
    next_poll: datetime | None = None
    next_reason: str = ""


async def refresh(
    tools: Tools, subscriptions: Sequence[Subscription], due_at: datetime | None
) -> AsyncIterator[FeedOutcome]:
    """Poll feeds, judge what is new and store it.

    Args:
        tools: the real objects.
        subscriptions: the feeds in question.
        due_at: leave out those that are not due by then; None polls them all.

    Yields:
        One outcome a polled feed, as they come; a feed that fails never stops the rest.
    """
    tools.store.subscribe(subscriptions)
    known = {feed.url: feed for feed in subscriptions}
    states = {state.url: state for state in tools.store.states(known, due_at)}
    requests = [
        Request(
            known[state.url].secret_address or state.address or state.url,
            polling.conditions(state, tools.clock()),
            state.url,
        )
        for state in states.values()
    ]
    async for request, answer in tools.web.get_all(requests):
        visit = _Visit(known[request.key], states[request.key], tools.clock())
        outcome = _settle(tools, visit, answer)
        joining.settle(tools.store)
        yield outcome


def due(store: Store, subscriptions: Iterable[Subscription], now: datetime) -> list[str]:
    """Addresses of the feeds that are due."""
    urls = [feed.url for feed in subscriptions]
    not_due = {state.url for state in store.states(urls)} - {
        state.url for state in store.states(urls, now)
    }
    return [url for url in urls if url not in not_due]


@dataclass(frozen=True, slots=True)
class BuiltDigest:
    """An issue as it was written: how many posts it shows, and its files under ``output/``."""

    issue: Issue
    posts: int
    files: tuple[str, ...]


def publish(store: Store, settings: Settings) -> list[str]:
    """Write everything under ``output/`` from the store; the same store gives the same bytes.

    Returns:
        The files that changed.

    Raises:
        ConfigError: a template of the editor's is wrong; nothing was written.
        NothingToDo: no post was ever kept.
    """
    templates = Templates(settings.templates_folder, settings.site.timezone)
    joining.settle(store)
    latest = _latest(store, FEED_LIMIT)
    issue = _issue(store, settings, _newest_week(store, settings))
    files = render_site(issue, latest, store.counts(), settings.site, templates)
    if issue.sections:
        files |= render_issue(issue, settings, templates)
    files[FEED_FILE] = render_atom(latest, settings.site, _identity(store, settings), templates)
    files |= draw_missing(
        (*latest, *_posts_of(issue)), settings.site.pictures, settings.output_folder
    )
    return write_files(settings.output_folder, files)


def build_digest(store: Store, settings: Settings, name: str = "") -> BuiltDigest:
    """Write one issue of the digest.

    Args:
        store: what is known.
        settings: what is published, and where.
        name: ISO week of the issue; empty takes the week of the newest kept post.

    Raises:
        ConfigError: there is no such week, or a template is wrong.
        NothingToDo: nothing was kept in that week; an empty issue is never written.
    """
    joining.settle(store)
    zone = settings.site.timezone
    week = week_named(name, zone) if name else _newest_week(store, settings)
    issue = _issue(store, settings, week)
    shown = sum(len(section.posts) for section in issue.sections)
    if not shown:
        raise NothingToDo(f"no new post was kept in {week.id}, so there is no issue")
    templates = Templates(settings.templates_folder, zone)
    files = render_issue(issue, settings, templates)
    pictures = draw_missing(_posts_of(issue), settings.site.pictures, settings.output_folder)
    write_files(settings.output_folder, files | pictures)
    return BuiltDigest(issue, shown, tuple(sorted(files)))


@dataclass(frozen=True, slots=True)
class _Visit:
    """One poll: whose, what was known before, and when it ended."""

    feed: Subscription
    state: FeedState
    now: datetime


def _settle(tools: Tools, visit: _Visit, answer: Download | FetchError) -> FeedOutcome:
    try:
        if isinstance(answer, FetchError):
            raise answer
        body_hash = hashlib.sha256(answer.body).hexdigest()
        if answer.status == 304 or body_hash == visit.state.body_hash:
            return _unchanged(tools, visit, answer)
        return _updated(tools, visit, answer, body_hash)
    except FeedError as error:
        after = polling.after_failure(visit.state, error, visit.now, tools.jitter())
        if secret := visit.feed.secret_address:
            after = replace(after, error=after.error.replace(secret, visit.feed.url))
        tools.store.remember(after)
        status = error.status if isinstance(error, FetchError) else 200
        return _outcome(after, "failed", status, error=after.error)


def _unchanged(tools: Tools, visit: _Visit, answer: Download) -> FeedOutcome:
    state = visit.state
    poll = polling.Poll(
        unchanged=True,
        etag=answer.etag or state.etag,
        last_modified=answer.last_modified or state.last_modified,
        body_hash=state.body_hash,
        moved_to=_moved(visit.feed, answer),
        wait=answer.hints.max_age,
        dates=tuple(tools.store.latest_dates(state.url)),
    )
    after = polling.after_success(state, poll, visit.now, tools.jitter())
    tools.store.remember(after)
    return _outcome(after, "unchanged", answer.status)


def _updated(tools: Tools, visit: _Visit, answer: Download, body_hash: str) -> FeedOutcome:
    feed = visit.feed
    parsed = parse_feed(answer.body, url=answer.final_url, content_type=answer.content_type)
    # By this name it is judged and stored, so that it is judged the same from the store.
    named = replace(parsed.feed, title=feed.title or parsed.feed.title or _host(feed.url))
    parsed = replace(parsed, feed=named)
    changes = list(find_changes(parsed.entries, tools.store.known_entries(feed.url)))
    # Documents begin with the newest; numbers and first-seen order begin with the oldest.
    judged = [_judge(tools, feed, parsed, change) for change in reversed(changes)]
    poll = polling.Poll(
        unchanged=False,
        etag=answer.etag,
        last_modified=answer.last_modified,
        body_hash=body_hash,
        moved_to=_moved(visit.feed, answer),
        wait=_longest(answer.hints.max_age, parsed.feed.ttl),
        dates=tuple(entry.published for entry in parsed.entries if entry.published),
    )
    after = polling.after_success(visit.state, poll, visit.now, tools.jitter())
    tools.store.record(after, parsed.feed, parsed.problems, judged, visit.now)
    return replace(
        _outcome(after, "updated", answer.status),
        entries=len(parsed.entries),
        new=sum(not item.known_as for item in judged),
        kept=sum(item.verdict.keep for item in judged),
        problems=parsed.problems,
    )


def _judge(tools: Tools, feed: Subscription, parsed: ParsedFeed, change: Change) -> JudgedEntry:
    entry = replace(
        change.entry,
        feed=feed.url,
        feed_title=parsed.feed.title,
        language=change.entry.language or feed.language,
    )
    # Never the feed's own address: it may carry a reader's secret token.
    base = entry.link or parsed.feed.link or urljoin(feed.url, "/")
    content = clean_html(entry.html or entry.summary, base)
    return JudgedEntry(entry, content, change.fingerprint, tools.judge(entry), change.known_as)


def _outcome(state: FeedState, outcome: str, status: int | None, *, error: str = "") -> FeedOutcome:
    return FeedOutcome(
        state.url,
        outcome,
        status,
        error=error,
        next_poll=state.next_poll,
        next_reason=state.next_reason,
    )


def _moved(feed: Subscription, answer: Download) -> str:
    """Where the feed moved to for good; never asked of an address with a secret in it."""
    stays = feed.secret_address or answer.permanent_url == answer.url
    return "" if stays else answer.permanent_url


def _longest(seconds: float | None, minutes: int | None) -> float | None:
    asked = [value for value in (seconds, minutes and minutes * 60.0) if value is not None]
    return max(asked, default=None)


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _issue(store: Store, settings: Settings, week: Week) -> Issue:
    return plan_issue(
        week,
        _news(store, week),
        title=settings.digest.title or settings.site.title,
        max_posts=settings.digest.max_posts,
        max_age_days=settings.digest.max_age_days,
    )


def _latest(store: Store, count: int) -> list[Post]:
    """The stories with the newest news, each spoken by its leading post."""
    told = joining.stories(store, store.stories.newest(limit=count))
    return [spoken_by(story, story.lead) for story in told]


def _news(store: Store, week: Week) -> list[Post]:
    """The stories of which a week brought news, each spoken by the post that brought it."""
    told = joining.stories(store, store.stories.newest(since=week.start, until=week.end))
    fresh = {
        story.uid: [p for p in news_of(story.posts) if week.start <= p.first_seen < week.end]
        for story in told
    }
    return [
        spoken_by(story, story.lead if story.lead in fresh[story.uid] else fresh[story.uid][0])
        for story in told
        if fresh[story.uid]
    ]


def _posts_of(issue: Issue) -> tuple[Post, ...]:
    return (*(post for section in issue.sections for post in section.posts), *issue.more)


def _newest_week(store: Store, settings: Settings) -> Week:
    newest = store.newest_kept()
    if newest is None:
        raise NothingToDo("there is nothing to publish yet: no kept post is in the store")
    return week_of(newest, settings.site.timezone)


def _identity(store: Store, settings: Settings) -> FeedIdentity:
    def make() -> str:
        newest = store.newest_kept() or EPOCH
        return f"tag:{_host(settings.site.url)},{newest.date()}:heavy-rotation"

    return FeedIdentity(store.setting("tag", make))
