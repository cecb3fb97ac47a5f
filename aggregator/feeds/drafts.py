"""An entry on its way from a document to `Entry`: what a reader found, not yet made sound.

Three readers (XML, tolerant XML, JSON) hand drafts over; caps, dates, addresses and titles
are the same for all of them and are made here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from aggregator.feeds.clean import legal_text, paragraphs
from aggregator.feeds.dates import odd_date, read_date
from aggregator.feeds.fields import LONGEST_NAME, address_of, mended, name_of, title_text
from aggregator.models import Entry, Media, Problem

MOST_CHARACTERS = 500_000
_MOST_TAGS = 100
_MOST_MEDIA = 50


@dataclass(frozen=True, slots=True)
class Draft:
    """One entry as its document states it.

    Args:
        id: the document's own id, untouched.
        title: may hold tags and entities.
        link: absolute or relative.
        html, summary: raw HTML.
        text: the body where the document gives it as plain text.
        published, updated: as written.
        media: addresses absolute or relative.
    """

    id: str = ""
    title: str = ""
    link: str = ""
    html: str = ""
    text: str = ""
    summary: str = ""
    author: str = ""
    tags: Sequence[str] = ()
    language: str = ""
    published: str = ""
    updated: str = ""
    media: Sequence[Media] = ()
    base: str = ""


def entry_of(draft: Draft) -> Entry:
    """Make a draft sound: legal characters, caps, absolute http(s) addresses, UTC dates."""
    text = body_of(draft.text)
    return Entry(
        id=_id_of(draft.id),
        title=title_text(draft.title),
        link=address_of(draft.link, draft.base),
        html=body_of(draft.html) or paragraphs(text),
        text=text,
        summary=body_of(draft.summary),
        author=title_text(draft.author),
        tags=_unique(title_text(tag) for tag in draft.tags[:_MOST_TAGS]),
        language=name_of(draft.language).replace("_", "-"),
        published=read_date(draft.published),
        updated=read_date(draft.updated),
        media=tuple(_media(draft.media[:_MOST_MEDIA], draft.base)),
    )


def body_of(text: str) -> str:
    """A body as it may be stored: capped, legal, double-encoded UTF-8 undone."""
    return legal_text(mended(text[:MOST_CHARACTERS])).strip()


def oddities(draft: Draft, entry: Entry) -> Iterator[Problem]:
    """What a person who runs the feed would like to know about an entry."""
    where = entry.title[:60] or entry.link or entry.id[:60]
    if not (entry.title or entry.html or entry.summary or entry.media):
        yield Problem("has neither title nor text", where)
    for what, value in (("title", entry.title), ("link", entry.link)):
        if not value:
            yield Problem(f"has no {what}", where)
    yield from _date_oddities(draft.published or draft.updated, entry, where)
    if max(map(len, (draft.html, draft.text, draft.summary))) > MOST_CHARACTERS:
        yield Problem(f"is cut after {MOST_CHARACTERS:,} characters", where)


def _date_oddities(stated: str, entry: Entry, where: str) -> Iterator[Problem]:
    when: datetime | None = entry.published or entry.updated
    if not stated.strip():
        yield Problem("has no date", where)
    elif when is None:
        yield Problem(f"has a date that can't be read: {name_of(stated)[:60]!r}", where)
    elif odd_date(when):
        yield Problem(f"has an odd date: {when:%Y-%m-%d}", where)


def _id_of(stated: str) -> str:
    """The id as it stands; one too long to keep is shortened by a hash, never cut."""
    name = legal_text(stated).strip()
    if len(name) <= LONGEST_NAME:
        return " ".join(name.split())
    return f"{name[:100]}#{sha256(name.encode('utf-8', 'replace')).hexdigest()[:32]}"


def _media(stated: Iterable[Media], base: str) -> Iterator[Media]:
    seen = set()
    for medium in stated:
        sound = replace(
            medium,
            url=address_of(medium.url, base),
            type=name_of(medium.type).lower(),
            title=title_text(medium.title),
            thumbnail=address_of(medium.thumbnail, base),
        )
        if (sound.url or sound.thumbnail) and sound not in seen:
            seen.add(sound)
            yield sound


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
