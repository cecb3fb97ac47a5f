"""The story, in the order it happens.

::

    feeds.yaml -> due feeds -> fetch -> parse -> new or changed? -> judge -> store -> join
                                                                                  (refresh)
    store -> stories -> atom.xml, page; issue of the week -> html, text, message  (publish)

Nothing here decides or touches anything itself: `feeds`, `videos` and `newsletter` decide,
`web`, `store` and `publish` act.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from aggregator import joining
from aggregator.errors import NothingToDo
from aggregator.models import Issue, Post, Section, Subscription
from aggregator.newsletter.issue import Week, plan_issue, wanted_of, week_named, week_of
from aggregator.newsletter.mail import render_issue, render_letter
from aggregator.newsletter.subscribers import Preferences
from aggregator.publish.artwork import draw_missing
from aggregator.publish.atom import EPOCH, FEED_FILE, FEED_LIMIT, FeedIdentity, render_atom
from aggregator.publish.files import write_files
from aggregator.publish.rendering import Templates
from aggregator.publish.site import render_site
from aggregator.settings import Settings
from aggregator.store.store import Store
from aggregator.videos.stories.anniversaries import anniversaries, years_of
from aggregator.videos.stories.telling import news_of, spoken_by
from aggregator.visits import FeedOutcome, Tools, poll


async def refresh(
    tools: Tools, subscriptions: Sequence[Subscription]
) -> AsyncGenerator[FeedOutcome, None]:
    """`poll`, and have what is new find its stories."""
    async with aclosing(poll(tools, subscriptions)) as outcomes:
        async for outcome in outcomes:
            yield outcome
    joining.settle(tools.store)


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
    files |= _pictures(store, settings, (*latest, *_posts_of(issue)))
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
    pictures = _pictures(store, settings, _posts_of(issue))
    write_files(settings.output_folder, files | pictures)
    return BuiltDigest(issue, shown, tuple(sorted(files)))


def letters(
    store: Store, settings: Settings, name: str
) -> tuple[str, Callable[[Preferences], bytes | None]]:
    """Compose an issue for its readers.

    Args:
        store: what is known.
        settings: what is published.
        name: ISO week; empty takes the week of the newest kept post.

    Returns:
        The issue's id, and what gives the document for readers with certain wishes, None
        when the issue holds nothing that they want.
    """
    joining.settle(store)
    zone = settings.site.timezone
    week = week_named(name, zone) if name else _newest_week(store, settings)
    issue = _issue(store, settings, week)
    templates = Templates(settings.templates_folder, zone)

    def letter(wishes: Preferences) -> bytes | None:
        wanted = wanted_of(issue, wishes)
        return render_letter(wanted, settings, templates) if wanted.sections else None

    return issue.id, letter


def _issue(store: Store, settings: Settings, week: Week) -> Issue:
    issue = plan_issue(
        week,
        _news(store, week),
        title=settings.digest.title or settings.site.title,
        max_posts=settings.digest.max_posts,
        max_age_days=settings.digest.max_age_days,
    )
    if not issue.sections:
        return issue
    return replace(issue, sections=(*issue.sections, *_anniversaries(store, week)))


def _anniversaries(store: Store, week: Week) -> list[Section]:
    """A section for each age that works of the store reach in a week."""
    year, number = int(week.id[:4]), int(week.id[6:])
    rows = store.stories.of_years(years_of(year))
    found = anniversaries(rows, year, number, week.end)
    told = joining.stories(store, [row for _, row in found])
    by_age: dict[int, list[Post]] = {}
    for (age, _), story in zip(found, told, strict=True):
        by_age.setdefault(age, []).append(spoken_by(story, story.lead))
    return [
        Section(f"years-{age}", f"{age} years ago", tuple(posts)) for age, posts in by_age.items()
    ]


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


def _pictures(store: Store, settings: Settings, posts: Sequence[Post]) -> dict[str, bytes]:
    pictures = settings.site.pictures
    shown = ((v.provider, v.id) for post in posts for v in post.verdict.videos)
    stills = store.checks.stills(shown) if pictures == "ours" else {}
    return draw_missing(posts, pictures, settings.output_folder, stills)


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
        return f"tag:{urlsplit(settings.site.url).hostname},{newest.date()}:heavy-rotation"

    return FeedIdentity(store.setting("tag", make))
