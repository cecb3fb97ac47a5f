"""Single fields of an entry, made sound: names on one line, absolute addresses."""

from urllib.parse import urljoin, urlsplit

from aggregator.feeds.clean import legal_text

LONGEST_NAME = 2_000


def name_of(value: object) -> str:
    """A short text on one line without control characters; None is empty."""
    return "" if value is None else " ".join(legal_text(str(value)[:LONGEST_NAME]).split())


def address_of(value: object, base: str) -> str:
    """An absolute http(s) address, or an empty string.

    Args:
        value: what the document says, absolute or relative.
        base: where the document came from.
    """
    try:
        joined = urljoin(base, str(value).strip()[:LONGEST_NAME]) if value else ""
        sound = urlsplit(joined).scheme in ("http", "https") and urlsplit(joined).hostname
    except ValueError:
        return ""
    return legal_text(joined) if sound else ""
