"""How long to leave a feed alone: its rhythm, its publisher's wishes, and a little spread.

Pure decisions; the rules and their sources are in docs/polling.md.
"""

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from aggregator.models import Wishes

USUAL = timedelta(minutes=60)
SHORTEST = timedelta(minutes=15)
LONGEST = timedelta(hours=24)
SPREAD = 0.1
POSTS = 10
_HOUR = timedelta(hours=1)


def spread_of(name: str, now: datetime) -> float:
    """-1 to 1, different for every feed and every poll, the same for the same two."""
    drawn = zlib.crc32(f"{name}\0{int(now.timestamp())}".encode("utf-8", "replace"))
    return drawn / 2**31 - 1


def recent_posts(dates: Sequence[datetime], now: datetime) -> tuple[int, ...]:
    """The latest dates that are not in the future, as `FeedState.recent` keeps them."""
    latest = sorted((date for date in dates if date <= now), reverse=True)[:POSTS]
    return tuple(int(date.timestamp()) for date in latest)


def next_time(
    recent: Sequence[int], wishes: Wishes, now: datetime, jitter: float
) -> tuple[datetime, str]:
    """When to poll again after a poll that worked, and why then.

    Args:
        recent: see `FeedState.recent`.
        wishes: what the publisher asks for.
        now: when the poll ended.
        jitter: -1 to 1; spreads feeds that would come due together, by up to 10 %, but
            never below what the publisher asks for.
    """
    interval, reason = _rhythm(recent, now)
    asked, by = _asked(wishes)
    if asked > interval:
        interval, reason = asked, f"the publisher asks for {in_words(asked)} ({by})"
    if interval > LONGEST:
        interval, reason = LONGEST, f"{reason}; at least once a day"
    elif interval < SHORTEST:
        interval, reason = SHORTEST, f"{reason}; at most every 15 minutes"
    when = now + max(interval * (1 + SPREAD * jitter), min(asked, LONGEST))
    shifted = _outside_skipped(when, wishes, now, jitter)
    return shifted, reason if shifted == when else f"{reason}; not in the hours it asks to skip"


def in_words(span: timedelta) -> str:
    """A span of time for people."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 1440:.0f} days"


def _rhythm(recent: Sequence[int], now: datetime) -> tuple[timedelta, str]:
    """Half the usual gap between the latest posts; silence since the last one counts as a gap."""
    if len(recent) < 3:
        return USUAL, "too few dated posts to know its rhythm"
    times = [int(now.timestamp()), *recent]
    gaps = sorted(a - b for a, b in pairwise(times))
    usual = timedelta(seconds=gaps[len(gaps) // 2])
    return usual / 2, f"half its usual gap of {in_words(usual)} between posts"


def _asked(wishes: Wishes) -> tuple[timedelta, str]:
    """The longest wait that the publisher asks for; absurd ones end at a year."""
    most = 366 * 86_400.0
    asked, by = max(
        (min(wishes.max_age or 0.0, most), "Cache-Control or Expires"),
        (min(wishes.ttl or 0.0, most), "ttl or update period"),
    )
    return timedelta(seconds=asked), by


def _outside_skipped(when: datetime, wishes: Wishes, now: datetime, jitter: float) -> datetime:
    """The first time from `when` on that is not skipped, but within a day from now."""
    last = now + LONGEST * (1 + SPREAD)
    shifted = when.astimezone(UTC)
    while _skipped(shifted, wishes):
        # Not on the full hour, when everybody comes.
        late = _HOUR * SPREAD * (1 + jitter) / 2
        shifted = shifted.replace(minute=0, second=0, microsecond=0) + _HOUR + late
        if shifted > last:
            return max(when, now + LONGEST)
    return shifted


def _skipped(when: datetime, wishes: Wishes) -> bool:
    return when.hour in wishes.skip_hours or when.weekday() in wishes.skip_days
