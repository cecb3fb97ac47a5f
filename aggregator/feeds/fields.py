"""Single fields of an entry, made sound: names on one line, absolute addresses."""

import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from aggregator.feeds.clean import legal_text

MOST_ENTRIES = 2_000
MOST_CHARACTERS = 500_000
LONGEST_NAME = 2_000
_LONGEST_ADDRESS = 4_000
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ADDRESS = re.compile(
    r"""(\s(?:href|src|poster)\s?=\s?)(?:"([^"<>]{1,2000})"|'([^'<>]{1,2000})')""", re.IGNORECASE
)


def name_of(value: object) -> str:
    """A short text on one line without control characters; None is empty."""
    return "" if value is None else " ".join(legal_text(str(value)[:LONGEST_NAME]).split())


def address_of(value: object, base: str) -> str:
    """An absolute http(s) address, or an empty string; also where it is absurdly long.

    Args:
        value: what the document says, absolute or relative.
        base: where the document came from.
    """
    text = legal_text(str(value).strip()) if value else ""
    if not text or len(text) > _LONGEST_ADDRESS:
        return ""
    try:
        joined = urljoin(base, text)
        sound = urlsplit(joined).scheme in ("http", "https") and urlsplit(joined).hostname
    except ValueError:
        return ""
    return joined.replace(" ", "%20") if sound else ""


def whole_number(text: str, most: int) -> int | None:
    """A number that is written in plain digits and not above `most`, else None."""
    text = text.strip()
    sound = text.isascii() and text.isdigit() and len(text) <= len(str(most))
    return int(text) if sound and int(text) <= most else None


def skipped_hours(said: Iterable[str]) -> tuple[int, ...]:
    """The texts of RSS ``skipHours`` as hours from 0 to 23; 24 is midnight (RSS 0.91)."""
    hours = {whole_number(text, 24) for text in said}
    return tuple(sorted({hour % 24 for hour in hours if hour is not None}))


def skipped_days(said: Iterable[str]) -> tuple[int, ...]:
    """The texts of RSS ``skipDays`` as days of the week, Monday is 0."""
    named = {text.strip().lower() for text in said}
    return tuple(number for number, day in enumerate(_DAYS) if day in named)


def rebased(html: str, base: str) -> str:
    """HTML whose relative addresses are resolved against its ``xml:base``."""

    def resolve(found: re.Match[str]) -> str:
        quote, address = ('"', found[2]) if found[2] else ("'", found[3])
        try:
            return f"{found[1]}{quote}{urljoin(base, address)}{quote}"
        except ValueError:
            return found.group()

    return _ADDRESS.sub(resolve, html)
