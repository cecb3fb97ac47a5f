"""The combined Atom feed (RFC 4287, with Media RSS), written by feedgen.

feedgen has no Media RSS that validates and writes no id or date into ``atom:source``;
a registered extension of our own adds both.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from aggregator import __version__
from aggregator.feeds.fields import legal_text
from aggregator.models import Post
from aggregator.publish.cards import NAME_CHARACTERS, Card, card_of, shown
from aggregator.publish.rendering import Templates
from aggregator.settings import Site

FEED_FILE = "atom.xml"
FEED_LIMIT = 100
_MEDIA = "http://search.yahoo.com/mrss/"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""Date of a feed that has no post yet."""


@dataclass(frozen=True, slots=True)
class FeedIdentity:
    """What never changes about the published feed.

    Args:
        tag: start of every id, a tag URI (RFC 4151), such as ``tag:example.org,2026:rotation``.
    """

    tag: str

    @property
    def feed_id(self) -> str:
        """Id of the feed."""
        return f"{self.tag}:feed"

    def entry_id(self, post: Post) -> str:
        """Id of a post, the same however often it is published."""
        return f"{self.tag}:post:{post.uid}"

    def source_id(self, post: Post) -> str:
        """Id of the feed a post came from; tells nothing of its address."""
        return f"{self.tag}:source:{hashlib.sha256(post.entry.feed.encode()).hexdigest()[:20]}"


class _MediaExtension(BaseExtension):  # type: ignore[misc]
    def extend_ns(self) -> dict[str, str]:
        return {"media": _MEDIA}


class _EntryExtension(BaseEntryExtension):  # type: ignore[misc]
    """Adds Media RSS and the full ``atom:source`` to one entry."""

    post: Post
    card: Card
    source_id: str
    base: str

    def extend_atom(self, entry: Any) -> Any:
        source = xml_elem("source", entry)
        xml_elem("id", source).text = self.source_id
        xml_elem("title", source).text = self.card.source
        xml_elem("updated", source).text = self.post.changed_at.isoformat()
        if self.card.source_link:
            xml_elem("link", source, rel="alternate", href=self.card.source_link)
        if self.card.watch:
            xml_elem(f"{{{_MEDIA}}}title", entry).text = self.card.headline
            xml_elem(f"{{{_MEDIA}}}player", entry, url=self.card.watch[0].url)
        if self.card.picture:
            xml_elem(f"{{{_MEDIA}}}thumbnail", entry, url=self.card.picture_at(self.base))
        return entry


def render_atom(
    posts: Sequence[Post], site: Site, identity: FeedIdentity, templates: Templates
) -> bytes:
    """Render the combined feed.

    Args:
        posts: the kept posts, newest first; at most `FEED_LIMIT` are shown.
        site: what the feed says about itself.
        identity: what never changes about it.
        templates: ``feed/entry.html`` is the body of an entry.

    Returns:
        The document in UTF-8; the same posts give the same bytes.
    """
    shown = posts[:FEED_LIMIT]
    feed = FeedGenerator()
    feed.register_extension("video", _MediaExtension, _EntryExtension, rss=False)
    feed.id(identity.feed_id)
    feed.title(legal_text(site.title))
    feed.subtitle(legal_text(site.description))
    feed.author(name=legal_text(site.author))
    feed.language(site.language)
    feed.generator("Heavy Rotation", version=__version__)
    feed.link(href=site.address_of(FEED_FILE), rel="self", type="application/atom+xml")
    feed.link(href=site.url, rel="alternate", type="text/html")
    feed.updated(max((post.changed_at for post in shown), default=EPOCH))
    for post in shown:
        _add_entry(feed, post, site, identity, templates)
    document: bytes = feed.atom_str(pretty=True)
    return document


def _add_entry(
    feed: FeedGenerator, post: Post, site: Site, identity: FeedIdentity, templates: Templates
) -> None:
    card, base = card_of(post, site.pictures), site.address_of("")
    entry = feed.add_entry(order="append")
    entry.id(identity.entry_id(post))
    entry.title(card.title or card.headline)
    entry.updated(post.changed_at)
    entry.published(card.date)
    entry.author(name=shown(post.entry.author, NAME_CHARACTERS) or card.source or "Unknown")
    if card.link:
        entry.link(href=card.link, rel="alternate")
    tags = (shown(tag, NAME_CHARACTERS) for tag in post.entry.tags)
    for label in dict.fromkeys(filter(None, (card.kind, *tags))):
        entry.category(term=label)
    body = templates.render("feed/entry.html", card=card, base=base, site=site)
    entry.content(legal_text(body), type="html")
    entry.video.post, entry.video.card, entry.video.base = post, card, base
    entry.video.source_id = identity.source_id(post)
