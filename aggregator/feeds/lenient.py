"""What no repair could make well-formed is read by feedparser, in a process that may be killed.

feedparser's reader for ill-formed XML forgives everything, slowly: some of its loops are
quadratic. One child process serves all such documents of this process, one after another;
its limits are in `aggregator.feeds.lenient_child`.
"""

import atexit
import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from aggregator.errors import ParseError
from aggregator.feeds.dates import read_date
from aggregator.feeds.fields import (
    MOST_CHARACTERS,
    MOST_OF_A_KIND,
    address_of,
    legal_text,
    name_of,
    rebased,
    whole_number,
)
from aggregator.feeds.xml.people import LONGEST_AUTHOR
from aggregator.feeds.xml.texts import plain_words
from aggregator.models import Entry, FeedInfo, Media, ParsedFeed

_CHILD = Path(__file__).with_name("lenient_child.py")
_LENGTH = struct.Struct(">Q")
# The child limits its own processor time; this is for a machine so busy that it gets none.
_LONGEST_WAIT = 20.0
_LARGEST = 4_000_000
_MOST_DOCUMENTS = 100
_VERSIONS = {"rss": "rss20", "atom": "atom10"}


def read_leniently(document: bytes, url: str) -> ParsedFeed:
    """Read a document that is not well-formed.

    Args:
        document: in UTF-8, from its root element on.
        url: where it came from; relative addresses are resolved against it.

    Raises:
        ParseError: feedparser finds no feed in it, or takes too long or too much.
    """
    if len(document) > _LARGEST:
        raise ParseError("not-a-feed", "the document is broken, and too large to be forgiven")
    parsed = _reader.read(document)
    if not parsed.get("version") and not parsed.get("entries"):
        raise ParseError("not-a-feed", "this XML is no feed")
    info = _info(parsed, url)
    entries = tuple(_entry(item, info, url) for item in parsed["entries"])
    if not entries and not info.title:
        raise ParseError("not-a-feed", "nothing in the document can be read")
    return ParsedFeed(info, entries)


class _Reader:
    """The child process, started when it is first needed and again when it died."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._served = 0
        self._lock = threading.Lock()

    def read(self, document: bytes) -> Mapping[str, Any]:
        """What feedparser makes of a document."""
        with self._lock:
            child = self._running()
            limit = threading.Timer(_LONGEST_WAIT, child.kill)
            limit.start()
            try:
                answer = _ask(child, document)
            except OSError:
                answer = None
            finally:
                limit.cancel()
            self._served += 1
            if answer is None or self._served >= _MOST_DOCUMENTS:
                self.stop()
        if answer is None:
            raise ParseError("not-a-feed", "the broken document took too long or too much to read")
        if not answer:
            raise ParseError("not-a-feed", "nothing in the document can be read")
        return dict(json.loads(answer))

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._owner != os.getpid() or self._child.poll() is not None:
            self._child = subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-I", str(_CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._owner, self._served = os.getpid(), 0
        return self._child

    def stop(self) -> None:
        """End the child, if it is this process's."""
        child, self._child = self._child, None
        if child is not None and self._owner == os.getpid():
            child.kill()
            child.communicate()


_reader = _Reader()
atexit.register(_reader.stop)


def _ask(child: subprocess.Popen[bytes], document: bytes) -> bytes | None:
    """The child's answer, None where it died over the document."""
    asked, answered = _pipes(child)
    asked.write(_LENGTH.pack(len(document)) + document)
    asked.flush()
    head = answered.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    size = _LENGTH.unpack(head)[0]
    answer = answered.read(size)
    return answer if len(answer) == size else None


def _pipes(child: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if child.stdin is None or child.stdout is None:
        raise OSError("the child has no pipes")
    return child.stdin, child.stdout


def _info(parsed: Mapping[str, Any], url: str) -> FeedInfo:
    feed = parsed["feed"]
    links = feed.get("links", [])
    return FeedInfo(
        title=plain_words(str(feed.get("title") or "")),
        link=address_of(feed.get("link"), url),
        format=_VERSIONS.get(parsed["version"], parsed["version"]),
        language=name_of(feed.get("language")),
        hub=address_of(_link(links, "hub"), url),
        own_address=address_of(_link(links, "self"), url),
        ttl=whole_number(str(feed.get("ttl", "")), 9_999_999),
    )


def _link(links: Iterable[Any], rel: str) -> str:
    return next((str(link.get("href", "")) for link in links if link.get("rel") == rel), "")


def _entry(item: Mapping[str, Any], info: FeedInfo, url: str) -> Entry:
    bodies = [markup for part in item.get("content", []) if (markup := _markup(part))]
    summary = _markup({**(item.get("summary_detail") or {}), "value": item.get("summary", "")})
    html = max(bodies, key=len, default="") or summary
    return Entry(
        id=name_of(item.get("id")),
        title=plain_words(str(item.get("title") or item.get("itunes_title") or "")),
        link=_own_link(item, url),
        html=html,
        summary=summary if summary != html else "",
        author=name_of(item.get("author"))[:LONGEST_AUTHOR].strip(),
        tags=_tags(item),
        language=info.language,
        published=_when(item, "published", "created", "updated"),
        updated=_when(item, "updated"),
        media=tuple(dict.fromkeys(_media(item, url))),
    )


def _markup(detail: Mapping[str, Any]) -> str:
    value = legal_text(str(detail.get("value") or "")[:MOST_CHARACTERS])
    base = str(detail.get("base") or "")
    return rebased(value, base) if base else value


def _tags(item: Mapping[str, Any]) -> tuple[str, ...]:
    tags = item.get("tags", [])[:MOST_OF_A_KIND]
    names = (name_of(tag.get("label") or tag.get("term")) for tag in tags)
    return tuple(dict.fromkeys(name for name in names if name))


def _own_link(item: Mapping[str, Any], url: str) -> str:
    """The entry's page; an id is one only where it is an address (RSS 2.0, guid)."""
    stated = str(item.get("feedburner_origlink") or item.get("link") or "")
    is_id = bool(item.get("guidislink")) and stated == item.get("id")
    return address_of(stated, "" if is_id else url)


def _when(item: Mapping[str, Any], *fields: str) -> datetime | None:
    dates = (read_date(str(item[field])) for field in fields if item.get(field))
    return next((date for date in dates if date), None)


def _media(item: Mapping[str, Any], url: str) -> Iterator[Media]:
    stills = [address_of(still.get("url"), url) for still in item.get("media_thumbnail", [])[:1]]
    still = stills[0] if stills else ""
    player = item.get("media_player") or {}
    links = [link for link in item.get("links", []) if link.get("rel") == "enclosure"]
    stated = [
        (player.get("url"), "text/html", ""),
        *((m.get("url"), m.get("type"), m.get("duration")) for m in item.get("media_content", [])),
        *((e.get("href"), e.get("type"), "") for e in links),
    ]
    found = [
        Media(whole, name_of(kind), "", still, whole_number(str(duration or ""), 999_999))
        for address, kind, duration in stated[:50]
        if (whole := address_of(address, url))
    ]
    yield from found
    if still and not found:
        yield Media("", thumbnail=still)
