"""When to poll: decisions on values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import FeedGone, FetchError, HostRests, ParseError
from aggregator.feeds.polling import (
    LONGEST_WAIT,
    PAUSE_WHEN_GONE,
    Poll,
    after_failure,
    after_success,
    conditions,
    health,
    lied,
    postponed,
    resting,
    rests,
)
from aggregator.feeds.rhythm import LONGEST, SHORTEST, USUAL, recent_posts, spread_of
from aggregator.models import FeedState, HostState, Wishes

NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STATE = FeedState("https://b.example/feed", etag='W/"1"', last_modified="Fri", validated_at=NOW)
YOUTUBE = FeedState("https://www.youtube.com/feeds/videos.xml?channel_id=UC1")


def every(gap: timedelta, posts: int = 10) -> tuple[int, ...]:
    return recent_posts([NOW - gap * n for n in range(1, posts + 1)], NOW)


def asked(seconds: float) -> Wishes:
    return Wishes(max_age=seconds)


def test_validators_are_sent_back_verbatim_for_eight_days() -> None:
    both = {"If-None-Match": 'W/"1"', "If-Modified-Since": "Fri"}
    assert conditions(STATE, None, NOW + 8 * DAY - HOUR) == both
    assert conditions(STATE, None, NOW + 8 * DAY) == {}
    assert conditions(replace(STATE, etag=""), None, NOW) == {"If-Modified-Since": "Fri"}
    assert conditions(FeedState("u"), None, NOW) == {}


def test_a_304_does_not_make_validators_younger() -> None:
    after = after_success(STATE, Poll(unchanged=True, etag='"1"'), NOW + 5 * DAY, 0)
    assert after.validated_at == NOW


def test_an_unchanged_body_fetched_without_conditions_renews_the_validators() -> None:
    later = NOW + 9 * DAY
    after = after_success(STATE, Poll(unchanged=True, etag='"2"'), later, 0)
    assert after.validated_at == later
    assert conditions(after, None, later + DAY) == {"If-None-Match": '"2"'}


def test_success_clears_what_failed() -> None:
    failing = replace(STATE, failures=4, status="failing", error="x", body_hash="old")
    after = after_success(failing, Poll(unchanged=False, body_hash="new"), NOW, 0)
    assert (after.failures, after.status, after.error, after.body_hash) == (0, "ok", "", "new")
    assert (after.polled_at, after.etag, after.validated_at) == (NOW, "", NOW)


@pytest.mark.parametrize(
    ("poll", "wait"),
    [
        (Poll(False), USUAL),
        (Poll(False, recent=every(HOUR, 2)), USUAL),
        (Poll(False, recent=every(4 * HOUR)), 2 * HOUR),
        (Poll(False, recent=every(timedelta(minutes=5))), SHORTEST),
        (Poll(False, recent=every(30 * DAY)), LONGEST),
        (Poll(False, recent=recent_posts([NOW + 400 * DAY] * 9, NOW)), USUAL),
        (Poll(False, wishes=asked(3 * 3600)), 3 * HOUR),
        (Poll(False, wishes=asked(60)), USUAL),
        (Poll(False, wishes=asked(1e9)), LONGEST),
        (Poll(False, recent=every(4 * HOUR), wishes=asked(3 * 3600)), 3 * HOUR),
    ],
)
def test_the_interval_follows_the_feeds_rhythm_and_wishes(poll: Poll, wait: timedelta) -> None:
    after = after_success(STATE, poll, NOW, 0)
    assert after.next_poll == NOW + wait
    assert after.next_reason


def test_jitter_spreads_by_a_tenth_but_never_below_what_was_asked_for() -> None:
    def next_poll(poll: Poll, jitter: float) -> datetime | None:
        return after_success(STATE, poll, NOW, jitter).next_poll

    assert next_poll(Poll(False), 1) == NOW + 1.1 * USUAL
    assert next_poll(Poll(False), -1) == NOW + 0.9 * USUAL
    assert next_poll(Poll(False, wishes=asked(7200)), -1) == NOW + 2 * HOUR
    assert next_poll(Poll(False, wishes=asked(7200)), 1) == NOW + 2.2 * HOUR


@pytest.mark.parametrize(
    ("before", "minutes"), [(0, 5), (1, 10), (2, 20), (3, 40), (8, 1280), (9, 1440), (500, 1440)]
)
def test_failures_back_off_and_never_stop(before: int, minutes: int) -> None:
    state = replace(STATE, failures=before)
    after = after_failure(state, FetchError("http-500", "no", status=500), NOW, 0)
    assert after.next_poll == NOW + timedelta(minutes=minutes)
    assert (after.failures, after.status, after.error) == (before + 1, "failing", "no")
    assert (after.etag, after.validated_at) == (STATE.etag, STATE.validated_at)


def test_a_document_that_is_no_feed_is_a_failure_too() -> None:
    after = after_failure(STATE, ParseError("html", "a page"), NOW, 0)
    assert (after.status, after.next_poll) == ("failing", NOW + timedelta(minutes=5))


@pytest.mark.parametrize(
    ("asked", "wait"),
    [(3600, HOUR), (1, timedelta(minutes=5)), (1e9, LONGEST_WAIT), (-5, timedelta(minutes=5))],
)
def test_the_server_is_given_the_rest_it_asks_for_up_to_two_days(
    asked: float, wait: timedelta
) -> None:
    error = FetchError("http-429", "slow", status=429, retry_after=asked)
    assert after_failure(STATE, error, NOW, 0).next_poll == NOW + wait


def test_jitter_never_shortens_a_retry_after() -> None:
    error = FetchError("http-429", "slow", status=429, retry_after=3600)
    assert after_failure(STATE, error, NOW, -1).next_poll == NOW + HOUR


def test_a_feed_that_is_gone_is_paused_and_says_so() -> None:
    after = after_failure(STATE, FeedGone("http-410", "gone", status=410), NOW, 0)
    assert (after.status, after.next_poll) == ("gone", NOW + PAUSE_WHEN_GONE)
    assert "410" in after.next_reason


def test_youtubes_waves_of_404_are_waited_out_hourly() -> None:
    error = FetchError("http-404", "no", status=404)
    assert after_failure(replace(YOUTUBE, failures=50), error, NOW, 0).next_poll == NOW + USUAL
    assert after_failure(replace(STATE, failures=50), error, NOW, 0).next_poll == NOW + LONGEST


def test_a_permanent_redirect_is_adopted_after_a_week_of_agreement() -> None:
    moved = Poll(True, moved_to="https://new.example/feed")
    first = after_success(STATE, moved, NOW, 0)
    assert (first.address, first.moved_to, first.moved_since) == ("", moved.moved_to, NOW)
    assert after_success(first, moved, NOW + 6 * DAY, 0).address == ""
    adopted = after_success(first, moved, NOW + 7 * DAY, 0)
    assert (adopted.address, adopted.moved_to, adopted.moved_since) == (moved.moved_to, "", None)


def test_one_poll_that_disagrees_starts_the_week_again() -> None:
    first = after_success(STATE, Poll(True, moved_to="https://portal.example/"), NOW, 0)
    other = after_success(first, Poll(True, moved_to="https://new.example/"), NOW + 6 * DAY, 0)
    assert (other.address, other.moved_since) == ("", NOW + 6 * DAY)
    assert after_success(first, Poll(True), NOW + DAY, 0).moved_since is None


@given(
    st.floats(0, 1e12) | st.none(),
    st.lists(st.datetimes(min_value=datetime(1971, 1, 1), timezones=st.just(UTC)), max_size=12),
    st.floats(-1, 1),
)
def test_the_next_poll_is_always_between_a_quarter_of_an_hour_and_a_day(
    wait: float | None, dates: list[datetime], jitter: float
) -> None:
    after = after_success(
        STATE, Poll(False, wishes=Wishes(wait, wait), recent=recent_posts(dates, NOW)), NOW, jitter
    )
    assert after.next_poll is not None
    assert 0.9 * SHORTEST <= after.next_poll - NOW <= 1.1 * LONGEST


@given(st.integers(0, 10_000), st.floats(-1e12, 1e12) | st.none(), st.floats(-1, 1))
def test_a_failing_feed_is_always_tried_again(
    failures: int, asked: float | None, jitter: float
) -> None:
    error = FetchError("http-503", "no", status=503, retry_after=asked)
    after = after_failure(replace(STATE, failures=failures), error, NOW, jitter)
    assert after.next_poll is not None
    assert timedelta(minutes=4) < after.next_poll - NOW <= 1.1 * LONGEST_WAIT


def test_a_host_that_lied_with_validators_gets_none_for_a_month() -> None:
    liar = HostState("b.example", distrusted_until=NOW + 30 * DAY)
    assert conditions(STATE, liar, NOW) == {}
    assert conditions(replace(STATE, validated_at=NOW + 29 * DAY), liar, NOW + 30 * DAY)


@pytest.mark.parametrize(
    ("etag", "modified", "news", "is_lie"),
    [
        ('W/"1"', "Sat", True, True),
        ('W/"1"', "Fri", False, False),
        ('W/"2"', "Fri", True, False),
        ("", "Fri", True, False),
    ],
)
def test_new_posts_under_the_old_validators_are_a_lie(
    etag: str, modified: str, news: bool, is_lie: bool
) -> None:
    assert lied(STATE, etag, modified, news=news) == is_lie
    assert not lied(FeedState("u"), "", "", news=news)
    assert lied(replace(STATE, etag=""), "", "Fri", news=True)


def test_wishes_of_the_document_count_like_those_of_the_answer() -> None:
    both = Wishes(max_age=3600.0, ttl=4 * 3600.0)
    after = after_success(STATE, Poll(True, wishes=both), NOW, 0)
    assert after.next_poll == NOW + 4 * HOUR
    assert "4 h (ttl" in after.next_reason
    assert after.wishes == both


def test_hours_and_days_to_skip_are_skipped_for_a_day_at_the_most() -> None:
    def next_poll(**skip: tuple[int, ...]) -> datetime | None:
        after = after_success(STATE, Poll(True, wishes=Wishes(**skip)), NOW, -1)  # type: ignore[arg-type]
        return after.next_poll

    usual = NOW + 0.9 * USUAL  # a Friday, 12:54
    assert next_poll() == usual
    assert next_poll(skip_hours=(12, 13)) == NOW.replace(hour=14)
    assert next_poll(skip_days=(4,)) == NOW.replace(day=7, hour=0)
    assert next_poll(skip_days=(4, 5, 6)) == NOW + LONGEST
    assert next_poll(skip_hours=tuple(range(24))) == NOW + LONGEST


def test_the_spread_is_the_same_for_the_same_feed_and_time_only() -> None:
    drawn = [spread_of(f"https://b.example/{n}", NOW) for n in range(1000)]
    assert drawn == [spread_of(f"https://b.example/{n}", NOW) for n in range(1000)]
    assert spread_of("https://b.example/1", NOW + HOUR) != drawn[1]
    assert -1 <= min(drawn) < -0.9 and 0.9 < max(drawn) <= 1
    assert abs(sum(drawn)) < 100


def test_a_feed_fails_loudly_from_the_third_time_on_and_may_be_dead_after_a_month() -> None:
    state, seen = STATE, []
    for _ in range(3):
        state = after_failure(state, FetchError("dns", "no"), NOW, 0)
        seen.append(health(state, NOW))
    assert seen == ["retrying", "retrying", "failing"]
    later = after_failure(state, FetchError("dns", "no"), NOW + 29 * DAY, 0)
    assert health(later, NOW + 29 * DAY) == "failing"
    assert health(later, NOW + 30 * DAY) == "dead?"
    assert health(after_success(later, Poll(True), NOW, 0), NOW) == "ok"
    assert health(after_failure(STATE, FeedGone("http-410", ""), NOW, 0), NOW) == "gone"


def test_an_adopted_address_that_stops_working_is_given_up() -> None:
    state = replace(STATE, address="https://new.example/feed", failures=1)
    second = after_failure(state, FetchError("dns", "no"), NOW, 0)
    assert second.address == "https://new.example/feed"
    assert after_failure(second, FetchError("dns", "no"), NOW, 0).address == ""


def test_a_host_rests_as_long_as_it_asks_and_its_feeds_wait() -> None:
    error = FetchError("http-429", "slow", status=429, retry_after=1e9)
    assert resting(error, NOW) is None
    error.resting_host = "b.example"
    host = resting(error, NOW)
    assert host is not None and host.rests_until == NOW + LONGEST_WAIT
    assert rests(host, NOW + DAY) and not rests(host, NOW + 2 * DAY) and not rests(None, NOW)
    after = postponed(STATE, host, NOW, -1)
    assert (after.next_poll, after.failures, after.status) == (NOW + 2 * DAY, 0, "new")
    assert "b.example rests: it answered 429" in after.next_reason
    assert resting(HostRests("http-429", "not asked", status=429, retry_after=9), NOW) is None
