"""What an answer's headers say about asking again."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s?=\s?\"?(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Hints:
    """When it makes sense to ask again.

    Args:
        max_age: seconds the answer stays fresh (Cache-Control or Expires, RFC 9111),
            None when it doesn't say.
    """

    max_age: float | None = None


NO_HINTS = Hints()


def read_hints(headers: Mapping[str, str]) -> Hints:
    """Read Cache-Control, and Expires where that is silent."""
    control = headers.get("cache-control", "").lower()[:1000]
    if found := _MAX_AGE.search(control):
        return Hints(float(found[1]))
    if "expires" not in headers:
        return NO_HINTS
    expires, date = _time(headers["expires"]), _time(headers.get("date", ""))
    if expires is None or date is None or expires <= date:
        return NO_HINTS
    return Hints(expires - date)


def retry_after(value: str) -> float | None:
    """Seconds that a Retry-After header asks to wait (RFC 9110, 10.2.3), None when it's nonsense.

    Args:
        value: seconds, or an HTTP date.
    """
    value = value.strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return float(value)
    when = _time(value)
    return None if when is None else max(0.0, when - time.time())


def _time(text: str) -> float | None:
    try:
        when = parsedate_to_datetime(text[:60])
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
