"""What replies mean, by RFC 5321 and RFC 3463."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.newsletter.replies import (
    LONGEST_WAIT,
    MOST_ATTEMPTS,
    Delivery,
    is_bad_mailbox,
    settle,
    wait_after,
)


def test_a_yes_is_final() -> None:
    assert settle(250, "2.0.0 queued", 1).state is Delivery.SENT


def test_a_temporary_no_is_tried_again_with_ever_longer_waits_and_one_day_given_up() -> None:
    waits = [settle(451, "later", attempt).wait for attempt in range(1, MOST_ATTEMPTS)]
    assert waits == sorted(waits) and waits[0] == timedelta(minutes=5)
    assert waits[-1] == LONGEST_WAIT
    assert sum(waits, timedelta()) > timedelta(days=1)
    last = settle(451, "later", MOST_ATTEMPTS)
    assert last.state is Delivery.FAILED and "given up" in last.note and not last.bad_mailbox


@pytest.mark.parametrize(
    ("code", "text", "bad"),
    [
        (550, "5.1.1 no such user", True),
        (550, "no such user", True),
        (553, "5.1.3 bad address syntax", True),
        (552, "5.2.2 mailbox full", False),
        (554, "5.7.1 spam", False),
        (550, "5.7.26 unauthenticated", False),
        (552, "5.3.4 too large", False),
        (554, "transaction failed", False),
    ],
)
def test_a_final_no_speaks_of_the_mailbox_or_of_us(code: int, text: str, bad: bool) -> None:
    settled = settle(code, text, 1)
    assert settled.state is Delivery.FAILED
    assert settled.bad_mailbox is bad


def test_a_connection_lost_before_the_dot_is_tried_again() -> None:
    assert settle(0, "ConnectionResetError", 1).state is Delivery.PENDING


@pytest.mark.parametrize("status", ["4.1.1", "2.0.0", "", "5.1", "x5.1.1"])
def test_only_a_permanent_status_says_that_a_mailbox_is_bad(status: str) -> None:
    assert not is_bad_mailbox(status)


@given(st.integers(0, 999), st.text(max_size=400), st.integers(1, 10**6))
def test_every_reply_has_a_meaning_on_one_short_line(code: int, text: str, attempt: int) -> None:
    settled = settle(code, text, attempt)
    assert settled.state in (Delivery.SENT, Delivery.FAILED, Delivery.PENDING)
    assert "\n" not in settled.note and len(settled.note) < 400
    assert timedelta() <= settled.wait <= wait_after(attempt) <= LONGEST_WAIT
