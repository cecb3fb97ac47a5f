"""Which music videos a post is about, all its witnesses taken together.

The witnesses are the title, the players' titles, the prose, the tags, the address and,
in list posts, headings and items. A field that none of them states stays empty.
"""

from collections.abc import Sequence
from dataclasses import replace

from aggregator.models import Entry, Video, Work
from aggregator.videos.page.blocks import Body, Role
from aggregator.videos.titles.prose import mentions
from aggregator.videos.titles.titles import read_title
from aggregator.videos.works.cast import Cast
from aggregator.videos.works.crediting import credited
from aggregator.videos.works.credits import find_credits
from aggregator.videos.works.listing import listed_works
from aggregator.videos.works.songs import Songs
from aggregator.videos.works.spelling import Spelling
from aggregator.videos.works.witnesses import Witnesses


def find_works(entry: Entry, body: Body, videos: Sequence[Video]) -> tuple[Work, ...]:
    """Find the music videos that a post is about.

    Args:
        entry: the post as the feed states it.
        body: its body, read.
        videos: the videos it shows.

    Returns:
        One work, several for a list post, none when no song is named.
    """
    said = witnesses(entry, body, videos)
    cast = Cast(said)
    if not said.text:
        return credited(Songs(said).works(), said, cast)
    songs = Songs(said, cast)
    works = (*said.listed, *songs.missed()) if said.listed else tuple(songs.works())
    return credited(_spelt(works, said, cast), said, cast)


def _spelt(works: Sequence[Work], said: Witnesses, cast: Cast) -> tuple[Work, ...]:
    """Give the artists the names that the post states in full."""
    forms = [name.shown for name in cast.names.values() if name.places]
    spelling = Spelling(said.entry, said.text, forms)
    return tuple(replace(work, artist=spelling.of(work.artist)) for work in works)


def witnesses(entry: Entry, body: Body, videos: Sequence[Video]) -> Witnesses:
    """Read title, players and prose of a post by the rules."""
    paragraphs = [b.text for b in body.own if b.text and b.role is not Role.CODE]
    shown = [video for video in videos[:10] if video.title and video.title != entry.title]
    title = read_title(entry.title, author=entry.author, feed_title=entry.feed_title)
    return Witnesses(
        entry,
        tuple(paragraphs),
        "\n".join(paragraphs),
        title,
        tuple((read_title(video.title), video.kind) for video in shown),
        tuple(mentions(paragraphs)),
        find_credits([*_plain(entry.title), *paragraphs]),
        listed_works(body, title),
    )


def _plain(title: str) -> list[str]:
    """Give a title to read credits in, unless it capitalises every word."""
    parts = title.split()
    capitals = sum(part[:1].isupper() for part in parts)
    return [title] if 2 * capitals <= len(parts) + 1 or not title.isascii() else []
