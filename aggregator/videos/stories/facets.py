"""By what stories are found, and the names that stand in addresses."""

import re
from collections.abc import Iterator

from anyascii import anyascii

from aggregator.models import VideoKind
from aggregator.story import Facet, MentionRole, Story
from aggregator.videos.names import fold
from aggregator.videos.stories.naming import artist_names

FACETS = ("artist", "director", "decade", "kind", "source", "tag", "language")
LONGEST_SLUG = 60
_MOST_TAGS = 12
_LONGEST_TAG = 60
_GAPS = re.compile(r"[^a-z0-9]+")
_NOT_TAGS = {"uncategorized", "allgemein", "noncategorise", "sincategoria", "news", "video"}


def facets_of(story: Story) -> tuple[Facet, ...]:
    """Everything a story is found by, each once."""
    found = {(facet.facet, facet.key): facet for facet in _facets(story) if facet.key}
    return tuple(found.values())


def slug_of(text: str) -> str:
    """A text in the letters of addresses: ``a-z``, ``0-9`` and single hyphens.

    Args:
        text: in any script; read letter by letter (anyascii).

    Returns:
        At most `LONGEST_SLUG` characters; empty where nothing can be read.
    """
    slug = _GAPS.sub("-", anyascii(text.replace("’", "").replace("'", "")).lower()).strip("-")
    if len(slug) <= LONGEST_SLUG:
        return slug
    cut = slug[: LONGEST_SLUG + 1].rpartition("-")[0]
    return cut or slug[:LONGEST_SLUG]


def _facets(story: Story) -> Iterator[Facet]:
    for artist in story.artists:
        yield _facet("artist", artist_names(artist).key, artist)
    for director in story.directors:
        yield _facet("director", fold(director), director)
    if story.year:
        decade = story.year // 10 * 10
        yield _facet("decade", str(decade), f"{decade}s")
    yield from (_facet("kind", kind, kind) for kind in _kinds(story))
    for member in story.posts:
        post = member.post
        yield _facet("source", post.entry.feed, post.source or "a blog")
        if post.verdict.language:
            yield _facet("language", post.verdict.language, post.verdict.language)
        if member.mention.role is MentionRole.SUBJECT:
            yield from map(_tag, post.entry.tags[:_MOST_TAGS])


def _facet(facet: str, key: str, label: str) -> Facet:
    return Facet(facet, key, label, slug_of(label) or facet)


def _kinds(story: Story) -> set[str]:
    kinds = {str(m.post.verdict.kind) for m in story.posts if m.post.verdict.kind}
    shown = {str(video.kind) for video in story.videos}
    return kinds | (shown & {VideoKind.LYRIC, VideoKind.MAKING_OF, VideoKind.LIVE})


def _tag(text: str) -> Facet:
    label = " ".join(text.split())
    key = fold(label) if len(label) <= _LONGEST_TAG else ""
    return _facet("tag", "" if key in _NOT_TAGS else key, label)
