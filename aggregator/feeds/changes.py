"""What is new in a feed: pure decisions on entries and on what is known of them."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from aggregator.feeds.clean import plain_text
from aggregator.models import Entry

_WORDS = re.compile(r"\w+")
_PLAYED = re.compile(
    r"<(?:iframe|embed|video|source)\s[^<>]{0,2000}?src\s?=\s?[\"']?([^\"'\s<>]{1,1000})",
    re.IGNORECASE,
)
_VIDEO = re.compile(r"(?:^|[&;])v=([\w-]{11})")
_LONGEST = 500_000
EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_LATE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Known:
    """What the store remembers of an entry to recognise it by.

    Args:
        id: its id in the feed.
        link: its address, empty when it has none.
        title_key: its title folded, see `title_key`.
        fingerprint: see `fingerprint`.
    """

    id: str
    link: str
    title_key: str
    fingerprint: str

    @classmethod
    def of(cls, id: str, link: str, title: str, fingerprint: str) -> Self:
        """Make it from what is stored."""
        return cls(id, link, title_key(title), fingerprint)


@dataclass(frozen=True, slots=True)
class Change:
    """An entry that is new or says something else than before.

    Args:
        entry: what the feed says now.
        fingerprint: of what it says now.
        known_as: the id it is known under; empty for a new entry.
    """

    entry: Entry
    fingerprint: str
    known_as: str = ""


def find_changes(entries: Iterable[Entry], known: Sequence[Known]) -> Iterator[Change]:
    """Tell which entries are new or changed.

    An entry is the same when its id is, or when link and title are: feeds re-issue old
    entries under new ids (after a move, a change of software), which must not make them
    news again.

    Args:
        entries: the document's entries, each id at most once.
        known: the feed's stored entries.
    """
    entries = tuple(entries)
    by_id = {item.id: item for item in known}
    named = {entry.id for entry in entries}
    by_place: dict[tuple[str, str], list[Known]] = {}
    for item in known:
        if item.link and item.id not in named:
            by_place.setdefault((item.link, item.title_key), []).append(item)
    for entry in entries:
        mark = fingerprint(entry)
        before = by_id.get(entry.id)
        if before is None and (moved := by_place.get((entry.link, title_key(entry.title)))):
            before = moved.pop(0)
        if before is None:
            yield Change(entry, mark)
        elif (before.fingerprint, before.id) != (mark, entry.id):
            yield Change(entry, mark, known_as=before.id)


def fingerprint(entry: Entry) -> str:
    """Hash of what matters in an entry: its words, players and media files.

    White space, case, tags and tracking parameters do not matter; a changed byte of
    markup is no edit.
    """
    body = entry.html or entry.summary or entry.text
    said = [
        " ".join(_WORDS.findall(entry.title.casefold())),
        " ".join(_WORDS.findall(plain_text(body).casefold())),
        *(_untracked(source) for source in _PLAYED.findall(body[:_LONGEST])),
        *(_untracked(medium.url) for medium in entry.media),
    ]
    return hashlib.sha256("\0".join(said).encode("utf-8", "replace")).hexdigest()[:32]


def _untracked(address: str) -> str:
    """An address without its parameters, but for YouTube's id of the video."""
    place, _, query = address.partition("?")
    video = _VIDEO.search(query)
    return f"{place}?v={video[1]}" if video else place


def title_key(title: str) -> str:
    """A title folded for comparing: words only, case-folded."""
    return " ".join(_WORDS.findall(title.casefold()))[:200]


def tame(published: datetime | None, first_seen: datetime) -> datetime:
    """The date to show and sort by.

    Args:
        published: what the feed says, which may be missing or nonsense.
        first_seen: when the entry was first read.

    Returns:
        The feed's date where it is plausible: neither before 1995 (there were no feeds)
        nor more than a day after it was first read; else when it was first read.
    """
    if published is None or not EARLIEST <= published <= first_seen + _LATE:
        return first_seen
    return min(published, first_seen)
