"""What one poll makes of a feed's state: decisions as values, no clock, no network.

When to poll again after success is decided in `rhythm`; the rules and their sources are in
docs/polling.md.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aggregator.errors import FeedError, FeedGone, FetchError, HostRests
from aggregator.feeds.rhythm import LONGEST, SPREAD, USUAL, in_words, next_time
from aggregator.models import NO_WISHES, FeedState, HostState, Wishes

FIRST_RETRY = timedelta(minutes=5)
LONGEST_WAIT = timedelta(days=2)
VALIDATORS_LAST = timedelta(days=8)
MOVE_SETTLES = timedelta(days=7)
PAUSE_WHEN_GONE = timedelta(days=30)
DISTRUST_LASTS = timedelta(days=30)
MAYBE_DEAD = timedelta(days=30)
WARN_FROM = 3


@dataclass(frozen=True, slots=True)
class Poll:
    """What one successful poll brought.

    Args:
        unchanged: True for a 304 or the same body.
        etag, last_modified: the validators to send next time.
        body_hash: SHA-256 of the body, hexadecimal; the old one for a 304.
        moved_to: where a permanent redirect led to, if it is the same feed there; else empty.
        wishes: what the publisher asks for.
        recent: when the latest posts were published, see `FeedState.recent`.
    """

    unchanged: bool
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    moved_to: str = ""
    wishes: Wishes = NO_WISHES
    recent: tuple[int, ...] = ()


def conditions(state: FeedState, host: HostState | None, now: datetime) -> dict[str, str]:
    """Request headers that make the poll conditional (RFC 9110, section 13).

    Validators are sent back verbatim and dropped after 8 days, so that a server which
    answers 304 for ever can't freeze a feed; a host that lied with them gets none.
    """
    distrusted = host is not None and _is_after(host.distrusted_until, now)
    if distrusted or not _fresh(state, now):
        return {}
    headers = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    return {name: value for name, value in headers.items() if value}


def after_success(state: FeedState, poll: Poll, now: datetime, jitter: float) -> FeedState:
    """The feed's state after a poll that worked.

    Args:
        state: before it.
        poll: what it brought.
        now: when it ended.
        jitter: -1 to 1, see `aggregator.feeds.rhythm.spread_of`.
    """
    when, reason = next_time(poll.recent, poll.wishes, now, jitter)
    return replace(
        _moved(state, poll, now),
        etag=poll.etag,
        last_modified=poll.last_modified,
        validated_at=state.validated_at if poll.unchanged and _fresh(state, now) else now,
        body_hash=poll.body_hash or state.body_hash,
        wishes=poll.wishes,
        recent=poll.recent,
        failures=0,
        failing_since=None,
        polled_at=now,
        next_poll=when,
        next_reason=reason,
        status="ok",
        error="",
    )


def after_failure(state: FeedState, error: FeedError, now: datetime, jitter: float) -> FeedState:
    """The feed's state after a poll that failed; it is tried again, for ever.

    An address that was adopted after a permanent redirect and stops working is given up for
    the one that the configuration names.

    Args:
        state: before it.
        error: what went wrong.
        now: when it ended.
        jitter: -1 to 1, see `aggregator.feeds.rhythm.spread_of`.
    """
    failures = state.failures + 1
    wait, reason = _backoff(error, failures, state.address or state.url)
    return replace(
        state,
        address="" if failures >= WARN_FROM else state.address,
        failures=failures,
        failing_since=state.failing_since or now,
        polled_at=now,
        next_poll=now + max(wait * (1 + SPREAD * jitter), _retry_after(error)),
        next_reason=reason,
        status="gone" if isinstance(error, FeedGone) else "failing",
        error=str(error),
    )


def postponed(state: FeedState, host: HostState, now: datetime, jitter: float) -> FeedState:
    """The feed's state after it was not polled because its host wants to be left alone."""
    until = host.rests_until or now
    late = FIRST_RETRY * (1 + jitter) / 2  # not all of its feeds in the same second
    when = max(until, now) + late
    return replace(state, next_poll=when, next_reason=f"{host.name} rests: {host.why}")


def resting(error: FeedError, now: datetime) -> HostState | None:
    """The host that an answer asks to leave alone, and until when; None when it doesn't ask."""
    if not isinstance(error, FetchError) or isinstance(error, HostRests) or not error.resting_host:
        return None
    wait = _retry_after(error)
    why = f"it answered {error.status} and asks to wait {in_words(wait)}"
    return HostState(error.resting_host, rests_until=now + wait, why=why)


def rests(host: HostState | None, now: datetime) -> bool:
    """Whether a host is to be left alone now."""
    return host is not None and _is_after(host.rests_until, now)


def lied(state: FeedState, etag: str, last_modified: str, *, news: bool) -> bool:
    """Whether a host gives new content under validators that stand for the old.

    Args:
        state: before the poll.
        etag, last_modified: what came with the new content.
        news: whether entries are new or changed; a counter in the markup is no lie.
    """
    same_tag = etag == state.etag != ""
    same_time = not etag and not state.etag and last_modified == state.last_modified != ""
    return news and (same_tag or same_time)


def health(state: FeedState, now: datetime) -> str:
    """How a feed is, in a word: ``new``, ``ok``, ``retrying``, ``failing`` from the third
    failure on, ``dead?`` when nothing worked for 30 days, ``gone`` after a 410.
    """
    if state.status != "failing":
        return state.status
    if state.failing_since is not None and now - state.failing_since >= MAYBE_DEAD:
        return "dead?"
    return "failing" if state.failures >= WARN_FROM else "retrying"


def _backoff(error: FeedError, failures: int, address: str) -> tuple[timedelta, str]:
    wait = min(FIRST_RETRY * 2 ** min(failures - 1, 20), LONGEST)
    if isinstance(error, FeedGone):
        return PAUSE_WHEN_GONE, "paused: the publisher took it away (410); remove it"
    if (asked := _retry_after(error)) > wait:
        return asked, f"the server asks to wait {in_words(asked)}"
    if _is_wave(error, address):
        return min(wait, USUAL), "YouTube answers 404 for live feeds in waves; trying again"
    return wait, f"failed {failures} time{'s' if failures > 1 else ''}, waiting {in_words(wait)}"


def _retry_after(error: FeedError) -> timedelta:
    asked = error.retry_after if isinstance(error, FetchError) else None
    return timedelta(seconds=min(max(0.0, asked or 0.0), LONGEST_WAIT.total_seconds()))


def _fresh(state: FeedState, now: datetime) -> bool:
    """Whether the validators are young enough to be sent."""
    return state.validated_at is not None and now - state.validated_at < VALIDATORS_LAST


def _is_after(until: datetime | None, now: datetime) -> bool:
    return until is not None and until > now


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
