"""Real feed documents, read by us and by feedparser, which stands for how the world reads them.

Where both differ, ``feed_disagreements.toml`` says who is right and why; a difference that
isn't listed there fails, and so does one that is listed and gone.
"""

import calendar
import io
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import feedparser
import pytest

from aggregator.errors import ParseError
from aggregator.feeds.decoding import decode, undoubled
from aggregator.feeds.fields import address_of, name_of
from aggregator.feeds.parse import parse_feed
from aggregator.feeds.xml.texts import plain_words
from aggregator.models import Entry, ParsedFeed

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "real-feeds"
URL = "https://feed.example/folder/feed"
FIELDS = ("entries", "id", "link", "title", "date")
KNOWN = tomllib.loads(Path(__file__).with_name("feed_disagreements.toml").read_text("utf-8"))

pytestmark = [
    pytest.mark.shared,
    pytest.mark.slow,
    pytest.mark.skipif(not FOLDER.exists(), reason="needs the measuring data beside the checkout"),
]


def oracle(body: bytes) -> list[Any]:
    """Feedparser's entries; charset and double encoding are repaired before, as by us."""
    text = undoubled(decode(body)[0].lstrip("\ufeff \r\n\t\0"))
    parsed = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    return _without_repeats(parsed.entries)


def _without_repeats(entries: list[Any]) -> list[Any]:
    """An entry that is the same as an earlier one counts once, as it does with us."""
    kept: list[Any] = []
    for entry in entries:
        if entry not in kept:
            kept.append(entry)
    return kept


def differences(ours: ParsedFeed, theirs: list[Any]) -> set[str]:
    """The fields in which any entry differs."""
    if len(ours.entries) != len(theirs):
        return {"entries"}
    return {
        field
        for mine, other in zip(ours.entries, theirs, strict=True)
        for field in _different(mine, other)
    }


def _different(mine: Entry, other: Any) -> Iterator[str]:
    stated = name_of(other.get("id"))
    # What has no id of its own gets one from us, and so does a second entry under one id.
    if stated and mine.id != stated and not mine.id.startswith("derived:"):
        yield "id"
    if mine.link != address_of(other.get("feedburner_origlink") or other.get("link"), URL):
        yield "link"
    if mine.title != plain_words(other.get("title") or other.get("itunes_title") or ""):
        yield "title"
    if (mine.published and mine.published.replace(microsecond=0)) != _date(other):
        yield "date"


def _date(entry: Any) -> datetime | None:
    for field in ("published", "created", "updated"):
        parsed = entry.get(f"{field}_parsed") if field in entry else None
        if parsed:
            return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    return None


@cache
def compared() -> dict[str, set[str]]:
    """The fields in which each document differs; what has no entry for feedparser is left out."""
    found = {}
    for path in sorted(FOLDER.glob("[0-9]*.*")):
        body = path.read_bytes()
        try:
            ours = parse_feed(body, url=URL)
        except ParseError:
            continue
        if ours.feed.format.startswith("json"):
            assert ours.entries, path.name  # feedparser reads none
            continue
        found[path.name] = differences(ours, oracle(body))
    return found


@pytest.mark.parametrize("field", FIELDS)
def test_nearly_all_documents_are_read_as_feedparser_reads_them(field: str) -> None:
    differing = [name for name, fields in compared().items() if field in fields]
    doubtful = [name for name in differing if KNOWN.get(name, {}).get("right") != "we"]
    alike, right = (1 - len(names) / len(compared()) for names in (differing, doubtful))
    print(f"{field}: {100 * alike:.1f} % alike, {100 * right:.1f} % with those where we are right")
    assert alike >= (0.995 if field == "entries" else 0.985)
    assert right >= 0.995


def test_every_disagreement_is_known_and_has_its_reason() -> None:
    listed = {name: set(entry["fields"]) for name, entry in KNOWN.items()}
    assert {name: fields for name, fields in compared().items() if fields} == listed
    assert all(entry["right"] and entry["why"] for entry in KNOWN.values())
