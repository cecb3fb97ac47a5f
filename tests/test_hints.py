"""What headers say about asking again."""

import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.web.hints import Hints, read_hints, retry_after


@pytest.mark.parametrize(
    ("control", "seconds"),
    [
        ("max-age=3600", 3600),
        ("public, MAX-AGE=60", 60),
        ('max-age="300"', 300),
        ("s-maxage=5", None),
        ("no-cache", None),
        ("max-age=-1", None),
        ("max-age=²", None),
        ("", None),
    ],
)
def test_max_age_is_read(control: str, seconds: float | None) -> None:
    assert read_hints({"cache-control": control}) == Hints(seconds)


def test_expires_counts_from_the_servers_own_date() -> None:
    date, expires = formatdate(1_700_000_000, usegmt=True), formatdate(1_700_007_200, usegmt=True)
    assert read_hints({"date": date, "expires": expires}).max_age == 7200
    assert read_hints({"date": expires, "expires": date}).max_age is None
    assert read_hints({"date": date, "expires": "-1"}).max_age is None


def test_retry_after_is_seconds_or_a_date() -> None:
    assert retry_after(" 120 ") == 120
    in_an_hour = retry_after(formatdate(time.time() + 3600, usegmt=True))
    assert in_an_hour is not None and 3500 < in_an_hour <= 3600
    assert retry_after(formatdate(0, usegmt=True)) == 0
    assert retry_after("soon") is None


@given(st.text(max_size=80))
def test_no_header_makes_reading_fail(value: str) -> None:
    wait = retry_after(value)
    assert wait is None or wait >= 0
    read_hints({"cache-control": value, "expires": value, "date": value})
