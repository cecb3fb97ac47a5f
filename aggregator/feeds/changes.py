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
_SAME_DATE = timedelta(hours=12)
MOST_EDITS = 24


@dataclass(frozen=True, slots=True)
class Known:
    """What the store remembers of an entry to recognise it by.

    Args:
        id: its id in the feed.
        link: its address, empty when it has none.
        title_key: its title folded, see `title_key`.
        fingerprint: see `fingerprint`.
        published, updated: when it was, by the feed.
        edits: how often its words have changed.
    """

    id: str
    link: str
    title_key: str
    fingerprint: str
    published: datetime | None = None
    updated: datetime | None = None
    edits: int = 0

    @classmethod
    def of(
        cls,
        id: str,
        link: str,
        title: str,
        fingerprint: str,
        published: datetime | None = None,
        updated: datetime | None = None,
        edits: int = 0,
    ) -> Self:
        """Make it from what is stored."""
        return cls(id, link, title_key(title), fingerprint, published, updated, edits)


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

    An entry is the same when its id is. Feeds re-issue old entries under new ids (after a
    move, a change of software), which must not make them news again: an entry is also the
    same as one whose id is gone from the document when it has its title and address on about
    the same date, its title and date, or its words.

    A document that says other words at every poll without dating them (a counter, a list of
    posts to read next) is taken at its word only `MOST_EDITS` times.

    Args:
        entries: the document's entries, each id at most once.
        known: the feed's stored entries.
    """
    entries = tuple(entries)
    by_id = {item.id: item for item in known}
    gone = _Gone(known, {entry.id for entry in entries})
    for entry in entries:
        mark = fingerprint(entry)
        before = by_id.get(entry.id) or gone.take(entry, mark)
        if before is None:
            yield Change(entry, mark)
        elif before.id != entry.id or (before.fingerprint != mark and not _restless(before, entry)):
            yield Change(entry, mark, known_as=before.id)


def same_feed(entries: Iterable[Entry], known: Iterable[Known]) -> bool:
    """Whether a document is the feed that the known entries are of: one of them is in it.

    A feed of which nothing is known may be any, and a document without entries is none.
    """
    ids, places = set(), set()
    for item in known:
        ids.add(item.id)
        places.add((item.title_key, item.link))
    if not ids:
        return True
    return any(e.id in ids or (title_key(e.title), e.link) in places for e in entries)


class _Gone:
    """Known entries whose ids are gone from the document; each can be found again once."""

    def __init__(self, known: Sequence[Known], named: set[str]) -> None:
        self._left = {item.id: item for item in known if item.id not in named}
        self._by: dict[tuple[object, ...], list[Known]] = {}
        for item in self._left.values():
            for key in _traits(item.title_key, item.link, item.published, item.fingerprint):
                self._by.setdefault(key, []).append(item)

    def take(self, entry: Entry, mark: str) -> Known | None:
        """The known entry that comes under a new id here."""
        if not self._left:
            return None
        for key in _traits(title_key(entry.title), entry.link, entry.published, mark):
            for item in self._by.get(key, ()):
                by_place = key[0] == "place"
                if item.id in self._left and not (by_place and _far(item, entry, mark)):
                    return self._left.pop(item.id)
        return None


def _traits(
    title: str, link: str, published: datetime | None, mark: str
) -> Iterator[tuple[object, ...]]:
    if link:
        yield "place", link, title
    if title and published:
        yield "date", title, published
    if title:
        yield "words", mark


def _far(item: Known, entry: Entry, mark: str) -> bool:
    """Whether it is another number of a column that has one address and title for all."""
    if item.published is None or entry.published is None or item.fingerprint == mark:
        return False
    return abs(item.published - entry.published) > _SAME_DATE


def _restless(before: Known, entry: Entry) -> bool:
    return before.edits >= MOST_EDITS and entry.updated == before.updated


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
