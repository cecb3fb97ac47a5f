"""Which posts make an issue, in which order and under which heading: pure decisions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aggregator.errors import ConfigError
from aggregator.feeds.changes import tame
from aggregator.models import Issue, Kind, Post, Section
from aggregator.newsletter.subscribers import Preferences

_NAME = re.compile(r"(\d{4})-W(\d{1,2})", re.ASCII)
_SECTIONS = (
    ("new", "New this week", (Kind.PREMIERE, Kind.LYRIC, Kind.VISUALIZER, None)),
    ("vault", "From the vault", (Kind.RETROSPECTIVE, Kind.RESTORATION)),
    ("behind", "Behind the scenes", (Kind.MAKING_OF, Kind.INTERVIEW)),
    ("reading", "Lists, news and reading", (Kind.LIST, Kind.AWARD, Kind.NEWS, Kind.FAN)),
    ("live", "Live", (Kind.LIVE,)),
)


@dataclass(frozen=True, slots=True)
class Week:
    """A digest's week: from Monday 0:00 in a time zone to the next.

    Args:
        id: ISO 8601 week, such as ``2026-W48``.
        start: first instant, inclusive, in UTC.
        end: first instant after it, in UTC.
    """

    id: str
    start: datetime
    end: datetime


def week_of(moment: datetime, timezone: str) -> Week:
    """The week that a moment falls into.

    Args:
        moment: an aware time.
        timezone: IANA name of the zone whose Monday begins the week.
    """
    year, number, _ = moment.astimezone(ZoneInfo(timezone)).isocalendar()
    return week_named(f"{year}-W{number:02}", timezone)


def week_named(name: str, timezone: str) -> Week:
    """The week with an ISO 8601 name such as ``2026-W48``.

    Raises:
        ConfigError: there is no such week.
    """
    zone, said = ZoneInfo(timezone), _NAME.fullmatch(name)
    year, number = (int(said[1]), int(said[2])) if said else (0, 0)
    try:
        monday = date.fromisocalendar(year, number, 1)
        mondays = (monday, monday + timedelta(days=7))
        start, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in mondays)
    except (ValueError, OverflowError):
        raise ConfigError(
            f"{name!r} is no week", cure="write year and ISO week, such as 2026-W48"
        ) from None
    return Week(f"{year:04}-W{number:02}", start, end)


def plan_issue(
    week: Week, posts: Iterable[Post], *, title: str, max_posts: int, max_age_days: int
) -> Issue:
    """Choose, rank and group the posts of one week.

    Args:
        week: the week of the issue.
        posts: kept posts first seen in it, in any order.
        title: name of the digest.
        max_posts: cards at the most; the rest become one-line links.
        max_age_days: posts published longer before they were first seen are no news
            (a feed read for the first time brings its whole past).
    """
    oldest = timedelta(days=max_age_days)
    fresh = sorted((post for post in posts if _age(post) <= oldest), key=_rank)
    shown, more = fresh[:max_posts], fresh[max_posts:]
    sections = tuple(
        Section(slug, heading, chosen)
        for slug, heading, kinds in _SECTIONS
        if (chosen := tuple(post for post in shown if post.verdict.kind in kinds))
    )
    return Issue(week.id, title, week.start, week.end, sections, tuple(more))


def wanted_of(issue: Issue, wishes: Preferences) -> Issue:
    """What of an issue is for a reader with certain wishes."""
    if wishes == Preferences():
        return issue
    parts = (
        Section(
            part.slug, part.heading, tuple(post for post in part.posts if _wanted(post, wishes))
        )
        for part in issue.sections
    )
    more = tuple(post for post in issue.more if _wanted(post, wishes))
    return replace(issue, sections=tuple(part for part in parts if part.posts), more=more)


def _wanted(post: Post, wishes: Preferences) -> bool:
    tags = {" ".join(tag.casefold().split()) for tag in post.entry.tags}
    kind = post.verdict.kind
    return (not wishes.kinds or (kind is not None and kind.value in wishes.kinds)) and (
        not wishes.tags or not tags.isdisjoint(wishes.tags)
    )


def _age(post: Post) -> timedelta:
    return post.first_seen - tame(post.entry.published, post.first_seen)


def _rank(post: Post) -> tuple[bool, bool, float, str]:
    named = any(work.artist and work.song for work in post.verdict.works)
    return (not post.verdict.videos, not named, -post.verdict.score, post.uid)
