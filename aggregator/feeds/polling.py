"""When to poll a feed and with which conditions: decisions as values, no clock, no network.

The rules and their sources are in docs/polling.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aggregator.errors import FeedError, FeedGone, FetchError
from aggregator.models import FeedState

USUAL = timedelta(minutes=60)
SHORTEST = timedelta(minutes=15)
LONGEST = timedelta(hours=24)
FIRST_RETRY = timedelta(minutes=5)
LONGEST_WAIT = timedelta(days=2)
VALIDATORS_LAST = timedelta(days=8)
MOVE_SETTLES = timedelta(days=7)
_JITTER = 0.1
_RHYTHM_POSTS = 10


@dataclass(frozen=True, slots=True)
class Poll:
    """What one successful poll brought.

    Args:
        unchanged: True for a 304 or the same body.
        etag, last_modified: the validators to send next time.
        body_hash: SHA-256 of the body, hexadecimal; the old one for a 304.
        moved_to: where a permanent redirect led to; empty when there was none.
        wait: seconds that the publisher asks to leave between polls, None when silent.
        dates: when the document's entries were published, in any order.
    """

    unchanged: bool
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    moved_to: str = ""
    wait: float | None = None
    dates: tuple[datetime, ...] = ()


def conditions(state: FeedState, now: datetime) -> dict[str, str]:
    """Request headers that make the poll conditional (RFC 9110, section 13).

    Validators are sent back verbatim and dropped after 8 days, so that a server which
    answers 304 for ever can't freeze a feed.
    """
    if not _fresh(state, now):
        return {}
    headers = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    return {name: value for name, value in headers.items() if value}


def after_success(state: FeedState, poll: Poll, now: datetime, jitter: float) -> FeedState:
    """The feed's state after a poll that worked.

    Args:
        state: before it.
        poll: what it brought.
        now: when it ended.
        jitter: -1 to 1; spreads feeds that would come due together, by up to 10 %.
    """
    interval, reason = _interval(poll, now)
    moved = _moved(state, poll, now)
    asked = timedelta(seconds=min(poll.wait or 0.0, LONGEST.total_seconds()))
    return replace(
        moved,
        etag=poll.etag,
        last_modified=poll.last_modified,
        validated_at=state.validated_at if poll.unchanged and _fresh(state, now) else now,
        body_hash=poll.body_hash or state.body_hash,
        failures=0,
        polled_at=now,
        next_poll=now + max(interval * (1 + _JITTER * jitter), asked),
        next_reason=reason,
        status="ok",
        error="",
    )


def after_failure(state: FeedState, error: FeedError, now: datetime, jitter: float) -> FeedState:
    """The feed's state after a poll that failed; it is tried again, for ever.

    Args:
        state: before it.
        error: what went wrong.
        now: when it ended.
        jitter: -1 to 1, as in `after_success`.
    """
    failures = state.failures + 1
    wait, reason = _backoff(error, failures, state.address or state.url)
    asked = _retry_after(error)
    gone = isinstance(error, FeedGone)
    return replace(
        state,
        failures=failures,
        polled_at=now,
        next_poll=now + max(wait * (1 + _JITTER * jitter), asked),
        next_reason=reason,
        status="gone" if gone else "failing",
        error=str(error),
    )


def _interval(poll: Poll, now: datetime) -> tuple[timedelta, str]:
    interval, reason = _rhythm(poll.dates, now)
    if poll.wait is not None and timedelta(seconds=poll.wait) > interval:
        interval, reason = timedelta(seconds=min(poll.wait, 1e6)), "the publisher asks for it"
    if interval > LONGEST:
        return LONGEST, f"{reason}, at least daily"
    if interval < SHORTEST:
        return SHORTEST, f"{reason}, at most every 15 minutes"
    return interval, reason


def _rhythm(dates: Sequence[datetime], now: datetime) -> tuple[timedelta, str]:
    """Half the usual gap between the latest posts."""
    latest = sorted((date for date in dates if date <= now), reverse=True)[:_RHYTHM_POSTS]
    if len(latest) < 3:
        return USUAL, "too few dated posts to know its rhythm"
    gaps = sorted(a - b for a, b in zip([now, *latest], latest, strict=False))
    usual = gaps[len(gaps) // 2]
    return usual / 2, f"half its usual gap of {_words(usual)} between posts"


def _backoff(error: FeedError, failures: int, address: str) -> tuple[timedelta, str]:
    wait = min(FIRST_RETRY * 2 ** min(failures - 1, 20), LONGEST)
    if isinstance(error, FeedGone):
        return LONGEST_WAIT, "the publisher took it away (410); remove it, or wait"
    if (asked := _retry_after(error)) > wait:
        return asked, f"the server asks to wait {_words(asked)}"
    if _is_wave(error, address):
        return min(wait, USUAL), "YouTube answers 404 for live feeds in waves; trying again"
    return wait, f"failed {failures} time{'s' if failures > 1 else ''}, waiting {_words(wait)}"


def _retry_after(error: FeedError) -> timedelta:
    asked = error.retry_after if isinstance(error, FetchError) else None
    return timedelta(seconds=min(max(0.0, asked or 0.0), LONGEST_WAIT.total_seconds()))


def _fresh(state: FeedState, now: datetime) -> bool:
    """Whether the validators are young enough to be sent."""
    return state.validated_at is not None and now - state.validated_at < VALIDATORS_LAST


def _is_wave(error: FeedError, address: str) -> bool:
    host = urlsplit(address).hostname or ""
    transient = isinstance(error, FetchError) and error.status in (404, 500)
    return transient and host.removeprefix("www.") == "youtube.com"


def _moved(state: FeedState, poll: Poll, now: datetime) -> FeedState:
    """Adopt a permanent redirect after a week of agreement: captive portals send them too."""
    if not poll.moved_to or poll.moved_to == (state.address or state.url):
        return replace(state, moved_to="", moved_since=None)
    if poll.moved_to != state.moved_to or state.moved_since is None:
        return replace(state, moved_to=poll.moved_to, moved_since=now)
    if now - state.moved_since < MOVE_SETTLES:
        return state
    return replace(state, address=poll.moved_to, moved_to="", moved_since=None)


def _words(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 1440:.0f} days"
