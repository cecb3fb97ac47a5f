"""Dates as feeds write them, to aware UTC times."""

import calendar
import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_FIRST_FEED_YEAR = 1995
_LAST_YEAR = 2090
# feedparser takes the month of 2024/3/1 for a day.
_SLASHED = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")


def moment(parsed: time.struct_time | None) -> datetime | None:
    """A UTC ``struct_time`` as feedparser gives it, or None where it is out of range."""
    if parsed is None:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def read_date(text: str) -> datetime | None:
    """An RFC 3339, RFC 822 or ``YYYY/M/D`` date; a naive one is taken as UTC, nonsense is None."""
    text = text.strip()[:80]
    for read in (datetime.fromisoformat, parsedate_to_datetime, _slashed):
        try:
            when = read(text)
            return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None


def _slashed(text: str) -> datetime:
    found = _SLASHED.fullmatch(text)
    if found is None:
        raise ValueError("is not YYYY/M/D")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def odd_date(when: datetime) -> bool:
    """Whether no feed can have published at that time."""
    return not _FIRST_FEED_YEAR <= when.year <= _LAST_YEAR
