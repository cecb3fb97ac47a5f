"""Dates as feeds write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.feeds.dates import odd_date, read_date

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-01T12:00:00Z",
        "2024-03-01T13:00:00+01:00",
        "2024-03-01T12:00:00.000Z",
        "2024-03-01 12:00",
        "Fri, 01 Mar 2024 12:00:00 GMT",
        "Fri, 01 Mar 2024 07:00:00 -0500",
        "Fri, 1 Mar 2024 07:00:00 EST",
        "01 Mar 24 12:00:00 +0000",
        "  Fri, 01 Mar 2024 12:00:00 -0000 ",
        "2024/3/1 12:00",
        "2024/03/01 12:00:00",
    ],
)
def test_a_date_is_read_as_utc(text: str) -> None:
    assert read_date(text) == NOON


@pytest.mark.parametrize("text", ["", "soon", "2024-13-45", "2024/13/45", "99999999999", "²"])
def test_nonsense_is_no_date(text: str) -> None:
    assert read_date(text) is None


@given(st.text(max_size=100))
def test_no_text_makes_reading_fail(text: str) -> None:
    when = read_date(text)
    assert when is None or when.tzinfo is UTC


@given(st.datetimes(min_value=datetime(1, 1, 2), timezones=st.just(UTC)))
def test_what_rfc_3339_writes_is_read_back(when: datetime) -> None:
    assert read_date(when.isoformat()) == when


@pytest.mark.parametrize(("year", "odd"), [(1970, True), (1994, True), (1995, False), (2099, True)])
def test_dates_before_feeds_and_far_ahead_are_odd(year: int, odd: bool) -> None:
    assert odd_date(datetime(year, 6, 1, tzinfo=UTC)) is odd
